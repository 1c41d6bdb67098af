//! What was asked for a moment ago, kept in the environment.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::{SignedDuration, Timestamp};

/// Most answers that are kept; the oldest makes room.
const MOST: usize = 64;

/// Answers of a provider, each good for a while. What was refused or failed is not kept.
#[derive(Debug)]
pub(crate) struct Kept<Q, A> {
    good_for: SignedDuration,
    answers: Mutex<VecDeque<(Timestamp, Q, A)>>,
}

impl<Q: PartialEq, A: Clone> Kept<Q, A> {
    pub(crate) fn for_secs(secs: i64) -> Self {
        Self {
            good_for: SignedDuration::from_secs(secs),
            answers: Mutex::default(),
        }
    }

    /// The answer to a question, while it is good.
    pub(crate) fn find(&self, question: &Q, now: Timestamp) -> Option<A> {
        let mut answers = self.answers();
        answers.retain(|(at, _, _)| now.duration_since(*at) < self.good_for);
        let found = answers.iter().find(|(_, asked, _)| asked == question)?;
        Some(found.2.clone())
    }

    /// Keeps an answer.
    pub(crate) fn keep(&self, question: Q, answer: A, now: Timestamp) {
        let mut answers = self.answers();
        answers.retain(|(_, asked, _)| *asked != question);
        answers.push_back((now, question, answer));
        while answers.len() > MOST {
            answers.pop_front();
        }
    }

    fn answers(&self) -> MutexGuard<'_, VecDeque<(Timestamp, Q, A)>> {
        self.answers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_kept_for_a_while_and_room_is_made_for_new_ones() {
        let kept = Kept::for_secs(300);
        let begin = Timestamp::UNIX_EPOCH;
        let later = |secs| begin + SignedDuration::from_secs(secs);
        kept.keep("voices", 1, begin);
        assert_eq!(kept.find(&"voices", later(299)), Some(1));
        assert_eq!(kept.find(&"others", later(299)), None);
        assert_eq!(kept.find(&"voices", later(300)), None);

        let kept = Kept::for_secs(300);
        for n in 0..=MOST {
            kept.keep(n, n, begin);
        }
        assert_eq!(kept.find(&0, begin), None, "the oldest made room");
        assert_eq!(kept.find(&MOST, begin), Some(MOST));
        kept.keep(MOST, 0, later(1));
        assert_eq!(kept.find(&MOST, later(2)), Some(0));
    }
}

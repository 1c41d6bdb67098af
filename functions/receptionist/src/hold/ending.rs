//! The end that we bring about: the agent's last words first, then the transfer or the hang-up.

use switchboard_domain::PhoneNumber;

/// How far an end is that we bring about.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) enum Ending {
    /// None is coming.
    #[default]
    None,
    /// One is.
    Coming {
        /// What is to be done.
        act: Act,
        /// How far the agent's last words are.
        words: Words,
    },
}

/// What ends the agent's part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Act {
    /// The caller is put through.
    Transfer {
        /// To whom.
        to: PhoneNumber,
        /// Seconds that it rings.
        ring_secs: u32,
    },
    /// The call ends.
    HangUp,
}

/// How far the agent's last words are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Words {
    /// Not begun.
    Waiting,
    /// Being made, or played.
    Said {
        /// The response is whole.
        made: bool,
        /// The caller is hearing it now.
        playing: bool,
        /// The caller heard something of it.
        heard: bool,
    },
}

impl Ending {
    pub(crate) fn transfer(to: PhoneNumber, ring_secs: u32) -> Self {
        Self::coming(Act::Transfer { to, ring_secs })
    }

    pub(crate) fn hang_up() -> Self {
        Self::coming(Act::HangUp)
    }

    fn coming(act: Act) -> Self {
        Self::Coming {
            act,
            words: Words::Waiting,
        }
    }

    /// Whether one is coming.
    pub(crate) fn is_coming(&self) -> bool {
        *self != Self::None
    }

    fn words(&mut self) -> Option<&mut Words> {
        match self {
            Self::None => None,
            Self::Coming { words, .. } => Some(words),
        }
    }

    pub(crate) fn response_began(&mut self) {
        if let Some(words) = self.words() {
            *words = Words::Said {
                made: false,
                playing: false,
                heard: false,
            };
        }
    }

    pub(crate) fn response_ended(&mut self) {
        if let Some(Words::Said { made, .. }) = self.words() {
            *made = true;
        }
    }

    pub(crate) fn speaks(&mut self) {
        if let Some(Words::Said { playing, heard, .. }) = self.words() {
            (*playing, *heard) = (true, true);
        }
    }

    pub(crate) fn fell_silent(&mut self) {
        if let Some(Words::Said { playing, .. }) = self.words() {
            *playing = false;
        }
    }

    /// What is to be done now: the last words were made, and played.
    pub(crate) fn is_due(&self) -> Option<&Act> {
        match self {
            Self::Coming {
                act,
                words:
                    Words::Said {
                        made: true,
                        playing: false,
                        heard: true,
                    },
            } => Some(act),
            _ => None,
        }
    }

    /// What is to be done, whatever was said: nobody waits for ever.
    pub(crate) fn act(&self) -> Option<&Act> {
        match self {
            Self::None => None,
            Self::Coming { act, .. } => Some(act),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_caller_hears_the_last_words_before_the_end() {
        let mut ending = Ending::hang_up();
        // What was being said when the tool ran is not the last word.
        ending.fell_silent();
        assert_eq!(ending.is_due(), None);
        ending.response_began();
        ending.speaks();
        assert_eq!(ending.is_due(), None);
        ending.response_ended();
        assert_eq!(ending.is_due(), None, "it is still played");
        ending.fell_silent();
        assert_eq!(ending.is_due(), Some(&Act::HangUp));
        assert_eq!(Ending::None.act(), None);
    }
}

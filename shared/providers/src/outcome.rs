//! How a call ended, read from what a provider tells.

use switchboard_domain::{CallOutcome, Speaker, TranscriptTurn};

use crate::ConversationState;

/// A greeting heard from a machine is transcribed as the person's turn; two turns are a person.
const TURNS_OF_A_PERSON: usize = 2;

/// A carrier's result of a call, as a provider passes it on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CallResult {
    /// Somebody or something picked up.
    Answered,
    /// A machine picked up.
    Voicemail,
    /// The line was busy.
    Busy,
    /// Nobody picked up.
    NoAnswer,
    /// It could not be connected.
    Failed,
    /// Something the provider has added since.
    Other(String),
}

/// What is known of a call at its end.
#[derive(Debug, Clone, Copy)]
pub struct EndSigns<'a> {
    /// Where the conversation is on its way.
    pub state: &'a ConversationState,
    /// The carrier's result, where the provider passes it on.
    pub call_result: Option<&'a CallResult>,
    /// What was said.
    pub turns: &'a [TranscriptTurn],
    /// The agent found that it talks to a machine.
    pub voicemail_detected: bool,
    /// Length in seconds.
    pub duration_secs: u64,
    /// A code of what went wrong: at a carrier, its SIP status.
    pub error_code: Option<i64>,
    /// What went wrong, in the provider's words.
    pub error_reason: Option<&'a str>,
    /// Why it ended, in the provider's words.
    pub termination_reason: Option<&'a str>,
}

/// How a conversation ended; none while it is not final.
pub fn outcome_of(signs: &EndSigns<'_>) -> Option<CallOutcome> {
    if !signs.state.is_final() {
        return None;
    }
    let person_spoke = person_spoke(signs.turns);
    let said_voicemail = signs.call_result == Some(&CallResult::Voicemail) || signs.voicemail_detected;
    if said_voicemail {
        return Some(if person_spoke {
            CallOutcome::Completed
        } else {
            CallOutcome::Voicemail
        });
    }
    Some(match signs.call_result {
        Some(CallResult::Busy) => CallOutcome::Busy,
        Some(CallResult::NoAnswer) => CallOutcome::NoAnswer,
        Some(CallResult::Failed) => CallOutcome::Failed,
        Some(CallResult::Answered) if *signs.state == ConversationState::Done => CallOutcome::Completed,
        _ if *signs.state == ConversationState::Failed => outcome_of_failure(signs),
        _ => outcome_of_done(signs),
    })
}

fn outcome_of_done(signs: &EndSigns<'_>) -> CallOutcome {
    if spoken_turns(signs.turns) == 0 && signs.duration_secs == 0 {
        CallOutcome::NoAnswer
    } else {
        CallOutcome::Completed
    }
}

fn outcome_of_failure(signs: &EndSigns<'_>) -> CallOutcome {
    // It broke off in the middle of a talk: the person was reached, and is not called again for it.
    if person_spoke(signs.turns) {
        return CallOutcome::Completed;
    }
    // Somebody picked up, so whatever the words say, the line was neither busy nor unanswered.
    if signs.call_result == Some(&CallResult::Answered) {
        return CallOutcome::Failed;
    }
    signs
        .error_code
        .and_then(outcome_of_sip_status)
        .or_else(|| signs.error_reason.and_then(outcome_of_words))
        .or_else(|| signs.termination_reason.and_then(outcome_of_words))
        .unwrap_or(CallOutcome::Failed)
}

/// How a call ended that never got through: the provider's reason first, and where that is no help
/// the carrier's own status (Twilio's `CallStatus`, or a SIP status code).
pub fn outcome_of_failed_start(
    reason: &str,
    call_status: Option<&str>,
    sip_status: Option<i64>,
) -> CallOutcome {
    outcome_of_words(reason)
        .or_else(|| call_status.and_then(outcome_of_words))
        .or_else(|| sip_status.and_then(outcome_of_sip_status))
        .unwrap_or(CallOutcome::Failed)
}

fn outcome_of_words(words: &str) -> Option<CallOutcome> {
    let words = words.to_lowercase().replace(['-', '_'], " ");
    let says = |text: &str| words.contains(text);
    if says("voicemail") || says("answering machine") {
        Some(CallOutcome::Voicemail)
    } else if says("no answer") || says("not answer") || says("unanswered") || says("ringing timeout") {
        Some(CallOutcome::NoAnswer)
    } else if words
        .split(|c: char| !c.is_alphanumeric())
        .any(|word| word == "busy")
        && !says("system busy")
    {
        Some(CallOutcome::Busy)
    } else {
        None
    }
}

/// RFC 3261: 486 and 600 are busy; 408, 480 and 487 (cancelled while it rang) are not answered.
fn outcome_of_sip_status(code: i64) -> Option<CallOutcome> {
    match code {
        486 | 600 => Some(CallOutcome::Busy),
        408 | 480 | 487 => Some(CallOutcome::NoAnswer),
        _ => None,
    }
}

/// There was a talk with a person, not only a machine's greeting.
pub(crate) fn person_spoke(turns: &[TranscriptTurn]) -> bool {
    spoken_turns(turns) >= TURNS_OF_A_PERSON
}

/// Turns in which the person said a word; silence is transcribed as dots.
fn spoken_turns(turns: &[TranscriptTurn]) -> usize {
    turns
        .iter()
        .filter(|t| t.speaker == Speaker::User && t.message.chars().any(char::is_alphanumeric))
        .count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn said(messages: &[&str]) -> Vec<TranscriptTurn> {
        let turn = |(at, message): (usize, &&str)| TranscriptTurn {
            speaker: Speaker::User,
            message: (*message).to_owned(),
            at_secs: at as u64,
            interrupted: false,
            tools: Vec::new(),
        };
        messages.iter().enumerate().map(turn).collect()
    }

    const DONE: EndSigns<'static> = EndSigns {
        state: &ConversationState::Done,
        call_result: None,
        turns: &[],
        voicemail_detected: false,
        duration_secs: 40,
        error_code: None,
        error_reason: None,
        termination_reason: None,
    };
    const FAILED: EndSigns<'static> = EndSigns {
        state: &ConversationState::Failed,
        duration_secs: 0,
        ..DONE
    };

    #[test]
    fn only_a_final_conversation_has_an_outcome() {
        for state in [
            ConversationState::Initiated,
            ConversationState::InProgress,
            ConversationState::Processing,
        ] {
            assert_eq!(
                outcome_of(&EndSigns {
                    state: &state,
                    ..DONE
                }),
                None,
                "{state:?}"
            );
        }
        assert_eq!(
            outcome_of(&EndSigns {
                state: &ConversationState::Other("new".into()),
                ..DONE
            }),
            None
        );
    }

    #[test]
    fn the_carriers_result_decides() {
        let cases = [
            (CallResult::Answered, CallOutcome::Completed),
            (CallResult::Voicemail, CallOutcome::Voicemail),
            (CallResult::Busy, CallOutcome::Busy),
            (CallResult::NoAnswer, CallOutcome::NoAnswer),
            (CallResult::Failed, CallOutcome::Failed),
            (CallResult::Other("parked".into()), CallOutcome::Completed),
        ];
        for (result, outcome) in cases {
            assert_eq!(
                outcome_of(&EndSigns {
                    call_result: Some(&result),
                    ..DONE
                }),
                Some(outcome),
                "{result:?}"
            );
        }
    }

    #[test]
    fn a_machines_greeting_is_voicemail_and_a_talk_is_not() {
        let greeting = said(&["You have reached Ana, leave a message"]);
        let talk = said(&["Hello?", "Yes, tomorrow is fine"]);
        let by_result = EndSigns {
            call_result: Some(&CallResult::Voicemail),
            ..DONE
        };
        let by_tool = EndSigns {
            voicemail_detected: true,
            call_result: Some(&CallResult::Answered),
            ..DONE
        };
        for signs in [by_result, by_tool] {
            assert_eq!(
                outcome_of(&EndSigns {
                    turns: &greeting,
                    ..signs
                }),
                Some(CallOutcome::Voicemail)
            );
            assert_eq!(
                outcome_of(&EndSigns {
                    turns: &talk,
                    ..signs
                }),
                Some(CallOutcome::Completed)
            );
        }
    }

    #[test]
    fn done_without_a_word_or_a_second_is_no_answer() {
        let silence = said(&["...", "…"]);
        let empty = EndSigns {
            duration_secs: 0,
            turns: &silence,
            ..DONE
        };
        assert_eq!(outcome_of(&empty), Some(CallOutcome::NoAnswer));
        assert_eq!(
            outcome_of(&EndSigns {
                duration_secs: 3,
                ..empty
            }),
            Some(CallOutcome::Completed)
        );
    }

    #[test]
    fn a_failure_is_read_from_codes_and_words() {
        let with_reason = |reason| EndSigns {
            error_reason: Some(reason),
            ..FAILED
        };
        let ended_by = |reason| EndSigns {
            termination_reason: Some(reason),
            ..FAILED
        };
        let cases = [
            (
                EndSigns {
                    error_code: Some(486),
                    ..FAILED
                },
                CallOutcome::Busy,
            ),
            (
                EndSigns {
                    error_code: Some(480),
                    ..FAILED
                },
                CallOutcome::NoAnswer,
            ),
            (with_reason("Callee busy"), CallOutcome::Busy),
            (with_reason("no_answer"), CallOutcome::NoAnswer),
            (ended_by("Call was not answered"), CallOutcome::NoAnswer),
            (ended_by("Voicemail detected"), CallOutcome::Voicemail),
            (
                ended_by("Missing required dynamic variables in first message"),
                CallOutcome::Failed,
            ),
            (with_reason("system_busy"), CallOutcome::Failed),
            (FAILED, CallOutcome::Failed),
        ];
        for (signs, outcome) in cases {
            assert_eq!(outcome_of(&signs), Some(outcome), "{signs:?}");
        }
    }

    #[test]
    fn an_answered_call_that_broke_down_failed_unless_the_person_was_reached() {
        let answered = EndSigns {
            call_result: Some(&CallResult::Answered),
            error_code: Some(486),
            ..FAILED
        };
        assert_eq!(outcome_of(&answered), Some(CallOutcome::Failed));
        let talk = said(&["Hello?", "Yes"]);
        assert_eq!(
            outcome_of(&EndSigns {
                turns: &talk,
                ..answered
            }),
            Some(CallOutcome::Completed)
        );
    }

    #[test]
    fn a_failed_start_is_read_from_the_reason_then_from_the_carrier() {
        use CallOutcome::{Busy, Failed, NoAnswer};
        assert_eq!(outcome_of_failed_start("busy", Some("failed"), None), Busy);
        assert_eq!(outcome_of_failed_start("no-answer", None, Some(486)), NoAnswer);
        assert_eq!(
            outcome_of_failed_start("unknown", Some("no-answer"), None),
            NoAnswer
        );
        assert_eq!(
            outcome_of_failed_start("unknown", Some("failed"), Some(486)),
            Busy
        );
        assert_eq!(outcome_of_failed_start("unknown", None, Some(408)), NoAnswer);
        assert_eq!(
            outcome_of_failed_start("unknown", Some("canceled"), Some(603)),
            Failed
        );
    }

    proptest! {
        #[test]
        fn every_final_conversation_has_an_outcome(
            failed: bool, words in "\\PC{0,40}", code in proptest::option::of(any::<i64>()), secs: u64,
        ) {
            let state = if failed { ConversationState::Failed } else { ConversationState::Done };
            let signs = EndSigns {
                state: &state, error_code: code, error_reason: Some(&words), duration_secs: secs, ..DONE
            };
            prop_assert!(outcome_of(&signs).is_some());
        }
    }
}

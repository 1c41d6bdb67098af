//! What came of a call: found out when the carrier says that it is over.

use jiff::Timestamp;
use switchboard_domain::{
    Call, CallFacts, CallId, CallOutcome, CallResults, Ending, InboundCall, Intent, Reception,
    ReceptionSettings, RouteTarget, Speaker, TranscriptTurn, TurnBook, Urgency, urgent_word,
};
use switchboard_providers::openai::{Summary, SummaryRequest};
use switchboard_service::Causes;
use switchboard_store::{Finished, StoreError, TurnPut};
use tokio::time::{Instant, sleep};

use crate::receptionist::Receptionist;

/// How often a summary is asked for.
const MOST_ATTEMPTS: u32 = 3;
/// How often the rest of the turns is written anew because somebody else wrote at their places.
const MOST_RACES: u32 = 8;

impl Receptionist {
    /// Finds out what came of a call, and ends it. Doing it again changes nothing that was found out.
    ///
    /// # Errors
    /// When the tables do not answer; doing it again is safe.
    pub(crate) async fn conclude(&self, call_id: &CallId) -> Result<(), StoreError> {
        let (Some(inbound), Some(call)) = (
            self.store.find_inbound(call_id).await?,
            self.store.find_call(call_id).await?,
        ) else {
            tracing::warn!(call.id = %call_id, "there is no such call to conclude");
            return Ok(());
        };
        if call
            .reception
            .as_ref()
            .is_some_and(|reception| reception.concluded)
        {
            return Ok(());
        }
        self.wait_for_holder(call_id).await?;
        let settings = self.store.reception_settings().await?;
        let turns = self.close_turns(call_id).await?;
        let found = self.find_out(&inbound, &call, &settings, &turns).await;
        let now = self.clock.now();
        let facts = facts_of(&inbound, &call, &settings, found.as_ref(), &turns, now);
        let ending = Ending::Ended {
            outcome: outcome_of(&inbound),
            facts: Box::new(facts),
        };
        let finished = self
            .store
            .conclude_reception(
                call_id,
                &ending,
                |call| note(call, &inbound, &settings, found.as_ref(), &turns),
                now,
            )
            .await?;
        match finished {
            Finished::Now(call) | Finished::Before(call) => {
                tracing::info!(call.id = %call_id, status = call.status.as_str(), turns = turns.len(), "call concluded");
            }
            Finished::NotFound => {
                tracing::warn!(call.id = %call_id, "a call was gone before it was concluded")
            }
        }
        Ok(())
    }

    /// Whoever holds the sideband writes the last turns: it is waited for, but not for ever.
    async fn wait_for_holder(&self, call_id: &CallId) -> Result<(), StoreError> {
        let until = Instant::now() + self.pace.late_texts + self.pace.look * 3;
        while Instant::now() < until {
            let inbound = self.store.find_inbound(call_id).await?;
            let now = self.clock.now();
            if inbound.is_none_or(|inbound| inbound.held_until.is_none_or(|until| until <= now)) {
                return Ok(());
            }
            sleep(self.pace.look / 4).await;
        }
        Ok(())
    }

    /// The transcript, with what did not come marked as lost.
    async fn close_turns(&self, call_id: &CallId) -> Result<Vec<TranscriptTurn>, StoreError> {
        let mut book = TurnBook::from_kept(self.store.kept_turns(call_id).await?);
        book.close();
        for _ in 0..MOST_RACES {
            let mut is_contested = false;
            for turn in book.to_write() {
                match self.store.put_turn(call_id, &turn).await? {
                    TurnPut::Written => book.written(&turn),
                    TurnPut::Elsewhere => {
                        is_contested = true;
                        break;
                    }
                }
            }
            if !is_contested {
                break;
            }
            book.join(self.store.kept_turns(call_id).await?);
            book.close();
        }
        Ok(book.transcript())
    }

    /// What OpenAI makes of the transcript; none when there is nothing to read, or it does not say.
    async fn find_out(
        &self,
        inbound: &InboundCall,
        call: &Call,
        settings: &ReceptionSettings,
        turns: &[TranscriptTurn],
    ) -> Option<Summary> {
        if !has_spoken(turns) {
            return None;
        }
        let request = SummaryRequest {
            model: &settings.summary_model,
            language: &settings.language,
            turns,
        };
        let mut wait = self.pace.summary_retry;
        for attempt in 1..=MOST_ATTEMPTS {
            match self.openai.respond(&request).await {
                Ok(summary) => return Some(summary),
                Err(error) if error.is_passing() && attempt < MOST_ATTEMPTS => {
                    tracing::info!(call.id = %inbound.call_id, error = %Causes(&error), "a summary is asked for again");
                    sleep(wait).await;
                    wait *= 2;
                }
                Err(error) => {
                    tracing::error!(call.id = %call.call_id, error = %Causes(&error), "a call has no summary");
                    return None;
                }
            }
        }
        None
    }
}

/// Whether the person said anything.
fn has_spoken(turns: &[TranscriptTurn]) -> bool {
    turns
        .iter()
        .any(|turn| turn.speaker == Speaker::User && !turn.message.is_empty())
}

/// How the call ended for the person: nobody had it, or somebody had.
fn outcome_of(inbound: &InboundCall) -> CallOutcome {
    match inbound.carrier_status.as_deref() {
        Some("busy") => CallOutcome::Busy,
        Some("no-answer" | "canceled") => CallOutcome::NoAnswer,
        Some("failed") => CallOutcome::Failed,
        _ => CallOutcome::Completed,
    }
}

fn facts_of(
    inbound: &InboundCall,
    call: &Call,
    settings: &ReceptionSettings,
    found: Option<&Summary>,
    turns: &[TranscriptTurn],
    now: Timestamp,
) -> CallFacts {
    let ended = inbound.ended_at.unwrap_or(now);
    let began = call.started_at.unwrap_or(inbound.began_at);
    let lasted = u64::try_from(ended.duration_since(began).as_secs()).unwrap_or(0);
    CallFacts {
        carrier_call_id: Some(inbound.call_sid.clone()),
        started_at: Some(began),
        duration_secs: Some(inbound.duration_secs.unwrap_or(lasted)),
        results: CallResults {
            summary: found.map(|found| found.summary.clone()),
            title: found
                .map(|found| found.title.clone())
                .filter(|title| !title.is_empty()),
            turns: u32::try_from(turns.len()).unwrap_or(u32::MAX),
            ..CallResults::default()
        },
        results_complete: true,
        // That there is one, the carrier says; that none can be, we know.
        has_recording: (!may_be_recorded(inbound, settings)).then_some(false),
        first_words: turns
            .iter()
            .find(|turn| turn.speaker == Speaker::Agent)
            .map(|turn| turn.message.clone()),
        ..CallFacts::default()
    }
}

/// Whether the carrier may have recorded the call: nothing is recorded before somebody answers.
fn may_be_recorded(inbound: &InboundCall, settings: &ReceptionSettings) -> bool {
    let records = match inbound.target() {
        Some(RouteTarget::Voicemail) => true,
        Some(RouteTarget::Closed) => false,
        _ => settings.record,
    };
    records && outcome_of(inbound) == CallOutcome::Completed
}

/// Notes what was found out in the call itself. What the agent noted during the call stays.
fn note(
    call: &mut Call,
    inbound: &InboundCall,
    settings: &ReceptionSettings,
    found: Option<&Summary>,
    turns: &[TranscriptTurn],
) -> bool {
    let before = call.reception.clone();
    let Some(reception) = call.reception.as_mut() else {
        // One of ours, in which nothing was noted: its results say everything.
        return false;
    };
    if reception.concluded {
        return false;
    }
    reception.concluded = true;
    match found {
        Some(found) => {
            reception.intent = reception.intent.or(Some(found.intent));
            reception.caller_name = reception.caller_name.take().or_else(|| found.caller_name.clone());
            if found.urgency > Urgency::Normal {
                let because = found.urgent_because.as_deref().unwrap_or(&found.title);
                reception.raise(found.urgency, because);
            } else {
                reception.urgency = reception.urgency.or(Some(found.urgency));
            }
        }
        None => {
            reception.intent = reception
                .intent
                .or_else(|| intent_without_words(reception, inbound, turns))
        }
    }
    // Whatever anybody else thinks, and even when nobody could be asked.
    if let Some(word) = urgent_word(settings, turns) {
        reception.raise(Urgency::High, &format!("The caller said \u{201c}{word}\u{201d}."));
    }
    reception.urgency = reception.urgency.or(Some(Urgency::Normal));
    call.reception != before
}

/// What somebody called for of whom we have no words; none: nobody knows.
fn intent_without_words(
    reception: &Reception,
    inbound: &InboundCall,
    turns: &[TranscriptTurn],
) -> Option<Intent> {
    match inbound.target() {
        _ if reception.message.is_some() || reception.callback_id.is_some() => Some(Intent::Message),
        Some(RouteTarget::Voicemail) => Some(Intent::Message),
        // The agent spoke, and nobody answered it.
        Some(RouteTarget::Agent { .. }) if !turns.is_empty() && !has_spoken(turns) => {
            Some(Intent::WrongNumber)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inbound(target: RouteTarget, status: Option<&str>) -> InboundCall {
        let id = CallId::derived(&["conclude"]);
        let mut inbound = InboundCall::fresh(
            id,
            "CA00".to_owned(),
            vec![target],
            "en".to_owned(),
            Timestamp::UNIX_EPOCH,
        );
        inbound.carrier_status = status.map(str::to_owned);
        inbound
    }

    fn turn(speaker: Speaker, message: &str) -> TranscriptTurn {
        TranscriptTurn {
            speaker,
            message: message.to_owned(),
            at_secs: 0,
            interrupted: false,
            tools: Vec::new(),
        }
    }

    fn agent() -> RouteTarget {
        RouteTarget::Agent {
            agent_id: switchboard_domain::AgentId::derived(&["anna"]),
        }
    }

    #[test]
    fn without_words_the_target_says_what_somebody_wanted() {
        let intent = |target: RouteTarget, turns: &[TranscriptTurn]| {
            let reception = Reception::fresh(None, target.clone());
            intent_without_words(&reception, &inbound(target, None), turns)
        };
        assert_eq!(intent(RouteTarget::Voicemail, &[]), Some(Intent::Message));
        let greeted = [turn(Speaker::Agent, "Hello!")];
        assert_eq!(intent(agent(), &greeted), Some(Intent::WrongNumber));
        // OpenAI was not asked, or did not say: nobody knows.
        let talked = [
            turn(Speaker::Agent, "Hello!"),
            turn(Speaker::User, "My tooth broke."),
        ];
        assert_eq!(intent(agent(), &talked), None);
        assert_eq!(intent(agent(), &[]), None);
    }

    #[test]
    fn nothing_is_recorded_that_nobody_answered() {
        let settings = ReceptionSettings::default();
        assert!(may_be_recorded(&inbound(agent(), Some("completed")), &settings));
        assert!(!may_be_recorded(&inbound(agent(), Some("no-answer")), &settings));
        assert!(!may_be_recorded(
            &inbound(RouteTarget::Closed, Some("completed")),
            &settings
        ));
        let unrecorded = ReceptionSettings {
            record: false,
            ..settings
        };
        assert!(!may_be_recorded(
            &inbound(agent(), Some("completed")),
            &unrecorded
        ));
        assert!(may_be_recorded(
            &inbound(RouteTarget::Voicemail, Some("completed")),
            &unrecorded
        ));
    }
}

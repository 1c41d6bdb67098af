//! What a provider's answers mean for the dials after this one: a slower pace, a rest, or a pause.

use jiff::SignedDuration;
use switchboard_domain::{Call, CampaignStatus, ProviderEvent, ProviderKind};
use switchboard_providers::{DialError, PlacedCall, Refusal};
use switchboard_store::StoreError;

use crate::Dialer;

/// Between the write of `placing` and the request lies next to nothing. Where it does not, because this
/// process was held up, somebody may have been told meanwhile that nobody is dialled any more.
const AT_ONCE: SignedDuration = SignedDuration::from_millis(700);

impl Dialer {
    /// Tells the other dialers how the provider bore this dial.
    pub(crate) async fn note_answer(
        &self,
        kind: ProviderKind,
        call: &Call,
        answer: &Result<PlacedCall, DialError>,
    ) {
        let event = event_of(kind, answer);
        let noted = self
            .store
            .note_provider_event(kind, &event, self.clock.now())
            .await;
        if let Err(error) = noted {
            tracing::warn!(call.id = %call.call_id, %error, "the provider's state could not be written");
        }
    }

    /// Pauses what cannot go on until a person has done something: every running campaign of the
    /// provider when it is the account, this one when it is its agent or phone line.
    pub(crate) async fn hold_campaigns(&self, kind: ProviderKind, call: &Call, refusal: &Refusal) {
        let held = match (refusal.concerns_the_account(), refusal.holds_the_campaign()) {
            (true, _) => self.hold_all(kind, call, refusal).await,
            (false, true) => self.hold_one(kind, call, refusal).await,
            (false, false) => Ok(()),
        };
        if let Err(error) = held {
            // The next refused call tries again.
            tracing::error!(call.id = %call.call_id, %error, "campaigns that cannot go on could not be paused");
        }
    }

    async fn hold_one(&self, kind: ProviderKind, call: &Call, refusal: &Refusal) -> Result<(), StoreError> {
        let Some(campaign) = &call.campaign_id else {
            return Ok(());
        };
        let now = self.clock.now();
        if self
            .store
            .pause_because(campaign, &refusal.explain_at(kind), now)
            .await?
        {
            tracing::error!(campaign.id = %campaign, %refusal, "campaign paused");
        }
        Ok(())
    }

    async fn hold_all(&self, kind: ProviderKind, call: &Call, refusal: &Refusal) -> Result<(), StoreError> {
        // This one for certain: the list follows a moment behind.
        self.hold_one(kind, call, refusal).await?;
        let mut cursor = None;
        loop {
            let page = self
                .store
                .list_campaigns(Some(CampaignStatus::Running), cursor.as_ref(), 100)
                .await?;
            for campaign in page.items.iter().filter(|c| c.provider == kind) {
                let (id, now) = (&campaign.campaign_id, self.clock.now());
                if self
                    .store
                    .pause_because(id, &refusal.explain_at(kind), now)
                    .await?
                {
                    tracing::error!(campaign.id = %id, %refusal, "campaign paused");
                }
            }
            cursor = page.next;
            if cursor.is_none() {
                return Ok(());
            }
        }
    }

    /// Why a dial that was held up on its way to the provider must not go out any more, if it must not.
    pub(crate) async fn came_too_late(&self, call: &Call) -> Result<Option<&'static str>, StoreError> {
        let begun = call.placing_at.unwrap_or_default();
        if self.clock.now().duration_since(begun) <= AT_ONCE {
            return Ok(None);
        }
        let settings = self.store.find_queue_settings().await?;
        if settings.is_some_and(|settings| settings.is_stopped()) {
            return Ok(Some("The queue was stopped before the provider was asked."));
        }
        let Some(campaign) = &call.campaign_id else {
            return Ok(None);
        };
        let campaign = self.store.find_campaign(campaign).await?;
        let runs = campaign.is_some_and(|campaign| campaign.status == CampaignStatus::Running);
        Ok((!runs).then_some("The campaign was stopped before the provider was asked."))
    }
}

fn event_of(provider: ProviderKind, answer: &Result<PlacedCall, DialError>) -> ProviderEvent {
    match answer {
        Ok(_) => ProviderEvent::Answered,
        Err(DialError::Refused {
            refusal, retry_after, ..
        }) => match refusal {
            Refusal::RateLimited { .. } => ProviderEvent::SlowDown {
                retry_after: retry_after.and_then(|wait| SignedDuration::try_from(wait).ok()),
                error: refusal.explain_at(provider),
            },
            Refusal::NeverSent { .. } => ProviderEvent::Failed {
                error: refusal.explain_at(provider),
            },
            _ => ProviderEvent::Answered,
        },
        Err(DialError::Unconfirmed { cause }) => ProviderEvent::Failed {
            error: cause.explain_at(provider),
        },
    }
}

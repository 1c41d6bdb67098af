//! Where the inbox's items come from. Each source is read through an index, bounded.

use futures::stream::{self, StreamExt, TryStreamExt};
use jiff::{SignedDuration, Timestamp};
use switchboard_domain::{
    Call, CallStatus, CampaignStatus, ProviderHealth, ProviderKind, QuotaAlert, QuotaFigures, RecordingState,
    answer_rate_drop, stuck,
};
use switchboard_store::{CallFilter, StoreError, WebhookList};

use super::item::{AttentionItem, AttentionKind as Kind};
use crate::api::Api;

/// Items shown per source.
const MOST: u32 = 100;
/// Lines looked at at one time.
const LINES_AT_ONCE: usize = 8;
/// A dial's answer may take that long before its being unknown is worth a look.
const UNCONFIRMED_PATIENCE: SignedDuration = SignedDuration::from_secs(30);
/// A slot is found and freed within this time of its call's end.
const SLOT_PATIENCE: SignedDuration = SignedDuration::from_secs(90);
/// A provider may stumble for so long before somebody has to look.
const PROVIDER_PATIENCE: SignedDuration = SignedDuration::from_mins(2);
/// A webhook is applied while its sender waits.
const WEBHOOK_PATIENCE: SignedDuration = SignedDuration::from_secs(60);

const SYNC: (&str, &str, &str) = ("Ask the provider now", "POST", "/api/calls/sync");

/// What runs out at a provider, and what to do.
fn quota_low(provider: ProviderKind, alert: QuotaAlert, figures: Option<&QuotaFigures>) -> String {
    let name = provider.name();
    let figures = figures.cloned().unwrap_or_default();
    let of = |part: Option<u64>, whole: Option<u64>| match part.zip(whole) {
        Some((part, whole)) => format!("{part} of {whole}"),
        None => "few".to_owned(),
    };
    match alert {
        QuotaAlert::Credits => {
            let left = of(figures.credits_left(), figures.credits_limit);
            format!(
                "{left} credits are left at {name}. When none are, its calls are refused and campaigns pause: add credit \
                 or a larger plan there. This leaves the list by itself; when it appears is set under Settings."
            )
        }
        QuotaAlert::Calls => {
            let calls = of(figures.calls_in_progress, figures.most_calls);
            format!(
                "{calls} calls that the plan at {name} allows are in progress. More are refused and tried again later: \
                 lower the concurrency limit, or take a larger plan. This leaves the list by itself; when it appears is \
                 set under Settings."
            )
        }
    }
}

/// What was found so far.
#[derive(Default)]
pub(super) struct Found {
    items: Vec<AttentionItem>,
    more: bool,
}

impl Found {
    /// The most pressing first, then the oldest; and whether there are more.
    pub(super) fn sorted(mut self) -> (Vec<AttentionItem>, bool) {
        self.items.sort_by_key(|item| (item.kind, item.since));
        (self.items, self.more)
    }

    pub(super) async fn providers(&mut self, api: &Api, now: Timestamp) -> Result<(), StoreError> {
        for provider in ProviderKind::ALL {
            let state = api.store.provider_state(provider, now).await?;
            let is_down = state.health == ProviderHealth::Down;
            if is_down {
                let error = state.last_error.unwrap_or_default();
                let known = format!(
                    "It failed again and again, so nobody is dialled through it. It is looked at every few seconds, and \
                     dialling goes on by itself when it answers. Last error: {error}"
                );
                self.of_provider(Kind::ProviderDown, provider, state.since, known);
            }
            if !api.providers.is_used(provider).await {
                continue;
            }
            let watch = api.store.provider_watch(provider).await?;
            let fails = watch
                .failing_since
                .filter(|since| !is_down && now.duration_since(*since) >= PROVIDER_PATIENCE);
            if let Some(since) = fails {
                let known = watch.error.clone().unwrap_or_default();
                self.of_provider(Kind::ProviderDown, provider, since, known);
            }
            for low in &watch.low {
                let known = quota_low(provider, low.alert, watch.quota.as_ref());
                self.of_provider(Kind::QuotaLow, provider, low.since, known);
            }
        }
        Ok(())
    }

    fn of_provider(&mut self, kind: Kind, provider: ProviderKind, since: Timestamp, known: String) {
        self.items
            .push(AttentionItem::new(kind, provider.as_str(), since, known));
    }

    pub(super) async fn paused_campaigns(&mut self, api: &Api) -> Result<(), StoreError> {
        let page = api
            .store
            .list_campaigns(Some(CampaignStatus::Paused), None, MOST)
            .await?;
        self.more |= page.next.is_some();
        for campaign in page.items {
            let Some(reason) = campaign.failure else { continue };
            let id = &campaign.campaign_id;
            let mut item = AttentionItem::new(
                Kind::CampaignPaused,
                id,
                campaign.updated_at,
                format!("\u{201c}{}\u{201d} was paused: {reason}", campaign.name),
            )
            .may("Resume", "POST", format!("/api/campaigns/{id}/resume"));
            item.campaign_id = Some(id.clone());
            self.items.push(item);
        }
        Ok(())
    }

    pub(super) async fn calls(&mut self, api: &Api, now: Timestamp) -> Result<(), StoreError> {
        for status in CallStatus::ALL.into_iter().filter(|status| !status.is_final()) {
            let filter = CallFilter {
                status: Some(status),
                oldest_first: true,
                ..CallFilter::default()
            };
            let page = api.store.list_calls(&filter, None, MOST).await?;
            let listed = page.items.iter().filter_map(|call| of_call(call, now));
            let before = self.items.len();
            self.items.extend(listed);
            // The oldest come first: if the last of a page is fine, so are those behind it.
            self.more |= page.next.is_some() && self.items.len() == before + page.items.len();
        }
        for due in api.store.recordings_due().await?.into_iter().take(MOST as usize) {
            let waits = now.duration_since(due.since) > SignedDuration::from_mins(10);
            if waits && let Some(call) = api.store.find_call(&due.call_id).await? {
                self.items.extend(of_call(&call, now));
            }
        }
        Ok(())
    }

    pub(super) async fn slots(&mut self, api: &Api, now: Timestamp) -> Result<(), StoreError> {
        for slot in api.store.slot_holders().await? {
            if now.duration_since(slot.watched_until) <= SLOT_PATIENCE {
                continue;
            }
            let known = "Nobody watches this call and its slot is taken. The scheduler asks the provider and frees \
                         the slot when the call is over; if this stays, see whether the scheduler runs.";
            let item = AttentionItem::new(Kind::UnwatchedSlot, &slot.call_id, slot.since, known)
                .of_call(&slot.call_id, slot.campaign_id.as_ref())
                .may(SYNC.0, SYNC.1, SYNC.2.to_owned());
            self.items.push(item);
        }
        Ok(())
    }

    pub(super) async fn dead_letters(&mut self, api: &Api) -> Result<(), StoreError> {
        let page = api.store.list_dead_letters(None, MOST).await?;
        self.more |= page.next.is_some();
        for letter in page.items {
            let path = format!("/api/queue/dead-letters/{}", letter.id);
            let mut item = AttentionItem::new(Kind::DeadLetter, &letter.id, letter.arrived_at, letter.reason)
                .may("Try again", "POST", format!("{path}/retry"))
                .may("Put away", "DELETE", path);
            (item.call_id, item.campaign_id) = (letter.call_id, letter.campaign_id);
            self.items.push(item);
        }
        Ok(())
    }

    pub(super) async fn lines(&mut self, api: &Api, now: Timestamp) -> Result<(), StoreError> {
        let lines = api.store.list_phone_lines().await?;
        self.more |= lines.len() > MOST as usize;
        let looked = stream::iter(lines.into_iter().take(MOST as usize)).map(async |line| {
            let hours = api.store.line_hours(&line.phone_line_id, now).await?;
            Ok::<_, StoreError>((line, answer_rate_drop(&hours, now)))
        });
        let looked: Vec<_> = looked.buffered(LINES_AT_ONCE).try_collect().await?;
        for (line, drop) in looked {
            let Some(drop) = drop else { continue };
            let known = format!(
                "Of the last {} calls from \u{201c}{}\u{201d}, {:.0} % were answered; in the seven days before it \
                 was {:.0} %. Its number may be shown as spam: look it up with the carriers, call from other lines \
                 meanwhile, and let this one rest. It leaves this list when people answer again.",
                drop.calls,
                line.called(),
                drop.rate * 100.0,
                drop.usual * 100.0,
            );
            let id = &line.phone_line_id;
            self.items
                .push(AttentionItem::new(Kind::LineAnsweredLess, id, drop.since, known));
        }
        Ok(())
    }

    pub(super) async fn webhooks(&mut self, api: &Api, now: Timestamp) -> Result<(), StoreError> {
        let lists = [
            (WebhookList::Unparsed, Kind::UnparsedWebhook),
            (WebhookList::Received, Kind::UnappliedWebhook),
        ];
        for (list, kind) in lists {
            let page = api.store.list_webhooks(list, None, MOST).await?;
            self.more |= page.next.is_some();
            for webhook in page.items {
                if kind == Kind::UnappliedWebhook
                    && now.duration_since(webhook.received_at) <= WEBHOOK_PATIENCE
                {
                    continue;
                }
                let known = match kind {
                    Kind::UnparsedWebhook => format!(
                        "It was signed and could not be read ({}). Its body is kept; what it says of a call is \
                         learned by asking the provider.",
                        webhook.note.as_deref().unwrap_or("no reason was noted"),
                    ),
                    _ => "It is kept, and applying it was cut short. What it says of a call is learned by asking \
                          the provider; applying it again is safe."
                        .to_owned(),
                };
                let path = format!("/api/webhooks/{}/{}/replay", webhook.provider, webhook.digest);
                let item = AttentionItem::new(kind, &webhook.digest, webhook.received_at, known);
                self.items.push(item.may("Apply it again", "POST", path));
            }
        }
        Ok(())
    }

    pub(super) async fn event_targets(&mut self, api: &Api) -> Result<(), StoreError> {
        for target in api.store.event_targets().await? {
            let path = format!("/api/event-targets/{}", target.target_id);
            if let Some(off) = &target.turned_off {
                let known = format!(
                    "Nothing is sent to {} any more. {} When the receiver is ready, enable the target again.",
                    host_of(&target.url),
                    off.reason,
                );
                self.items.push(AttentionItem::new(
                    Kind::EventTargetOff,
                    &target.target_id,
                    off.at,
                    known,
                ));
            }
            let dead = api
                .store
                .list_dead_deliveries(&target.target_id, None, MOST)
                .await?;
            let Some(newest) = dead.items.first() else {
                continue;
            };
            let count = dead.items.len();
            let known = format!(
                "{count}{} events could not be delivered to {}. Last reason: {} They are kept for 30 days.",
                if dead.next.is_some() { " or more" } else { "" },
                host_of(&target.url),
                newest.reason.as_deref().unwrap_or("none was noted."),
            );
            let since = newest.settled_at.unwrap_or(newest.created_at);
            let mut item = AttentionItem::new(Kind::DeadEvents, &target.target_id, since, known);
            if target.enabled {
                item = item.may("Send them again", "POST", format!("{path}/dead-letters/replay"));
            }
            self.items.push(item);
        }
        Ok(())
    }

    pub(super) async fn recordings(&mut self, api: &Api) -> Result<(), StoreError> {
        let page = api.store.list_noted_recordings(None, MOST).await?;
        self.more |= page.next.is_some();
        for noted in page.items {
            let (kind, known) = match noted.state {
                RecordingState::Lost => (
                    Kind::LostRecording,
                    "The provider promised a recording and did not have it for hours. The transcript is kept."
                        .to_owned(),
                ),
                _ => (
                    Kind::ShortRecording,
                    format!(
                        "The recording plays {:.0} seconds and the call took {}. What there is, is stored.",
                        noted.audio_secs.unwrap_or_default(),
                        noted.call_secs.unwrap_or_default(),
                    ),
                ),
            };
            let path = format!("/api/attention/recordings/{}", noted.call_id);
            let item = AttentionItem::new(kind, &noted.call_id, noted.noted_at, known)
                .of_call(&noted.call_id, None)
                .may("Take off the list", "DELETE", path);
            self.items.push(item);
        }
        Ok(())
    }
}

/// The host of an address: paths and queries can hold secrets.
fn host_of(address: &str) -> String {
    let url = url::Url::parse(address).ok();
    let host = url.as_ref().and_then(url::Url::host_str);
    host.unwrap_or("its address").to_owned()
}

fn of_call(call: &Call, now: Timestamp) -> Option<AttentionItem> {
    let since = call.placing_at.unwrap_or(call.created_at);
    let (kind, known) = match (stuck(call, now), call.status) {
        (Some(why), _) => (Kind::StuckCall, why.explain()),
        (None, CallStatus::Unconfirmed) if now.duration_since(since) > UNCONFIRMED_PATIENCE => (
            Kind::UnconfirmedCall,
            "The provider was asked to place this call and its answer was lost, so the phone may have rung. It is \
             being looked up; nobody dials the person again until it is found, or could not have happened.",
        ),
        _ => return None,
    };
    let item = AttentionItem::new(kind, &call.call_id, since, known);
    let item = item.of_call(&call.call_id, call.campaign_id.as_ref());
    Some(item.may(SYNC.0, SYNC.1, SYNC.2.to_owned()))
}

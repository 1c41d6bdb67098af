//! `Connect`: the call is streamed to another platform, which is played here as well.

use std::time::Duration;

use reqwest::Url;

use super::call::Partner;
use super::dial::stream_of;
use super::flow::{Done, Flow, Next};
use super::twiml::{Stream, TwimlFault};
use crate::clock::now_ms;
use crate::server::Shared;
use crate::{Platform, elevenlabs, ultravox};

/// How often it is looked whether a conversation was ended from outside.
const LOOK_MS: i64 = 100;

/// Streams the call until the conversation is over.
pub(super) async fn connect(flow: &Flow, stream: &Stream) -> Next {
    flow.answer();
    let unknown = || {
        let message = "Stream: nobody takes the connection at this address";
        TwimlFault::new(31_920, message)
    };
    let url = Url::parse(&stream.url).ok();
    let Some((platform, id)) = url.and_then(|url| stream_of(url.path())) else {
        return flow.broken(unknown());
    };
    let joined = match platform {
        Platform::Ultravox => ultravox::join_call(&flow.shared, &id, Some(&flow.sid)).is_ok(),
        Platform::ElevenLabs => elevenlabs::join(&flow.shared, &id, &flow.sid),
        Platform::Twilio | Platform::OpenAi => false,
    };
    if !joined {
        return flow.broken(unknown());
    }
    flow.note(&format!("streamed to a conversation of {platform:?}"));
    let partner = Partner::Conversation {
        platform,
        id: id.clone(),
    };
    flow.change(|call| call.partners.push(partner));
    loop {
        let left_ms = {
            let state = flow.shared.lock();
            let call = state.find(platform, &id);
            call.map_or(0, |call| call.ended_ms - now_ms())
        };
        if left_ms <= 0 {
            break;
        }
        let ms = u64::try_from(left_ms.min(LOOK_MS)).unwrap_or(1);
        tokio::time::sleep(Duration::from_millis(ms)).await;
    }
    flow.change(|call| call.partners.clear());
    let by_agent = {
        let state = flow.shared.lock();
        let call = state.find(platform, &id);
        let reason = call.and_then(|call| call.ultravox.as_ref().map(|own| own.end_reason));
        !matches!(
            reason,
            None | Some(ultravox::EndReason::Hangup | ultravox::EndReason::Timeout)
        )
    };
    match by_agent {
        true => Next::Continue,
        false => Next::Done(Done::PersonLeft),
    }
}

/// Ends a conversation whose caller is gone.
pub(super) fn cut(shared: &Shared, platform: Platform, id: &str) {
    match platform {
        Platform::Ultravox => ultravox::cut(shared, id),
        Platform::ElevenLabs => elevenlabs::cut(shared, id),
        Platform::Twilio | Platform::OpenAi => {}
    }
}

//! Calls on the carrier's line: what Twilio asks and tells us of them, and OpenAI's question whether it may have one.
//!
//! A call that comes in is written before Twilio is told where it goes, and Twilio is always told something: an agent,
//! a person, voicemail. Every request can come again, late, or never; what is over stays over.

mod admission;
mod amd;
mod begin;
mod dial;
mod kept;
mod leg;
mod openai;
mod recording;
mod reference;
mod status;
mod tell;
mod voice;

pub(crate) use amd::amd;
pub(crate) use dial::dial;
pub(crate) use openai::openai;
pub(crate) use recording::recording;
pub(crate) use status::status;
pub(crate) use voice::voice;

use std::time::Duration;

use axum::response::{IntoResponse, Response};
use http::header::CONTENT_TYPE;
use switchboard_providers::openai::OpenAi;
use switchboard_providers::twilio::Twilio;
use switchboard_service::Providers;

/// OpenAI's SIP server, unless somebody sets a regional one.
pub const OPENAI_SIP_HOST: &str = "sip.api.openai.com";

/// What the phone is answered with. Cheap to clone.
#[derive(Clone)]
pub struct Phone {
    /// The carrier.
    pub twilio: Twilio,
    /// Platforms whose agents take calls by themselves.
    pub providers: Providers,
    /// Where calls with an OpenAI agent are accepted.
    pub openai: OpenAi,
    /// Where the carrier reaches us, such as `https://api.example.com`; none: as API Gateway says it was asked.
    pub public_url: Option<String>,
    /// OpenAI's SIP server.
    pub openai_sip_host: String,
    /// How long whoever rings may wait for us.
    pub patience: Patience,
}

/// How long whoever rings may wait for us.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// Until the carrier has its answer: it waits 15 seconds itself.
    pub answer: Duration,
    /// For one platform to take a call.
    pub platform: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            answer: Duration::from_secs(9),
            platform: Duration::from_secs(5),
        }
    }
}

/// The answer to a question of Twilio's.
fn xml(document: String) -> Response {
    ([(CONTENT_TYPE, "text/xml; charset=utf-8")], document).into_response()
}

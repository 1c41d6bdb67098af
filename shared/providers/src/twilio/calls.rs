//! Calls: made, asked for, sent elsewhere.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use reqwest::StatusCode;
use url::Url;

use super::account::is_sid;
use super::call::{CallBody, CallsBody, TwilioCall};
use super::client::{Failure, Twilio, signed};
use super::twiml::{LONGEST_TWIML, Twiml};
use crate::dialling::{unconfirmed, without_answer};
use crate::failure::{network, unreadable};
use crate::transport::{parse, read_bounded};
use crate::{DialError, EndedCall, ProviderError, Refusal};

/// Calls on one page of a list.
const PAGE: u32 = 100;
/// Pages that are followed: whoever looks for a call knows its number and its hour.
const MOST_PAGES: u32 = 20;
const MAX_ANSWER_BYTES: usize = 256 * 1024;
/// Twilio lets a phone ring for no longer.
const LONGEST_RING_SECS: u32 = 600;

/// The number that is called is none, or one that cannot be called.
const NOT_A_NUMBER: [u32; 4] = [13_223, 13_224, 21_211, 21_214];
/// The number that is called from is not ours, or the account may not call there.
const NOT_ALLOWED: [u32; 6] = [10_004, 13_227, 21_210, 21_212, 21_215, 21_216];

/// A call to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewTwilioCall {
    /// Whom to call, in E.164.
    pub to: String,
    /// The number that they see: one of the account's.
    pub from: String,
    /// Who is asked what to do when they answer.
    pub answer_url: String,
    /// Who is told how it goes: it rings, is answered, is over.
    pub status_url: String,
    /// Seconds that it rings.
    pub ring_secs: u32,
    /// Longest call, in seconds; none: Twilio's own.
    pub longest_secs: Option<u32>,
    /// Whether Twilio finds out if a person answers, before it asks what to do.
    pub detects_machines: bool,
}

/// Which calls are looked for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TwilioCallQuery {
    /// Calls to this number only.
    pub to: Option<String>,
    /// Calls that began on the day of this moment (UTC) or later.
    pub since: Option<Timestamp>,
    /// Calls of this status only, in Twilio's word.
    pub status: Option<&'static str>,
}

impl Twilio {
    /// Makes a call. Asks once, whatever happens.
    ///
    /// # Errors
    /// [`DialError::Refused`]: nothing rang. [`DialError::Unconfirmed`]: it may ring; look for it
    /// ([`Twilio::list_calls`]) before anybody dials the number again.
    pub async fn create_call(&self, call: &NewTwilioCall) -> Result<TwilioCall, DialError> {
        let account = self.account().await.ok_or_else(|| {
            DialError::refused(Refusal::NeverSent {
                reason: "no account at Twilio is set up: enter one under Settings".to_owned(),
            })
        })?;
        let (ring, longest) = (
            call.ring_secs.clamp(5, LONGEST_RING_SECS).to_string(),
            call.longest_secs.map(|secs| secs.to_string()),
        );
        let mut form = vec![
            ("To", call.to.as_str()),
            ("From", &call.from),
            ("Url", &call.answer_url),
            ("Method", "POST"),
            ("StatusCallback", &call.status_url),
            ("StatusCallbackMethod", "POST"),
            ("StatusCallbackEvent", "initiated"),
            ("StatusCallbackEvent", "ringing"),
            ("StatusCallbackEvent", "answered"),
            ("StatusCallbackEvent", "completed"),
            ("Timeout", &ring),
        ];
        form.extend(longest.as_deref().map(|secs| ("TimeLimit", secs)));
        if call.detects_machines {
            form.push(("MachineDetection", "Enable"));
        }
        let request = self.dialling.post(self.url(&account, "/Calls.json")).form(&form);
        let response = signed(request, &account).send().await.map_err(without_answer)?;
        let status = response.status();
        if status.is_success() {
            let body = match read_bounded(response, MAX_ANSWER_BYTES).await {
                Ok(Some(body)) => body,
                Ok(None) => return Err(unconfirmed("the answer to a dial is too long")),
                Err(error) => {
                    return Err(DialError::Unconfirmed {
                        cause: network(error),
                    });
                }
            };
            let made = parse::<CallBody>(&body).and_then(CallBody::call);
            return made.map_err(|cause| DialError::Unconfirmed { cause });
        }
        Err(not_made(status, Failure::read(response).await.code))
    }

    /// A call by its SID; none when Twilio does not know it.
    ///
    /// # Errors
    /// When Twilio could not be asked.
    pub async fn call(&self, call_sid: &str) -> Result<Option<TwilioCall>, ProviderError> {
        if !is_sid("CA", call_sid) {
            return Ok(None);
        }
        let body: Option<CallBody> = self.get(&format!("/Calls/{call_sid}.json"), &[]).await?;
        body.map(CallBody::call).transpose()
    }

    /// Calls that fit, newest first: up to 2,000.
    ///
    /// # Errors
    /// When Twilio could not be asked, or there are more: then nobody can say which are missing.
    pub async fn list_calls(&self, query: &TwilioCallQuery) -> Result<Vec<TwilioCall>, ProviderError> {
        let since = query
            .since
            .map(|at| at.to_zoned(TimeZone::UTC).date().to_string());
        let mut asked = vec![("PageSize", PAGE.to_string())];
        asked.extend(query.to.clone().map(|to| ("To", to)));
        asked.extend(since.map(|day| ("StartTime>", day)));
        asked.extend(query.status.map(|status| ("Status", status.to_owned())));
        let mut found = Vec::new();
        for _ in 0..MOST_PAGES {
            let page: Option<CallsBody> = self.get("/Calls.json", &asked).await?;
            let page = page.ok_or_else(|| unreadable("there is no list of calls"))?;
            for call in page.calls {
                found.push(call.call()?);
            }
            let Some(next) = page.next_page_uri else {
                return Ok(found);
            };
            asked = query_of(&next)?;
        }
        Err(unreadable("the list of calls does not end"))
    }

    /// Sends a live call elsewhere: what it did until now is left off. [`EndedCall::Ended`]: it goes there.
    ///
    /// # Errors
    /// When Twilio could not be asked, or the document is longer than it takes.
    pub async fn redirect(&self, call_sid: &str, twiml: &Twiml) -> Result<EndedCall, ProviderError> {
        let xml = twiml.to_xml();
        if xml.chars().count() > LONGEST_TWIML {
            return Err(ProviderError::Rejected {
                code: "too_long".to_owned(),
                message: "what the call is to do is longer than Twilio takes".to_owned(),
                request_id: None,
            });
        }
        self.change_call(call_sid, &[("Twiml", &xml)]).await
    }
}

/// What the address of the next page asks for. Its host and path are not believed.
fn query_of(next: &str) -> Result<Vec<(&'static str, String)>, ProviderError> {
    const KNOWN: [&str; 8] = [
        "PageSize",
        "Page",
        "PageToken",
        "To",
        "From",
        "Status",
        "StartTime>",
        "StartTime",
    ];
    let wrong = || unreadable("the address of the next page is none");
    let base = Url::parse("https://api.twilio.com/").map_err(|_| wrong())?;
    let next = base.join(next).map_err(|_| wrong())?;
    let known = |name: &str| KNOWN.into_iter().find(|known| *known == name);
    let pairs = next.query_pairs();
    Ok(pairs
        .filter_map(|(name, value)| Some((known(&name)?, value.into_owned())))
        .collect())
}

/// What an answer that is no success means for the person. Of a 5xx nobody knows whether the call was made.
fn not_made(status: StatusCode, code: Option<u32>) -> DialError {
    let code_text = code.map_or(status.as_str().to_owned(), |code| code.to_string());
    let refusal = match (status.as_u16(), code) {
        (401, _) => Refusal::BadKey,
        (403, _) => Refusal::Forbidden {
            code: code_text,
            message: "the account may not do this".to_owned(),
        },
        (_, Some(code)) if NOT_A_NUMBER.contains(&code) => Refusal::BadRequest {
            code: code_text,
            message: "this number cannot be called".to_owned(),
        },
        (_, Some(code)) if NOT_ALLOWED.contains(&code) => Refusal::Forbidden {
            code: code_text,
            message: "the number that is called from is not the account's, or it may not call there"
                .to_owned(),
        },
        // It was never looked at.
        (429, _) => Refusal::RateLimited { code: code_text },
        (404, _) => Refusal::NotFound { code: code_text },
        (400 | 422, _) => Refusal::BadRequest {
            code: code_text,
            message: "Twilio found the request wrong".to_owned(),
        },
        _ => return unconfirmed(&format!("HTTP {}", status.as_u16())),
    };
    DialError::refused(refusal)
}

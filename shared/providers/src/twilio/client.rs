//! Requests to Twilio.

use std::sync::Arc;
use std::time::Duration;

use reqwest::{Client, StatusCode};
use serde::Deserialize;
use url::Url;

use super::account::{TwilioAccount, TwilioAccountSource, is_sid};
use crate::failure::network;
use crate::http::client_builder;
use crate::transport::{is_loopback, read_error_body};
use crate::{EndedCall, InvalidConfig, ProviderError};

/// Address of the API, unless somebody sets another one.
pub const TWILIO_ADDRESS: &str = "https://api.twilio.com";

const TIMEOUT: Duration = Duration::from_secs(15);
/// "Call is not in progress": it ended before it was told to.
const NOT_IN_PROGRESS: u32 = 21220;

/// The carrier's API. Cheap to clone; connections are shared.
#[derive(Clone)]
pub struct Twilio {
    http: Client,
    base_url: String,
    account: Arc<dyn TwilioAccountSource>,
}

/// What a failure says.
#[derive(Debug, Default, Deserialize)]
struct Failure {
    #[serde(default)]
    code: Option<u32>,
}

impl Twilio {
    /// A client that takes its account from `account` with every request.
    ///
    /// # Errors
    /// When the address is not one of an HTTP server.
    pub fn new(base_url: &Url, account: Arc<dyn TwilioAccountSource>) -> Result<Self, InvalidConfig> {
        if !matches!(base_url.scheme(), "http" | "https") || base_url.host().is_none() {
            return Err(InvalidConfig::BaseUrl);
        }
        let builder = client_builder().timeout(TIMEOUT);
        let builder = if is_loopback(base_url) {
            builder.no_proxy()
        } else {
            builder
        };
        Ok(Self {
            http: builder.build()?,
            base_url: base_url.as_str().trim_end_matches('/').to_owned(),
            account,
        })
    }

    /// Whether there is an account, so that anything can be asked at all.
    pub async fn is_set_up(&self) -> bool {
        self.account.twilio_account().await.is_some()
    }

    /// Asks for an account with its own token; nothing is changed by that.
    ///
    /// # Errors
    /// [`ProviderError::Unauthorized`] when Twilio does not take it; others when it could not be asked.
    pub async fn check_account(&self, account: &TwilioAccount) -> Result<(), ProviderError> {
        let url = format!("{}/2010-04-01/Accounts/{}.json", self.base_url, account.sid());
        let request = self.http.get(url);
        let request = request.basic_auth(account.sid(), Some(account.auth_token().open()));
        let response = request.send().await.map_err(network)?;
        match response.status() {
            status if status.is_success() => Ok(()),
            // Another one's account is told as none.
            StatusCode::NOT_FOUND => Err(unauthorized(StatusCode::NOT_FOUND.as_str().to_owned())),
            status => {
                let body = read_error_body(response).await;
                let code = serde_json::from_slice::<Failure>(&body).unwrap_or_default().code;
                refused(status, code).map(drop)
            }
        }
    }

    /// Ends a call that is queued, rings or talks, by its SID. [`EndedCall::NotPossible`] when no account is set up,
    /// or the id is none of Twilio's.
    ///
    /// # Errors
    /// When Twilio could not be asked.
    pub async fn end_call(&self, call_sid: &str) -> Result<EndedCall, ProviderError> {
        let Some(account) = self
            .account
            .twilio_account()
            .await
            .filter(|_| is_sid("CA", call_sid))
        else {
            return Ok(EndedCall::NotPossible);
        };
        let url = format!(
            "{}/2010-04-01/Accounts/{}/Calls/{call_sid}.json",
            self.base_url,
            account.sid()
        );
        let request = self.http.post(url).form(&[("Status", "completed")]);
        let request = request.basic_auth(account.sid(), Some(account.auth_token().open()));
        let response = request.send().await.map_err(network)?;
        let status = response.status();
        if status.is_success() {
            return Ok(EndedCall::Ended);
        }
        let body = read_error_body(response).await;
        let code = serde_json::from_slice::<Failure>(&body).unwrap_or_default().code;
        refused(status, code)
    }
}

fn unauthorized(code: String) -> ProviderError {
    ProviderError::Unauthorized {
        code,
        request_id: None,
    }
}

fn refused(status: StatusCode, code: Option<u32>) -> Result<EndedCall, ProviderError> {
    let (request_id, code_text) = (
        None,
        code.map_or(status.as_str().to_owned(), |code| code.to_string()),
    );
    match status.as_u16() {
        404 => Ok(EndedCall::NotLive),
        400 if code == Some(NOT_IN_PROGRESS) => Ok(EndedCall::NotLive),
        401 | 403 => Err(unauthorized(code_text)),
        429 => Err(ProviderError::RateLimited {
            code: code_text,
            retry_after: None,
            request_id,
        }),
        400..=499 => Err(ProviderError::Rejected {
            code: code_text,
            message: "Twilio found the request wrong".to_owned(),
            request_id,
        }),
        _ => Err(ProviderError::Unavailable {
            reason: format!("HTTP {status}"),
            request_id,
            source: None,
        }),
    }
}

#[cfg(test)]
mod tests {
    use axum::extract::{Path, State};
    use axum::http::HeaderMap;
    use axum::routing::post;
    use axum::{Json, Router};
    use serde_json::json;

    use super::*;
    use crate::Secret;

    const SID: &str = "AC00000000000000000000000000000001";
    const CALL: &str = "CA000000000000000000000000000000aa";

    type Answer = (u16, u32);

    async fn answer(
        State((status, code)): State<Answer>,
        Path((account, call)): Path<(String, String)>,
        headers: HeaderMap,
        body: String,
    ) -> (axum::http::StatusCode, Json<serde_json::Value>) {
        // Basic, of the SID and "token".
        let right = "Basic QUMwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMTp0b2tlbg==";
        assert_eq!(
            (account.as_str(), call.as_str(), body.as_str()),
            (SID, &*format!("{CALL}.json"), "Status=completed")
        );
        assert_eq!(headers["authorization"], right);
        (
            axum::http::StatusCode::from_u16(status).unwrap(),
            Json(json!({ "code": code })),
        )
    }

    async fn twilio(answers: Answer, account: Option<TwilioAccount>) -> Twilio {
        let route = Router::new()
            .route("/2010-04-01/Accounts/{account}/Calls/{call}", post(answer))
            .with_state(answers);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = Url::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
        tokio::spawn(async move { axum::serve(listener, route).await });
        Twilio::new(&url, Arc::new(account)).unwrap()
    }

    fn account() -> Option<TwilioAccount> {
        TwilioAccount::new(SID, Secret::new("token"))
    }

    #[tokio::test]
    async fn a_leg_is_ended_unless_it_is_over() {
        for (answer, ended) in [
            ((200, 0), EndedCall::Ended),
            ((404, 20404), EndedCall::NotLive),
            ((400, 21220), EndedCall::NotLive),
        ] {
            let twilio = twilio(answer, account()).await;
            assert_eq!(twilio.end_call(CALL).await.unwrap(), ended, "{answer:?}");
        }
        for (answer, passing) in [
            ((401, 20003), false),
            ((429, 20429), true),
            ((503, 0), true),
            ((400, 1), false),
        ] {
            let twilio = twilio(answer, account()).await;
            let error = twilio.end_call(CALL).await.unwrap_err();
            assert_eq!(error.is_passing(), passing, "{error:?}");
        }
    }

    #[tokio::test]
    async fn without_an_account_or_for_an_id_of_another_kind_nothing_is_asked() {
        let none = twilio((200, 0), None).await;
        assert_eq!(none.end_call(CALL).await.unwrap(), EndedCall::NotPossible);
        let twilio = twilio((200, 0), account()).await;
        for odd in [
            "",
            "SCL_abc",
            "CA00/../../Accounts",
            "CA000000000000000000000000000000zz",
        ] {
            assert_eq!(
                twilio.end_call(odd).await.unwrap(),
                EndedCall::NotPossible,
                "{odd}"
            );
        }
        assert!(TwilioAccount::new("AC1", Secret::new("token")).is_none());
        assert!(TwilioAccount::new(SID, Secret::new("")).is_none());
    }
}

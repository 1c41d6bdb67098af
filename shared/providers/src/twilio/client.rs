//! Requests to Twilio.

use std::sync::Arc;
use std::time::Duration;

use reqwest::{Client, RequestBuilder, Response, StatusCode};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use url::Url;

use super::account::{TwilioAccount, TwilioAccountSource, is_sid};
use crate::failure::{network, unreadable};
use crate::transport::{is_loopback, parse, read_bounded, read_error_body};
use crate::{EndedCall, InvalidConfig, ProviderError};
use switchboard_http::client_builder;

/// Address of the API, unless somebody sets another one.
pub const TWILIO_ADDRESS: &str = "https://api.twilio.com";

const TIMEOUT: Duration = Duration::from_secs(15);
/// A page of calls; everything else is far smaller.
const MAX_BODY_BYTES: usize = 2 * 1024 * 1024;
/// "Call is not in progress": it ended before it was told to.
const NOT_IN_PROGRESS: u32 = 21220;

/// The carrier's API. Cheap to clone; connections are shared.
#[derive(Clone)]
pub struct Twilio {
    /// Asks, and changes what is there.
    pub(super) http: Client,
    /// Makes calls: a connection for each, as the answer to a request on a dead one would be lost.
    pub(super) dialling: Client,
    /// Streams: however long that takes, as long as something comes.
    pub(super) streaming: Client,
    base_url: String,
    account: Arc<dyn TwilioAccountSource>,
}

/// What a failure says: a code, in either of two shapes of body.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Failure {
    #[serde(default)]
    pub(super) code: Option<u32>,
}

impl Failure {
    /// Reads a failure's body; one that cannot be read says nothing.
    pub(super) async fn read(response: Response) -> Self {
        serde_json::from_slice(&read_error_body(response).await).unwrap_or_default()
    }
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
        let builder = || match is_loopback(base_url) {
            true => client_builder().no_proxy(),
            false => client_builder(),
        };
        Ok(Self {
            http: builder().timeout(TIMEOUT).build()?,
            streaming: builder().build()?,
            dialling: builder().timeout(TIMEOUT).pool_max_idle_per_host(0).build()?,
            base_url: base_url.as_str().trim_end_matches('/').to_owned(),
            account,
        })
    }

    /// The account that requests are made with and webhooks are signed for; none when none is set up.
    pub async fn account(&self) -> Option<TwilioAccount> {
        self.account.twilio_account().await
    }

    /// A newer account than one with which something was refused; none when there is none.
    pub async fn renewed_account(&self, refused: &TwilioAccount) -> Option<TwilioAccount> {
        self.account.renewed_twilio_account(refused).await
    }

    /// Whether there is an account, so that anything can be asked at all.
    pub async fn is_set_up(&self) -> bool {
        self.account().await.is_some()
    }

    /// Asks for an account with its own token; nothing is changed by that.
    ///
    /// # Errors
    /// [`ProviderError::Unauthorized`] when Twilio does not take it; others when it could not be asked.
    pub async fn check_account(&self, account: &TwilioAccount) -> Result<(), ProviderError> {
        let request = signed(self.http.get(self.url(account, ".json")), account);
        let response = request.send().await.map_err(network)?;
        match response.status() {
            status if status.is_success() => Ok(()),
            // Another one's account is told as none.
            StatusCode::NOT_FOUND => Err(unauthorized(StatusCode::NOT_FOUND.as_str().to_owned())),
            _ => Err(refused(response).await),
        }
    }

    /// Ends a call that is queued, rings or talks, by its SID. [`EndedCall::NotPossible`] when no account is set up,
    /// or the id is none of Twilio's.
    ///
    /// # Errors
    /// When Twilio could not be asked.
    pub async fn end_call(&self, call_sid: &str) -> Result<EndedCall, ProviderError> {
        self.change_call(call_sid, &[("Status", "completed")]).await
    }

    /// Changes a call that has not ended. [`EndedCall::Ended`]: it is as asked for.
    pub(super) async fn change_call(
        &self,
        call_sid: &str,
        change: &[(&str, &str)],
    ) -> Result<EndedCall, ProviderError> {
        let Some(account) = self.account().await.filter(|_| is_sid("CA", call_sid)) else {
            return Ok(EndedCall::NotPossible);
        };
        let request = self
            .http
            .post(self.url(&account, &format!("/Calls/{call_sid}.json")));
        let response = signed(request.form(change), &account)
            .send()
            .await
            .map_err(network)?;
        let status = response.status();
        if status.is_success() {
            return Ok(EndedCall::Ended);
        }
        let code = Failure::read(response).await.code;
        match status {
            StatusCode::NOT_FOUND => Ok(EndedCall::NotLive),
            StatusCode::BAD_REQUEST if code == Some(NOT_IN_PROGRESS) => Ok(EndedCall::NotLive),
            _ => Err(refusal(status, code)),
        }
    }

    /// Reads JSON below the account; none when Twilio does not know it.
    pub(super) async fn get<T: DeserializeOwned>(
        &self,
        path: &str,
        query: &[(&str, String)],
    ) -> Result<Option<T>, ProviderError> {
        let account = self.account().await.ok_or_else(no_account)?;
        let request = self.http.get(self.url(&account, path)).query(query);
        let response = signed(request, &account).send().await.map_err(network)?;
        match response.status() {
            status if status.is_success() => {}
            StatusCode::NOT_FOUND => return Ok(None),
            _ => return Err(refused(response).await),
        }
        match read_bounded(response, MAX_BODY_BYTES).await {
            Ok(Some(body)) => parse(&body).map(Some),
            Ok(None) => Err(unreadable("an answer of Twilio's is too long")),
            Err(error) => Err(network(error)),
        }
    }

    /// An address below the account's.
    pub(super) fn url(&self, account: &TwilioAccount, path: &str) -> String {
        format!("{}/2010-04-01/Accounts/{}{path}", self.base_url, account.sid())
    }
}

pub(super) fn signed(request: RequestBuilder, account: &TwilioAccount) -> RequestBuilder {
    request.basic_auth(account.sid(), Some(account.auth_token().open()))
}

pub(super) fn no_account() -> ProviderError {
    unauthorized("no_account".to_owned())
}

fn unauthorized(code: String) -> ProviderError {
    ProviderError::Unauthorized {
        code,
        request_id: None,
    }
}

/// What an answer that is no success means.
pub(super) async fn refused(response: Response) -> ProviderError {
    let status = response.status();
    refusal(status, Failure::read(response).await.code)
}

fn refusal(status: StatusCode, code: Option<u32>) -> ProviderError {
    let (request_id, code) = (
        None,
        code.map_or(status.as_str().to_owned(), |code| code.to_string()),
    );
    match status.as_u16() {
        401 | 403 => unauthorized(code),
        404 => ProviderError::NotFound { code, request_id },
        429 => ProviderError::RateLimited {
            code,
            retry_after: None,
            request_id,
        },
        400..=499 => ProviderError::Rejected {
            code,
            message: "Twilio found the request wrong".to_owned(),
            request_id,
        },
        _ => ProviderError::Unavailable {
            reason: format!("HTTP {status}"),
            request_id,
            source: None,
        },
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

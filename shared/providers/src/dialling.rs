//! Sending a dial, whoever is asked. What is not a clear no is doubt, and doubt is never dialled again.

use std::time::Duration;

use reqwest::{Response, StatusCode};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::failure::{Failure, network, unreadable};
use crate::transport::{Transport, parse, read_bounded};
use crate::{DialError, ProviderError, Refusal, Secret};

const MAX_ANSWER_BYTES: usize = 1024 * 1024;

/// What of a provider's answers to a dial is its own.
pub(crate) struct DialRules {
    /// The longest it may take to answer.
    pub(crate) timeout: Duration,
    /// Whether an answer says that there is a call, or why there is none.
    pub(crate) accepts: fn(StatusCode) -> bool,
    /// What a failure means: a refusal, or none if the phone may ring all the same.
    pub(crate) refusal: fn(&Failure) -> Option<Refusal>,
}

/// Sends the request, once, and reads what is accepted of its answers.
pub(crate) async fn send<T: DeserializeOwned>(
    transport: &Transport,
    path: &str,
    body: &impl Serialize,
    rules: &DialRules,
) -> Result<T, DialError> {
    let key = transport.key().await.map_err(|error| {
        let refusal = if error.is_passing {
            Refusal::NeverSent { reason: error.reason }
        } else {
            Refusal::BadKey
        };
        DialError::refused(refusal)
    })?;
    let response = transport
        .dial(path, body, &key, rules.timeout)
        .await
        .map_err(without_answer)?;
    if (rules.accepts)(response.status()) {
        return read_answer(response).await;
    }
    let failure = Failure::read(response, &key).await;
    let error = refused_or_unconfirmed(failure, rules.refusal);
    if let DialError::Refused {
        refusal: Refusal::BadKey,
        ..
    } = error
    {
        renew(transport, &key).await;
    }
    Err(error)
}

/// An answer that leaves open whether the phone rings.
pub(crate) fn unconfirmed(reason: &str) -> DialError {
    let cause: ProviderError = unreadable(reason);
    DialError::Unconfirmed { cause }
}

/// The refused call is not sent again here, but the next one shall have a newer key.
async fn renew(transport: &Transport, refused: &Secret) {
    if transport.renewed_key(refused).await.is_some() {
        tracing::info!("the API key was refused and a newer one was found");
    }
}

/// A request without an answer: sure not to ring only if there never was a connection.
pub(crate) fn without_answer(error: reqwest::Error) -> DialError {
    if error.is_connect() || error.is_builder() {
        let reason = if error.is_timeout() {
            "no connection in time"
        } else {
            "no connection"
        };
        return DialError::refused(Refusal::NeverSent {
            reason: reason.to_owned(),
        });
    }
    DialError::Unconfirmed {
        cause: network(error),
    }
}

fn refused_or_unconfirmed(failure: Failure, refusal: fn(&Failure) -> Option<Refusal>) -> DialError {
    match refusal(&failure) {
        Some(refusal) => DialError::Refused {
            refusal,
            request_id: failure.request_id,
            retry_after: failure.retry_after,
        },
        None => DialError::Unconfirmed {
            cause: failure.into(),
        },
    }
}

async fn read_answer<T: DeserializeOwned>(response: Response) -> Result<T, DialError> {
    let body = match read_bounded(response, MAX_ANSWER_BYTES).await {
        Ok(Some(body)) => body,
        Ok(None) => return Err(unconfirmed("the answer to a dial is too long")),
        Err(error) => {
            return Err(DialError::Unconfirmed {
                cause: network(error),
            });
        }
    };
    parse(&body).map_err(|cause| DialError::Unconfirmed { cause })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_time_out_is_doubt() {
        let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/", silent.local_addr().unwrap());
        let client = switchboard_http::client_builder()
            .no_proxy()
            .timeout(Duration::from_millis(20))
            .build()
            .unwrap();
        let error = client.post(url).body("x").send().await.unwrap_err();
        assert!(error.is_timeout());
        assert!(matches!(without_answer(error), DialError::Unconfirmed { .. }));
    }
}

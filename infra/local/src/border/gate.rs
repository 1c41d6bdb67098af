//! Gates: a listener of a process's own for each address that it is given.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use axum::serve::ListenerExt;
use bytes::Bytes;
use http::request::Parts;
use http::{StatusCode, header};
use tokio::net::TcpListener;

use super::{Crossing, Fate, Guard, Moment};
use crate::lambda::Environment;

/// Most of a request or an answer that is held; more than any of the services takes or sends.
const MAX_BYTES: usize = 64 * 1024 * 1024;

/// The border of one function's processes.
#[derive(Clone)]
pub(crate) struct Border {
    guard: Arc<dyn Guard>,
    http: reqwest::Client,
}

impl Border {
    /// A border with this guard.
    pub(crate) fn new(guard: Arc<dyn Guard>) -> reqwest::Result<Self> {
        let http = switchboard_http::bare_builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .build()?;
        Ok(Self { guard, http })
    }

    /// Puts a gate before every service that a process's `variables` name, and its address in their place.
    pub(crate) fn before_services(&self, variables: &mut BTreeMap<String, String>) -> std::io::Result<Gates> {
        let mut listeners = Vec::new();
        for (name, address) in variables.iter_mut().filter(|(name, _)| leads_outside(name)) {
            let listener = std::net::TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))?;
            listener.set_nonblocking(true)?;
            let outside = std::mem::replace(address, format!("http://{}", listener.local_addr()?));
            listeners.push((name.clone(), outside, TcpListener::from_std(listener)?));
        }
        Ok(Gates {
            border: self.clone(),
            listeners,
        })
    }
}

/// The gates of one process, not yet open.
pub(crate) struct Gates {
    border: Border,
    listeners: Vec<(String, String, TcpListener)>,
}

impl Gates {
    /// Opens them for the process, for as long as it lives.
    pub(crate) fn open(self, function: &str, environment: &Arc<Environment>) {
        let (closed, serial) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
        for (to, outside, listener) in self.listeners {
            let gate = Gate {
                function: function.to_owned(),
                to,
                outside: outside.trim_end_matches('/').to_owned(),
                environment: environment.clone(),
                border: self.border.clone(),
                closed: closed.clone(),
                serial: serial.clone(),
            };
            let routes = Router::new().fallback(pass).with_state(Arc::new(gate));
            // With Nagle's algorithm each small answer would wait some 40 ms.
            let listener = listener.tap_io(|stream| {
                if let Err(error) = stream.set_nodelay(true) {
                    tracing::debug!(%error, "TCP_NODELAY could not be set");
                }
            });
            let environment = environment.clone();
            tokio::spawn(async move {
                tokio::select! {
                    served = axum::serve(listener, routes) => {
                        if let Err(error) = served {
                            tracing::error!(%error, "a gate ended");
                        }
                    }
                    () = environment.ended() => {}
                }
            });
        }
    }
}

/// Whether a variable has the address of a service.
fn leads_outside(name: &str) -> bool {
    name.starts_with("AWS_ENDPOINT_URL_") || name.ends_with("_BASE_URL")
}

struct Gate {
    function: String,
    to: String,
    outside: String,
    environment: Arc<Environment>,
    border: Border,
    /// The process is as good as dead: nothing of it gets out any more.
    closed: Arc<AtomicBool>,
    /// Counts the requests of the process.
    serial: Arc<AtomicU64>,
}

async fn pass(State(gate): State<Arc<Gate>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, MAX_BYTES).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    let serial = gate.serial.fetch_add(1, Ordering::SeqCst) + 1;
    gate.survive(serial, &parts, &body, Moment::Before).await;
    let answer = gate.forward(&parts, body.clone()).await;
    gate.survive(serial, &parts, &body, Moment::After).await;
    answer.unwrap_or_else(|error| {
        tracing::debug!(%error, to = gate.to, "no answer came from outside");
        StatusCode::BAD_GATEWAY.into_response()
    })
}

impl Gate {
    /// Comes back only when the process lives.
    async fn survive(&self, serial: u64, request: &Parts, body: &Bytes, moment: Moment) {
        if !self.closed.load(Ordering::SeqCst) {
            let (request_id, event) = self.environment.current_invocation().unwrap_or_default();
            let crossing = Crossing {
                serial,
                function: &self.function,
                request_id: &request_id,
                event: &event,
                to: &self.to,
                request,
                body,
            };
            match self.border.guard.passes(&crossing, moment) {
                Fate::Lives => return,
                Fate::Dies => {
                    self.closed.store(true, Ordering::SeqCst);
                    self.environment.kill();
                }
            }
        }
        std::future::pending().await
    }

    async fn forward(&self, request: &Parts, body: Bytes) -> reqwest::Result<Response> {
        let path = request.uri.path_and_query().map_or("/", |path| path.as_str());
        // The host is part of a signature: it stays.
        let mut headers = request.headers.clone();
        headers.remove(header::TRANSFER_ENCODING);
        let answer = self
            .border
            .http
            .request(request.method.clone(), format!("{}{path}", self.outside))
            .headers(headers)
            .body(body)
            .send()
            .await?;
        let (status, mut headers) = (answer.status(), answer.headers().clone());
        headers.remove(header::TRANSFER_ENCODING);
        headers.remove(header::CONNECTION);
        let mut response = Response::new(Body::from(answer.bytes().await?));
        *response.status_mut() = status;
        *response.headers_mut() = headers;
        Ok(response)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_services_lead_outside_and_others_do_not() {
        for name in ["AWS_ENDPOINT_URL_S3", "ELEVENLABS_BASE_URL"] {
            assert!(leads_outside(name), "{name}");
        }
        for name in ["DIAL_QUEUE_URL", "AWS_LAMBDA_RUNTIME_API", "CALLS_TABLE"] {
            assert!(!leads_outside(name), "{name}");
        }
    }
}

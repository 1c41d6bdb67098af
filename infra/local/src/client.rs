//! A caller of the API, as scripts are: JSON in and out, with a development token.

use std::time::Duration;

use anyhow::{Context, bail};
use serde_json::{Value, json};

use crate::Local;
use crate::oidc::Role;

/// Between two looks at something that takes a while.
const LOOK: Duration = Duration::from_millis(200);

/// How often a machine that has too much to do is asked again, and after which rest.
const BUSY_TRIES: u32 = 5;
const BUSY_REST: Duration = Duration::from_secs(1);

/// A caller of the API.
#[derive(Clone)]
pub struct ApiClient {
    http: reqwest::Client,
    base: String,
    token: String,
}

impl ApiClient {
    /// A caller with the rights of `role`.
    ///
    /// # Errors
    /// When no token can be made.
    pub fn new(local: &Local, role: Role) -> anyhow::Result<Self> {
        Self::at(local.api_url(), local.token(role)?)
    }

    /// A caller of the API at `base` with a token of its own.
    ///
    /// # Errors
    /// When the machine cannot make a client.
    pub fn at(base: String, token: String) -> anyhow::Result<Self> {
        let http = switchboard_http::bare_builder()
            .timeout(Duration::from_secs(60))
            .build()?;
        Ok(Self { http, base, token })
    }

    /// Sends a request; answers status and body.
    ///
    /// # Errors
    /// When there is no answer.
    pub async fn send(&self, method: &str, path: &str, body: Option<&Value>) -> anyhow::Result<(u16, Value)> {
        let method = reqwest::Method::from_bytes(method.as_bytes())?;
        let mut request = self
            .http
            .request(method, format!("{}{path}", self.base))
            .bearer_auth(&self.token);
        if let Some(body) = body {
            request = request.json(body);
        }
        let answer = request
            .send()
            .await
            .with_context(|| format!("{path} did not answer"))?;
        let status = answer.status().as_u16();
        Ok((
            status,
            serde_json::from_slice(&answer.bytes().await?).unwrap_or_default(),
        ))
    }

    async fn expect(&self, method: &str, path: &str, body: Option<&Value>) -> anyhow::Result<Value> {
        match self.send(method, path, body).await? {
            (200..300, answer) => Ok(answer),
            (status, answer) => bail!("{method} {path} answered {status}: {answer}"),
        }
    }

    /// Reads something. A machine that has too much to do answers 503 or 504 for a while, as AWS does: then it is
    /// asked again.
    ///
    /// # Errors
    /// When it is not answered with success.
    pub async fn get(&self, path: &str) -> anyhow::Result<Value> {
        for _ in 0..BUSY_TRIES {
            match self.send("GET", path, None).await? {
                (503 | 504, _) => tokio::time::sleep(BUSY_REST).await,
                (200..300, answer) => return Ok(answer),
                (status, answer) => bail!("GET {path} answered {status}: {answer}"),
            }
        }
        self.expect("GET", path, None).await
    }

    /// Makes or starts something.
    ///
    /// # Errors
    /// When it is not answered with success.
    pub async fn post(&self, path: &str, body: &Value) -> anyhow::Result<Value> {
        self.expect("POST", path, Some(body)).await
    }

    /// Replaces something.
    ///
    /// # Errors
    /// When it is not answered with success.
    pub async fn put(&self, path: &str, body: &Value) -> anyhow::Result<Value> {
        self.expect("PUT", path, Some(body)).await
    }

    /// Every row of a list, page by page.
    ///
    /// # Errors
    /// When a page is not answered with success.
    pub async fn all(&self, path: &str) -> anyhow::Result<Vec<Value>> {
        let joint = if path.contains('?') { '&' } else { '?' };
        let mut rows = Vec::new();
        let mut cursor = String::new();
        loop {
            let page = self.get(&format!("{path}{joint}limit=200{cursor}")).await?;
            rows.extend(page["items"].as_array().cloned().unwrap_or_default());
            match page["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return Ok(rows),
            }
        }
    }

    /// Uploads a file as a browser does, and waits until it is read; answers the upload.
    ///
    /// # Errors
    /// When a step is refused.
    pub async fn upload(&self, name: &str, content: Vec<u8>) -> anyhow::Result<Value> {
        let id = self.send_file(&json!({ "file_name": name }), content).await?;
        self.imported(&id).await
    }

    /// Makes an upload as `request` says and puts its file to the link; answers the upload's id.
    ///
    /// # Errors
    /// When the API or the file's link refuses.
    pub async fn send_file(&self, request: &Value, content: Vec<u8>) -> anyhow::Result<String> {
        let mut request = request.clone();
        request["bytes"] = content.len().into();
        let created = self.post("/api/uploads", &request).await?;
        let url = created["put"]["url"].as_str().context("no link was given")?;
        let mut put = self.http.put(url).body(content);
        for (name, value) in created["put"]["headers"].as_object().into_iter().flatten() {
            put = put.header(name, value.as_str().unwrap_or_default());
        }
        let answer = put.send().await?;
        if !answer.status().is_success() {
            bail!("the file was refused: {}", answer.text().await?);
        }
        let id = created["upload"]["upload_id"]
            .as_str()
            .context("the upload has no id")?;
        Ok(id.to_owned())
    }

    /// Waits until an upload is imported, or failed; answers it.
    ///
    /// # Errors
    /// When the API does not answer.
    pub async fn imported(&self, id: &str) -> anyhow::Result<Value> {
        loop {
            let upload = self.get(&format!("/api/uploads/{id}")).await?;
            if matches!(upload["status"].as_str(), Some("completed" | "failed")) {
                return Ok(upload);
            }
            tokio::time::sleep(LOOK).await;
        }
    }

    /// The bytes at a link.
    ///
    /// # Errors
    /// When it is not answered with success.
    pub async fn download(&self, url: &str) -> anyhow::Result<Vec<u8>> {
        Ok(self
            .http
            .get(url)
            .send()
            .await?
            .error_for_status()?
            .bytes()
            .await?
            .to_vec())
    }
}

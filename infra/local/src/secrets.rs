//! Secrets Manager: the template's secrets, and what functions make or change, which is kept in a file.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde_json::{Value, json};

/// Values by name.
type Values = BTreeMap<String, String>;

/// Every secret of the machine.
#[derive(Clone)]
pub(crate) struct Secrets {
    /// Those of the template, as they are set at the start.
    given: Arc<Values>,
    made: Arc<Mutex<Values>>,
    file: Arc<PathBuf>,
}

impl Secrets {
    /// The template's secrets, and those that were made before below `data_dir`.
    pub(crate) fn open(given: Values, data_dir: &Path) -> Self {
        let file = data_dir.join("secrets.json");
        let kept = std::fs::read(&file).ok();
        let made: Option<Values> = kept.and_then(|bytes| serde_json::from_slice(&bytes).ok());
        let mut made = made.unwrap_or_default();
        // Whoever starts it with other values means those, and not what was changed before.
        for (name, value) in &given {
            if made.get(&set_over(name)) != Some(value) {
                made.remove(name);
                made.remove(&set_over(name));
            }
        }
        Self {
            given: Arc::new(given),
            made: Arc::new(Mutex::new(made)),
            file: Arc::new(file),
        }
    }

    fn made(&self) -> MutexGuard<'_, Values> {
        self.made.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does what one of the SDK's requests asks.
    pub(crate) fn answer(&self, target: &str, body: &Value) -> Response {
        let id = body["SecretId"]
            .as_str()
            .or(body["Name"].as_str())
            .unwrap_or_default();
        let name = self.name_of(id);
        let text = body["SecretString"].as_str();
        match (target, name, text) {
            ("secretsmanager.GetSecretValue", Some(name), _) => {
                let changed = self.made().get(&name).cloned();
                let value = changed.or_else(|| self.given.get(&name).cloned());
                shown(
                    &name,
                    json!({ "SecretString": value, "VersionStages": ["AWSCURRENT"] }),
                )
            }
            ("secretsmanager.PutSecretValue", Some(name), Some(text)) => self.change(&name, Some(text)),
            ("secretsmanager.CreateSecret", None, Some(text)) => self.change(id, Some(text)),
            ("secretsmanager.CreateSecret", Some(_), _) => {
                refused("ResourceExistsException", "a secret of this name exists")
            }
            ("secretsmanager.DeleteSecret", Some(name), _) if !self.given.contains_key(&name) => {
                self.change(&name, None)
            }
            (
                "secretsmanager.GetSecretValue"
                | "secretsmanager.PutSecretValue"
                | "secretsmanager.DeleteSecret",
                None,
                _,
            ) => refused("ResourceNotFoundException", "no such secret"),
            _ => refused(
                "UnknownOperationException",
                "this is not possible on this machine",
            ),
        }
    }

    /// The name of a secret, from its name or from its ARN, which ends in the name.
    fn name_of(&self, id: &str) -> Option<String> {
        let is = |name: &&String| id == name.as_str() || id.ends_with(&format!(":{name}"));
        let given = self.given.keys().find(is).cloned();
        given.or_else(|| self.made().keys().find(is).cloned())
    }

    /// Writes or deletes one, in the file first.
    fn change(&self, name: &str, text: Option<&str>) -> Response {
        let mut made = self.made();
        let mut next = made.clone();
        if let (Some(given), Some(_)) = (self.given.get(name), text) {
            next.insert(set_over(name), given.clone());
        }
        match text {
            Some(text) => next.insert(name.to_owned(), text.to_owned()),
            None => next.remove(name),
        };
        if let Err(error) = self.keep(&next) {
            tracing::error!(%error, "the secrets could not be kept");
            return refused("InternalServiceError", "the secrets could not be kept");
        }
        *made = next;
        shown(name, json!({}))
    }

    fn keep(&self, values: &Values) -> std::io::Result<()> {
        let new = self.file.with_extension("new");
        std::fs::write(&new, serde_json::to_vec(values)?)?;
        std::fs::rename(new, self.file.as_path())
    }
}

/// Where it is kept over which value of the template's a secret was changed. No secret of a function has such a name.
fn set_over(name: &str) -> String {
    format!("{name} set over")
}

fn shown(name: &str, more: Value) -> Response {
    let mut answer = json!({
        "ARN": format!("arn:aws:secretsmanager:us-east-1:000000000000:secret:{name}"),
        "Name": name, "VersionId": "00000000-0000-4000-8000-000000000000",
    });
    for (field, value) in more.as_object().into_iter().flatten() {
        answer[field] = value.clone();
    }
    Json(answer).into_response()
}

fn refused(code: &str, message: &str) -> Response {
    let body = Json(json!({ "Message": message, "message": message }));
    (
        StatusCode::BAD_REQUEST,
        [("x-amzn-errortype", code.to_owned())],
        body,
    )
        .into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn ask(secrets: &Secrets, operation: &str, body: Value) -> (u16, Value) {
        let answer = secrets.answer(&format!("secretsmanager.{operation}"), &body);
        let status = answer.status().as_u16();
        let bytes = axum::body::to_bytes(answer.into_body(), 10_000).await.unwrap();
        (status, serde_json::from_slice(&bytes).unwrap())
    }

    #[tokio::test]
    async fn what_functions_make_and_change_is_kept_over_a_restart() {
        let dir = tempfile::tempdir().unwrap();
        let given = Values::from([("stack/provider".to_owned(), "key".to_owned())]);
        let secrets = Secrets::open(given.clone(), dir.path());
        let get = |id: &str| json!({ "SecretId": id });
        let put = |id: &str, text: &str| json!({ "SecretId": id, "SecretString": text });
        assert_eq!(
            ask(&secrets, "GetSecretValue", get("a:stack/provider")).await.1["SecretString"],
            "key"
        );
        assert_eq!(ask(&secrets, "PutSecretValue", put("stack/x", "1")).await.0, 400);
        let create = json!({ "Name": "stack/x", "SecretString": "1" });
        assert_eq!(ask(&secrets, "CreateSecret", create.clone()).await.0, 200);
        assert_eq!(ask(&secrets, "CreateSecret", create).await.0, 400);
        assert_eq!(ask(&secrets, "PutSecretValue", put("stack/x", "2")).await.0, 200);
        assert_eq!(
            ask(&secrets, "PutSecretValue", put("stack/provider", "2"))
                .await
                .0,
            200
        );

        let again = Secrets::open(given, dir.path());
        let changed = ask(&again, "GetSecretValue", get("stack/provider")).await;
        assert_eq!(changed.1["SecretString"], "2");
        let other = Values::from([("stack/provider".to_owned(), "new key".to_owned())]);
        let started_with_another = Secrets::open(other, dir.path());
        let shown = ask(&started_with_another, "GetSecretValue", get("stack/provider")).await;
        assert_eq!(shown.1["SecretString"], "new key");
        assert_eq!(
            ask(&again, "GetSecretValue", get("stack/x")).await.1["SecretString"],
            "2"
        );
        assert_eq!(ask(&again, "DeleteSecret", get("stack/x")).await.0, 200);
        assert_eq!(ask(&again, "GetSecretValue", get("stack/x")).await.0, 400);
    }
}

//! The WebSocket API: its stage, and which function each route has.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::TemplateError;
use super::intrinsics::as_text;

/// The WebSocket API.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SocketApiSpec {
    /// Name of its stage, which is the first part of its path.
    pub stage: String,
    /// The member of a message that says its route.
    pub selector: String,
    /// The function of each route: `$connect`, `$disconnect`, `$default`, or a value of the selector.
    pub functions: BTreeMap<String, String>,
    /// Routes whose function's answer goes to whoever sent the message.
    pub answered: BTreeSet<String>,
}

/// What of the WebSocket API was read so far; its parts refer to each other by id.
#[derive(Default)]
pub(crate) struct SocketParts {
    stage: Option<String>,
    selector: Option<String>,
    /// Function of an integration.
    integrations: BTreeMap<String, String>,
    /// Route key and target of a route.
    routes: BTreeMap<String, (String, String)>,
    /// Routes with an answer.
    answered: BTreeSet<String>,
}

impl SocketParts {
    /// Reads one of its resources; answers whether it is one.
    pub(crate) fn read(&mut self, kind: &str, id: &str, properties: &Value) -> Result<bool, TemplateError> {
        let text = |name: &str| {
            let missing = || TemplateError::invalid(id, format!("{name} is missing"));
            properties.get(name).map(as_text).ok_or_else(missing)
        };
        match kind {
            "AWS::ApiGatewayV2::Api" if properties["ProtocolType"] == "WEBSOCKET" => {
                let expression = text("RouteSelectionExpression")?;
                let selector = expression.strip_prefix("$request.body.").ok_or_else(|| {
                    TemplateError::invalid(
                        id,
                        "RouteSelectionExpression is not of the form $request.body.member",
                    )
                })?;
                self.selector = Some(selector.to_owned());
            }
            "AWS::ApiGatewayV2::Integration" => {
                let uri = text("IntegrationUri")?;
                let arn = uri
                    .split_once("/functions/")
                    .and_then(|(_, rest)| rest.strip_suffix("/invocations"))
                    .ok_or_else(|| TemplateError::invalid(id, "IntegrationUri is not that of a function"))?;
                let function = arn.rsplit(':').next().unwrap_or(arn).to_owned();
                self.integrations.insert(id.to_owned(), function);
            }
            "AWS::ApiGatewayV2::Route" => {
                let target = text("Target")?.trim_start_matches("integrations/").to_owned();
                self.routes.insert(id.to_owned(), (text("RouteKey")?, target));
            }
            "AWS::ApiGatewayV2::RouteResponse" => {
                self.answered.insert(text("RouteId")?);
            }
            "AWS::ApiGatewayV2::Stage" => self.stage = Some(text("StageName")?),
            "AWS::ApiGatewayV2::Deployment" => {}
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// The API, where there is one.
    pub(crate) fn finish(self) -> Result<Option<SocketApiSpec>, TemplateError> {
        let (Some(selector), Some(stage)) = (self.selector, self.stage) else {
            return Ok(None);
        };
        let mut spec = SocketApiSpec {
            stage,
            selector,
            ..SocketApiSpec::default()
        };
        for (id, (key, target)) in self.routes {
            let unknown = || TemplateError::UnknownReference {
                at: id.clone(),
                name: target.clone(),
            };
            let function = self.integrations.get(&target).ok_or_else(unknown)?;
            spec.functions.insert(key.clone(), function.clone());
            if self.answered.contains(&id) {
                spec.answered.insert(key);
            }
        }
        Ok(Some(spec))
    }
}

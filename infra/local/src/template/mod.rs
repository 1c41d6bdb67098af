//! Reads `template.yaml`: the part of SAM and CloudFormation that the product uses.
//!
//! [`Template`] is the text, understood as far as parameters and conditions go. [`Template::resolve`]
//! turns it into a [`Stack`]: what to start, with every intrinsic function answered.

mod effort;
mod error;
mod filter;
mod functions;
mod intrinsics;
mod routes;
mod sockets;
mod stack;
mod yaml;

pub use error::TemplateError;
pub use filter::Filter;
pub use functions::{AsyncSettings, FunctionSpec, ScheduleSpec};
pub use routes::{ApiSpec, CorsSpec, JwtSpec, RouteSpec};
pub use sockets::SocketApiSpec;
pub use stack::{MappingSpec, NotificationSpec, Resource, Stack, StreamMappingSpec};

use std::collections::BTreeMap;

use serde_json::{Map, Value};

/// Account, region and name that the stack has here, and where its queues are.
#[derive(Debug, Clone)]
pub struct Place {
    /// Account number.
    pub account_id: String,
    /// Region.
    pub region: String,
    /// Name of the stack; physical names begin with it.
    pub stack_name: String,
    /// Address before a queue's `/account/name`.
    pub sqs_endpoint: String,
    /// Address of the WebSocket API, before its stage.
    pub socket_endpoint: String,
}

/// A template whose parameters and conditions are understood.
#[derive(Debug, Clone)]
pub struct Template {
    root: Map<String, Value>,
    parameters: BTreeMap<String, Value>,
}

impl Template {
    /// Reads a template. `overrides` replace the defaults of its parameters.
    ///
    /// # Errors
    /// When it is not YAML, has no resources, or a parameter has no value.
    pub fn read(text: &str, overrides: &BTreeMap<String, String>) -> Result<Self, TemplateError> {
        let Value::Object(root) = yaml::to_json(text)? else {
            return Err(TemplateError::NotATemplate);
        };
        if !root.get("Resources").is_some_and(Value::is_object) {
            return Err(TemplateError::NotATemplate);
        }
        let mut parameters = BTreeMap::new();
        for (name, spec) in root
            .get("Parameters")
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
        {
            let value = match overrides.get(name) {
                Some(value) => Value::String(value.clone()),
                None => spec
                    .get("Default")
                    .cloned()
                    .ok_or_else(|| TemplateError::NoValue(name.clone()))?,
            };
            parameters.insert(name.clone(), value);
        }
        if let Some(unknown) = overrides.keys().find(|name| !parameters.contains_key(*name)) {
            return Err(TemplateError::UnknownParameter(unknown.clone()));
        }
        Ok(Self { root, parameters })
    }

    /// Answers every intrinsic function and sorts the resources by what is to be started.
    ///
    /// # Errors
    /// Naming the resource and the property that cannot be understood.
    pub fn resolve(&self, place: &Place) -> Result<Stack, TemplateError> {
        let resources = stack::resources(&self.root)?;
        let context = intrinsics::Context::new(place, &self.parameters, &self.root, &resources);
        stack::build(&self.root, &resources, &context)
    }
}

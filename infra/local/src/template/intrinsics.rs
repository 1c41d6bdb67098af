//! CloudFormation's functions, answered.

use std::collections::BTreeMap;

use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use super::effort::{Effort, bounded};
use super::stack::Resource;
use super::{Place, TemplateError};

/// Everything that a function can refer to.
pub(crate) struct Context<'a> {
    place: &'a Place,
    parameters: &'a BTreeMap<String, Value>,
    conditions: Option<&'a Map<String, Value>>,
    mappings: Option<&'a Map<String, Value>>,
    resources: &'a BTreeMap<String, Resource>,
    effort: Effort,
}

/// Stands for `AWS::NoValue`: the property is as if it were not there.
const NO_VALUE: &str = "\u{0}AWS::NoValue";

impl<'a> Context<'a> {
    pub(crate) fn new(
        place: &'a Place,
        parameters: &'a BTreeMap<String, Value>,
        root: &'a Map<String, Value>,
        resources: &'a BTreeMap<String, Resource>,
    ) -> Self {
        let section = |name| root.get(name).and_then(Value::as_object);
        Self {
            place,
            parameters,
            conditions: section("Conditions"),
            mappings: section("Mappings"),
            resources,
            effort: Effort::default(),
        }
    }

    /// A value with every function in it answered. `at` says where it stands.
    pub(crate) fn resolve(&self, value: &Value, at: &str) -> Result<Value, TemplateError> {
        let _deeper = self.effort.deeper(at)?;
        match value {
            Value::Array(items) => {
                let mut resolved = Vec::new();
                for item in items {
                    let item = self.resolve(item, at)?;
                    if item != NO_VALUE {
                        resolved.push(item);
                    }
                }
                Ok(Value::Array(resolved))
            }
            Value::Object(object) => match object.iter().next() {
                Some((name, argument)) if object.len() == 1 && is_function(name) => {
                    self.call(name, argument, at)
                }
                _ => {
                    let mut resolved = Map::new();
                    for (key, item) in object {
                        let item = self.resolve(item, &format!("{at}.{key}"))?;
                        if item != NO_VALUE {
                            resolved.insert(key.clone(), item);
                        }
                    }
                    Ok(Value::Object(resolved))
                }
            },
            plain => Ok(plain.clone()),
        }
    }

    fn call(&self, name: &str, argument: &Value, at: &str) -> Result<Value, TemplateError> {
        match name {
            "Ref" => self.reference(&self.text(argument, at)?, at),
            "Fn::GetAtt" => {
                let parts = self.list(argument, at)?;
                let [resource, attribute] = parts.as_slice() else {
                    return Err(TemplateError::invalid(
                        at,
                        "GetAtt takes a resource and an attribute",
                    ));
                };
                self.attribute(&as_text(resource), &as_text(attribute), at)
            }
            "Fn::Sub" => self.substitute(argument, at),
            "Fn::Join" => {
                let parts = self.list(argument, at)?;
                let (Some(between), Some(items)) = (parts.first(), parts.get(1).and_then(Value::as_array))
                else {
                    return Err(TemplateError::invalid(at, "Join takes a separator and a list"));
                };
                let items: Vec<String> = items.iter().map(as_text).collect();
                bounded(items.join(&as_text(between)), at).map(Value::String)
            }
            "Fn::Select" => {
                let parts = self.list(argument, at)?;
                let index = parts.first().map(as_text).and_then(|i| i.parse::<usize>().ok());
                let chosen = index.and_then(|i| parts.get(1)?.as_array()?.get(i));
                chosen
                    .cloned()
                    .ok_or_else(|| TemplateError::invalid(at, "Select points past its list"))
            }
            "Fn::FindInMap" => {
                let keys: Vec<String> = self.list(argument, at)?.iter().map(as_text).collect();
                let found = match keys.as_slice() {
                    [map, first, second] => self.mappings.and_then(|m| m.get(map)?.get(first)?.get(second)),
                    _ => None,
                };
                found
                    .cloned()
                    .ok_or_else(|| TemplateError::invalid(at, "FindInMap finds nothing"))
            }
            "Fn::If" => self.choose(argument, at),
            "Fn::Equals" | "Fn::Not" | "Fn::And" | "Fn::Or" | "Condition" => self
                .holds(
                    &Value::Object(Map::from_iter([(name.to_owned(), argument.clone())])),
                    at,
                )
                .map(Value::Bool),
            other => Err(TemplateError::invalid(
                at,
                format!("the function {other} is not known to the local runner"),
            )),
        }
    }

    fn choose(&self, argument: &Value, at: &str) -> Result<Value, TemplateError> {
        let Some([condition, yes, no]) = argument.as_array().map(Vec::as_slice) else {
            return Err(TemplateError::invalid(at, "If takes a condition and two values"));
        };
        let holds = self.condition(&as_text(condition), at)?;
        self.resolve(if holds { yes } else { no }, at)
    }

    /// Whether a named condition holds.
    pub(crate) fn condition(&self, name: &str, at: &str) -> Result<bool, TemplateError> {
        let unknown = || TemplateError::UnknownReference {
            at: at.to_owned(),
            name: name.to_owned(),
        };
        self.holds(self.conditions.and_then(|c| c.get(name)).ok_or_else(unknown)?, at)
    }

    fn holds(&self, condition: &Value, at: &str) -> Result<bool, TemplateError> {
        let _deeper = self.effort.deeper(at)?;
        let invalid = || TemplateError::invalid(at, "a condition that cannot be understood");
        let (name, argument) = condition
            .as_object()
            .and_then(|c| c.iter().next())
            .ok_or_else(invalid)?;
        let each = || argument.as_array().ok_or_else(invalid);
        match name.as_str() {
            "Condition" => self.condition(&as_text(argument), at),
            "Fn::Equals" => {
                let sides = self.list(argument, at)?;
                Ok(sides.len() == 2 && as_text(&sides[0]) == as_text(&sides[1]))
            }
            "Fn::Not" => Ok(!self.holds(each()?.first().ok_or_else(invalid)?, at)?),
            "Fn::And" => each()?
                .iter()
                .try_fold(true, |all, c| Ok(all && self.holds(c, at)?)),
            "Fn::Or" => each()?
                .iter()
                .try_fold(false, |any, c| Ok(any || self.holds(c, at)?)),
            _ => Err(invalid()),
        }
    }

    fn substitute(&self, argument: &Value, at: &str) -> Result<Value, TemplateError> {
        let (text, own) = match argument {
            Value::String(text) => (text.clone(), Map::new()),
            Value::Array(parts) => {
                let own = self.resolve(parts.get(1).unwrap_or(&Value::Null), at)?;
                (
                    parts.first().map(as_text).unwrap_or_default(),
                    own.as_object().cloned().unwrap_or_default(),
                )
            }
            _ => return Err(TemplateError::invalid(at, "Sub takes a text")),
        };
        let mut result = String::new();
        let mut rest = text.as_str();
        while let Some((before, after)) = rest.split_once("${") {
            result.push_str(before);
            let Some((name, tail)) = after.split_once('}') else {
                return Err(TemplateError::invalid(at, "Sub has a `${` without its `}`"));
            };
            if let Some(literal) = name.strip_prefix('!') {
                result.push_str(&format!("${{{literal}}}"));
            } else {
                let value = match (own.get(name), name.split_once('.')) {
                    (Some(value), _) => value.clone(),
                    (None, Some((resource, attribute))) if !name.contains("::") => {
                        self.attribute(resource, attribute, at)?
                    }
                    _ => self.reference(name, at)?,
                };
                result.push_str(&as_text(&value));
            }
            rest = tail;
        }
        result.push_str(rest);
        bounded(result, at).map(Value::String)
    }

    fn reference(&self, name: &str, at: &str) -> Result<Value, TemplateError> {
        let pseudo = match name {
            "AWS::Region" => Some(self.place.region.as_str()),
            "AWS::AccountId" => Some(self.place.account_id.as_str()),
            "AWS::StackName" => Some(self.place.stack_name.as_str()),
            "AWS::Partition" => Some("aws"),
            "AWS::URLSuffix" => Some("amazonaws.com"),
            "AWS::NoValue" => Some(NO_VALUE),
            _ => None,
        };
        if let Some(pseudo) = pseudo {
            return Ok(Value::String(pseudo.to_owned()));
        }
        if let Some(value) = self.parameters.get(name) {
            return Ok(value.clone());
        }
        let unknown = || TemplateError::UnknownReference {
            at: at.to_owned(),
            name: name.to_owned(),
        };
        let resource = self.resources.get(name).ok_or_else(unknown)?;
        Ok(Value::String(match resource.kind.as_str() {
            "AWS::SQS::Queue" => {
                format!(
                    "{}/{}/{}",
                    self.place.sqs_endpoint,
                    self.place.account_id,
                    self.name_of(resource, at)?
                )
            }
            "AWS::SecretsManager::Secret" => {
                self.arn("secretsmanager", "secret:", &self.name_of(resource, at)?)
            }
            "AWS::Lambda::EventSourceMapping" => uuid_of(name),
            _ => self.name_of(resource, at)?,
        }))
    }

    fn attribute(&self, name: &str, attribute: &str, at: &str) -> Result<Value, TemplateError> {
        let unknown = || TemplateError::UnknownReference {
            at: at.to_owned(),
            name: format!("{name}.{attribute}"),
        };
        let resource = self.resources.get(name).ok_or_else(unknown)?;
        let physical = self.name_of(resource, at)?;
        Ok(Value::String(match (resource.kind.as_str(), attribute) {
            ("AWS::Serverless::Function", "Arn") => self.arn("lambda", "function:", &physical),
            ("AWS::DynamoDB::Table", "Arn") => self.arn("dynamodb", "table/", &physical),
            ("AWS::DynamoDB::Table", "StreamArn")
                if resource.properties.contains_key("StreamSpecification") =>
            {
                self.arn("dynamodb", "table/", &format!("{physical}/stream/local"))
            }
            ("AWS::ApiGatewayV2::Api", "ApiEndpoint") => self.place.socket_endpoint.clone(),
            ("AWS::SQS::Queue", "Arn") => self.arn("sqs", "", &physical),
            ("AWS::SQS::Queue", "QueueName") => physical,
            ("AWS::S3::Bucket", "Arn") => format!("arn:aws:s3:::{physical}"),
            ("AWS::Logs::LogGroup", "Arn") => self.arn("logs", "log-group:", &physical),
            _ => return Err(unknown()),
        }))
    }

    fn arn(&self, service: &str, prefix: &str, name: &str) -> String {
        format!(
            "arn:aws:{service}:{}:{}:{prefix}{name}",
            self.place.region, self.place.account_id
        )
    }

    /// The name that a resource has here.
    pub(crate) fn name_of(&self, resource: &Resource, at: &str) -> Result<String, TemplateError> {
        let given = match resource.kind.as_str() {
            "AWS::Serverless::Function" => {
                return Ok(resource.binary().unwrap_or_else(|| resource.id.clone()));
            }
            "AWS::DynamoDB::Table" => "TableName",
            "AWS::SQS::Queue" => "QueueName",
            "AWS::S3::Bucket" => "BucketName",
            "AWS::SecretsManager::Secret" => "Name",
            _ => return Ok(resource.id.clone()),
        };
        match resource.properties.get(given) {
            Some(name) => Ok(as_text(&self.resolve(name, at)?)),
            None => Ok(format!("{}-{}", self.place.stack_name, resource.id)),
        }
    }

    fn text(&self, value: &Value, at: &str) -> Result<String, TemplateError> {
        Ok(as_text(&self.resolve(value, at)?))
    }

    fn list(&self, value: &Value, at: &str) -> Result<Vec<Value>, TemplateError> {
        match self.resolve(value, at)? {
            Value::Array(items) => Ok(items),
            _ => Err(TemplateError::invalid(at, "a list is needed here")),
        }
    }
}

fn is_function(name: &str) -> bool {
    name == "Ref" || name == "Condition" || name.starts_with("Fn::")
}

/// A plain value as text.
pub(crate) fn as_text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// The id of an event source mapping: always the same for the same name.
pub(crate) fn uuid_of(name: &str) -> String {
    let digits = hex::encode(Sha256::digest(name.as_bytes()));
    format!(
        "{}-{}-4{}-a{}-{}",
        &digits[..8],
        &digits[8..12],
        &digits[13..16],
        &digits[17..20],
        &digits[20..32]
    )
}

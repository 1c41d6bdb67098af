//! The resources, sorted by what is to be started.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::TemplateError;
use super::filter::Filter;
use super::functions::{self, FunctionSpec};
use super::intrinsics::{Context, as_text, uuid_of};
use super::routes::{self, ApiSpec};
use super::sockets::{SocketApiSpec, SocketParts};

/// A resource as the template writes it.
#[derive(Debug, Clone)]
pub struct Resource {
    /// Logical id.
    pub id: String,
    /// Type, e.g. `AWS::SQS::Queue`.
    pub kind: String,
    /// Properties, functions not answered.
    pub properties: Map<String, Value>,
    metadata: Value,
}

impl Resource {
    /// Name of a function's binary.
    pub(crate) fn binary(&self) -> Option<String> {
        self.metadata
            .get("BuildProperties")?
            .get("Binary")?
            .as_str()
            .map(str::to_owned)
    }
}

/// A queue that feeds a function.
#[derive(Debug, Clone, PartialEq)]
pub struct MappingSpec {
    /// Its id at Lambda.
    pub uuid: String,
    /// ARN of the queue.
    pub queue_arn: String,
    /// The function.
    pub function: String,
    /// Most messages in one invocation.
    pub batch_size: u32,
    /// Most invocations at one time.
    pub maximum_concurrency: Option<u32>,
    /// The function reports messages one by one.
    pub reports_failures: bool,
    /// Whether it reads the queue at first.
    pub enabled: bool,
}

/// A table's stream that feeds a function.
#[derive(Debug, Clone, PartialEq)]
pub struct StreamMappingSpec {
    /// The table.
    pub table: String,
    /// ARN of the stream.
    pub stream_arn: String,
    /// The function.
    pub function: String,
    /// Most records in one invocation.
    pub batch_size: u32,
    /// A record that fits none of these is passed over; without any, none is.
    pub filters: Vec<Filter>,
    /// A batch that fails is split, to find the record that it fails at.
    pub bisects: bool,
    /// How often a batch that fails is tried again; none: until its records are too old.
    pub maximum_retries: Option<u32>,
    /// Seconds after which a record is passed over; none: never.
    pub maximum_age_secs: Option<u32>,
}

/// A bucket that tells a function of new objects.
#[derive(Debug, Clone, PartialEq)]
pub struct NotificationSpec {
    /// The bucket.
    pub bucket: String,
    /// ARN of the function.
    pub function_arn: String,
    /// Keys begin with this.
    pub prefix: String,
    /// Keys end with this.
    pub suffix: String,
}

/// Everything to be started.
#[derive(Debug, Clone, Default)]
pub struct Stack {
    /// Functions.
    pub functions: Vec<FunctionSpec>,
    /// Tables: name and properties.
    pub tables: Vec<(String, Value)>,
    /// Buckets: name and properties.
    pub buckets: Vec<(String, Value)>,
    /// Queues: name and properties. Dead-letter queues come before those that use them.
    pub queues: Vec<(String, Value)>,
    /// Queues that feed functions.
    pub mappings: Vec<MappingSpec>,
    /// Streams of tables that feed functions.
    pub streams: Vec<StreamMappingSpec>,
    /// Buckets that tell functions of new objects.
    pub notifications: Vec<NotificationSpec>,
    /// The HTTP API.
    pub api: ApiSpec,
    /// The WebSocket API.
    pub sockets: Option<SocketApiSpec>,
    /// Names of the secrets, by logical id.
    pub secrets: BTreeMap<String, String>,
    /// Types of resources that have no counterpart here.
    pub without_counterpart: Vec<String>,
}

/// Types that only AWS needs: rights, logs, policies, alarms, and what stands in files of its own.
const AWS_ONLY: [&str; 12] = [
    "AWS::S3::BucketPolicy",
    "AWS::SQS::QueuePolicy",
    "AWS::Lambda::Permission",
    "AWS::Logs::LogGroup",
    "AWS::CloudWatch::Alarm",
    "AWS::CloudWatch::Dashboard",
    "AWS::IAM::Role",
    "AWS::IAM::Policy",
    "AWS::SNS::Topic",
    "AWS::SNS::TopicPolicy",
    "AWS::SNS::Subscription",
    "AWS::CloudFormation::Stack",
];

pub(crate) fn resources(root: &Map<String, Value>) -> Result<BTreeMap<String, Resource>, TemplateError> {
    let mut resources = BTreeMap::new();
    for (id, resource) in root
        .get("Resources")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
    {
        let Some(kind) = resource.get("Type").and_then(Value::as_str) else {
            return Err(TemplateError::invalid(id, "the resource has no `Type`"));
        };
        let properties = resource
            .get("Properties")
            .and_then(Value::as_object)
            .cloned()
            .unwrap_or_default();
        let metadata = resource.get("Metadata").cloned().unwrap_or_default();
        resources.insert(
            id.clone(),
            Resource {
                id: id.clone(),
                kind: kind.to_owned(),
                properties,
                metadata,
            },
        );
    }
    Ok(resources)
}

pub(crate) fn build(
    root: &Map<String, Value>,
    resources: &BTreeMap<String, Resource>,
    context: &Context<'_>,
) -> Result<Stack, TemplateError> {
    let mut stack = Stack::default();
    let mut sockets = SocketParts::default();
    let globals = root
        .get("Globals")
        .and_then(|g| g.get("Function"))
        .cloned()
        .unwrap_or_default();
    for resource in resources.values() {
        let raw = root["Resources"][&resource.id].get("Condition");
        if let Some(condition) = raw.and_then(Value::as_str)
            && !context.condition(condition, &resource.id)?
        {
            continue;
        }
        let name = context.name_of(resource, &resource.id)?;
        let properties = || context.resolve(&Value::Object(resource.properties.clone()), &resource.id);
        match resource.kind.as_str() {
            "AWS::DynamoDB::Table" => {
                let Value::Object(mut properties) = properties()? else {
                    return Err(TemplateError::invalid(&resource.id, "Properties is no mapping"));
                };
                properties.insert("TableName".to_owned(), Value::String(name.clone()));
                stack.tables.push((name, Value::Object(properties)));
            }
            "AWS::S3::Bucket" => {
                let properties = properties()?;
                notifications(&name, &properties, &mut stack.notifications);
                stack.buckets.push((name, properties));
            }
            "AWS::SQS::Queue" => stack.queues.push((name, properties()?)),
            "AWS::SecretsManager::Secret" => {
                stack.secrets.insert(resource.id.clone(), name);
            }
            "AWS::Serverless::Function" => {
                let (function, routes) = functions::function(resource, &globals, context)?;
                stack.api.routes.extend(routes);
                stack.functions.push(function);
            }
            "AWS::Lambda::EventSourceMapping" => {
                let properties = properties()?;
                match stream_mapping(&resource.id, &properties)? {
                    Some(stream) => stack.streams.push(stream),
                    None => stack.mappings.push(mapping(&resource.id, &properties)?),
                }
            }
            kind if kind.starts_with("AWS::ApiGatewayV2::") => {
                if !sockets.read(kind, &resource.id, &properties()?)? {
                    stack.without_counterpart.push(kind.to_owned());
                }
            }
            "AWS::Serverless::HttpApi" => routes::api(&resource.id, &properties()?, &mut stack.api)?,
            kind if AWS_ONLY.contains(&kind) => {}
            kind => stack.without_counterpart.push(kind.to_owned()),
        }
    }
    stack.sockets = sockets.finish()?;
    stack
        .queues
        .sort_by_key(|(_, properties)| properties.get("RedrivePolicy").is_some());
    stack.without_counterpart.sort();
    stack.without_counterpart.dedup();
    Ok(stack)
}

fn notifications(bucket: &str, properties: &Value, into: &mut Vec<NotificationSpec>) {
    let configurations = properties.pointer("/NotificationConfiguration/LambdaConfigurations");
    for configuration in configurations.and_then(Value::as_array).into_iter().flatten() {
        let rules = configuration
            .pointer("/Filter/S3Key/Rules")
            .and_then(Value::as_array);
        let rule = |name: &str| {
            let found = rules
                .into_iter()
                .flatten()
                .find(|r| r["Name"].as_str() == Some(name));
            found
                .and_then(|r| r["Value"].as_str())
                .unwrap_or_default()
                .to_owned()
        };
        into.push(NotificationSpec {
            bucket: bucket.to_owned(),
            function_arn: as_text(&configuration["Function"]),
            prefix: rule("prefix"),
            suffix: rule("suffix"),
        });
    }
}

/// The mapping of a table's stream; none where it is a queue's.
fn stream_mapping(id: &str, properties: &Value) -> Result<Option<StreamMappingSpec>, TemplateError> {
    let source = properties.get("EventSourceArn").map(as_text).unwrap_or_default();
    let Some((table, _)) = source
        .split_once(":table/")
        .and_then(|(_, rest)| rest.split_once("/stream/"))
    else {
        return Ok(None);
    };
    let missing = || TemplateError::invalid(id, "FunctionName is missing");
    // AWS writes -1 for "no limit".
    let number = |name: &str| {
        properties
            .get(name)
            .map(as_text)
            .and_then(|text| text.parse().ok())
    };
    let filters = properties
        .pointer("/FilterCriteria/Filters")
        .and_then(Value::as_array);
    let filter = |filter: &Value| Filter::parse(&as_text(&filter["Pattern"]), id);
    Ok(Some(StreamMappingSpec {
        table: table.to_owned(),
        stream_arn: source.clone(),
        function: properties.get("FunctionName").map(as_text).ok_or_else(missing)?,
        batch_size: number("BatchSize").unwrap_or(100),
        filters: filters
            .into_iter()
            .flatten()
            .map(filter)
            .collect::<Result<_, _>>()?,
        bisects: properties["BisectBatchOnFunctionError"] == true,
        maximum_retries: number("MaximumRetryAttempts"),
        maximum_age_secs: number("MaximumRecordAgeInSeconds"),
    }))
}

fn mapping(id: &str, properties: &Value) -> Result<MappingSpec, TemplateError> {
    let text = |name: &str| {
        let missing = || TemplateError::invalid(id, format!("{name} is missing"));
        properties.get(name).map(as_text).ok_or_else(missing)
    };
    let number = |value: Option<&Value>| value.map(as_text).and_then(|text| text.parse().ok());
    let reports = properties.get("FunctionResponseTypes").and_then(Value::as_array);
    Ok(MappingSpec {
        uuid: uuid_of(id),
        queue_arn: text("EventSourceArn")?,
        function: text("FunctionName")?,
        batch_size: number(properties.get("BatchSize")).unwrap_or(10),
        maximum_concurrency: number(properties.pointer("/ScalingConfig/MaximumConcurrency")),
        reports_failures: reports.is_some_and(|r| r.iter().any(|r| r == "ReportBatchItemFailures")),
        enabled: properties.get("Enabled").and_then(Value::as_bool).unwrap_or(true),
    })
}

//! Functions: binary, settings, schedules and routes.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::Value;

use super::TemplateError;
use super::intrinsics::{Context, as_text};
use super::routes::{RouteSpec, route};
use super::stack::Resource;

/// Lambda's limit on a function's environment variables, names and values together.
const MAX_ENVIRONMENT_BYTES: usize = 4_096;
/// Lambda's longest time-out.
const MAX_TIMEOUT_SECS: u64 = 900;
/// Longest time between two times of a schedule.
const MAX_SCHEDULE_SECS: u64 = 366 * 86_400;

/// What happens to an asynchronous invocation that fails.
#[derive(Debug, Clone, PartialEq)]
pub struct AsyncSettings {
    /// Retries after the first failure.
    pub maximum_retries: u32,
    /// ARN of the queue that gets what failed for good.
    pub on_failure: Option<String>,
}

/// A schedule of a function.
#[derive(Debug, Clone, PartialEq)]
pub struct ScheduleSpec {
    /// Between two times.
    pub every: Duration,
    /// What the function is given.
    pub input: Value,
}

/// A function.
#[derive(Debug, Clone, PartialEq)]
pub struct FunctionSpec {
    /// Name at Lambda, and of its binary.
    pub name: String,
    /// The name that the template gives it at Lambda, where it does.
    pub given_name: Option<String>,
    /// ARN.
    pub arn: String,
    /// Environment variables of the template.
    pub environment: BTreeMap<String, String>,
    /// Longest an invocation may take.
    pub timeout: Duration,
    /// Memory in MB.
    pub memory_mb: u32,
    /// Reserved concurrency.
    pub reserved: Option<u32>,
    /// What happens to failed asynchronous invocations.
    pub asynchronous: AsyncSettings,
    /// Its schedules.
    pub schedules: Vec<ScheduleSpec>,
}

pub(crate) fn function(
    resource: &Resource,
    globals: &Value,
    context: &Context<'_>,
) -> Result<(FunctionSpec, Vec<RouteSpec>), TemplateError> {
    let at = resource.id.as_str();
    let globals = context.resolve(globals, "Globals.Function")?;
    let properties = context.resolve(&Value::Object(resource.properties.clone()), at)?;
    let setting = |name: &str| properties.get(name).or_else(|| globals.get(name));
    let number = |name: &str| {
        setting(name)
            .map(as_text)
            .and_then(|text| text.parse::<u64>().ok())
    };
    let name = resource.binary().ok_or_else(|| {
        TemplateError::invalid(
            at,
            "Metadata.BuildProperties.Binary must name the function's binary",
        )
    })?;
    let timeout = number("Timeout").unwrap_or(3);
    if timeout > MAX_TIMEOUT_SECS {
        return Err(TemplateError::invalid(
            at,
            format!("Timeout is {timeout}, Lambda's limit is {MAX_TIMEOUT_SECS}"),
        ));
    }
    let events = properties.get("Events").and_then(Value::as_object);
    let mut schedules = Vec::new();
    let mut routes = Vec::new();
    for (id, event) in events.into_iter().flatten() {
        let at = format!("{at}.Events.{id}");
        match event["Type"].as_str() {
            Some("Schedule" | "ScheduleV2") => schedules.push(schedule(&event["Properties"], &at)?),
            Some("HttpApi") => routes.push(route(&name, &event["Properties"], &at)?),
            other => {
                let kind = other.unwrap_or("nothing");
                return Err(TemplateError::invalid(
                    at,
                    format!("events of type {kind} are not known to the local runner"),
                ));
            }
        }
    }
    let spec = FunctionSpec {
        arn: as_text(&context.resolve(&serde_json::json!({ "Fn::GetAtt": [resource.id, "Arn"] }), at)?),
        given_name: properties.get("FunctionName").map(as_text),
        environment: environment(&globals, &properties, at)?,
        timeout: Duration::from_secs(timeout),
        memory_mb: number("MemorySize")
            .and_then(|mb| u32::try_from(mb).ok())
            .unwrap_or(128),
        reserved: number("ReservedConcurrentExecutions").and_then(|n| u32::try_from(n).ok()),
        asynchronous: asynchronous(setting("EventInvokeConfig")),
        schedules,
        name,
    };
    Ok((spec, routes))
}

fn environment(globals: &Value, own: &Value, at: &str) -> Result<BTreeMap<String, String>, TemplateError> {
    let mut environment = BTreeMap::new();
    for properties in [globals, own] {
        let variables = properties
            .pointer("/Environment/Variables")
            .and_then(Value::as_object);
        environment.extend(
            variables
                .into_iter()
                .flatten()
                .map(|(name, value)| (name.clone(), as_text(value))),
        );
    }
    let bytes: usize = environment
        .iter()
        .map(|(name, value)| name.len() + value.len())
        .sum();
    if bytes > MAX_ENVIRONMENT_BYTES {
        let problem = format!("the environment has {bytes} bytes, Lambda's limit is {MAX_ENVIRONMENT_BYTES}");
        return Err(TemplateError::invalid(at, problem));
    }
    Ok(environment)
}

fn asynchronous(config: Option<&Value>) -> AsyncSettings {
    let retries = config
        .and_then(|c| c.get("MaximumRetryAttempts"))
        .map(as_text)
        .and_then(|t| t.parse().ok());
    let destination = config.and_then(|c| c.pointer("/DestinationConfig/OnFailure/Destination"));
    AsyncSettings {
        maximum_retries: retries.unwrap_or(2),
        on_failure: destination.map(as_text),
    }
}

fn schedule(properties: &Value, at: &str) -> Result<ScheduleSpec, TemplateError> {
    let expression = properties
        .get("ScheduleExpression")
        .or_else(|| properties.get("Schedule"))
        .map(as_text);
    let expression = expression.unwrap_or_default();
    let unknown = || {
        TemplateError::invalid(
            at,
            format!("the schedule `{expression}` is not of the form rate(N unit), N from 1 to a year"),
        )
    };
    let inner = expression
        .strip_prefix("rate(")
        .and_then(|e| e.strip_suffix(')'))
        .ok_or_else(unknown)?;
    let (count, unit) = inner.split_once(' ').ok_or_else(unknown)?;
    let count: u64 = count.parse().map_err(|_| unknown())?;
    let unit_secs: u64 = match unit.trim_end_matches('s') {
        "minute" => 60,
        "hour" => 3_600,
        "day" => 86_400,
        _ => return Err(unknown()),
    };
    let secs = count
        .checked_mul(unit_secs)
        .filter(|secs| (1..=MAX_SCHEDULE_SECS).contains(secs))
        .ok_or_else(unknown)?;
    let input = properties
        .get("Input")
        .map(as_text)
        .and_then(|text| serde_json::from_str(&text).ok());
    Ok(ScheduleSpec {
        every: Duration::from_secs(secs),
        input: input.unwrap_or(serde_json::json!({})),
    })
}

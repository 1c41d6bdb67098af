//! Control calls on our own Lambda functions.

use std::sync::Arc;

use aws_sdk_lambda::primitives::Blob;
use aws_sdk_lambda::types::{InvocationType, ScalingConfig};
use serde::Serialize;
use switchboard_domain::MAX_CONCURRENCY_LIMIT;

use crate::StoreError;
use crate::clients::Clients;
use crate::config::StoreConfig;
use crate::error::unavailable;

/// Invocations of the dialer that there is room for when so many calls may be in progress.
///
/// Some more than calls: an invocation stays with its call until the outcome and the recording are there, while
/// the line is another one's already, and whoever is next is to be ready when a line becomes free. The slots hold
/// the limit itself. Between what a mapping's maximum concurrency may be, 2 and 1,000.
fn dialer_invocations(limit: u32) -> u32 {
    limit.saturating_add(limit / 4 + 3).min(MAX_CONCURRENCY_LIMIT)
}

/// The least a mapping's maximum concurrency may be.
const LEAST_MAPPING_CONCURRENCY: u32 = 2;

/// How the dialer is set up at AWS now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DialerCapacity {
    /// Reserved concurrency; none when nothing is reserved.
    pub reserved: Option<u32>,
    /// The mapping's maximum concurrency.
    pub mapping_maximum: Option<u32>,
    /// Whether the mapping reads the queue.
    pub enabled: bool,
    /// Whether the mapping is busy with an earlier change.
    pub changing: bool,
}

impl DialerCapacity {
    /// Whether it is as wanted.
    pub fn fits(&self, limit: u32, running: bool, reserve: bool) -> bool {
        let room = dialer_invocations(limit);
        self.reserved == reserve.then_some(room)
            && self.mapping_maximum == Some(room)
            && self.enabled == running
    }
}

/// Control calls on our own functions.
#[derive(Debug, Clone)]
pub struct Functions {
    clients: Arc<Clients>,
    config: Arc<StoreConfig>,
}

impl Functions {
    pub(crate) fn new(clients: Arc<Clients>, config: Arc<StoreConfig>) -> Self {
        Self { clients, config }
    }

    /// Lets the campaign scheduler work now instead of at its next tick.
    ///
    /// # Errors
    /// When Lambda does not take the invocation.
    pub async fn wake_scheduler(&self) -> Result<(), StoreError> {
        let name = self.config.scheduler_function.as_deref();
        self.start(
            name.ok_or(StoreError::NotConfigured("SCHEDULER_FUNCTION"))?,
            &serde_json::json!({}),
        )
        .await
    }

    /// Starts a sync.
    ///
    /// # Errors
    /// When Lambda does not take the invocation.
    pub async fn start_sync(&self, request: &impl Serialize) -> Result<(), StoreError> {
        let name = self.config.sync_function.as_deref();
        self.start(name.ok_or(StoreError::NotConfigured("SYNC_FUNCTION"))?, request)
            .await
    }

    /// Starts an export.
    ///
    /// # Errors
    /// When Lambda does not take the invocation.
    pub async fn start_export(&self, request: &impl Serialize) -> Result<(), StoreError> {
        let name = self.config.exporter_function.as_deref();
        self.start(
            name.ok_or(StoreError::NotConfigured("EXPORTER_FUNCTION"))?,
            request,
        )
        .await
    }

    /// Starts the import of an upload.
    ///
    /// # Errors
    /// When Lambda does not take the invocation.
    pub async fn start_parser(&self, request: &impl Serialize) -> Result<(), StoreError> {
        let name = self.config.parser_function.as_deref();
        self.start(name.ok_or(StoreError::NotConfigured("PARSER_FUNCTION"))?, request)
            .await
    }

    /// Starts the receptionist: for a call to hold, to conclude, or whose recording is to be fetched.
    ///
    /// # Errors
    /// When Lambda does not take the invocation.
    pub async fn start_receptionist(&self, request: &impl Serialize) -> Result<(), StoreError> {
        let name = self.config.receptionist_function.as_deref();
        self.start(
            name.ok_or(StoreError::NotConfigured("RECEPTIONIST_FUNCTION"))?,
            request,
        )
        .await
    }

    /// Asks the upload parser and waits for its answer.
    ///
    /// # Errors
    /// When Lambda does not answer or the parser failed.
    pub async fn ask_parser(&self, request: &impl Serialize) -> Result<serde_json::Value, StoreError> {
        let name = self
            .config
            .parser_function
            .as_deref()
            .ok_or(StoreError::NotConfigured("PARSER_FUNCTION"))?;
        let answer = self
            .clients
            .lambda()
            .invoke()
            .function_name(name)
            .payload(payload(request)?)
            .send()
            .await
            .map_err(unavailable("Lambda", "Invoke"))?;
        if let Some(error) = answer.function_error() {
            return Err(failed("Invoke", error.to_owned()));
        }
        let body = answer.payload().map(AsRef::as_ref).unwrap_or_default();
        serde_json::from_slice(body).map_err(|error| failed("Invoke", error.to_string()))
    }

    /// Gives an event to one of the functions that work asynchronously, again. Answers whether it is one.
    ///
    /// # Errors
    /// When Lambda does not take the invocation.
    pub async fn start_again(&self, function: &str, event: &serde_json::Value) -> Result<bool, StoreError> {
        let ours = [
            &self.config.sync_function,
            &self.config.exporter_function,
            &self.config.parser_function,
            &self.config.receptionist_function,
        ];
        if !ours.iter().any(|name| name.as_deref() == Some(function)) {
            return Ok(false);
        }
        self.start(function, event).await.map(|()| true)
    }

    async fn start(&self, function: &str, request: &impl Serialize) -> Result<(), StoreError> {
        self.clients
            .lambda()
            .invoke()
            .function_name(function)
            .invocation_type(InvocationType::Event)
            .payload(payload(request)?)
            .send()
            .await
            .map_err(unavailable("Lambda", "Invoke"))?;
        Ok(())
    }

    /// How the dialer is set up now.
    ///
    /// # Errors
    /// When Lambda does not answer.
    pub async fn dialer_capacity(&self) -> Result<DialerCapacity, StoreError> {
        let (function, mapping) = self.dialer()?;
        let reserved = self
            .clients
            .lambda()
            .get_function_concurrency()
            .function_name(function)
            .send()
            .await
            .map_err(unavailable("Lambda", "GetFunctionConcurrency"))?;
        let mapping = self
            .clients
            .lambda()
            .get_event_source_mapping()
            .uuid(mapping)
            .send()
            .await
            .map_err(unavailable("Lambda", "GetEventSourceMapping"))?;
        let unsigned = |count: i32| u32::try_from(count).ok();
        let state = mapping.state().unwrap_or_default();
        Ok(DialerCapacity {
            reserved: reserved.reserved_concurrent_executions().and_then(unsigned),
            mapping_maximum: mapping
                .scaling_config()
                .and_then(ScalingConfig::maximum_concurrency)
                .and_then(unsigned),
            enabled: matches!(state, "Enabled" | "Enabling" | "Creating"),
            changing: !matches!(state, "Enabled" | "Disabled"),
        })
    }

    /// Sets the dialer up as wanted, or as nearly as the account allows. A mapping that is busy with an earlier change refuses: try
    /// again at the next tick; the slots hold the limit meanwhile.
    ///
    /// # Errors
    /// When Lambda refuses or does not answer.
    pub async fn set_dialer_capacity(
        &self,
        now: &DialerCapacity,
        limit: u32,
        running: bool,
    ) -> Result<(), StoreError> {
        let mut room = dialer_invocations(limit);
        // Pollers do not look at the reservation: at no moment may the mapping allow more than it.
        let lower = now.reserved.filter(|reserved| *reserved < room);
        let mut refused = Ok(());
        if let Some(reserved) = lower {
            // An account that has no more to reserve still dials, and stops and starts.
            refused = self.reserve(room).await;
            if refused.is_err() {
                room = reserved.max(LEAST_MAPPING_CONCURRENCY);
            }
        }
        self.set_mapping(room, running).await?;
        if lower.is_none() && self.config.reserve_concurrency && now.reserved != Some(room) {
            self.reserve(room).await?;
        }
        refused
    }

    async fn reserve(&self, invocations: u32) -> Result<(), StoreError> {
        let (function, _) = self.dialer()?;
        self.clients
            .lambda()
            .put_function_concurrency()
            .function_name(function)
            .reserved_concurrent_executions(i32::try_from(invocations).unwrap_or(i32::MAX))
            .send()
            .await
            .map_err(unavailable("Lambda", "PutFunctionConcurrency"))?;
        Ok(())
    }

    async fn set_mapping(&self, invocations: u32, running: bool) -> Result<(), StoreError> {
        let (_, mapping) = self.dialer()?;
        let maximum = i32::try_from(invocations).unwrap_or(i32::MAX);
        self.clients
            .lambda()
            .update_event_source_mapping()
            .uuid(mapping)
            .enabled(running)
            .scaling_config(ScalingConfig::builder().maximum_concurrency(maximum).build())
            .send()
            .await
            .map_err(unavailable("Lambda", "UpdateEventSourceMapping"))?;
        Ok(())
    }

    fn dialer(&self) -> Result<(&str, &str), StoreError> {
        let function = self.config.dialer_function.as_deref();
        let mapping = self.config.dialer_mapping_id.as_deref();
        Ok((
            function.ok_or(StoreError::NotConfigured("DIALER_FUNCTION"))?,
            mapping.ok_or(StoreError::NotConfigured("DIALER_MAPPING_ID"))?,
        ))
    }
}

fn payload(request: &impl Serialize) -> Result<Blob, StoreError> {
    serde_json::to_vec(request)
        .map(Blob::new)
        .map_err(|error| failed("Invoke", error.to_string()))
}

fn failed(operation: &'static str, code: String) -> StoreError {
    StoreError::Unavailable {
        service: "Lambda",
        operation,
        code,
        cause: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_room_for_some_more_invocations_than_calls_within_what_a_mapping_may_have() {
        let room: Vec<u32> = [1, 5, 15, 200, 900, 1_000].map(dialer_invocations).to_vec();
        assert_eq!(room, [4, 9, 21, 253, 1_000, 1_000]);
    }

    #[test]
    fn a_dialer_as_a_deploy_leaves_it_does_not_fit() {
        let as_deployed = DialerCapacity {
            reserved: Some(5),
            mapping_maximum: Some(5),
            enabled: true,
            changing: false,
        };
        assert!(!as_deployed.fits(5, true, true));
        let set = DialerCapacity {
            reserved: Some(9),
            mapping_maximum: Some(9),
            ..as_deployed
        };
        assert!(set.fits(5, true, true));
        assert!(!set.fits(5, false, true) && !set.fits(5, true, false));
    }
}

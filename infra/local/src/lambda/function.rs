//! A function: its environments, and how many may run.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::environment::{Environment, Invocation};
use super::process;
use super::{InvokeError, InvokeOutcome};
use crate::border::Border;
use crate::clock;
use crate::logs::Logs;
use crate::template::FunctionSpec;

/// How long an idle environment is kept.
const IDLE: SignedDuration = SignedDuration::from_mins(10);

/// How many environments of a function run, and how many may.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Running {
    /// Invocations that run now.
    pub running: u32,
    /// Environments that wait for one.
    pub idle: u32,
    /// Reserved concurrency.
    pub reserved: Option<u32>,
}

struct Pool {
    idle: Vec<(Arc<Environment>, Timestamp)>,
    busy: Vec<Arc<Environment>>,
    /// Invocations that run, or start their environment.
    running: u32,
    reserved: Option<u32>,
}

/// A function and its environments.
pub struct Function {
    /// What the template says of it.
    pub spec: FunctionSpec,
    binary: PathBuf,
    environment: BTreeMap<String, String>,
    runtime_api: String,
    logs: Logs,
    border: Option<Border>,
    pool: Mutex<Pool>,
}

impl Function {
    pub(crate) fn new(
        spec: FunctionSpec,
        binary: PathBuf,
        environment: BTreeMap<String, String>,
        runtime_api: String,
        logs: Logs,
        border: Option<Border>,
    ) -> Self {
        let pool = Pool {
            idle: Vec::new(),
            busy: Vec::new(),
            running: 0,
            reserved: spec.reserved,
        };
        Self {
            spec,
            binary,
            environment,
            runtime_api,
            logs,
            border,
            pool: Mutex::new(pool),
        }
    }

    fn pool(&self) -> MutexGuard<'_, Pool> {
        self.pool.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many run now, and how many may.
    pub fn running(&self) -> Running {
        let pool = self.pool();
        let idle = u32::try_from(pool.idle.len()).unwrap_or(u32::MAX);
        Running {
            running: pool.running,
            idle,
            reserved: pool.reserved,
        }
    }

    /// Sets or lifts the reservation. Running invocations are not cut.
    pub fn reserve(&self, reserved: Option<u32>) {
        self.pool().reserved = reserved;
    }

    /// Kills one busy environment, or all of them; answers how many. For tests of what follows.
    pub fn kill_busy(&self, all: bool) -> usize {
        let busy = self.pool().busy.clone();
        let victims = if all { busy.len() } else { busy.len().min(1) };
        busy.iter()
            .take(victims)
            .for_each(|environment| environment.kill());
        victims
    }

    /// Kills one busy environment, chosen by `chance`; answers whether there was one.
    pub(crate) fn kill_one_busy(&self, chance: u64) -> bool {
        let busy = self.pool().busy.clone();
        let Some(index) = chance.checked_rem(busy.len() as u64) else {
            return false;
        };
        // Below the length of a vector.
        busy[index as usize].kill();
        true
    }

    /// Ends every environment.
    pub(crate) fn stop(&self) {
        let mut pool = self.pool();
        pool.idle.iter().for_each(|(environment, _)| environment.kill());
        pool.busy.iter().for_each(|environment| environment.kill());
        pool.idle.clear();
    }

    /// The environment with this id, for the runtime API.
    pub(crate) fn find_environment(&self, id: &str) -> Option<Arc<Environment>> {
        let pool = self.pool();
        let idle = pool.idle.iter().map(|(environment, _)| environment);
        idle.chain(&pool.busy)
            .find(|environment| environment.id == id)
            .cloned()
    }

    /// Runs one invocation.
    ///
    /// # Errors
    /// [`InvokeError::Throttled`] when the reservation is used up.
    pub(crate) async fn invoke(&self, payload: bytes::Bytes) -> Result<InvokeOutcome, InvokeError> {
        let seat = self.take_seat()?;
        let environment = match self.take_idle() {
            Some(environment) => environment,
            None => match self.start() {
                Ok(environment) => environment,
                Err(error) => {
                    let message = format!("{} could not be started: {error}", self.binary.display());
                    return Ok(InvokeOutcome::failed("Runtime.InvalidEntrypoint", &message));
                }
            },
        };
        let timeout = self.spec.timeout;
        let length = SignedDuration::try_from(timeout).unwrap_or(SignedDuration::MAX);
        let invocation = Invocation {
            request_id: request_id(),
            payload,
            deadline: clock::now().saturating_add(length).unwrap_or(Timestamp::MAX),
            function_arn: self.spec.arn.clone(),
        };
        let busy = Busy {
            function: self,
            environment: environment.clone(),
        };
        let outcome = environment.run(invocation, timeout).await;
        drop(busy);
        drop(seat);
        Ok(outcome)
    }

    fn take_seat(&self) -> Result<Seat<'_>, InvokeError> {
        let mut pool = self.pool();
        if pool.reserved.is_some_and(|reserved| pool.running >= reserved) {
            return Err(InvokeError::Throttled(self.spec.name.clone()));
        }
        pool.running += 1;
        Ok(Seat(self))
    }

    fn take_idle(&self) -> Option<Arc<Environment>> {
        let mut pool = self.pool();
        let oldest = clock::now().saturating_sub(IDLE).unwrap_or(Timestamp::MIN);
        pool.idle.retain(|(environment, since)| {
            let keep = *since > oldest && !environment.is_dead();
            if !keep {
                environment.kill();
            }
            keep
        });
        let (environment, _) = pool.idle.pop()?;
        pool.busy.push(environment.clone());
        Some(environment)
    }

    fn start(&self) -> std::io::Result<Arc<Environment>> {
        let id = format!("{}-{:016x}", self.spec.name, rand::random::<u64>());
        let mut variables = self.environment.clone();
        // The runtime keeps the path of this address: that is how one server tells environments apart.
        variables.insert(
            "AWS_LAMBDA_RUNTIME_API".to_owned(),
            format!("http://{}/{id}", self.runtime_api),
        );
        variables.insert("AWS_LAMBDA_LOG_STREAM_NAME".to_owned(), id.clone());
        let border = self.border.as_ref();
        let gates = border
            .map(|border| border.before_services(&mut variables))
            .transpose()?;
        let environment = {
            // Held over the start: the process may ask for work before this thread goes on, and whoever
            // is not in the pool is turned away.
            let mut pool = self.pool();
            let child = process::start(&self.binary, &self.spec.name, &variables, &self.logs)?;
            let environment = Environment::around(id, child);
            pool.busy.push(environment.clone());
            environment
        };
        if let Some(gates) = gates {
            gates.open(&self.spec.name, &environment);
        }
        Ok(environment)
    }
}

struct Seat<'a>(&'a Function);

impl Drop for Seat<'_> {
    fn drop(&mut self) {
        self.0.pool().running -= 1;
    }
}

/// Takes an environment back, whatever happened to the invocation.
struct Busy<'a> {
    function: &'a Function,
    environment: Arc<Environment>,
}

impl Drop for Busy<'_> {
    fn drop(&mut self) {
        let mut pool = self.function.pool();
        pool.busy
            .retain(|environment| !Arc::ptr_eq(environment, &self.environment));
        if !self.environment.is_dead() {
            pool.idle.push((self.environment.clone(), clock::now()));
        }
    }
}

fn request_id() -> String {
    let (a, b) = (rand::random::<u64>(), rand::random::<u64>());
    let digits = format!("{a:016x}{b:016x}");
    format!(
        "{}-{}-4{}-a{}-{}",
        &digits[..8],
        &digits[8..12],
        &digits[13..16],
        &digits[17..20],
        &digits[20..]
    )
}

/// The wait after which a throttled caller tries again.
pub(crate) const THROTTLE_WAIT: Duration = Duration::from_millis(100);

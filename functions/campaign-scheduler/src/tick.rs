//! One tick: steps under a lease until there is nothing to do, or the minute is nearly over.

use std::collections::HashSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use switchboard_domain::{Balance, Clock, ProviderId};
use switchboard_service::Providers;
use switchboard_store::{Store, StoreError};

use crate::PhoneLines;
use crate::auto_pause::Judged;

/// Name of the lease.
const LEASE: &str = "campaign-scheduler";
/// How long the lease lasts without being renewed: a dead tick holds nobody up for longer.
const LEASE_LENGTH: SignedDuration = SignedDuration::from_secs(5);

/// How often a tick does what.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// Between steps.
    pub step: Duration,
    /// Longest time a tick works.
    pub tick: Duration,
    /// Between looks at the dialer's settings at AWS.
    pub capacity: Duration,
    /// Between looks for calls that nobody watches.
    pub recover: Duration,
    /// Between looks for recordings that did not come and webhooks that were left behind.
    pub recordings: Duration,
    /// Between looks into the dead-letter queues.
    pub dead_letters: Duration,
    /// Between looks for lines that are free again, while people wait for one.
    pub lines: Duration,
    /// Between questions to the provider for the credits that are left, where a campaign wants to know.
    pub credits: Duration,
    /// Between looks at the slots and at the providers.
    pub monitoring: Duration,
    /// Between looks for calls on the carrier's line that nobody holds.
    pub phone: Duration,
    /// Between questions to the carrier for those that may be over.
    pub carrier: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            step: Duration::from_secs(1),
            tick: Duration::from_secs(55),
            capacity: Duration::from_secs(10),
            recover: Duration::from_secs(5),
            recordings: Duration::from_secs(60),
            dead_letters: Duration::from_secs(20),
            lines: Duration::from_millis(400),
            credits: Duration::from_secs(50),
            monitoring: Duration::from_secs(60),
            phone: Duration::from_secs(5),
            carrier: Duration::from_secs(60),
        }
    }
}

/// What a tick did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct TickSummary {
    /// Whether this tick had the lease.
    pub worked: bool,
    /// Steps taken.
    pub steps: u32,
    /// Calls put onto the dial queue.
    pub enqueued: u64,
    /// Calls brought back from where nobody looked after them.
    pub recovered: u64,
    /// Steps that failed; the next one tried again.
    pub failed_steps: u32,
}

/// Starts, feeds, finishes and recovers campaigns.
#[derive(Clone)]
pub struct Scheduler {
    pub(crate) store: Store,
    pub(crate) providers: Providers,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) default_limit: u32,
    pub(crate) reserve_concurrency: bool,
    pub(crate) pace: Pace,
    pub(crate) phone: Option<PhoneLines>,
    /// Kept from tick to tick, as long as this environment lives; without it, shares are right but for half a call.
    pub(crate) balance: Arc<Mutex<Balance>>,
}

/// When what was last done, within one tick.
#[derive(Debug, Default)]
pub(crate) struct LastDone {
    pub capacity: Option<Timestamp>,
    pub recover: Option<Timestamp>,
    pub recordings: Option<Timestamp>,
    pub dead_letters: Option<Timestamp>,
    pub credits: Option<Timestamp>,
    pub monitoring: Option<Timestamp>,
    pub phone: Option<Timestamp>,
    pub carrier: Option<Timestamp>,
    /// By what the calls of each campaign were judged.
    pub judged: Judged,
    pub steps: u32,
    /// Whether somebody could be called if a slot were free.
    pub people_wait: bool,
    /// Conversations whose lines are known to be free again.
    pub lines: HashSet<ProviderId>,
}

impl LastDone {
    /// Whether something that was last done at `last` is to be done again.
    pub(crate) fn is_due(last: Option<Timestamp>, every: Duration, now: Timestamp) -> bool {
        last.is_none_or(|last| Duration::try_from(now.duration_since(last)).is_ok_and(|past| past >= every))
    }
}

impl Scheduler {
    /// A scheduler. `default_limit` holds until somebody sets another limit.
    pub fn new(
        store: Store,
        providers: Providers,
        clock: Arc<dyn Clock>,
        default_limit: u32,
        reserve_concurrency: bool,
        pace: Pace,
    ) -> Self {
        Self {
            store,
            providers,
            clock,
            default_limit,
            reserve_concurrency,
            pace,
            phone: None,
            balance: Arc::default(),
        }
    }

    /// The same, which looks after calls on the carrier's line as well.
    #[must_use]
    pub fn with_phone(mut self, phone: PhoneLines) -> Self {
        self.phone = Some(phone);
        self
    }

    /// Works until there is nothing to do, the tick is over, or `deadline` is near. `holder` names
    /// this invocation.
    ///
    /// # Errors
    /// When the lease cannot be asked for; the next tick tries again.
    pub async fn tick(&self, holder: &str, deadline: Timestamp) -> Result<TickSummary, StoreError> {
        let mut summary = TickSummary::default();
        let length = SignedDuration::try_from(self.pace.tick).unwrap_or(SignedDuration::MAX);
        let end = self
            .clock
            .now()
            .saturating_add(length)
            .unwrap_or(Timestamp::MAX)
            .min(deadline);
        let mut done = LastDone::default();
        loop {
            if !self
                .store
                .take_lease(LEASE, holder, LEASE_LENGTH, self.clock.now())
                .await?
            {
                return Ok(summary);
            }
            summary.worked = true;
            let busy = self.work(holder, end, &mut done, &mut summary).await?;
            self.store.give_back_lease(LEASE, holder).await?;
            // Whoever was woken while we held the lease went away again: look once more for them.
            if busy || !self.has_work().await? {
                return Ok(summary);
            }
        }
    }

    /// One step outside of any tick, with everything in it that a tick does now and then.
    ///
    /// # Errors
    /// When the store does not answer; a tick would try again.
    pub async fn one_step(&self) -> Result<TickSummary, StoreError> {
        let mut summary = TickSummary {
            worked: true,
            steps: 1,
            ..TickSummary::default()
        };
        self.step(&mut LastDone::default(), &mut summary).await?;
        Ok(summary)
    }

    /// Steps until the end (answers true) or until there is nothing to do.
    async fn work(
        &self,
        holder: &str,
        end: Timestamp,
        done: &mut LastDone,
        summary: &mut TickSummary,
    ) -> Result<bool, StoreError> {
        let mut idle = false;
        while self.clock.now() < end {
            summary.steps += 1;
            done.steps += 1;
            match self.step(done, summary).await {
                Ok(work) => idle = !work,
                Err(error) => {
                    tracing::warn!(%error, "a scheduler step failed; the next one tries again");
                    summary.failed_steps += 1;
                    idle = false;
                }
            }
            if idle {
                return Ok(false);
            }
            self.rest(done).await;
            if !self
                .store
                .take_lease(LEASE, holder, LEASE_LENGTH, self.clock.now())
                .await?
            {
                return Ok(true);
            }
        }
        Ok(!idle)
    }
}

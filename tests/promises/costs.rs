//! What one call costs at the tables, to the unit: capacity units are exact, so they are asserted.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use dialer::{Dialer, Pace};
use serde_json::Value;
use switchboard_domain::{Call, CallId, CallStatus};
use switchboard_service::Providers;
use switchboard_testing::{Meter, Metering};

use crate::world::World;

/// Fewer than the slots, so that all of them are dialled at once.
const PEOPLE: u32 = 4;
/// Between two looks of a dialer: more than everything else takes, so that it looks as seldom as it can.
const LOOK: Duration = Duration::from_secs(6);

/// Units that were read and written.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
struct Units {
    read: f64,
    written: f64,
}

impl Units {
    fn of(metering: &Metering) -> Self {
        metering.values().fold(Self::default(), |sum, used| Self {
            read: sum.read + used.read_units,
            written: sum.written + used.write_units,
        })
    }

    fn each(self, people: u32) -> Self {
        Self {
            read: self.read / f64::from(people),
            written: self.written / f64::from(people),
        }
    }
}

/// Where a call's units went, phase by phase.
struct Bill {
    phases: Vec<(&'static str, Metering)>,
}

impl Bill {
    fn of(&self, phase: &str) -> Units {
        let wanted = self.phases.iter().filter(|(name, _)| *name == phase);
        wanted.fold(Units::default(), |sum, (_, metering)| {
            let units = Units::of(metering);
            Units {
                read: sum.read + units.read,
                written: sum.written + units.written,
            }
        })
    }

    /// The rows of a phase by resource and operation; for whoever wants to know where it goes.
    fn table(&self) -> String {
        let mut lines = String::new();
        for (phase, metering) in &self.phases {
            let mut rows: BTreeMap<(&str, &str), (u64, f64, f64)> = BTreeMap::new();
            for (what, used) in metering {
                let row = rows.entry((&what.resource, &what.operation)).or_default();
                *row = (
                    row.0 + used.requests,
                    row.1 + used.read_units,
                    row.2 + used.write_units,
                );
            }
            for ((resource, operation), (requests, read, written)) in rows {
                lines += &format!(
                    "{phase:<9} {resource:<34} {operation:<20} {requests:>4} {read:>7} {written:>7}\n"
                );
            }
        }
        lines
    }
}

/// A dialer that looks so seldom that nothing of it is by chance.
fn patient_dialer(world: &World) -> Dialer {
    let pace = Pace {
        first_look: LOOK,
        slowest_look: LOOK,
        ..Pace::default()
    };
    let providers = Providers::only(Arc::new(world.provider.clone()));
    let clock = Arc::new(world.test.clock.clone());
    Dialer::new(world.test.store.clone(), providers, clock, pace)
}

/// The webhook that tells of a call's end, with the transcript of the sample.
fn webhook_of(call: &Call) -> String {
    let sample = include_str!("../../events/provider-webhooks/post_call_transcription.json");
    let read: Value = serde_json::from_str(sample).unwrap();
    let conversation = read["data"]["conversation_id"].as_str().unwrap();
    sample
        .replace(conversation, call.conversation_id.as_ref().unwrap().as_str())
        .replace("call_01kexample000000000000000a", call.call_id.as_str())
}

/// What is used until every answer of the provider is written. Our own looks would be counted: it is seen at the meter.
async fn until_confirmed(meter: &Meter) -> Metering {
    let mut used = Metering::new();
    loop {
        for (what, more) in meter.take() {
            *used.entry(what).or_default() += more;
        }
        let written = used
            .iter()
            .filter(|(what, _)| what.operation == "PutItem" && what.resource == "CallsTable");
        if written.map(|(_, used)| used.requests).sum::<u64>() == u64::from(PEOPLE) {
            return used;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// Calls everybody of a campaign once, from the queue to the recording; each talks a moment.
async fn call_everybody(world: &mut World) -> Bill {
    world.dialer = patient_dialer(world);
    // What only the first step of all does is nobody's cost.
    world.scheduler.one_step().await.unwrap();
    world.campaign(u64::from(PEOPLE)).await;
    let meter = world.test.meter();
    meter.turn_on();
    let mut phases = Vec::new();
    world.scheduler.one_step().await.unwrap();
    phases.push(("queue", meter.take()));
    // The same step with nobody due: what it costs whoever is called.
    world.scheduler.one_step().await.unwrap();
    phases.push(("step", meter.take()));

    let messages = world.test.take_dials().await;
    assert_eq!(messages.len(), PEOPLE as usize);
    let ids: Vec<CallId> = messages.iter().map(|message| message.call_id.clone()).collect();
    drop(meter.take());
    messages.into_iter().for_each(|message| world.dial(message));
    phases.push(("dial", until_confirmed(&meter).await));
    let mut calls = Vec::new();
    for id in &ids {
        let call = world.call(id).await;
        assert_eq!(call.status, CallStatus::InProgress, "{call:?}");
        let conversation = call.conversation_id.clone().unwrap();
        world.provider.put_recording(&conversation, "sounds");
        calls.push(call);
    }
    drop(meter.take());
    for call in &calls {
        assert_eq!(world.webhook(&webhook_of(call)).await, 200);
    }
    phases.push(("webhook", meter.take()));
    while world.dialers.join_next().await.is_some() {}
    phases.push(("end", meter.take()));
    for id in &ids {
        assert_eq!(world.call(id).await.status, CallStatus::Completed);
    }
    Bill { phases }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_of_a_campaign_costs_what_the_documentation_says() {
    let mut world = World::start().await;
    let bill = call_everybody(&mut world).await;
    let step = bill.of("step");
    let queue = bill.of("queue");
    let queued = Units {
        read: queue.read - step.read,
        written: queue.written - step.written,
    };
    let parts = [queued, bill.of("dial"), bill.of("webhook"), bill.of("end")].map(|units| units.each(PEOPLE));
    let call = parts.iter().fold(Units::default(), |sum, units| Units {
        read: sum.read + units.read,
        written: sum.written + units.written,
    });
    println!("{}\n{parts:?}\n{call:?} and a step {step:?}", bill.table());
    let written = parts.map(|units| units.written);
    // Onto the queue; the dial; its end, with a transcript of five turns; the recording.
    let [queued, dialled, ended, recorded] = written;
    assert_eq!([dialled, ended, recorded], [46.0, 50.0, 13.0]);
    // Half a unit more where the scheduler writes something down for the first time.
    assert!((17.0..=17.5).contains(&queued), "{queued}");
    // How often a dialer looks is left to the machine; each look is half a unit.
    assert!(call.read < 22.0, "{call:?}");
}

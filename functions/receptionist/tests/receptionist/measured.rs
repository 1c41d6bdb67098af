//! What is measured of the receptionist.

use std::sync::Mutex;

use jiff::SignedDuration;
use serde_json::json;
use switchboard_domain::{Measurement, ReceptionEvent, ToolResult, ToolRun};
use switchboard_store::Observer;

use crate::world::{PACE, World};

/// What was measured, in order.
#[derive(Default)]
pub(crate) struct Measured(Mutex<Vec<ReceptionEvent>>);

impl Observer for Measured {
    fn measured(&self, measurement: &Measurement) {
        if let Measurement::Reception(event) = measurement {
            self.0.lock().unwrap().push(*event);
        }
    }
}

impl Measured {
    fn events(&self) -> Vec<ReceptionEvent> {
        self.0.lock().unwrap().clone()
    }
}

#[tokio::test]
async fn a_call_is_measured_from_its_acceptance_to_its_end() {
    let world = World::start().await;
    world.test.clock.advance(SignedDuration::from_millis(420));
    let first = world.held().await;
    world.agent_says("a", None, "Welcome!");
    world.until_said(&["A: Welcome!"]).await;
    world.sideband.drop_all();
    world.until(|| world.sideband.attaches() == 2).await;
    world.use_tool("call_1", Some("a"), "look_up_caller", &json!({}));
    world.answered("call_1").await;
    world.use_tool("call_2", Some("item_call_1"), "no_such_tool", &json!({}));
    world.answered("call_2").await;
    let second = world.hold(2, "two", PACE);
    first.await.unwrap();
    world.end().await;
    second.await.unwrap();

    let events = world.measured.events();
    let count = |event: ReceptionEvent| events.iter().filter(|one| **one == event).count();
    let attached = ReceptionEvent::Attached { delay_ms: Some(420) };
    assert_eq!(events.first(), Some(&attached), "{events:?}");
    assert_eq!(count(attached), 1, "once a call: {events:?}");
    assert_eq!(count(ReceptionEvent::Reconnected), 1, "{events:?}");
    assert_eq!(count(ReceptionEvent::HandedOver), 1, "{events:?}");
    assert_eq!(count(ReceptionEvent::ToolRan(ToolResult::Done)), 1, "{events:?}");
    assert_eq!(
        count(ReceptionEvent::ToolRan(ToolResult::Failed)),
        1,
        "{events:?}"
    );
    let left = events.iter().filter_map(|event| match event {
        ReceptionEvent::Left { turns } => Some(*turns),
        _ => None,
    });
    let left: Vec<u64> = left.collect();
    assert!(left.len() == 2 && left[0] >= 1, "{events:?}");
}

#[tokio::test]
async fn a_tool_in_doubt_and_a_call_that_nobody_could_attach_to_are_measured() {
    let world = World::start().await;
    let hold = world.held().await;
    let begun = ToolRun {
        run_id: "call_1".to_owned(),
        tool: "take_message".to_owned(),
        output: None,
        began_at: world.test.now(),
    };
    let claimed = world.store().claim_tool_run(&world.call_id, &begun);
    claimed.await.unwrap();
    world.use_tool("call_1", None, "take_message", &json!({ "message": "Twice?" }));
    world.answered("call_1").await;
    world.end().await;
    hold.await.unwrap();
    let in_doubt = ReceptionEvent::ToolRan(ToolResult::InDoubt);
    assert!(world.measured.events().contains(&in_doubt));

    let world = World::start().await;
    world.sideband.set_gone(true);
    world.hold(1, "one", PACE).await.unwrap();
    assert_eq!(world.measured.events(), [ReceptionEvent::NotAttached]);
}

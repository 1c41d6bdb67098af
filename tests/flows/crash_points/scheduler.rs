//! The scheduler's flow: begin, lay out, enqueue, send, finish; sweep a cancelled campaign; send lost
//! messages again; take over calls that nobody watches.
//!
//! Its ticks go on where the last one ended, so there is no one list of requests. Instead a tick dies
//! at the first point at which none has died yet, until a campaign goes through without a crash.
//! Several systems explore side by side, for a dead tick's lease has to run out each time.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use switchboard_local::border::Moment;
use switchboard_simulator::FaultKind;
use switchboard_tests::crash::{
    Begin, Crash, Crashes, Ended, Explored, Guards, Plan, Point, Run, Setting, Step, Subject, World,
    looks_at_every_point,
};

use crate::dialer::call_of;
use crate::{PATIENCE, look_around};

const SETTING: Setting = Setting {
    clock: 30.0,
    talk_secs: 30,
    limit: 2,
    busy: &[],
};
/// People whom a campaign is left with when its dialers die.
const LEFT_BEHIND: usize = 14;

/// A tick is about everything.
fn everything(_: &[u8]) -> Option<Subject> {
    Some(Subject {
        flow: String::new(),
        victim: String::new(),
    })
}

/// What came of a tick that died.
struct Row {
    crash: Crash,
    told: String,
    secs: f64,
}

/// A system whose scheduler dies, and whose dialers can.
struct Explorer {
    world: World,
    ticks: Arc<Crashes>,
    dialers: Arc<Crashes>,
    explored: Arc<Explored>,
    people: usize,
    last_campaign: String,
    rows: Vec<Row>,
}

impl Explorer {
    async fn start(explored: &Arc<Explored>) -> Self {
        let ticks = Arc::new(Crashes::of("campaign-scheduler", everything));
        let dialers = Arc::new(Crashes::of("dialer", call_of));
        let guards = Guards(vec![ticks.clone(), dialers.clone()]);
        Self {
            world: World::start(SETTING, Arc::new(guards)).await.unwrap(),
            ticks,
            dialers,
            explored: explored.clone(),
            people: 0,
            last_campaign: String::new(),
            rows: Vec::new(),
        }
    }

    fn explore(&self, flow: &str, most: usize, writes: u32) {
        self.ticks.call_it(flow);
        let explored = self.explored.clone();
        self.ticks.plan(Plan::Explore {
            explored,
            most,
            writes,
        });
    }

    async fn campaign(&mut self, people: usize, begin: Begin) -> String {
        let first = self.people;
        self.people += people;
        self.world.campaign(first, people, begin).await.unwrap()
    }

    /// Waits for the end of a campaign and holds it against the promises; answers how many ticks died.
    async fn judge(&mut self, id: &str, people: usize) -> usize {
        let ended = self.world.end_of(id, PATIENCE).await.unwrap();
        let told = self.told(&ended, people);
        self.last_campaign = id.to_owned();
        let died: Vec<Crash> = self.ticks.crashes().split_off(self.rows.len());
        let over = ended.final_since.values().max().unwrap();
        let count = died.len();
        self.rows.extend(died.into_iter().map(|crash| Row {
            told: told.clone(),
            secs: over.saturating_duration_since(crash.since).as_secs_f64(),
            crash,
        }));
        count
    }

    /// Nobody is missing, everybody who was dialled was dialled once, and whoever was not cancelled
    /// was reached.
    fn told(&self, ended: &Ended, people: usize) -> String {
        let ledger = self.world.app.ledger();
        let (mut reached, mut cancelled) = (0, 0);
        for recipient in &ended.recipients {
            let number = recipient["phone_number"].as_str().unwrap();
            let dials = ledger.by_number.get(number);
            let placed = dials.map_or(0, |dials| dials.iter().filter(|dial| dial.placed).count());
            match recipient["status"].as_str() {
                Some("completed") => {
                    reached += 1;
                    assert_eq!(placed, 1, "{recipient} {:?}", self.ticks.crashes());
                }
                Some("cancelled") => {
                    cancelled += 1;
                    assert_eq!(placed, 0, "{recipient} {:?}", self.ticks.crashes());
                }
                _ => panic!("{recipient} {:?}", self.ticks.crashes()),
            }
        }
        assert_eq!(reached + cancelled, people, "{:?}", ended.recipients);
        match cancelled {
            0 => format!("{reached} of {people} reached by one dial each"),
            _ => format!("{reached} reached by one dial each, {cancelled} cancelled and not dialled"),
        }
    }

    /// Campaigns that begin by themselves, with one dead tick each, until one has none.
    async fn begin_and_finish(mut self) -> Self {
        loop {
            // Begun, laid out twice, completed.
            self.explore("a campaign", 1, 4);
            let id = self.campaign(2, Begin::In(Duration::from_secs(1))).await;
            if self.judge(&id, 2).await == 0 {
                self.look_for_missed(4);
                return self;
            }
        }
    }

    /// Campaigns that are cancelled under way, with one dead tick each, until one has none.
    async fn cancel(mut self) -> Self {
        loop {
            self.ticks.plan(Plan::Look);
            let id = self.campaign(10, Begin::Now).await;
            let api = &self.world.app.api;
            loop {
                let progress = api.get(&format!("/api/campaigns/{id}/progress")).await.unwrap();
                if progress["counts"]["calling"] != 0 {
                    break;
                }
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            self.explore("a cancelled campaign", 1, 1);
            api.post(&format!("/api/campaigns/{id}/cancel"), &json!({}))
                .await
                .unwrap();
            if self.judge(&id, 10).await == 0 {
                self.look_for_missed(1);
                return self;
            }
        }
    }

    /// A campaign all of whose dialers die at one point of theirs; then ticks die while they clear up.
    async fn clear_up(mut self, flow: &str, dialers_die: Point, meanwhile: usize) -> Self {
        self.world.limit(LEFT_BEHIND).await.unwrap();
        self.dialers.plan(Plan::Everybody(dialers_die));
        let id = self.campaign(LEFT_BEHIND, Begin::Now).await;
        while self.dialers.crashes().len() < LEFT_BEHIND {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        self.world.limit(meanwhile).await.unwrap();
        self.explore(flow, usize::MAX, 1);
        self.judge(&id, LEFT_BEHIND).await;
        self
    }

    /// Looks around, ends the system and answers what died in it.
    async fn stop(self) -> Vec<Row> {
        look_around(&self.world, &self.last_campaign).await;
        self.world.app.stop().await;
        self.rows
    }

    /// Every point that the last campaign came by is one at which a tick has died.
    fn look_for_missed(&self, writes: u32) {
        let seen: Vec<Point> = self.ticks.runs().iter().flat_map(Run::points).collect();
        let missed = self.explored.missing(&seen, writes);
        assert!(missed.is_empty(), "{missed:?}");
    }
}

fn at(name: &str, moment: Moment) -> Point {
    let step = Step {
        name: name.to_owned(),
        nth: 1,
    };
    Point {
        flow: String::new(),
        step,
        moment,
    }
}

/// Lets systems of their own explore, side by side; answers what died, and what came of it.
async fn side_by_side<F: Future<Output = Explorer> + Send + 'static>(
    count: usize,
    explored: &Arc<Explored>,
    explore: fn(Explorer) -> F,
) -> Vec<Row> {
    let mut systems = Vec::new();
    for _ in 0..count {
        // One after the other: each makes a key, and they would hold each other up.
        let explorer = Explorer::start(explored).await;
        systems.push(tokio::spawn(async move { explore(explorer).await.stop().await }));
    }
    let mut rows = Vec::new();
    for system in systems {
        rows.extend(system.await.unwrap());
    }
    rows
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_scheduler_killed_at_any_point_leaves_nobody_behind() {
    let explored = Arc::default();
    // Each system works though nobody calls, and a small machine has room for a few.
    let systems = if looks_at_every_point() { 6 } else { 3 };
    let abandoned = side_by_side(systems, &explored, |explorer| async {
        explorer.world.misbehave(&[FaultKind::WebhookLost]).await.unwrap();
        let dialled = at("POST /v1/convai/twilio/outbound-call", Moment::After);
        explorer.clear_up("abandoned calls", dialled, LEFT_BEHIND).await
    });
    let lost = side_by_side(systems / 3, &explored, |explorer| async {
        let read = at("GetItem call", Moment::Before);
        explorer.clear_up("lost messages", read, 2).await
    });
    let campaigns = side_by_side(systems, &explored, |explorer| async {
        explorer.begin_and_finish().await.cancel().await
    });
    // Not all at once: so many processes start that a small machine answers nobody in time.
    let mut rows = abandoned.await;
    let (lost, campaigns) = tokio::join!(lost, campaigns);
    rows.extend(lost.into_iter().chain(campaigns));
    rows.sort_by_cached_key(|row| (row.crash.point.flow.clone(), row.crash.since));
    println!(
        "\nThe scheduler\n\n| killed | request | what happened next | final after |\n|---|---|---|---:|"
    );
    for Row { crash, told, secs } in &rows {
        let Point { flow, step, moment } = &crash.point;
        println!("| {moment} | {flow}: `{step}` | {told} | {secs:.0} s |");
    }
    for (flow, request) in [
        ("a campaign", "PutItem campaign"),
        ("a campaign", "TransactWriteItems put recipients"),
        ("a campaign", "TransactWriteItems put call + put recipients"),
        ("a campaign", "SendMessageBatch"),
        ("a cancelled campaign", "TransactWriteItems put recipients"),
        ("a cancelled campaign", "DeleteItem sweeps"),
        ("lost messages", "SendMessageBatch"),
        ("lost messages", "PutItem call"),
        ("abandoned calls", "UpdateItem slots"),
        ("abandoned calls", "GET /v1/convai/conversations"),
        ("abandoned calls", "TransactWriteItems put call + put recipients"),
    ] {
        for moment in [Moment::Before, Moment::After] {
            let is_left_out = request.starts_with("GET ") || moment == Moment::Before;
            if is_left_out && !looks_at_every_point() {
                continue;
            }
            let died = |row: &Row| {
                let point = &row.crash.point;
                point.flow == flow && point.moment == moment && point.step.name.starts_with(request)
            };
            assert!(rows.iter().any(died), "no tick died {moment} {request}: {flow}");
        }
    }
}

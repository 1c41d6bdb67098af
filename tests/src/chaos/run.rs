//! The run, from the upload to the verdict.

use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use serde_json::{Value, json};
use switchboard_local::FaultCounts;
use switchboard_local::any_hour;
use switchboard_local::client::ApiClient;
use switchboard_simulator::{
    SAMPLE_AGENT_ID, SAMPLE_SIP_LINE_ID, SAMPLE_TWILIO_LINE_ID, ULTRAVOX_SAMPLE_AGENT_ID,
};

use super::evidence::Evidence;
use super::{ChaosPlan, Verdict, faults};
use crate::machine::{Machine, MachinePlan};
use crate::{check_counts, numbers_csv, root};

/// Between two looks.
const LOOK: Duration = Duration::from_millis(250);
/// How long recordings may take after the last call.
const RECORDINGS: Duration = Duration::from_secs(600);

/// What happened while the run went on.
#[derive(Debug, Default)]
pub(super) struct Diary {
    pub(super) reads: u64,
    pub(super) wrong_reads: u64,
    pub(super) resumed: u64,
    pub(super) restarts: u64,
    pub(super) emptied: u64,
    pub(super) faults: FaultCounts,
    pub(super) elapsed: Duration,
}

/// Runs the chaos and judges it. `say` gets a line of progress now and then.
///
/// # Errors
/// When the run could not be carried to its end.
pub async fn run_chaos(plan: &ChaosPlan, mut say: impl FnMut(&str)) -> anyhow::Result<Verdict> {
    let data = tempfile::tempdir()?;
    let mut place = MachinePlan::new(data.path(), plan.clock_factor)?;
    let machine_faults = serde_json::to_string(&faults::of_the_machine(plan))?;
    place.environment.push(("FAULTS".to_owned(), machine_faults));
    let mut machine = Machine::start(&place).await?;
    let rules = faults::of_the_provider(plan);
    machine
        .simulator("POST", "/sim/faults", Some(rules.clone()))
        .await?;
    let begun = Instant::now();
    let campaigns = start_campaigns(&machine.api, plan).await?;
    let mut diary = Diary::default();
    let (mut told, mut resumed_faults) = (Instant::now(), FaultCounts::default());
    loop {
        let (finished, total) = look(&machine.api, &campaigns, &mut diary).await;
        if total > 0 && finished == total {
            break;
        }
        if begun.elapsed().as_secs() > plan.patience_secs {
            bail!(
                "{finished} of {total} are final after {} s",
                begun.elapsed().as_secs()
            );
        }
        if plan.disasters && diary.emptied == 0 && finished * 100 > total * 35 {
            diary.emptied += 1;
            machine.api.send("POST", "/faults/empty-queue", None).await?;
            say("the dial queue is emptied");
        }
        if plan.disasters && diary.restarts == 0 && finished * 100 > total * 60 {
            diary.restarts += 1;
            resumed_faults = fault_counts(&machine.api).await.unwrap_or_default();
            machine.kill()?;
            say("the machine is killed, and started again");
            machine = Machine::start(&place).await?;
            // The simulator's rules went with it.
            machine
                .simulator("POST", "/sim/faults", Some(rules.clone()))
                .await?;
        }
        if told.elapsed() > Duration::from_secs(5) {
            told = Instant::now();
            say(&format!(
                "{:>4} s  {finished} of {total} are final",
                begun.elapsed().as_secs()
            ));
        }
        tokio::time::sleep(LOOK).await;
    }
    diary.elapsed = begun.elapsed();
    say("everybody is final; waiting for the recordings");
    wait_for_recordings(&machine.api, &campaigns).await?;
    let now = fault_counts(&machine.api).await.unwrap_or_default();
    diary.faults = FaultCounts {
        dynamodb: now.dynamodb + resumed_faults.dynamodb,
        sqs: now.sqs + resumed_faults.sqs,
        killed: now.killed + resumed_faults.killed,
    };
    let evidence = Evidence::collect(&machine, &campaigns).await?;
    let verdict = Verdict::over(plan, &diary, &evidence);
    if !verdict.holds {
        let kept = root().join("target/chaos-evidence.json");
        std::fs::write(&kept, evidence.to_json().to_string())?;
        say(&format!("what it was judged by is in {}", kept.display()));
    }
    Ok(verdict)
}

async fn fault_counts(api: &ApiClient) -> anyhow::Result<FaultCounts> {
    Ok(serde_json::from_value(api.get("/faults").await?)?)
}

/// One look at every campaign; answers how many people are final, of how many. What does not answer,
/// because it was killed or its table failed, is looked at again.
async fn look(api: &ApiClient, campaigns: &[String], diary: &mut Diary) -> (u64, u64) {
    let (mut finished, mut total) = (0, 0);
    for id in campaigns {
        let Ok(progress) = api.get(&format!("/api/campaigns/{id}/progress")).await else {
            return (0, 0);
        };
        diary.reads += 1;
        diary.wrong_reads += u64::from(check_counts(&progress["counts"]).is_err());
        let laid_out = progress["laid_out"] == true;
        finished += if laid_out {
            progress["finished"].as_u64().unwrap_or(0)
        } else {
            0
        };
        total += progress["counts"]["total"].as_u64().unwrap_or(0) + u64::from(!laid_out);
        if progress["status"] == "paused"
            && api
                .post(&format!("/api/campaigns/{id}/resume"), &json!({}))
                .await
                .is_ok()
        {
            diary.resumed += 1;
        }
    }
    (finished, total)
}

/// The agents that call, and the lines they call from: on each platform over a Twilio line and over a SIP trunk.
/// Dials over a trunk answer late at ElevenLabs.
async fn desks(api: &ApiClient) -> anyhow::Result<Vec<(Value, Value)>> {
    let nothing = json!({});
    patiently(|| api.post("/api/agents/sync", &nothing)).await?;
    patiently(|| api.get("/api/phone-lines")).await?;
    let agents = patiently(|| api.all("/api/agents")).await?;
    let agent = |id: &str| {
        let found = agents.iter().find(|agent| agent["provider_agent_id"] == id);
        Ok::<_, anyhow::Error>(found.with_context(|| format!("no agent {id}"))?["agent_id"].clone())
    };
    let (elevenlabs, ultravox) = (agent(SAMPLE_AGENT_ID)?, agent(ULTRAVOX_SAMPLE_AGENT_ID)?);
    let number = "+15005550199";
    let lines = [
        json!({ "provider": "ultravox", "phone_number": number, "label": "Twilio", "carrier": "twilio" }),
        json!({ "provider": "ultravox", "phone_number": number, "label": "Trunk", "carrier": "sip_trunk",
            "sip_domain": "trunk.example.com" }),
    ];
    let mut desks = vec![
        (elevenlabs.clone(), json!(SAMPLE_TWILIO_LINE_ID)),
        (elevenlabs, json!(SAMPLE_SIP_LINE_ID)),
    ];
    for line in lines {
        let made = patiently(|| api.post("/api/phone-lines", &line)).await?;
        desks.push((ultravox.clone(), made["phone_line_id"].clone()));
    }
    Ok(desks)
}

/// A campaign for each desk, with an equal share of the people.
async fn start_campaigns(api: &ApiClient, plan: &ChaosPlan) -> anyhow::Result<Vec<String>> {
    let limit = json!({ "concurrency_limit": plan.limit });
    patiently(|| api.put("/api/queue/settings", &limit)).await?;
    let desks = desks(api).await?;
    let mut campaigns = Vec::new();
    for (index, (agent, line)) in desks.iter().enumerate() {
        let bound = |index: usize| plan.people * index / desks.len();
        let (from, count) = (bound(index), bound(index + 1) - bound(index));
        let upload = patiently(|| api.upload("people.csv", numbers_csv(from, count))).await?;
        let campaign = json!({
            "name": "Chaos", "agent_id": agent, "phone_line_id": line, "list_ids": [upload["list_id"]],
            "start": "now", "ringing_timeout_secs": plan.ringing_timeout_secs,
            "rules": { "calling_hours": any_hour() },
            "retry": { "max_attempts": plan.max_attempts, "delay_secs": 2, "retry_on": ["no_answer", "busy", "failed"] },
        });
        let created = patiently(|| api.post("/api/campaigns", &campaign)).await?;
        let id = created["campaign_id"].as_str().context("no campaign id")?;
        campaigns.push(id.to_owned());
    }
    Ok(campaigns)
}

/// Tries again what a fault refused, as a person would.
pub(super) async fn patiently<T, F: Future<Output = anyhow::Result<T>>>(
    mut ask: impl FnMut() -> F,
) -> anyhow::Result<T> {
    for _ in 0..20 {
        if let Ok(answer) = ask().await {
            return Ok(answer);
        }
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
    ask().await
}

async fn wait_for_recordings(api: &ApiClient, campaigns: &[String]) -> anyhow::Result<()> {
    let begun = Instant::now();
    while begun.elapsed() < RECORDINGS {
        let mut waiting = 0;
        for id in campaigns {
            let of_it = format!("/api/calls?campaign_id={id}");
            let calls = patiently(|| api.all(&of_it)).await?;
            waiting += calls.iter().filter(|call| is_waiting(call)).count();
        }
        if waiting == 0 {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_secs(5)).await;
    }
    Ok(())
}

fn is_waiting(call: &Value) -> bool {
    let talked = matches!(call["status"].as_str(), Some("completed" | "voicemail"));
    talked && (call["recording"]["state"] == "pending" || call["results_complete"] == false)
}

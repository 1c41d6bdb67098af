//! What goes wrong, and how often.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use switchboard_local::{FaultPlan, KillPlan};

use super::ChaosPlan;

/// Faults of the AWS services, and the functions that are killed.
pub(super) fn of_the_machine(plan: &ChaosPlan) -> FaultPlan {
    if plan.calm {
        return FaultPlan::default();
    }
    let rates = |rates: &[(&str, f64)]| {
        let named = rates.iter().map(|(name, rate)| ((*name).to_owned(), *rate));
        named.collect::<BTreeMap<_, _>>()
    };
    let killed = [
        "dialer",
        "campaign-scheduler",
        "provider-webhooks",
        "conversation-sync",
    ];
    FaultPlan {
        seed: plan.seed,
        dynamodb: rates(&[
            ("throttled", 0.004),
            ("transaction_conflict", 0.01),
            ("internal_error_before", 0.003),
            ("internal_error_after", 0.002),
            ("answer_lost", 0.002),
        ]),
        sqs: rates(&[
            ("internal_error_before", 0.01),
            ("internal_error_after", 0.005),
            ("answer_lost", 0.005),
            ("batch_entry_fails", 0.01),
            ("deliver_twice", 0.03),
        ]),
        kill: Some(KillPlan {
            functions: killed.iter().map(ToString::to_string).collect(),
            every_ms: plan.kill_every_ms,
        }),
    }
}

/// Faults of the provider. Those that hold a slot for a minute, because nobody can know better, are rare.
pub(super) fn of_the_provider(plan: &ChaosPlan) -> Value {
    if plan.calm {
        return json!([]);
    }
    let rates = [
        ("too_many_calls", 0.01),
        ("system_busy", 0.01),
        ("error_before", 0.003),
        ("error_after", 0.01),
        ("success_false", 0.01),
        ("webhook_lost", 0.05),
        ("webhook_twice", 0.05),
        ("webhook_first", 0.05),
        ("webhook_forged", 0.01),
        ("webhook_stale", 0.01),
        ("webhook_malformed", 0.01),
        ("no_audio", 0.02),
    ];
    let mut rules: Vec<Value> = rates
        .iter()
        .map(|(kind, probability)| json!({ "kind": kind, "probability": probability }))
        .collect();
    rules.push(json!({ "kind": "webhook_late", "probability": 0.05, "secs": 5 }));
    rules.push(json!({ "kind": "hang_before", "probability": 0.001, "secs": 60 }));
    rules.push(json!({ "kind": "hang_after", "probability": 0.003, "secs": 60 }));
    rules.push(json!({ "kind": "large_audio", "probability": 0.003, "bytes": 8_000_000 }));
    // Each pauses the campaigns once, by design; the run resumes them as a person would.
    rules.push(json!({ "kind": "out_of_credit", "probability": 0.02, "count": 1 }));
    rules.push(json!({ "kind": "quota_exceeded", "probability": 0.01, "count": 1 }));
    Value::Array(rules)
}

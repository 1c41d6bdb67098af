//! What the numbers and times of a campaign may be.

use jiff::{SignedDuration, Timestamp};
use switchboard_domain::{
    AgentStatus, AutoPause, CallStatus, CampaignRules, Disclosure, LONGEST_CAP_HOURS, MAX_CONCURRENCY_LIMIT,
    ProviderKind, RetryPolicy, RetryRule,
};

use switchboard_service::Problem;

use super::create::other_platform;
use crate::api::Api;
use crate::checks::Checks;
use crate::limits::MAX_NAME;

/// Longest wait between two attempts.
const MAX_DELAY_SECS: u32 = 7 * 24 * 3_600;
/// Most further lines of one campaign.
const MAX_LINES: usize = 50;
/// Most further agents of one campaign.
const MAX_AGENTS: usize = 9;
/// Most frequency caps of one campaign.
const MAX_CAPS: usize = 5;
/// Most items that an agent has to say first.
const MAX_ITEMS: usize = 5;
/// Most ways to say one item.
const MAX_WAYS: usize = 20;
/// Most characters of one way.
const MAX_WORDS: usize = 100;
/// Each wait in percent of the one before.
const BACKOFF_PERCENT: std::ops::RangeInclusive<u32> = 100..=1_000;
/// How far ahead a campaign may be planned.
const MAX_AHEAD: SignedDuration = SignedDuration::from_hours(366 * 24);

pub(super) fn name(checks: &mut Checks, name: &str) {
    checks.text("name", name, 1..=MAX_NAME);
}

pub(super) fn retry(checks: &mut Checks, retry: &RetryPolicy) {
    checks.range("retry.max_attempts", &retry.max_attempts, 1..=10);
    checks.range("retry.delay_secs", &retry.delay_secs, 1..=MAX_DELAY_SECS);
    checks.range("retry.backoff_percent", &retry.backoff_percent, BACKOFF_PERCENT);
    for (outcome, rule) in &retry.by_outcome {
        retry_rule(
            checks,
            &format!("retry.by_outcome.{}", CallStatus::from(*outcome).as_str()),
            rule,
        );
    }
}

fn retry_rule(checks: &mut Checks, at: &str, rule: &RetryRule) {
    if let Some(most) = &rule.max_attempts {
        checks.range(&format!("{at}.max_attempts"), most, 1..=10);
    }
    checks.range(&format!("{at}.delay_secs"), &rule.delay_secs, 1..=MAX_DELAY_SECS);
    checks.range(
        &format!("{at}.backoff_percent"),
        &rule.backoff_percent,
        BACKOFF_PERCENT,
    );
}

pub(super) fn limit(checks: &mut Checks, limit: u32) {
    checks.range("concurrency_limit", &limit, 1..=MAX_CONCURRENCY_LIMIT);
}

pub(super) fn weight(checks: &mut Checks, weight: u32) {
    checks.range("weight", &weight, 1..=100);
}

/// What the rules of a campaign may be, beyond their form.
pub(super) fn all(checks: &mut Checks, rules: &CampaignRules) {
    if rules.frequency_caps.len() > MAX_CAPS {
        checks.wrong("rules.frequency_caps", format!("name at most {MAX_CAPS}"));
    }
    for (index, cap) in rules.frequency_caps.iter().take(MAX_CAPS).enumerate() {
        let field = |name: &str| format!("rules.frequency_caps[{index}].{name}");
        checks.range(&field("calls"), &cap.calls, 1..=100);
        checks.range(&field("hours"), &cap.hours, 1..=LONGEST_CAP_HOURS);
    }
    if let Some(days) = &rules.skip_called_within_days {
        checks.range("rules.skip_called_within_days", days, 1..=30);
    }
    if let Some(starts) = &rules.starts_per_minute {
        checks.range("rules.starts_per_minute", starts, 1..=60_000);
    }
    if let Some(ramp) = &rules.ramp_up_secs {
        checks.range("rules.ramp_up_secs", ramp, 1..=86_400);
    }
    auto_pause(checks, &rules.auto_pause);
    if let Some(asked) = &rules.disclosure {
        disclosure(checks, asked);
    }
    if rules.more_phone_lines.len() > MAX_LINES {
        checks.wrong("rules.more_phone_lines", format!("name at most {MAX_LINES}"));
    }
    if rules.more_agents.len() > MAX_AGENTS {
        checks.wrong("rules.more_agents", format!("name at most {MAX_AGENTS}"));
    }
    for (index, agent) in rules.more_agents.iter().take(MAX_AGENTS).enumerate() {
        checks.range(
            &format!("rules.more_agents[{index}].weight"),
            &agent.weight,
            1..=1_000,
        );
    }
}

fn disclosure(checks: &mut Checks, asked: &Disclosure) {
    let field = "rules.disclosure.first_words";
    checks.range(field, &asked.first_words.len(), 1..=MAX_ITEMS);
    for (index, ways) in asked.first_words.iter().take(MAX_ITEMS).enumerate() {
        let field = format!("{field}[{index}]");
        checks.range(&field, &ways.len(), 1..=MAX_WAYS);
        for way in ways.iter().take(MAX_WAYS) {
            checks.text(&field, way, 1..=MAX_WORDS);
            if !Disclosure::is_sayable(way) {
                checks.wrong(&field, "write words that can be said");
            }
        }
    }
}

fn auto_pause(checks: &mut Checks, rule: &AutoPause) {
    checks.range("rules.auto_pause.within_secs", &rule.within_secs, 10..=3_600);
    checks.range("rules.auto_pause.at_least_calls", &rule.at_least_calls, 1..=200);
    if let Some(secs) = &rule.provider_down_secs {
        checks.range("rules.auto_pause.provider_down_secs", secs, 30..=86_400);
    }
    for (name, percent) in [
        ("failed_percent", rule.failed_percent),
        ("voicemail_percent", rule.voicemail_percent),
        ("no_answer_percent", rule.no_answer_percent),
    ] {
        if let Some(percent) = percent {
            checks.range(&format!("rules.auto_pause.{name}"), &percent, 1..=100);
        }
    }
}

/// Looks up the further agents and lines of a campaign, and fills in what the records say of them.
pub(super) async fn look_up(
    api: &Api,
    checks: &mut Checks,
    provider: ProviderKind,
    rules: &mut CampaignRules,
) -> Result<(), Problem> {
    for (index, line) in rules.more_phone_lines.iter_mut().take(MAX_LINES).enumerate() {
        let field = format!("rules.more_phone_lines[{index}].phone_line_id");
        match api.store.find_phone_line(&line.phone_line_id).await? {
            Some(found) if found.provider != provider => {
                checks.wrong(field, other_platform(&found, provider));
            }
            Some(found) if found.supports_outbound => line.carrier = line.carrier.or(Some(found.carrier)),
            Some(_) => checks.wrong(field, "no calls can be placed from this line: choose another one"),
            None => checks.wrong(
                field,
                "there is no such phone line: choose one of GET /api/phone-lines",
            ),
        }
    }
    for (index, agent) in rules.more_agents.iter_mut().take(MAX_AGENTS).enumerate() {
        let field = format!("rules.more_agents[{index}].agent_id");
        match api.store.find_agent(&agent.agent_id).await? {
            Some(found) if found.provider == provider && found.status != AgentStatus::Missing => {
                agent.provider_agent_id = Some(found.provider_agent_id);
            }
            Some(_) => checks.wrong(field, "choose an agent of the same platform that is there"),
            None => checks.wrong(field, "there is no such agent: choose one of GET /api/agents"),
        }
    }
    Ok(())
}

/// A moment to come, not too far away.
pub(super) fn ahead(checks: &mut Checks, field: &str, at: Timestamp, now: Timestamp) {
    if at <= now || at.duration_since(now) > MAX_AHEAD {
        checks.wrong(
            field,
            "choose a moment within the next year, as 2026-12-01T09:00:00Z",
        );
    }
}

//! The calling rules of countries and states, and who confirmed them.

use std::collections::BTreeMap;

use axum::Json;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use switchboard_domain::{Rule, RuleConfirmation};
use switchboard_service::Problem;
use utoipa::ToSchema;

use crate::answer::{Answer, Refusals};
use crate::api::Api;
use crate::body::JsonBody;
use crate::checks::Checks;
use crate::roles::{Operator, Viewer};
use crate::route_set::{RouteSet, routes};

/// What everybody is to know who reads the rules.
const NOTICE: &str = "These rules are read from public sources to help you keep to them. They are not legal advice: \
                      have somebody who knows look at them, then confirm them. You answer for the calls you make.";
/// Days of the week, from Monday on.
const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

pub(crate) fn routes<R: RouteSet>() -> R {
    R::new()
        .routes(routes!(get_calling_rules))
        .routes(routes!(confirm_calling_rules))
}

/// The rules in force.
#[derive(Debug, Serialize, ToSchema)]
struct CallingRules {
    /// What to know before relying on them.
    notice: &'static str,
    /// Whether a campaign starts only when every rule that holds for its people is confirmed
    /// (`require_confirmed_rules` of the dial settings).
    required: bool,
    /// The rules, by id.
    items: Vec<CallingRule>,
}

/// A rule of a country or a state.
#[derive(Debug, Serialize, ToSchema)]
struct CallingRule {
    /// Its id, also that of its file.
    id: &'static str,
    /// What people see.
    name: &'static str,
    /// ISO 3166 code of the country; `*`: every country without a rule of its own.
    country: &'static str,
    /// Countries and territories with codes of their own where it holds as well.
    also_countries: &'static [&'static str],
    /// State of the United States; none: the whole country.
    region: Option<&'static str>,
    /// When people may be called, by the day of the week, in their own time; a day that is left out is closed.
    #[schema(value_type = BTreeMap<String, Vec<String>>)]
    windows: BTreeMap<&'static str, Vec<String>>,
    /// Days on which nobody is called.
    holidays: Vec<RuleHoliday>,
    /// How often a person may be called.
    limits: Vec<RuleLimit>,
    /// Statute or regulator, and section.
    source: &'static str,
    /// The date of the text that the file was compared with, as 2026-01-31.
    #[schema(value_type = String, format = Date)]
    as_of: Date,
    /// Names the text of the file: another one is to be confirmed again.
    version: &'static str,
    /// Sources disagree, none was at hand, or the hours are our own: ask before relying on it.
    unconfirmed: bool,
    /// What the hours and holidays do not say.
    note: &'static str,
    /// Whether somebody confirmed this version.
    confirmed: bool,
    /// Who last confirmed it, when, and which version; none: nobody did.
    confirmation: Option<RuleConfirmation>,
}

/// A day on which nobody is called.
#[derive(Debug, Serialize, ToSchema)]
struct RuleHoliday {
    /// What people call it.
    name: &'static str,
    /// The next time; where it falls on a weekend, another day may be kept as well.
    #[schema(value_type = Option<String>, format = Date)]
    next: Option<Date>,
}

/// At most so many calls to one person in so many hours.
#[derive(Debug, Serialize, ToSchema)]
struct RuleLimit {
    /// Calls that are allowed.
    calls: u32,
    /// Hours that are looked back on.
    hours: u32,
    /// What the calls must have in common to count; none: all count.
    about: Option<&'static str>,
}

impl CallingRule {
    fn of(rule: &'static Rule, confirmations: &[RuleConfirmation], today: Date) -> Self {
        let confirmation = confirmations.iter().find(|one| one.rule_id == rule.id);
        let days = DAYS.iter().zip(rule.hours());
        Self {
            id: rule.id,
            name: rule.name,
            country: rule.country,
            also_countries: rule.also_countries,
            region: rule.region,
            windows: days
                .filter(|(_, windows)| !windows.is_empty())
                .map(|(day, windows)| (*day, windows.iter().map(ToString::to_string).collect()))
                .collect(),
            holidays: rule
                .holidays
                .iter()
                .map(|holiday| RuleHoliday {
                    name: holiday.name,
                    next: [today.year(), today.year() + 1]
                        .into_iter()
                        .filter_map(|year| holiday.in_year(year))
                        .find(|day| *day >= today),
                })
                .collect(),
            limits: rule
                .limits
                .iter()
                .map(|limit| RuleLimit {
                    calls: limit.calls,
                    hours: limit.hours,
                    about: limit.about,
                })
                .collect(),
            source: rule.source,
            as_of: rule.as_of,
            version: rule.version,
            unconfirmed: rule.unconfirmed,
            note: rule.note,
            confirmed: confirmation.is_some_and(|one| one.is_of(rule)),
            confirmation: confirmation.cloned(),
        }
    }
}

async fn all(api: &Api) -> Answer<CallingRules> {
    let (confirmations, settings) = tokio::join!(api.store.rule_confirmations(), api.store.dial_settings());
    let confirmations = confirmations?;
    let today = api.now().to_zoned(TimeZone::UTC).date();
    let rules = Rule::all().iter();
    Ok(Json(CallingRules {
        notice: NOTICE,
        required: settings?.require_confirmed_rules,
        items: rules
            .map(|rule| CallingRule::of(rule, &confirmations, today))
            .collect(),
    }))
}

/// The rules by which people may be called, and who confirmed them.
#[utoipa::path(get, path = "/calling-rules", tag = "campaigns", responses((status = OK, body = CallingRules), Refusals))]
async fn get_calling_rules(Viewer(api): Viewer) -> Answer<CallingRules> {
    all(&api).await
}

/// Rules to be confirmed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ConfirmRules {
    /// Each with the version that was looked at.
    #[schema(min_items = 1, max_items = 200)]
    rules: Vec<ConfirmRule>,
}

/// A rule as somebody looked at it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ConfirmRule {
    /// Its id.
    id: String,
    /// Its version.
    version: String,
}

/// Confirms rules: whoever sends this has looked at them and answers for keeping to them. Refused when one
/// changed since it was looked at.
#[utoipa::path(post, path = "/calling-rules/confirm", tag = "campaigns", request_body = ConfirmRules,
    responses((status = OK, body = CallingRules), Refusals))]
async fn confirm_calling_rules(
    Operator(api): Operator,
    JsonBody(request): JsonBody<ConfirmRules>,
) -> Answer<CallingRules> {
    let most = Rule::all().len();
    let mut checks = Checks::default();
    if request.rules.is_empty() || request.rules.len() > most {
        checks.wrong("rules", format!("name 1 to {most} rules"));
    }
    let (mut rules, mut changed) = (Vec::new(), Vec::new());
    for (index, wanted) in request.rules.iter().take(most).enumerate() {
        match Rule::find(&wanted.id) {
            Some(rule) if rule.version == wanted.version => rules.push(rule),
            Some(rule) => changed.push(rule.name),
            None => checks.wrong(
                format!("rules[{index}].id"),
                "there is no such rule: choose one of GET /api/calling-rules",
            ),
        }
    }
    checks.done()?;
    if !changed.is_empty() {
        return Err(Problem::conflict(format!(
            "These rules are others than you looked at: {}. Look at them again, then confirm them.",
            changed.join(", ")
        )));
    }
    for rule in rules {
        let confirmation = RuleConfirmation {
            rule_id: rule.id.to_owned(),
            version: rule.version.to_owned(),
            as_of: rule.as_of,
            confirmed_by: api.caller.subject.clone(),
            confirmed_by_name: api.caller.name.clone(),
            confirmed_at: api.now(),
        };
        api.store.put_rule_confirmation(&confirmation).await?;
        api.audit("calling_rule.confirmed", rule.id).await;
    }
    all(&api).await
}

//! Which rule decides where a call goes.

use jiff::civil::{Date, DateTime, Time, Weekday};
use serde::{Deserialize, Serialize};

use super::caller_language::{languages_of, primary};
use crate::{
    ReceptionSettings, RouteAnswer, RouteQuestion, RouteTarget, RoutingConditions, RoutingPlan, RoutingRule,
    RoutingRuleId, Zone,
};

/// Stands among the callers of a rule for those whose number is not shown.
pub const ANONYMOUS: &str = "anonymous";

/// What one rule says of a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RouteTried {
    /// The rule.
    pub rule_id: RoutingRuleId,
    /// Its name.
    pub name: String,
    /// Whether it is the one that decides.
    pub holds: bool,
    /// Why it does, or why not; one sentence for people.
    pub because: String,
}

/// A moment as the reception's clock and calendar have it.
struct LocalMoment {
    clock: DateTime,
    zone: String,
}

impl LocalMoment {
    /// A zone that nobody knows is UTC: a call must go somewhere.
    fn of(question: &RouteQuestion, settings: &ReceptionSettings) -> Self {
        let zone = Zone::parse(&settings.time_zone).unwrap_or_else(|_| Zone::utc());
        Self {
            clock: zone.clock_at(question.at),
            zone: zone.name().to_owned(),
        }
    }

    /// The day whose hours these are: of a rule over midnight, the early hours are those of the day before.
    fn day_for(&self, when: &RoutingConditions) -> Date {
        let over_midnight = matches!((when.from, when.until), (Some(from), Some(until)) if until < from);
        let early = when.until.is_some_and(|until| self.clock.time() < until);
        match over_midnight && early {
            true => self.clock.date().yesterday().unwrap_or(self.clock.date()),
            false => self.clock.date(),
        }
    }
}

impl RoutingPlan<'_> {
    /// Where a call goes: as the first rule that holds says, else to voicemail.
    pub fn route(&self, question: &RouteQuestion) -> RouteAnswer {
        let now = LocalMoment::of(question, self.settings);
        let deciding = self
            .in_order()
            .into_iter()
            .find(|rule| self.holds(rule, question, &now).is_ok());
        let language = deciding.and_then(|rule| rule.language.clone());
        RouteAnswer {
            rule_id: deciding.map(|rule| rule.rule_id.clone()),
            rule_name: deciding.map(|rule| rule.name.clone()),
            targets: deciding.map_or_else(|| vec![RouteTarget::Voicemail], |rule| to_the_end(&rule.targets)),
            language: language.unwrap_or_else(|| self.settings.language.clone()),
        }
    }

    /// What every rule says of a call, in the order in which they are asked.
    pub fn tried(&self, question: &RouteQuestion) -> Vec<RouteTried> {
        let now = LocalMoment::of(question, self.settings);
        let mut decided: Option<&str> = None;
        let rules = self.in_order();
        let tried = rules.into_iter().map(|rule| {
            let (holds, because) = match (decided, self.holds(rule, question, &now)) {
                (_, Err(because)) => (false, because),
                (Some(other), Ok(())) => (false, format!("Not asked: “{other}” decides before it.")),
                (None, Ok(())) => (true, held_because(&rule.when).to_owned()),
            };
            if holds {
                decided = Some(&rule.name);
            }
            RouteTried {
                rule_id: rule.rule_id.clone(),
                name: rule.name.clone(),
                holds,
                because,
            }
        });
        tried.collect()
    }

    fn in_order(&self) -> Vec<&RoutingRule> {
        let mut rules: Vec<&RoutingRule> = self.rules.iter().collect();
        rules.sort_by_key(|rule| (rule.position, &rule.rule_id));
        rules
    }

    /// Whether a rule holds; if not, why.
    fn holds(&self, rule: &RoutingRule, question: &RouteQuestion, now: &LocalMoment) -> Result<(), String> {
        if !rule.enabled {
            return Err("It is switched off.".to_owned());
        }
        let when = &rule.when;
        called(when, question)?;
        caller(when, question)?;
        language(when, question)?;
        let day = now.day_for(when);
        hours(when, now)?;
        weekday(when, day, now)?;
        self.holiday(when, day)
    }

    fn holiday(&self, when: &RoutingConditions, day: Date) -> Result<(), String> {
        let is_holiday = self.settings.holidays.contains(&day);
        match when.holidays {
            Some(true) if !is_holiday => Err(format!("It holds on holidays only, and {day} is none.")),
            Some(false) if is_holiday => Err(format!("It does not hold on holidays, and {day} is one.")),
            _ => Ok(()),
        }
    }
}

/// The targets as they are tried. Nothing comes after voicemail, which always answers, or after the end; whatever the
/// rule says last, the caller can leave a message then.
fn to_the_end(targets: &[RouteTarget]) -> Vec<RouteTarget> {
    let is_end = |target: &RouteTarget| matches!(target, RouteTarget::Voicemail | RouteTarget::Closed);
    let end = targets.iter().position(is_end);
    let mut targets = targets[..end.map_or(targets.len(), |end| end + 1)].to_vec();
    if end.is_none() {
        targets.push(RouteTarget::Voicemail);
    }
    targets
}

fn called(when: &RoutingConditions, question: &RouteQuestion) -> Result<(), String> {
    let fits = |number| when.called.contains(number);
    match when.called.is_empty() || question.called.as_ref().is_some_and(fits) {
        true => Ok(()),
        false => Err("Another number was called.".to_owned()),
    }
}

fn caller(when: &RoutingConditions, question: &RouteQuestion) -> Result<(), String> {
    if when.callers.is_empty() {
        return Ok(());
    }
    match &question.caller {
        Some(number)
            if when
                .callers
                .iter()
                .any(|begins| begins.starts_with('+') && number.as_str().starts_with(begins)) =>
        {
            Ok(())
        }
        Some(_) => Err("The caller's number begins otherwise.".to_owned()),
        None if when.callers.iter().any(|caller| caller == ANONYMOUS) => Ok(()),
        None => Err("The caller's number is not shown.".to_owned()),
    }
}

fn language(when: &RoutingConditions, question: &RouteQuestion) -> Result<(), String> {
    if when.languages.is_empty() {
        return Ok(());
    }
    let Some(number) = &question.caller else {
        return Err("The caller's number is not shown, so nobody knows their language.".to_owned());
    };
    let spoken = languages_of(number);
    let wanted: Vec<String> = when.languages.iter().map(|code| primary(code)).collect();
    if spoken
        .iter()
        .any(|code| wanted.iter().any(|wanted| wanted == code))
    {
        return Ok(());
    }
    Err(match spoken {
        [] => "Nobody knows the language of the caller's country.".to_owned(),
        spoken => format!("In the caller's country they speak {}.", spoken.join(" or ")),
    })
}

/// Whether it is the time of day; if not, why.
fn hours(when: &RoutingConditions, now: &LocalMoment) -> Result<(), String> {
    let time = now.clock.time();
    let (fits, says) = match (when.from, when.until) {
        (None, None) => return Ok(()),
        (Some(from), None) => (from <= time, format!("from {} on", short(from))),
        (None, Some(until)) => (time < until, format!("before {}", short(until))),
        (Some(from), Some(until)) if from < until => (
            (from..until).contains(&time),
            format!("from {} to {}", short(from), short(until)),
        ),
        (Some(from), Some(until)) => (
            from <= time || time < until,
            format!("from {} to {} of the next day", short(from), short(until)),
        ),
    };
    match fits {
        true => Ok(()),
        false => Err(format!(
            "It holds {says}, and it is {} in {}.",
            short(time),
            now.zone
        )),
    }
}

fn weekday(when: &RoutingConditions, day: Date, now: &LocalMoment) -> Result<(), String> {
    if when.days.is_empty() || when.days.contains(&day.weekday()) {
        return Ok(());
    }
    let since = match day == now.clock.date() {
        true => "it is",
        false => "these hours are those of",
    };
    Err(format!(
        "It does not hold on this day of the week: {since} {} in {}.",
        name(day.weekday()),
        now.zone
    ))
}

fn held_because(when: &RoutingConditions) -> &'static str {
    match *when == RoutingConditions::default() {
        true => "It holds for every call.",
        false => "All its conditions hold.",
    }
}

/// A time of day without seconds.
fn short(time: Time) -> String {
    time.strftime("%H:%M").to_string()
}

fn name(day: Weekday) -> &'static str {
    match day {
        Weekday::Monday => "Monday",
        Weekday::Tuesday => "Tuesday",
        Weekday::Wednesday => "Wednesday",
        Weekday::Thursday => "Thursday",
        Weekday::Friday => "Friday",
        Weekday::Saturday => "Saturday",
        Weekday::Sunday => "Sunday",
    }
}

#[cfg(test)]
mod tests;

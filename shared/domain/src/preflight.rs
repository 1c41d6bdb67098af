//! What a campaign would do, looked at before it does it.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use switchboard_calling_hours::{Answer, Rule, ZoneSource};

use crate::{
    Campaign, DialSettings, Dialled, DoNotCallRegister, FrequencyLimits, PhoneNumber, Purpose, Recipient,
    SkipReason, register_warning,
};

/// People named who will not be called.
const MOST_EXAMPLES: usize = 20;
/// Openings that are looked through for the end.
const MOST_OPENINGS: u32 = 1_000;
/// How long a call is taken to hold its slot, ringing included, where nothing better is known.
const USUAL_CALL_SECS: u64 = 60;

/// What is known of a person besides the row.
#[derive(Debug, Clone, Default)]
pub struct PersonFacts {
    /// The number is on the do-not-call list.
    pub do_not_call: bool,
    /// The calls of the last 30 days.
    pub dialled: Dialled,
    /// Line of the uploaded file.
    pub line: Option<u64>,
}

/// Somebody who will not be called.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SkipExample {
    /// Line of the uploaded file.
    pub line: Option<u64>,
    /// The number, masked.
    pub phone_number: String,
    /// Why not.
    pub reason: SkipReason,
    /// The variables that have no value.
    pub missing: Vec<String>,
}

/// A rule that holds for some of the people.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RuleInUse {
    /// Its id.
    pub id: &'static str,
    /// What people see.
    pub name: &'static str,
    /// Statute or regulator, and section.
    pub source: &'static str,
    /// The date of the text that it was compared with, as 2026-01-31.
    pub as_of: String,
    /// Ask before relying on it: sources disagree, none was at hand, or the hours are our own.
    pub unconfirmed: bool,
    /// Somebody of the company has looked at it as it is now and confirmed it.
    pub confirmed: bool,
    /// For how many of the people who were looked at.
    pub people: u64,
}

/// What a campaign would do if it began now.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Preflight {
    /// People in the lists and in the campaign.
    pub people: u64,
    /// People who were looked at. When they are fewer, everything that is counted is reckoned up from them.
    pub looked_at: u64,
    /// How many will be called.
    pub will_be_called: u64,
    /// How many will not, by reason.
    #[cfg_attr(feature = "openapi", schema(value_type = BTreeMap<String, u64>))]
    pub skipped: BTreeMap<SkipReason, u64>,
    /// Some of those.
    pub examples: Vec<SkipExample>,
    /// Variables without a value, and in how many rows.
    pub missing_variables: BTreeMap<String, u64>,
    /// How many may be called at once.
    pub open_now: u64,
    /// How many wait for their hours.
    pub open_later: u64,
    /// When the first of those may be called.
    pub first_opening: Option<Timestamp>,
    /// How many had so many calls lately that they wait for the next.
    pub called_lately: u64,
    /// How many by where their time zone comes from.
    #[cfg_attr(feature = "openapi", schema(value_type = BTreeMap<String, u64>))]
    pub zones: BTreeMap<&'static str, u64>,
    /// The rules that hold, and for how many.
    pub rules: Vec<RuleInUse>,
    /// Most calls at one time.
    pub peak_calls: u64,
    /// When it would be over, if every call took a minute and half of the further attempts were needed.
    pub estimated_finish: Option<Timestamp>,
    /// The most that it can cost, in US cents, at the price that is set: every attempt as long as can be.
    pub cost_ceiling_cents: u64,
    /// What to look at before it begins.
    pub warnings: Vec<String>,
}

/// Looks at people one by one.
pub struct PreflightBuilder<'a> {
    campaign: &'a Campaign,
    settings: &'a DialSettings,
    limit: u32,
    now: Timestamp,
    registers: &'a [DoNotCallRegister],
    seen: HashSet<u64>,
    looked_at: u64,
    callable: u64,
    skipped: BTreeMap<SkipReason, u64>,
    examples: Vec<SkipExample>,
    missing: BTreeMap<String, u64>,
    open_now: u64,
    open_later: u64,
    first_opening: Option<Timestamp>,
    called_lately: u64,
    zones: BTreeMap<&'static str, u64>,
    rules: BTreeMap<&'static str, u64>,
    confirmed: BTreeSet<&'static str>,
    bursting: Vec<String>,
    voices_gone: Vec<String>,
    /// What each of those who will be called can cost at most, in attempts, added up.
    attempts: u64,
    /// One of the people who may be called, whose hours stand for the others'.
    example: Option<Recipient>,
}

impl<'a> PreflightBuilder<'a> {
    /// Looks at `campaign` as if it began at `now`. `limit` is the queue's.
    pub fn new(campaign: &'a Campaign, settings: &'a DialSettings, limit: u32, now: Timestamp) -> Self {
        let now = campaign.start_at.map_or(now, |start| start.max(now));
        Self {
            campaign,
            settings,
            limit,
            now,
            registers: &[],
            seen: HashSet::new(),
            looked_at: 0,
            callable: 0,
            skipped: BTreeMap::new(),
            examples: Vec::new(),
            missing: BTreeMap::new(),
            open_now: 0,
            open_later: 0,
            first_opening: None,
            called_lately: 0,
            zones: BTreeMap::new(),
            rules: BTreeMap::new(),
            confirmed: BTreeSet::new(),
            bursting: Vec::new(),
            voices_gone: Vec::new(),
            attempts: 0,
            example: None,
        }
    }

    /// With the ids of the rules that somebody confirmed, and the names of its agents that burst.
    #[must_use]
    pub fn knowing(mut self, confirmed: BTreeSet<&'static str>, bursting: Vec<String>) -> Self {
        (self.confirmed, self.bursting) = (confirmed, bursting);
        self
    }

    /// Warns of these agents, by name: their provider has their voice no longer.
    #[must_use]
    pub fn with_voices_gone(mut self, agents: Vec<String>) -> Self {
        self.voices_gone = agents;
        self
    }

    /// Warns of registers of the do-not-call list that are outdated when the campaign begins.
    #[must_use]
    pub fn with_registers(mut self, registers: &'a [DoNotCallRegister]) -> Self {
        self.registers = registers;
        self
    }

    /// Looks at one person.
    pub fn person(&mut self, person: &Recipient, facts: &PersonFacts) {
        self.looked_at += 1;
        let reason = self.reason(person, facts);
        if let Some(reason) = reason {
            return self.skip(person, facts, reason);
        }
        let decision = person.may_be_called(&self.campaign.rules.calling_hours, self.now);
        let source = match decision.zone_source {
            ZoneSource::Column => "column",
            ZoneSource::Number => "number",
            ZoneSource::Campaign => "campaign",
            ZoneSource::Unknown => "unknown",
        };
        *self.zones.entry(source).or_default() += 1;
        for rule in &decision.rules_used {
            *self.rules.entry(rule.id).or_default() += 1;
        }
        let opens_at = match decision.answer {
            Answer::Open { .. } => self.now,
            Answer::Closed { opens_at, .. } => opens_at,
            Answer::Never { .. } => return self.skip(person, facts, SkipReason::WindowClosed),
        };
        if self.campaign.end_at.is_some_and(|end| opens_at >= end) {
            return self.skip(person, facts, SkipReason::WindowClosed);
        }
        let allowed = FrequencyLimits::of(self.campaign, &decision).next_allowed(&facts.dialled, self.now);
        self.called_lately += u64::from(allowed > self.now);
        self.callable += 1;
        self.attempts += u64::from(self.campaign.retry_for(person).max_attempts);
        if opens_at <= self.now {
            self.open_now += 1;
        } else {
            self.open_later += 1;
            self.first_opening = Some(self.first_opening.map_or(opens_at, |first| first.min(opens_at)));
        }
        if self.example.is_none() {
            self.example = Some(person.clone());
        }
    }

    fn reason(&mut self, person: &Recipient, facts: &PersonFacts) -> Option<SkipReason> {
        if !self.seen.insert(person.phone_number.digits()) {
            return Some(SkipReason::Duplicate);
        }
        if facts.do_not_call {
            return Some(SkipReason::DoNotCall);
        }
        let lately = self.campaign.rules.skip_called_within_days;
        if lately.is_some_and(|days| facts.dialled.called_within(days, self.now)) {
            return Some(SkipReason::FrequencyCap);
        }
        self.campaign.reason_to_skip(person, self.now)
    }

    fn skip(&mut self, person: &Recipient, facts: &PersonFacts, reason: SkipReason) {
        *self.skipped.entry(reason).or_default() += 1;
        let missing: Vec<String> = match reason {
            SkipReason::MissingVariable => self.campaign.missing_variables(person).cloned().collect(),
            _ => Vec::new(),
        };
        for name in &missing {
            *self.missing.entry(name.clone()).or_default() += 1;
        }
        if self.examples.len() < MOST_EXAMPLES {
            self.examples.push(SkipExample {
                line: facts.line,
                phone_number: masked(&person.phone_number),
                reason,
                missing,
            });
        }
    }

    /// What came of it, where the campaign has `people` in all.
    pub fn finish(self, people: u64) -> Preflight {
        let scaled = |count: u64| match self.looked_at {
            0 => 0,
            looked_at => {
                let whole = u128::from(count) * u128::from(people) / u128::from(looked_at);
                u64::try_from(whole).unwrap_or(u64::MAX)
            }
        };
        let will_be_called = scaled(self.callable);
        let rules = self.rules_in_use();
        let reserve_cents = self.settings.reserve_micros() / crate::MICROS_PER_CENT;
        let most = scaled(self.attempts).saturating_mul(reserve_cents);
        let limit = self
            .campaign
            .concurrency_limit
            .map_or(self.limit, |own| own.min(self.limit));
        Preflight {
            people,
            looked_at: self.looked_at,
            will_be_called,
            skipped: self
                .skipped
                .iter()
                .map(|(reason, count)| (*reason, scaled(*count)))
                .collect(),
            missing_variables: self
                .missing
                .iter()
                .map(|(name, count)| (name.clone(), scaled(*count)))
                .collect(),
            open_now: scaled(self.open_now),
            open_later: scaled(self.open_later),
            first_opening: self.first_opening,
            called_lately: scaled(self.called_lately),
            zones: self
                .zones
                .iter()
                .map(|(source, count)| (*source, scaled(*count)))
                .collect(),
            peak_calls: u64::from(limit).min(will_be_called),
            estimated_finish: self.estimated_finish(will_be_called, limit),
            cost_ceiling_cents: self
                .campaign
                .rules
                .spend_cap_cents
                .map_or(most, |cap| cap.min(most)),
            warnings: self.warnings(&rules, will_be_called),
            rules,
            examples: self.examples,
        }
    }

    fn rules_in_use(&self) -> Vec<RuleInUse> {
        let in_use = |(id, people): (&&'static str, &u64)| {
            let rule = Rule::find(id)?;
            Some(RuleInUse {
                id: rule.id,
                name: rule.name,
                source: rule.source,
                as_of: rule.as_of.to_string(),
                unconfirmed: rule.unconfirmed,
                confirmed: self.confirmed.contains(rule.id),
                people: *people,
            })
        };
        self.rules.iter().filter_map(in_use).collect()
    }

    fn estimated_finish(&self, people: u64, limit: u32) -> Option<Timestamp> {
        let example = self.example.as_ref()?;
        let attempts = u64::from(self.campaign.retry.max_attempts) + 1;
        let slots = u64::from(limit.max(1)).min(people.max(1));
        let mut left = people.saturating_mul(attempts).saturating_mul(USUAL_CALL_SECS) / 2 / slots;
        let mut at = self.now;
        for _ in 0..MOST_OPENINGS {
            match example
                .may_be_called(&self.campaign.rules.calling_hours, at)
                .answer
            {
                Answer::Closed { opens_at, .. } => at = opens_at,
                Answer::Open { until } => {
                    let open = u64::try_from(until.duration_since(at).as_secs()).unwrap_or(0);
                    if left <= open {
                        let rest = SignedDuration::from_secs(i64::try_from(left).ok()?);
                        return at.checked_add(rest).ok();
                    }
                    left -= open;
                    at = until;
                }
                Answer::Never { .. } => return None,
            }
        }
        None
    }

    fn warnings(&self, rules: &[RuleInUse], will_be_called: u64) -> Vec<String> {
        let mut warnings = Vec::new();
        warnings.extend(register_warning(self.registers, self.now));
        if will_be_called == 0 {
            warnings.push("Nobody would be called. Look at the reasons.".to_owned());
        }
        let unconfirmed: Vec<&str> = rules
            .iter()
            .filter(|rule| rule.unconfirmed && !rule.confirmed)
            .map(|rule| rule.name)
            .collect();
        if !unconfirmed.is_empty() {
            let names = unconfirmed.join(", ");
            warnings.push(format!(
                "Ask somebody who knows before you rely on these rules: {names}."
            ));
        }
        let open: Vec<&str> = rules
            .iter()
            .filter(|rule| !rule.confirmed)
            .map(|rule| rule.name)
            .collect();
        if !open.is_empty() {
            warnings.push(format!(
                "Nobody here has confirmed these calling rules: {}. Look at them under Calling rules, and confirm them{}.",
                open.join(", "),
                if self.settings.require_confirmed_rules {
                    ": the campaign does not start before"
                } else {
                    ""
                }
            ));
        }
        if !self.bursting.is_empty() {
            warnings.push(format!(
                "Calls above the limit of your plan cost double, for bursting is on at the provider: {}. Switch it off in \
                 the agent's settings, unless you want that.",
                self.bursting.join(", ")
            ));
        }
        if !self.voices_gone.is_empty() {
            warnings.push(format!(
                "The provider has the voice of these agents no longer, so their calls may fail: {}. Choose another voice \
                 for them before the campaign begins.",
                self.voices_gone.join(", ")
            ));
        }
        if self.zones.contains_key("campaign") {
            warnings.push(
                "Some numbers do not tell a time zone: they are called by the campaign's own.".to_owned(),
            );
        }
        if self.campaign.rules.purpose == Purpose::Marketing && self.campaign.rules.consent.is_none() {
            warnings.push("Marketing calls need a consent: name the column that has it.".to_owned());
        }
        if self.campaign.rules.spend_cap_cents.is_none() && self.settings.daily_cap_cents.is_none() {
            warnings.push("There is no cap on what the calls may cost.".to_owned());
        }
        warnings
    }
}

fn masked(number: &PhoneNumber) -> String {
    number.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{campaign, recipient};
    use crate::{CallId, CallingHours, RecipientStatus};

    fn person(number: &str) -> Recipient {
        let mut person = recipient(RecipientStatus::Pending);
        person.phone_number = number.parse().unwrap();
        person.variables.insert("name".to_owned(), "Ana".to_owned());
        person
    }

    #[test]
    fn everybody_is_counted_once_with_the_first_reason_that_holds() {
        let now: Timestamp = "2026-11-20T12:00:00Z".parse().unwrap();
        let mut campaign = campaign();
        campaign.rules.calling_hours = CallingHours::default();
        campaign.rules.skip_called_within_days = Some(7);
        campaign.required_variables = vec!["name".to_owned()];
        campaign.retry.max_attempts = 2;
        let settings = DialSettings::default();
        let mut builder = PreflightBuilder::new(&campaign, &settings, 15, now);
        let plain = PersonFacts {
            line: Some(2),
            ..PersonFacts::default()
        };
        builder.person(&person("+34612345678"), &plain);
        builder.person(&person("+34612345678"), &plain);
        builder.person(&person("+13055550100"), &plain);
        let mut nameless = person("+34612345679");
        nameless.variables.clear();
        builder.person(&nameless, &plain);
        let listed = PersonFacts {
            do_not_call: true,
            ..plain.clone()
        };
        builder.person(&person("+34612345680"), &listed);
        let dialled =
            Dialled::default().and(&CallId::derived(&["one"]), now - SignedDuration::from_hours(50));
        builder.person(
            &person("+34612345681"),
            &PersonFacts {
                dialled,
                ..plain.clone()
            },
        );
        builder.person(&person("+80012345678"), &plain);
        let told = builder.finish(7);
        assert_eq!((told.looked_at, told.will_be_called), (7, 2));
        // Half past six in Miami is before eight.
        assert_eq!((told.open_now, told.open_later), (1, 1));
        assert_eq!(told.first_opening.unwrap().to_string(), "2026-11-20T13:00:00Z");
        let reasons = [
            (SkipReason::DoNotCall, 1),
            (SkipReason::WindowClosed, 1),
            (SkipReason::FrequencyCap, 1),
            (SkipReason::MissingVariable, 1),
            (SkipReason::Duplicate, 1),
        ];
        assert_eq!(told.skipped, BTreeMap::from(reasons));
        assert_eq!(told.missing_variables["name"], 1);
        assert!(
            told.rules
                .iter()
                .any(|rule| rule.id == "us-fl" && rule.people == 1)
        );
        // Two people, two attempts, ten minutes at 15 cents.
        assert_eq!(told.cost_ceiling_cents, 600);
        assert!(
            told.examples
                .iter()
                .all(|example| example.phone_number.contains("***"))
        );
        assert!(told.estimated_finish.unwrap() > now);
    }

    #[test]
    fn agents_whose_voice_is_gone_are_warned_of() {
        let now: Timestamp = "2026-11-20T12:00:00Z".parse().unwrap();
        let (campaign, settings) = (campaign(), DialSettings::default());
        let told = |gone: Vec<String>| {
            let builder = PreflightBuilder::new(&campaign, &settings, 15, now).with_voices_gone(gone);
            builder.finish(0).warnings.concat()
        };
        assert!(told(vec!["Anna".to_owned()]).contains("no longer, so their calls may fail: Anna."));
        assert!(!told(Vec::new()).contains("voice"));
    }

    #[test]
    fn rules_that_nobody_confirmed_and_agents_that_burst_are_warned_of() {
        let now: Timestamp = "2026-11-20T12:00:00Z".parse().unwrap();
        let (mut campaign, mut settings) = (campaign(), DialSettings::default());
        campaign.rules.calling_hours = CallingHours::default();
        let warnings = |settings: &DialSettings, confirmed: &[&'static str], bursting: Vec<String>| {
            let confirmed = confirmed.iter().copied().collect();
            let mut builder =
                PreflightBuilder::new(&campaign, settings, 15, now).knowing(confirmed, bursting);
            builder.person(&person("+13055550100"), &PersonFacts::default());
            builder.finish(1).warnings.join("\n")
        };
        let told = warnings(&settings, &["us-federal"], vec!["Anna".to_owned()]);
        assert!(told.contains("confirmed these calling rules: Florida."), "{told}");
        assert!(told.contains("cost double") && told.contains("Anna"), "{told}");
        let told = warnings(&settings, &["us-federal", "us-fl"], Vec::new());
        assert!(
            !told.contains("calling rules") && !told.contains("double"),
            "{told}"
        );
        settings.require_confirmed_rules = true;
        assert!(warnings(&settings, &[], Vec::new()).contains("does not start before"));
    }

    #[test]
    fn an_outdated_register_is_warned_of_by_the_day_on_which_the_campaign_begins() {
        let now: Timestamp = "2026-11-20T12:00:00Z".parse().unwrap();
        let (mut campaign, settings) = (campaign(), DialSettings::default());
        let registers = [crate::DoNotCallRegister {
            register_id: crate::RegisterId::derived(&["register"]),
            source: "National register".to_owned(),
            source_date: "2026-11-01".parse().unwrap(),
            imported_at: now,
            upload_id: crate::UploadId::derived(&["file"]),
            numbers: 3,
        }];
        let warned = |campaign: &Campaign| {
            let builder = PreflightBuilder::new(campaign, &settings, 15, now).with_registers(&registers);
            let told = builder.finish(0);
            told.warnings
                .iter()
                .any(|warning| warning.contains("National register"))
        };
        assert!(!warned(&campaign));
        campaign.start_at = Some("2026-12-20T12:00:00Z".parse().unwrap());
        assert!(warned(&campaign));
    }

    #[test]
    fn what_was_not_looked_at_is_reckoned_up() {
        let now: Timestamp = "2026-11-20T12:00:00Z".parse().unwrap();
        let (campaign, settings) = (campaign(), DialSettings::default());
        let mut builder = PreflightBuilder::new(&campaign, &settings, 15, now);
        for n in 0..100 {
            let facts = PersonFacts {
                do_not_call: n % 4 == 0,
                ..PersonFacts::default()
            };
            builder.person(&person(&format!("+3461234{n:04}")), &facts);
        }
        let told = builder.finish(1_000_000);
        assert_eq!(told.will_be_called, 750_000);
        assert_eq!(told.skipped[&SkipReason::DoNotCall], 250_000);
        assert_eq!(told.peak_calls, 15);
    }

    const NOON: &str = "2026-11-20T12:00:00Z";

    /// What is told of a campaign that nobody or one person is in.
    fn told(campaign: &Campaign, people: &[(&Recipient, PersonFacts)], of: u64) -> Preflight {
        let settings = DialSettings::default();
        let mut builder = PreflightBuilder::new(campaign, &settings, 15, NOON.parse().unwrap());
        people
            .iter()
            .for_each(|(person, facts)| builder.person(person, facts));
        builder.finish(of)
    }

    #[test]
    fn a_campaign_is_looked_at_as_it_is_when_it_begins() {
        let (mut campaign, now) = (campaign(), NOON.parse().unwrap());
        let finish = |campaign: &Campaign| {
            let told = told(campaign, &[(&person("+34612345678"), PersonFacts::default())], 1);
            told.estimated_finish.unwrap().duration_since(now).as_secs()
        };
        // One person, one attempt more than needed at the most, a minute each, half of them.
        assert_eq!(finish(&campaign), 60);
        campaign.start_at = Some(now + SignedDuration::from_hours(1));
        assert_eq!(finish(&campaign), 3_660);
        campaign.start_at = Some(now - SignedDuration::from_hours(1));
        assert_eq!(finish(&campaign), 60, "it could have begun");
    }

    #[test]
    fn the_end_is_reckoned_from_people_attempts_slots_and_open_hours() {
        let mut campaign = campaign();
        let one = person("+34612345678");
        let finish = |campaign: &Campaign, people| {
            let told = told(campaign, &[(&one, PersonFacts::default())], people);
            (told.peak_calls, told.estimated_finish.map(|at| at.to_string()))
        };
        let at = |text: &str| Some(text.to_owned());
        // 300 people, two attempts, a minute, half of them, 15 at a time: ten minutes.
        campaign.retry.max_attempts = 1;
        assert_eq!(finish(&campaign, 300), (15, at("2026-11-20T12:20:00Z")));
        campaign.retry.max_attempts = 3;
        assert_eq!(finish(&campaign, 300), (15, at("2026-11-20T12:40:00Z")));
        campaign.concurrency_limit = Some(5);
        assert_eq!(finish(&campaign, 300), (5, at("2026-11-20T14:00:00Z")));
        campaign.concurrency_limit = Some(99);
        assert_eq!(
            finish(&campaign, 4),
            (4, at("2026-11-20T12:02:00Z")),
            "no more slots than people"
        );
        // It is one o'clock in Madrid on a Friday: an hour is left, and the rest is on Monday, once the Canaries are
        // open too.
        campaign.concurrency_limit = None;
        let hours = r#"{"windows":{"fri":["09:00-14:00"],"mon":["09:00-14:00"]},"rules":{"only":[]}}"#;
        campaign.rules.calling_hours = serde_json::from_str(hours).unwrap();
        assert_eq!(
            finish(&campaign, 450),
            (15, at("2026-11-20T13:00:00Z")),
            "just in time"
        );
        assert_eq!(finish(&campaign, 900), (15, at("2026-11-23T10:00:00Z")));
        assert_eq!(told(&campaign, &[], 9).estimated_finish, None, "of nobody");
    }

    #[test]
    fn people_without_a_moment_before_the_end_are_skipped() {
        let mut campaign = campaign();
        let one = person("+34612345678");
        let now: Timestamp = NOON.parse().unwrap();
        let called =
            |campaign: &Campaign| told(campaign, &[(&one, PersonFacts::default())], 1).will_be_called;
        campaign.end_at = Some(now + SignedDuration::from_secs(1));
        assert_eq!(called(&campaign), 1);
        campaign.end_at = Some(now);
        let skipped = told(&campaign, &[(&one, PersonFacts::default())], 1);
        assert_eq!(skipped.skipped, BTreeMap::from([(SkipReason::WindowClosed, 1)]));
        assert_eq!(
            (skipped.examples.len(), skipped.examples[0].missing.len()),
            (1, 0)
        );
    }

    #[test]
    fn who_was_called_too_often_lately_is_told_and_who_opens_first() {
        let mut campaign = campaign();
        campaign.rules.frequency_caps = vec![crate::FrequencyCap { calls: 1, hours: 24 }];
        let now: Timestamp = NOON.parse().unwrap();
        let dialled = |hours| PersonFacts {
            dialled: Dialled::default()
                .and(&CallId::derived(&["x"]), now - SignedDuration::from_hours(hours)),
            ..PersonFacts::default()
        };
        let (one, other) = (person("+34612345678"), person("+34612345679"));
        let lately = told(&campaign, &[(&one, dialled(2)), (&other, dialled(24))], 2);
        assert_eq!((lately.called_lately, lately.will_be_called), (1, 2));

        campaign.rules.calling_hours = CallingHours::default();
        // It is seven in New York, six in Chicago and four in Los Angeles.
        let people = ["+12125550100", "+13125550100", "+13105550100"].map(person);
        let people = people.each_ref().map(|person| (person, PersonFacts::default()));
        let early = told(&campaign, &people, 3);
        assert_eq!((early.open_now, early.open_later), (0, 3));
        assert_eq!(early.first_opening.unwrap().to_string(), "2026-11-20T13:00:00Z");
        assert_eq!(early.zones, BTreeMap::from([("number", 3)]));
    }

    #[test]
    fn twenty_examples_are_shown_and_everybody_is_counted() {
        let mut campaign = campaign();
        campaign.required_variables = vec!["order".to_owned()];
        let people: Vec<_> = (0..30).map(|n| person(&format!("+346123456{n:02}"))).collect();
        let people: Vec<_> = people
            .iter()
            .map(|person| (person, PersonFacts::default()))
            .collect();
        let told = told(&campaign, &people, 30);
        assert_eq!((told.examples.len(), told.missing_variables["order"]), (20, 30));
        assert_eq!(told.examples[0].missing, ["order"]);
        assert_eq!(told.examples[0].phone_number, "+34***00");
        assert_eq!(told.peak_calls, 0);
    }

    #[test]
    fn what_may_be_spent_is_the_cap_where_that_is_less() {
        let mut campaign = campaign();
        let one = person("+34612345678");
        let ceiling =
            |campaign: &Campaign| told(campaign, &[(&one, PersonFacts::default())], 1).cost_ceiling_cents;
        assert_eq!(ceiling(&campaign), 150);
        campaign.rules.spend_cap_cents = Some(100);
        assert_eq!(ceiling(&campaign), 100);
        campaign.rules.spend_cap_cents = Some(999);
        assert_eq!(ceiling(&campaign), 150);
    }

    #[test]
    fn each_warning_is_there_for_its_cause_and_not_without_it() {
        let (mut campaign, mut settings) = (campaign(), DialSettings::default());
        let one = person("+34612345678");
        let warns = |campaign: &Campaign, settings: &DialSettings, words: &str| {
            let mut builder = PreflightBuilder::new(campaign, settings, 15, NOON.parse().unwrap());
            builder.person(&one, &PersonFacts::default());
            builder.finish(1).warnings.concat().contains(words)
        };
        let (cap, consent, nobody) = ("no cap on what", "need a consent", "Nobody would be called");
        assert!(warns(&campaign, &settings, cap));
        assert!(
            !warns(&campaign, &settings, nobody)
                && told(&campaign, &[], 9).warnings.concat().contains(nobody)
        );
        settings.daily_cap_cents = Some(1);
        assert!(!warns(&campaign, &settings, cap));
        settings.daily_cap_cents = None;
        campaign.rules.spend_cap_cents = Some(1_000);
        assert!(!warns(&campaign, &settings, cap));

        assert!(!warns(&campaign, &settings, consent));
        campaign.rules.purpose = Purpose::Marketing;
        assert!(warns(&campaign, &settings, consent));
        campaign.rules.consent = Some(crate::ConsentColumns {
            column: "consent".to_owned(),
            date_column: None,
            source_column: None,
            valid_days: None,
        });
        assert!(!warns(&campaign, &settings, consent));
        assert!(
            !warns(&campaign, &settings, "confirmed these calling rules"),
            "it goes by none"
        );
    }
}

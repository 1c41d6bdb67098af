//! Who of a campaign is not called, whatever the hour.

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};

use super::{Campaign, ConsentColumns, Purpose};
use crate::{DynamicVariables, Recipient, SkipReason};

/// What a column says for yes, in the languages that contact lists come in.
const YES: [&str; 14] = [
    "yes", "y", "true", "1", "x", "si", "sí", "s", "sim", "oui", "ja", "j", "tak", "on",
];

impl Campaign {
    /// Variables that the agent needs and that have no value in the row of this recipient.
    pub fn missing_variables<'a>(&'a self, recipient: &'a Recipient) -> impl Iterator<Item = &'a String> {
        let has = |name: &String| {
            let value = recipient.variables.get(name);
            value.is_some_and(|value| !value.trim().is_empty())
        };
        let own = &recipient.overrides;
        let needed = own
            .agent
            .as_ref()
            .map_or(&self.required_variables, |agent| &agent.required_variables);
        let more = own
            .first_message_variables
            .iter()
            .filter(|name| !needed.contains(name));
        needed.iter().chain(more).filter(move |name| !has(name))
    }

    /// Why the row of this recipient says that it is not to be called; none when it may be.
    pub fn reason_to_skip(&self, recipient: &Recipient, now: Timestamp) -> Option<SkipReason> {
        if self.missing_variables(recipient).next().is_some() {
            return Some(SkipReason::MissingVariable);
        }
        let consents = match &self.rules.consent {
            Some(columns) => columns.consents(&recipient.variables, now),
            None => self.rules.purpose == Purpose::Service,
        };
        (!consents).then_some(SkipReason::NoConsent)
    }
}

impl ConsentColumns {
    /// Whether the row says that the person consented, with everything that is asked for.
    fn consents(&self, row: &DynamicVariables, now: Timestamp) -> bool {
        let value = |column: &String| {
            row.get(column)
                .map(|value| value.trim())
                .filter(|value| !value.is_empty())
        };
        let yes = value(&self.column).is_some_and(is_yes);
        let sourced = self
            .source_column
            .as_ref()
            .is_none_or(|column| value(column).is_some());
        let dated = match (&self.date_column, self.valid_days) {
            (None, None) => true,
            (None, Some(_)) => false,
            (Some(column), valid) => value(column)
                .and_then(|text| text.get(..10)?.parse::<Date>().ok())
                .is_some_and(|given| is_fresh(given, valid, now)),
        };
        yes && sourced && dated
    }
}

fn is_fresh(given: Date, valid_days: Option<u32>, now: Timestamp) -> bool {
    let today = now.to_zoned(jiff::tz::TimeZone::UTC).date();
    let tomorrow = today.tomorrow().unwrap_or(today);
    let Some(days) = valid_days else {
        return given <= tomorrow;
    };
    let oldest = today.checked_sub(i64::from(days).days());
    given <= tomorrow && oldest.is_ok_and(|oldest| given >= oldest)
}

/// Whether a text says yes.
pub(super) fn is_yes(text: &str) -> bool {
    YES.contains(&text.trim().to_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::RecipientStatus;
    use crate::testing::{campaign, recipient};

    fn reason(consent: Option<ConsentColumns>, purpose: Purpose, row: &[(&str, &str)]) -> Option<SkipReason> {
        let (mut campaign, mut person) = (campaign(), recipient(RecipientStatus::Pending));
        (campaign.rules.consent, campaign.rules.purpose) = (consent, purpose);
        campaign.required_variables = vec!["name".to_owned()];
        person.variables = row
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        campaign.reason_to_skip(&person, "2026-11-20T12:00:00Z".parse().unwrap())
    }

    fn columns() -> ConsentColumns {
        ConsentColumns {
            column: "consent".to_owned(),
            date_column: Some("since".to_owned()),
            source_column: Some("source".to_owned()),
            valid_days: Some(365),
        }
    }

    #[test]
    fn a_variable_that_is_empty_is_missing() {
        assert_eq!(reason(None, Purpose::Service, &[("name", "Ana")]), None);
        for row in [&[("name", " ")][..], &[]] {
            assert_eq!(
                reason(None, Purpose::Service, row),
                Some(SkipReason::MissingVariable)
            );
        }
    }

    #[test]
    fn marketing_needs_a_consent() {
        let row = [("name", "Ana"), ("consent", "Sí")];
        assert_eq!(
            reason(None, Purpose::Marketing, &row),
            Some(SkipReason::NoConsent)
        );
        let only = ConsentColumns {
            date_column: None,
            source_column: None,
            valid_days: None,
            ..columns()
        };
        assert_eq!(reason(Some(only.clone()), Purpose::Marketing, &row), None);
        for no in ["no", "", "maybe", "0"] {
            let row = [("name", "Ana"), ("consent", no)];
            assert_eq!(
                reason(Some(only.clone()), Purpose::Service, &row),
                Some(SkipReason::NoConsent),
                "{no}"
            );
        }
    }

    #[test]
    fn a_consent_has_its_date_and_source_where_they_are_asked_for() {
        let given = |date, source| {
            let row = [
                ("name", "Ana"),
                ("consent", "yes"),
                ("since", date),
                ("source", source),
            ];
            reason(Some(columns()), Purpose::Marketing, &row).is_none()
        };
        assert!(given("2026-01-31", "web form") && given("2025-11-20T08:00:00", "web form"));
        assert!(!given("2025-11-19", "web form"), "it is too old");
        assert!(!given("2026-12-24", "web form"), "it is yet to come");
        assert!(!given("31/01/2026", "web form"), "it could be another day");
        assert!(!given("2026-01-31", "") && !given("", "web form"));
    }

    #[test]
    fn a_consent_of_tomorrow_is_one_of_today_elsewhere_and_needs_a_date_to_grow_old() {
        let given = |columns: ConsentColumns, date| {
            let row = [
                ("name", "Ana"),
                ("consent", "yes"),
                ("since", date),
                ("source", "x"),
            ];
            reason(Some(columns), Purpose::Marketing, &row).is_none()
        };
        // It is the twentieth in London.
        assert!(given(columns(), "2026-11-21") && !given(columns(), "2026-11-22"));
        let for_ever = || ConsentColumns {
            valid_days: None,
            ..columns()
        };
        assert!(given(for_ever(), "1999-01-01") && given(for_ever(), "2026-11-21"));
        assert!(!given(for_ever(), "2026-11-22"));
        let undated = ConsentColumns {
            date_column: None,
            ..columns()
        };
        assert!(
            !given(undated, "2026-11-20"),
            "nobody knows whether it is still good"
        );
    }

    #[test]
    fn an_agent_of_their_own_asks_for_its_own_variables() {
        let (mut campaign, mut person) = (campaign(), recipient(RecipientStatus::Pending));
        campaign.required_variables = vec!["name".to_owned()];
        person.overrides.first_message_variables = vec!["name".to_owned(), "order".to_owned()];
        let missing = |person: &Recipient| campaign.missing_variables(person).cloned().collect::<Vec<_>>();
        assert_eq!(missing(&person), ["name", "order"], "each of them once");
        person.variables.insert("order".to_owned(), "7".to_owned());
        assert_eq!(missing(&person), ["name"]);
        person.overrides.agent = Some(crate::OwnAgent {
            agent_id: crate::AgentId::derived(&["own"]),
            provider_agent_id: crate::ProviderId::parse("agent_2").unwrap(),
            required_variables: vec!["city".to_owned()],
        });
        assert_eq!(missing(&person), ["city", "name"]);
    }
}

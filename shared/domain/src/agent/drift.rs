//! What was changed about an agent at its provider, and not here.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::Agent;

/// Something about an agent was changed at its provider. Our record has taken it over; somebody should know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AgentDrift {
    /// When it was first noticed.
    pub noticed_at: Timestamp,
    /// What was changed since somebody last looked: names of the agent's fields, and `options.…`.
    pub fields: BTreeSet<String>,
}

impl Agent {
    /// The fields in which `other`, a later look at the same agent, differs. What follows from another field is
    /// not named beside it, and what was not known before is learned, not changed.
    pub fn fields_changed(&self, other: &Self) -> BTreeSet<String> {
        let texts = self.prompt != other.prompt || self.first_message != other.first_message;
        let voice = self.voice_id.is_some() && self.voice_id != other.voice_id;
        let variables = !texts && self.required_variables != other.required_variables;
        let plain = [
            ("name", self.name != other.name),
            ("prompt", self.prompt != other.prompt),
            ("first_message", self.first_message != other.first_message),
            ("language", self.language != other.language),
            ("voice_id", voice),
            ("required_variables", variables),
            ("bursting", self.bursting != other.bursting),
            (
                "takes_first_message",
                self.takes_first_message != other.takes_first_message,
            ),
        ];
        let plain = plain.into_iter().filter(|(_, changed)| *changed);
        let options = self
            .options
            .iter()
            .filter(|(name, value)| !other.options.get(*name).is_some_and(|now| same(value, now)));
        let options = options.map(|(name, _)| format!("options.{name}"));
        plain.map(|(name, _)| name.to_owned()).chain(options).collect()
    }

    /// Notes that these fields were changed at the provider, together with those that nobody has seen yet.
    pub fn note_drift(&mut self, fields: BTreeSet<String>, now: Timestamp) {
        if fields.is_empty() {
            return;
        }
        let drift = self.drift.get_or_insert_with(|| AgentDrift {
            noticed_at: now,
            fields: BTreeSet::new(),
        });
        drift.fields.extend(fields);
    }
}

/// Whether two values mean the same. Providers write 600 as 600.0, and 0.3 as 0.30000001.
fn same(one: &Value, other: &Value) -> bool {
    match (one.as_f64(), other.as_f64()) {
        (Some(one), Some(other)) => (one - other).abs() < 1e-4,
        _ => one == other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ProviderId;
    use crate::testing::agent;
    use serde_json::json;

    #[test]
    fn what_differs_is_named_and_what_follows_from_it_is_not() {
        let before = agent();
        assert_eq!(before.fields_changed(&before.clone()), BTreeSet::new());

        let mut after = before.clone();
        after.prompt = "Talk to {{name}}.".to_owned();
        after.required_variables = vec!["name".to_owned()];
        after.language = "es".to_owned();
        assert_eq!(
            before.fields_changed(&after),
            BTreeSet::from(["language".to_owned(), "prompt".to_owned()])
        );

        let mut after = before.clone();
        after.required_variables = vec!["order".to_owned()];
        assert_eq!(
            before.fields_changed(&after),
            BTreeSet::from(["required_variables".to_owned()]),
            "a tool asks for it"
        );
    }

    #[test]
    fn what_was_not_known_is_learned_and_the_same_number_is_no_change() {
        let before = agent();
        let mut learned = before.clone();
        learned.voice_id = ProviderId::parse("v1").ok();
        learned.options.insert("temperature".to_owned(), json!(0.3));
        assert_eq!(before.fields_changed(&learned), BTreeSet::new());

        let mut after = learned.clone();
        after
            .options
            .insert("temperature".to_owned(), json!(0.300_000_012));
        assert_eq!(learned.fields_changed(&after), BTreeSet::new());
        after.options.insert("temperature".to_owned(), json!(1));
        after.voice_id = None;
        assert_eq!(
            learned.fields_changed(&after),
            BTreeSet::from(["options.temperature".to_owned(), "voice_id".to_owned()])
        );
    }

    #[test]
    fn what_nobody_has_seen_adds_up_under_the_first_moment() {
        let mut agent = agent();
        let (first, later) = (Timestamp::UNIX_EPOCH, Timestamp::MAX);
        agent.note_drift(BTreeSet::new(), first);
        assert_eq!(agent.drift, None);
        agent.note_drift(BTreeSet::from(["name".to_owned()]), first);
        agent.note_drift(BTreeSet::from(["prompt".to_owned()]), later);
        let drift = agent.drift.unwrap();
        assert_eq!(drift.noticed_at, first);
        assert_eq!(
            drift.fields,
            BTreeSet::from(["name".to_owned(), "prompt".to_owned()])
        );
    }

    #[test]
    fn every_field_that_differs_is_named() {
        let before = agent();
        let named = |change: fn(&mut Agent)| {
            let mut after = before.clone();
            change(&mut after);
            before.fields_changed(&after).into_iter().collect::<Vec<_>>()
        };
        assert_eq!(named(|it| it.name.push('!')), ["name"]);
        assert_eq!(named(|it| it.first_message.push('!')), ["first_message"]);
        assert_eq!(named(|it| it.bursting = !it.bursting), ["bursting"]);
        assert_eq!(
            named(|it| it.takes_first_message = !it.takes_first_message),
            ["takes_first_message"]
        );
        assert_eq!(
            named(|it| (it.first_message, it.required_variables) = ("{{a}}".into(), vec!["a".into()])),
            ["first_message"]
        );
    }

    #[test]
    fn numbers_are_the_same_to_the_fourth_digit_and_options_that_are_gone_are_named() {
        assert!(same(&json!(0.3), &json!(0.300_05)) && !same(&json!(0.3), &json!(0.300_2)));
        assert!(!same(&json!(0.300_2), &json!(0.3)) && !same(&json!(0.0), &json!(0.000_1)));
        assert!(same(&json!("a"), &json!("a")) && !same(&json!("a"), &json!(1)));
        let mut before = agent();
        before.options.insert("speed".to_owned(), json!(1));
        assert_eq!(
            before.fields_changed(&agent()),
            BTreeSet::from(["options.speed".to_owned()])
        );
    }
}

//! Calling rules that somebody of the company has looked at and answers for.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::{Campaign, PhoneNumber, Rule, RuleChoice};

/// That somebody has looked at a calling rule and answers for keeping to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RuleConfirmation {
    /// The rule.
    pub rule_id: String,
    /// The version of its file that was looked at.
    pub version: String,
    /// The date of the text that this version was compared with.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = Date))]
    pub as_of: Date,
    /// Who: the subject of their token.
    pub confirmed_by: String,
    /// Their name, where the token says it.
    pub confirmed_by_name: Option<String>,
    /// When.
    pub confirmed_at: Timestamp,
}

impl RuleConfirmation {
    /// Whether it is about the rule as it is now: one that changed is to be looked at again.
    pub fn is_of(&self, rule: &Rule) -> bool {
        self.rule_id == rule.id && self.version == rule.version
    }

    /// The ids of the rules that are confirmed as they are now.
    pub fn in_force(confirmations: &[Self]) -> BTreeSet<&'static str> {
        let confirmed = |rule: &&Rule| confirmations.iter().any(|one| one.is_of(rule));
        Rule::all().iter().filter(confirmed).map(|rule| rule.id).collect()
    }
}

impl Campaign {
    /// The rules by which this person may be called in the campaign.
    pub fn rules_of(&self, person: &PhoneNumber) -> Vec<&'static Rule> {
        match &self.rules.calling_hours.rules {
            RuleChoice::Auto => Rule::of(person.as_str()),
            RuleChoice::Only(rules) => rules.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::CallingHours;
    use crate::testing::campaign;

    fn confirmation(rule: &Rule) -> RuleConfirmation {
        RuleConfirmation {
            rule_id: rule.id.to_owned(),
            version: rule.version.to_owned(),
            as_of: rule.as_of,
            confirmed_by: "ada".to_owned(),
            confirmed_by_name: None,
            confirmed_at: Timestamp::UNIX_EPOCH,
        }
    }

    #[test]
    fn a_rule_whose_file_changed_is_to_be_confirmed_again() {
        let rule = Rule::find("us-fl").unwrap();
        let mut one = confirmation(rule);
        assert_eq!(
            RuleConfirmation::in_force(&[one.clone()]),
            BTreeSet::from(["us-fl"])
        );
        one.version = "0".repeat(16);
        assert!(RuleConfirmation::in_force(&[one]).is_empty());
    }

    #[test]
    fn every_rule_has_a_version_of_its_own() {
        let versions: BTreeSet<&str> = Rule::all().iter().map(|rule| rule.version).collect();
        assert_eq!(versions.len(), Rule::all().len());
        assert!(versions.iter().all(|version| version.len() == 16));
    }

    #[test]
    fn a_person_is_called_by_the_rules_of_the_campaign_or_those_of_the_number() {
        let mut campaign = campaign();
        let person = "+13055550100".parse().unwrap();
        assert!(campaign.rules_of(&person).is_empty(), "any hour, by no rule");
        campaign.rules.calling_hours = CallingHours::default();
        let ids: Vec<&str> = campaign.rules_of(&person).iter().map(|rule| rule.id).collect();
        assert_eq!(ids, ["us-federal", "us-fl"]);
    }
}

//! What a campaign wants: when to call, and what to do where little is known.

use serde::{Deserialize, Deserializer, Serialize};

use crate::rule::Rule;
use crate::window::Windows;
use crate::zone::Zone;

/// When the people of a campaign may be called.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// The campaign's own windows, in the person's local time.
    pub windows: Windows,
    /// Where the person's time zone comes from.
    pub zone_of_recipient: ZoneOfRecipient,
    /// What to do when nothing tells the time zone.
    pub unknown_zone: UnknownZone,
    /// Which rules hold.
    pub rules: RuleChoice,
    /// Whether the holidays of the rules are kept.
    pub holidays: bool,
}

/// Where a person's time zone comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ZoneOfRecipient {
    /// The time zone column of the contact list; the number for those who have none there.
    Column,
    /// The number, whatever the contact list says.
    Number,
}

/// What to do with a person whose time zone nothing tells, e.g. one with a toll-free number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UnknownZone {
    /// Take this zone for theirs; the decision says that it did.
    UseCampaignZone(Zone),
    /// Do not call them.
    Skip,
}

/// Which rules hold for a campaign.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RuleChoice {
    /// Those of the country and the state of each number: [`Rule::of`].
    Auto,
    /// These for everybody, in JSON by their ids. None at all leaves only the campaign's windows.
    #[serde(deserialize_with = "rules_by_id")]
    Only(Vec<&'static Rule>),
}

fn rules_by_id<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<&'static Rule>, D::Error> {
    let ids = Vec::<String>::deserialize(deserializer)?;
    let rule = |id: &String| {
        Rule::find(id).ok_or_else(|| serde::de::Error::custom(format_args!("there is no rule `{id}`")))
    };
    ids.iter().map(rule).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_is_plain_json() {
        let text = r#"{"windows":{"mon":["09:00-13:00"],"tue":[],"wed":[],"thu":[],"fri":[],"sat":[],"sun":[]},"zone_of_recipient":"column","unknown_zone":{"use_campaign_zone":"Europe/Madrid"},"rules":{"only":["es","us-fl"]},"holidays":true}"#;
        let policy: Policy = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::to_string(&policy).unwrap(), text);
        for (valid, wrong) in [("us-fl", "us-xx"), ("Europe/Madrid", "Europe/Atlantis")] {
            let refused = serde_json::from_str::<Policy>(&text.replace(valid, wrong)).unwrap_err();
            assert!(refused.to_string().contains(wrong), "{refused}");
        }
    }
}

//! What a campaign wants: when to call, and what to do where little is known.

use serde::{Deserialize, Deserializer, Serialize};

use crate::rule::Rule;
use crate::window::{Window, Windows};
use crate::zone::Zone;

/// When the people of a campaign may be called.
///
/// What JSON leaves out is as [`CallingHours::default`] has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CallingHours {
    /// The campaign's own windows, in the person's local time.
    #[cfg_attr(feature = "openapi", schema(value_type = std::collections::BTreeMap<String, Vec<String>>))]
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

impl Default for CallingHours {
    /// Eight in the morning to nine in the evening where the person is, within the rules of their country
    /// and state; nobody is called whose time zone is not known.
    fn default() -> Self {
        Self {
            windows: Windows::whole_week(Window::DAYTIME),
            zone_of_recipient: ZoneOfRecipient::Column,
            unknown_zone: UnknownZone::Skip,
            rules: RuleChoice::Auto,
            holidays: true,
        }
    }
}

impl CallingHours {
    /// Always, everybody, by no rule: for people who are simulated.
    pub fn always() -> Self {
        Self {
            windows: Windows::whole_week(Window::WHOLE_DAY),
            zone_of_recipient: ZoneOfRecipient::Number,
            unknown_zone: UnknownZone::UseCampaignZone(Zone::utc()),
            rules: RuleChoice::Only(Vec::new()),
            holidays: false,
        }
    }
}

/// Where a person's time zone comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum ZoneOfRecipient {
    /// The time zone column of the contact list; the number for those who have none there.
    Column,
    /// The number, whatever the contact list says.
    Number,
}

/// What to do with a person whose time zone nothing tells, e.g. one with a toll-free number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
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
    Only(#[serde(deserialize_with = "rules_by_id")] Vec<&'static Rule>),
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
    fn what_is_left_out_is_careful() {
        let hours: CallingHours = serde_json::from_str("{}").unwrap();
        assert_eq!(hours, CallingHours::default());
        assert_eq!(hours.unknown_zone, UnknownZone::Skip);
        let windows = serde_json::to_value(&hours).unwrap()["windows"].clone();
        assert_eq!(windows["sun"], serde_json::json!(["08:00-21:00"]));
        assert!(serde_json::from_str::<CallingHours>(r#"{"window":{}}"#).is_err());
    }

    #[test]
    fn always_is_always() {
        for number in ["+13055550100", "+33612345678", "+80012345678"] {
            for at in ["2026-12-25T03:00:00Z", "2026-11-22T23:59:59Z"] {
                let decision = crate::decide(number, None, &CallingHours::always(), at.parse().unwrap());
                assert!(decision.is_open(), "{number} {at}");
            }
        }
    }

    #[test]
    fn they_are_plain_json() {
        let text = r#"{"windows":{"mon":["09:00-13:00"],"tue":[],"wed":[],"thu":[],"fri":[],"sat":[],"sun":[]},"zone_of_recipient":"column","unknown_zone":{"use_campaign_zone":"Europe/Madrid"},"rules":{"only":["es","us-fl"]},"holidays":true}"#;
        let policy: CallingHours = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::to_string(&policy).unwrap(), text);
        for (valid, wrong) in [("us-fl", "us-xx"), ("Europe/Madrid", "Europe/Atlantis")] {
            let refused = serde_json::from_str::<CallingHours>(&text.replace(valid, wrong)).unwrap_err();
            assert!(refused.to_string().contains(wrong), "{refused}");
        }
    }
}

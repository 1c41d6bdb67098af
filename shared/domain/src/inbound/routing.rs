//! Where inbound calls go.

use jiff::Timestamp;
use jiff::civil::{Time, Weekday};
use serde::{Deserialize, Serialize};

use crate::{AgentId, PhoneNumber, ReceptionSettings, RoutingRuleId};

/// Who takes a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum RouteTarget {
    /// A voice agent.
    Agent {
        /// Our agent.
        agent_id: AgentId,
    },
    /// Somebody's phone.
    Person {
        /// Their number.
        phone_number: PhoneNumber,
        /// Seconds it rings, 5 to 120.
        ring_secs: u32,
    },
    /// The caller leaves a message.
    Voicemail,
    /// The caller hears that nobody takes calls now, and the call ends.
    Closed,
}

/// When a rule holds. What is empty holds always; all of them must hold.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct RoutingConditions {
    /// Numbers that were called.
    pub called: Vec<PhoneNumber>,
    /// What the caller's number begins with, such as `+34` or a whole number; `anonymous`: it is not shown.
    pub callers: Vec<String>,
    /// Languages of callers, by the numbers' countries: codes such as `es`.
    pub languages: Vec<String>,
    /// Days of the week, `monday` to `sunday`.
    #[serde(with = "weekdays")]
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<String>, default = json!([])))]
    pub days: Vec<Weekday>,
    /// From this time of day on, in the reception's zone, as `09:00`.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub from: Option<Time>,
    /// Before this time of day. Earlier than `from`: over midnight.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub until: Option<Time>,
    /// Only on holidays, or only on other days; none: on all.
    pub holidays: Option<bool>,
}

/// One rule. The first that holds decides.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RoutingRule {
    /// Its id.
    pub rule_id: RoutingRuleId,
    /// What people call it.
    pub name: String,
    /// Its place: the smallest is asked first.
    pub position: u32,
    /// Whether it is asked at all.
    pub enabled: bool,
    /// When it holds.
    pub when: RoutingConditions,
    /// Who takes the call, and who takes it when that one fails or does not answer, in order. 1 to 4.
    pub targets: Vec<RouteTarget>,
    /// Language in which the caller is answered; none: the reception's.
    pub language: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// Counts changes; every write is conditional on it.
    pub version: u64,
}

/// A call that is to go somewhere.
#[derive(Debug, Clone, PartialEq)]
pub struct RouteQuestion {
    /// The number that was called, when it is one.
    pub called: Option<PhoneNumber>,
    /// The caller's number, when it is shown.
    pub caller: Option<PhoneNumber>,
    /// The moment.
    pub at: Timestamp,
}

/// Where a call goes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RouteAnswer {
    /// The rule that says so; none: no rule holds, and the caller is taken to voicemail.
    pub rule_id: Option<RoutingRuleId>,
    /// Its name.
    pub rule_name: Option<String>,
    /// Who takes the call, in order. Ends with voicemail, unless it says `closed`.
    pub targets: Vec<RouteTarget>,
    /// Language in which the caller is answered.
    pub language: String,
}

/// Every rule and what they refer to.
#[derive(Debug, Clone, Copy)]
pub struct RoutingPlan<'a> {
    /// The rules, in any order.
    pub rules: &'a [RoutingRule],
    /// Zone, holidays and language.
    pub settings: &'a ReceptionSettings,
}

mod weekdays {
    //! Days as words.
    use jiff::civil::Weekday;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    const NAMES: [(&str, Weekday); 7] = [
        ("monday", Weekday::Monday),
        ("tuesday", Weekday::Tuesday),
        ("wednesday", Weekday::Wednesday),
        ("thursday", Weekday::Thursday),
        ("friday", Weekday::Friday),
        ("saturday", Weekday::Saturday),
        ("sunday", Weekday::Sunday),
    ];

    pub(super) fn serialize<S: Serializer>(days: &[Weekday], serializer: S) -> Result<S::Ok, S::Error> {
        let name = |day: &Weekday| {
            NAMES
                .iter()
                .find(|(_, known)| known == day)
                .map_or("", |(name, _)| name)
        };
        days.iter().map(name).collect::<Vec<_>>().serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Weekday>, D::Error> {
        let names = Vec::<String>::deserialize(deserializer)?;
        let day = |name: &String| {
            let known = NAMES.iter().find(|(known, _)| known == name);
            known.map(|(_, day)| *day).ok_or_else(|| {
                serde::de::Error::custom(format!("{name} is no day of the week: say monday to sunday"))
            })
        };
        names.iter().map(day).collect()
    }
}

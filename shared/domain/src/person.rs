//! People who use Switchboard, and what they changed.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::AuditId;

/// What somebody may do; each role may also do what the ones before it may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Looks.
    Viewer,
    /// Runs campaigns and calls.
    Operator,
    /// Also changes agents and the limit, and takes numbers off the do-not-call list.
    Admin,
}

impl Role {
    /// All roles, the weakest first.
    pub const ALL: [Self; 3] = [Self::Viewer, Self::Operator, Self::Admin];

    /// Name of the group that gives the role.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Operator => "operator",
            Self::Admin => "admin",
        }
    }
}

/// Somebody who has used the API.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct User {
    /// Subject of their tokens.
    pub subject: String,
    /// Name, as their token says it.
    pub name: Option<String>,
    /// Their role when they were last seen.
    pub role: Role,
    /// When they first came.
    pub first_seen_at: Timestamp,
    /// When they were last seen, within the hour.
    pub last_seen_at: Timestamp,
}

/// One change that somebody made. Contents and full phone numbers stay out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AuditEntry {
    /// Our id of the entry.
    pub audit_id: AuditId,
    /// When.
    pub at: Timestamp,
    /// Subject of the token that was used; where nobody's was, what did it: `call` and the call's id.
    pub actor: String,
    /// Their name, as the token says it.
    pub actor_name: Option<String>,
    /// The role they had; none where it was no person with a token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
    /// What was done, e.g. `campaign.paused`.
    pub action: String,
    /// What it was done to: an id, a count or a setting.
    pub thing: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_is_named_in_keys_as_in_json_and_the_later_may_more() {
        let names = ["viewer", "operator", "admin"];
        assert_eq!(Role::ALL.map(Role::as_str), names);
        assert_eq!(serde_json::to_value(Role::ALL).unwrap(), serde_json::json!(names));
        assert!(Role::ALL.is_sorted());
    }
}

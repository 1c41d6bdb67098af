//! Ids: each kind its own type, checked at the door, so that one never passes for another.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use rand::Rng;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use ulid::Ulid;

/// A string that is not an id of the wanted kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a valid {kind}: expected {expected}")]
pub struct InvalidId {
    /// What was expected, e.g. `call id`.
    pub kind: &'static str,
    /// The form it must have.
    pub expected: &'static str,
}

fn ulid_at<R: Rng + ?Sized>(now: Timestamp, rng: &mut R) -> Ulid {
    let millis = u64::try_from(now.as_millisecond()).unwrap_or(0);
    let random = (u128::from(rng.next_u64()) << 64) | u128::from(rng.next_u64());
    Ulid::from_parts(millis, random)
}

macro_rules! own_id {
    ($(#[$doc:meta])* $name:ident, $kind:literal, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(value_type = String))]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// A new id. Ids made later sort after ids made earlier.
            pub fn generate<R: Rng + ?Sized>(now: Timestamp, rng: &mut R) -> Self {
                Self(format!(concat!($prefix, "{}"), ulid_at(now, rng).to_string().to_lowercase()))
            }

            /// The id that always follows from the same parts: for things that are created again
            /// by a repeated step and must not become two.
            pub fn derived(parts: &[&str]) -> Self {
                let mut hash = Sha256::new();
                for part in parts {
                    hash.update((part.len() as u64).to_be_bytes());
                    hash.update(part.as_bytes());
                }
                Self(format!(concat!($prefix, "{}"), &hex::encode(hash.finalize())[..26]))
            }

            /// Reads an id.
            ///
            /// # Errors
            /// When the text is not the prefix followed by 26 lower-case letters or digits.
            pub fn parse(text: &str) -> Result<Self, InvalidId> {
                match text.strip_prefix($prefix) {
                    Some(tail)
                        if tail.len() == 26
                            && tail.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()) =>
                    {
                        Ok(Self(text.to_owned()))
                    }
                    _ => Err(InvalidId {
                        kind: $kind,
                        expected: concat!($prefix, " followed by 26 lower-case letters or digits"),
                    }),
                }
            }

            /// The id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        string_newtype!($name);
    };
}

macro_rules! string_newtype {
    ($name:ident) => {
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
        impl FromStr for $name {
            type Err = InvalidId;
            fn from_str(text: &str) -> Result<Self, InvalidId> {
                Self::parse(text)
            }
        }
        impl TryFrom<String> for $name {
            type Error = InvalidId;
            fn try_from(text: String) -> Result<Self, InvalidId> {
                Self::parse(&text)
            }
        }
        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.0
            }
        }
    };
}

own_id!(/// Our id of one call. Also the attempt id that travels to the provider.
    CallId, "call id", "call_");
own_id!(/// Our id of a campaign.
    CampaignId, "campaign id", "camp_");
own_id!(/// Our id of one contact in one campaign.
    RecipientId, "recipient id", "rcpt_");
own_id!(/// Our id of a contact list.
    ListId, "contact list id", "list_");
own_id!(/// Our id of an upload.
    UploadId, "upload id", "upl_");
own_id!(/// Our id of an agent; the provider has its own.
    AgentId, "agent id", "agt_");
own_id!(/// Our id of an export.
    ExportId, "export id", "exp_");
own_id!(/// Our id of an entry of the audit trail.
    AuditId, "audit id", "aud_");
own_id!(/// Our id of something that the customer's systems are told of.
    EventId, "event id", "evt_");
own_id!(/// Our id of an address that events are sent to.
    EventTargetId, "event target id", "tgt_");
own_id!(/// Our id of settings of campaigns that are kept under a name.
    CampaignTemplateId, "campaign template id", "tmpl_");
own_id!(/// Our id of a rule that says where inbound calls go.
    RoutingRuleId, "routing rule id", "rule_");
own_id!(/// Our id of somebody's wish to be called back.
    CallbackId, "callback id", "cb_");
own_id!(/// Our id of a register that do-not-call numbers are imported from.
    RegisterId, "register id", "reg_");

/// An id given by a provider (conversation, agent, phone line, voice, batch): opaque, but safe in
/// a path or key: 1 to 128 of `A-Z a-z 0-9 _ -`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(value_type = String))]
#[serde(try_from = "String", into = "String")]
pub struct ProviderId(String);

impl ProviderId {
    /// Reads a provider's id.
    ///
    /// # Errors
    /// When it is empty, too long, or has a character that would not be safe in a path.
    pub fn parse(text: &str) -> Result<Self, InvalidId> {
        let safe = |b: u8| b.is_ascii_alphanumeric() || b == b'_' || b == b'-';
        if (1..=128).contains(&text.len()) && text.bytes().all(safe) {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidId {
                kind: "provider id",
                expected: "1 to 128 letters, digits, _ or -",
            })
        }
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

string_newtype!(ProviderId);

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;

    #[test]
    fn generated_ids_parse_and_sort_by_time() {
        let mut rng = rand::rngs::StdRng::seed_from_u64(1);
        let early = CallId::generate(Timestamp::from_second(1_790_000_000).unwrap(), &mut rng);
        let late = CallId::generate(Timestamp::from_second(1_790_000_001).unwrap(), &mut rng);
        assert!(early < late);
        assert_eq!(CallId::parse(early.as_str()), Ok(early));
    }

    #[test]
    fn derived_ids_depend_on_where_the_parts_are_cut() {
        assert_ne!(
            RecipientId::derived(&["ab", "c"]),
            RecipientId::derived(&["a", "bc"])
        );
        assert!(RecipientId::parse(RecipientId::derived(&["a"]).as_str()).is_ok());
    }

    #[test]
    fn ids_that_could_leave_a_path_are_refused() {
        for text in ["", "../x", "a/b", "conv_1?x=1", "é", &"a".repeat(129)] {
            assert!(ProviderId::parse(text).is_err(), "{text}");
        }
        assert!(CallId::parse("call_../../etc").is_err());
        assert!(CallId::parse("camp_01jw0000000000000000000000").is_err());
    }

    #[test]
    fn an_id_is_its_prefix_and_26_lower_case_letters_or_digits() {
        let tail = "0123456789abcdefghijklmnop";
        assert_eq!(
            CallId::parse(&format!("call_{tail}")).unwrap().to_string(),
            format!("call_{tail}")
        );
        for text in [
            tail.to_owned(),
            format!("call_{}", &tail[1..]),
            format!("call_{tail}q"),
            format!("call_{}", tail.to_uppercase()),
            format!("call_{}_", &tail[1..]),
        ] {
            assert!(CallId::parse(&text).is_err(), "{text}");
        }
        assert_eq!(
            CallId::parse("x").unwrap_err().to_string(),
            "not a valid call id: expected call_ followed by 26 lower-case letters or digits"
        );
    }

    #[test]
    fn an_id_is_made_of_the_moment_and_of_chance() {
        let now = Timestamp::from_second(1_790_000_000).unwrap();
        let mut rng = rand::rngs::StdRng::seed_from_u64(1);
        let ids: Vec<Ulid> = (0..3).map(|_| ulid_at(now, &mut rng)).collect();
        assert!(ids.iter().all(|id| id.timestamp_ms() == 1_790_000_000_000));
        // Eighty bits of chance: both halves of them come from the generator.
        assert!(
            ids.iter()
                .all(|id| id.random() >> 64 != 0 && id.random() as u64 != 0)
        );
        assert!(ids[0] != ids[1] && ids[1] != ids[2]);
    }

    #[test]
    fn what_was_derived_once_is_derived_again() {
        // Records are kept under these.
        let digest = hex::encode(Sha256::digest([&[0, 0, 0, 0, 0, 0, 0, 1][..], b"a"].concat()));
        assert_eq!(
            CallId::derived(&["a"]).to_string(),
            format!("call_{}", &digest[..26])
        );
    }

    #[test]
    fn a_providers_id_has_up_to_128_safe_signs() {
        for text in ["a", "conv-1_B", &"a".repeat(128)] {
            assert_eq!(ProviderId::parse(text).unwrap().as_str(), text);
        }
        let kept = serde_json::to_string(&ProviderId::parse("conv_1").unwrap()).unwrap();
        assert_eq!(kept, r#""conv_1""#);
        assert!(serde_json::from_str::<ProviderId>(r#""a/b""#).is_err());
        assert!("a b".parse::<ProviderId>().is_err());
        assert_eq!(format!("{:?}", ProviderId::parse("conv_1").unwrap()), "conv_1");
    }
}

//! Registers that numbers are imported from, and how old they may be.
//!
//! The rule behind the age is that of the United States' national registry, 47 CFR 64.1200(c)(2)(i)(D): calls
//! must go by a version that was obtained "no more than 31 days prior to the date any call is made".

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use crate::{RegisterId, UploadId};

/// How many days before a call a register may have been obtained.
pub const MAX_REGISTER_AGE_DAYS: i32 = 31;
/// Registers named in a warning.
const NAMED: usize = 5;

/// What an upload for the do-not-call list says of its file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct DoNotCallImport {
    /// Where the file comes from, in your words.
    #[cfg_attr(feature = "openapi", schema(example = "National register", max_length = 200))]
    pub source: String,
    /// The date on which the file was obtained.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = Date))]
    pub source_date: Date,
    /// Whether the source is a register that must be obtained again every 31 days.
    #[serde(default = "yes")]
    #[cfg_attr(feature = "openapi", schema(default = true))]
    pub is_register: bool,
}

fn yes() -> bool {
    true
}

impl DoNotCallImport {
    /// The id of the register, which is the same however its name is spaced and capitalised.
    pub fn register_id(&self) -> RegisterId {
        let words: Vec<&str> = self.source.split_whitespace().collect();
        RegisterId::derived(&[&words.join(" ").to_lowercase()])
    }
}

/// A register that numbers were imported from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DoNotCallRegister {
    /// Our id.
    pub register_id: RegisterId,
    /// Its name, as in the newest import.
    pub source: String,
    /// The date of its newest file.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = Date))]
    pub source_date: Date,
    /// When a file of that date was last imported.
    pub imported_at: Timestamp,
    /// The upload that did it.
    pub upload_id: UploadId,
    /// Numbers in that file, those that were on the list already included.
    pub numbers: u64,
}

impl DoNotCallRegister {
    /// Days from its newest file to the day of `now` in UTC; 0 for a date to come.
    pub fn age_days(&self, now: Timestamp) -> i32 {
        let today = now.to_zoned(TimeZone::UTC).date();
        self.source_date
            .until(today)
            .map_or(0, |span| span.get_days())
            .max(0)
    }

    /// Whether calls at `now` may not go by it any more.
    pub fn is_outdated(&self, now: Timestamp) -> bool {
        self.age_days(now) > MAX_REGISTER_AGE_DAYS
    }
}

/// The registers by which calls at `now` may not go any more.
pub fn outdated_registers(registers: &[DoNotCallRegister], now: Timestamp) -> Vec<&DoNotCallRegister> {
    registers
        .iter()
        .filter(|register| register.is_outdated(now))
        .collect()
}

/// What to say of outdated registers and what to do; none when nothing is outdated.
pub fn register_warning(registers: &[DoNotCallRegister], now: Timestamp) -> Option<String> {
    let outdated = outdated_registers(registers, now);
    if outdated.is_empty() {
        return None;
    }
    let named: Vec<String> = outdated
        .iter()
        .take(NAMED)
        .map(|register| format!("{} ({} days)", register.source, register.age_days(now)))
        .collect();
    let more = match outdated.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    Some(format!(
        "The do-not-call list goes by files that are older than {MAX_REGISTER_AGE_DAYS} days: {}{more}. Get a new file \
         of each and import it before you call.",
        named.join(", ")
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn register(source: &str, date: &str) -> DoNotCallRegister {
        DoNotCallRegister {
            register_id: RegisterId::derived(&[source]),
            source: source.to_owned(),
            source_date: date.parse().unwrap(),
            imported_at: Timestamp::UNIX_EPOCH,
            upload_id: UploadId::derived(&["file"]),
            numbers: 1,
        }
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_register_is_good_through_the_thirty_first_day() {
        let register = register("National", "2026-10-20");
        assert!(!register.is_outdated(at("2026-11-20T23:59:59Z")), "31 days");
        assert!(register.is_outdated(at("2026-11-21T00:00:00Z")), "32 days");
        assert_eq!(register.age_days(at("2026-11-21T00:00:00Z")), 32);
        assert_eq!(register.age_days(at("2026-10-01T00:00:00Z")), 0);
    }

    #[test]
    fn nothing_is_said_where_nothing_was_imported_or_everything_is_new() {
        let now = at("2026-11-20T12:00:00Z");
        assert_eq!(register_warning(&[], now), None);
        assert_eq!(register_warning(&[register("National", "2026-11-01")], now), None);
    }

    #[test]
    fn a_warning_names_what_is_outdated_and_says_what_to_do() {
        let now = at("2026-11-20T12:00:00Z");
        let registers = [register("National", "2026-09-01"), register("Ours", "2026-11-19")];
        let warning = register_warning(&registers, now).unwrap();
        assert!(warning.contains("National (80 days)"), "{warning}");
        assert!(!warning.contains("Ours"), "{warning}");
        assert!(warning.contains("import it"), "{warning}");
    }

    #[test]
    fn a_long_list_of_outdated_registers_is_cut_short() {
        let registers: Vec<_> = (0..8).map(|n| register(&format!("r{n}"), "2026-01-01")).collect();
        let warning = register_warning(&registers, at("2026-11-20T12:00:00Z")).unwrap();
        assert!(warning.contains("and 3 more"), "{warning}");
    }

    #[test]
    fn a_source_is_known_again_however_it_is_written() {
        let import = |source: &str| DoNotCallImport {
            source: source.to_owned(),
            source_date: "2026-11-01".parse().unwrap(),
            is_register: true,
        };
        assert_eq!(
            import(" National  register ").register_id(),
            import("national Register").register_id()
        );
    }

    proptest! {
        #[test]
        fn who_is_outdated_stays_outdated(days in 0i32..20_000, more in 0i32..2_000) {
            let register = register("any", "1990-01-01");
            let day = |days: i32| {
                let date = register.source_date.saturating_add(jiff::Span::new().days(days));
                date.to_zoned(TimeZone::UTC).unwrap().timestamp()
            };
            prop_assert_eq!(register.is_outdated(day(days)), days > MAX_REGISTER_AGE_DAYS);
            if register.is_outdated(day(days)) {
                prop_assert!(register.is_outdated(day(days + more)));
            }
        }
    }
}

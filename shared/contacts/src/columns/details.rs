//! Columns that tell us something about the person: time zone, priority, language and name.
//!
//! They stay dynamic variables under their own header as well.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use switchboard_domain::ContactDetails;

use super::headers::plain;
use crate::{RejectReason, columns::languages, rows::Row};

/// Time zones and languages remembered while a file is read; a file has few.
const REMEMBERED: usize = 1_000;
/// Bytes of the longest that is remembered.
const REMEMBERED_BYTES: usize = 64;

/// What a column may tell about the person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Detail {
    /// The person's time zone.
    Timezone,
    /// Who is called before whom.
    Priority,
    /// The person's language.
    Language,
    /// The person's name.
    Name,
}

impl Detail {
    const ALL: [Self; 4] = [Self::Timezone, Self::Priority, Self::Language, Self::Name];

    /// What the column is used for, to follow its name.
    pub(crate) fn explain(self) -> &'static str {
        match self {
            Self::Timezone => "is the person's time zone: calls keep to it.",
            Self::Priority => {
                "says who is called first: 0 to 100, the larger the earlier; or low, normal, high."
            }
            Self::Language => "is the person's language.",
            Self::Name => "is the person's name.",
        }
    }

    fn headers(self) -> &'static [&'static str] {
        match self {
            Self::Timezone => &[
                "timezone",
                "time zone",
                "tz",
                "zona horaria",
                "huso horario",
                "fuseau horaire",
                "zeitzone",
                "fuso orario",
                "fuso horario",
                "tijdzone",
            ],
            Self::Priority => &[
                "priority",
                "prioridad",
                "priorite",
                "prioritat",
                "priorita",
                "prioridade",
                "prioriteit",
            ],
            Self::Language => &[
                "language", "lang", "locale", "idioma", "lengua", "langue", "sprache", "lingua", "taal",
            ],
            Self::Name => &[
                "name",
                "full name",
                "fullname",
                "contact name",
                "customer name",
                "nombre",
                "nombre completo",
                "nombre y apellidos",
                "nom",
                "nom complet",
                "nome",
                "nome completo",
                "vollstandiger name",
                "naam",
            ],
        }
    }
}

/// Where the details of a file stand.
#[derive(Debug, Default)]
pub(crate) struct Details {
    /// Places of the columns.
    columns: Vec<(Detail, usize)>,
    zones: HashMap<String, Option<String>>,
    languages: HashMap<String, Option<String>>,
    /// Languages that were not understood.
    pub(crate) unknown_languages: u64,
}

impl Details {
    /// Finds the columns by their names; `phone` is taken.
    pub(super) fn find(names: &[String], phone: usize) -> Self {
        let column_of = |detail: Detail| {
            detail.headers().iter().find_map(|known| {
                let is_it = |(column, name): &(usize, &String)| *column != phone && plain(name) == *known;
                names.iter().enumerate().find(is_it).map(|(column, _)| column)
            })
        };
        Self {
            columns: Detail::ALL
                .into_iter()
                .filter_map(|detail| Some((detail, column_of(detail)?)))
                .collect(),
            ..Self::default()
        }
    }

    /// Which columns tell what.
    pub(super) fn columns(&self) -> &[(Detail, usize)] {
        &self.columns
    }

    /// What a row says about its person.
    ///
    /// # Errors
    /// The column and what is wrong: a person must not be called by a time zone or in an order that
    /// nobody understands.
    pub(crate) fn read(&mut self, row: &Row) -> Result<ContactDetails, (usize, RejectReason)> {
        let mut details = ContactDetails::default();
        for (detail, column) in &self.columns {
            let text = row.cell(*column);
            if text.is_empty() {
                continue;
            }
            match detail {
                Detail::Timezone => {
                    let zone = remembered(&mut self.zones, text, timezone);
                    details.timezone = Some(zone.ok_or((*column, RejectReason::UnknownTimezone))?);
                }
                Detail::Priority => {
                    details.priority = Some(priority(text).ok_or((*column, RejectReason::BadPriority))?);
                }
                Detail::Language => {
                    details.language = remembered(&mut self.languages, text, languages::tag);
                    self.unknown_languages += u64::from(details.language.is_none());
                }
                Detail::Name => details.name = Some(text.to_owned()),
            }
        }
        Ok(details)
    }
}

/// What `understand` makes of a text, without asking it twice.
fn remembered(
    known: &mut HashMap<String, Option<String>>,
    text: &str,
    understand: fn(&str) -> Option<String>,
) -> Option<String> {
    if let Some(meaning) = known.get(text) {
        return meaning.clone();
    }
    let meaning = understand(text);
    if known.len() < REMEMBERED && text.len() <= REMEMBERED_BYTES {
        known.insert(text.to_owned(), meaning.clone());
    }
    meaning
}

/// The IANA name of a time zone, in its own spelling. Of the short names only those of the United States
/// mean one thing where they are used.
fn timezone(text: &str) -> Option<String> {
    let name = match text.to_ascii_uppercase().as_str() {
        "ET" | "EST" | "EDT" | "EASTERN" => "America/New_York",
        "CT" | "CST" | "CDT" | "CENTRAL" => "America/Chicago",
        "MT" | "MST" | "MDT" | "MOUNTAIN" => "America/Denver",
        "PT" | "PST" | "PDT" | "PACIFIC" => "America/Los_Angeles",
        "UTC" | "GMT" | "Z" => "UTC",
        _ => text,
    };
    let is_name = name.contains('/') || name == "UTC";
    let zone = jiff::tz::TimeZone::get(name).ok().filter(|_| is_name)?;
    zone.iana_name().map(str::to_owned)
}

fn priority(text: &str) -> Option<u8> {
    match plain(text).as_str() {
        "low" | "baja" | "bajo" | "niedrig" | "basse" | "bassa" | "baixa" => return Some(25),
        "normal" | "medium" | "media" | "medio" | "mittel" | "moyenne" => return Some(50),
        "high" | "alta" | "alto" | "hoch" | "haute" | "urgent" | "urgente" => return Some(75),
        _ => {}
    }
    let whole = text.strip_suffix(".0").unwrap_or(text);
    whole.parse().ok().filter(|priority| *priority <= 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn details_are_found_by_header_and_read() {
        let names = names(&["Phone", "Nombre", "ZONA HORARIA", "Prioridad", "Idioma", "Notes"]);
        let mut details = Details::find(&names, 0);
        let row = Row::of(2, &["", "Ana", "europe/madrid", "Alta", "Español", "x"]);
        assert_eq!(
            details.read(&row),
            Ok(ContactDetails {
                timezone: Some("Europe/Madrid".to_owned()),
                priority: Some(75),
                language: Some("es".to_owned()),
                name: Some("Ana".to_owned()),
            })
        );
        let empty = Row::of(3, &["", "", "", "", "", ""]);
        assert_eq!(details.read(&empty), Ok(ContactDetails::default()));
    }

    #[test]
    fn a_zone_or_priority_nobody_understands_is_no_guess() {
        let mut details = Details::find(&names(&["tz", "priority", "lang"]), 9);
        for (cells, wrong) in [
            (["Madrid", "", ""], (0, RejectReason::UnknownTimezone)),
            (["IST", "", ""], (0, RejectReason::UnknownTimezone)),
            (["", "soon", ""], (1, RejectReason::BadPriority)),
            (["", "101", ""], (1, RejectReason::BadPriority)),
        ] {
            assert_eq!(details.read(&Row::of(1, &cells)), Err(wrong));
        }
        let read = details.read(&Row::of(1, &["PST", "7.0", "Elvish"])).unwrap();
        assert_eq!(read.timezone.as_deref(), Some("America/Los_Angeles"));
        assert_eq!(
            (read.priority, read.language, details.unknown_languages),
            (Some(7), None, 1)
        );
    }

    #[test]
    fn zones_are_names_and_a_few_words_that_mean_one() {
        for (text, zone) in [
            ("est", Some("America/New_York")),
            ("Eastern", Some("America/New_York")),
            ("CDT", Some("America/Chicago")),
            ("mountain", Some("America/Denver")),
            ("PT", Some("America/Los_Angeles")),
            ("z", Some("UTC")),
            ("gmt", Some("UTC")),
            ("UTC", Some("UTC")),
            ("asia/kolkata", Some("Asia/Kolkata")),
            ("CET", None),
            ("Europe/Nowhere", None),
        ] {
            assert_eq!(timezone(text).as_deref(), zone, "{text}");
        }
    }

    #[test]
    fn a_priority_is_a_word_or_a_whole_number_up_to_a_hundred() {
        for (text, expected) in [
            ("low", Some(25)),
            ("Media", Some(50)),
            ("URGENTE", Some(75)),
            ("0", Some(0)),
            ("100", Some(100)),
            ("100.0", Some(100)),
            ("101", None),
            ("7.5", None),
            ("-1", None),
        ] {
            assert_eq!(priority(text), expected, "{text}");
        }
    }

    #[test]
    fn a_detail_is_found_beside_the_phone_only() {
        let details = Details::find(&names(&["name", "full name"]), 0);
        assert_eq!(details.columns(), [(Detail::Name, 1)]);
        let details = Details::find(&names(&["full name", "Name", "phone"]), 2);
        assert_eq!(
            details.columns(),
            [(Detail::Name, 1)],
            "the likelier header of two"
        );
        let explained: std::collections::BTreeSet<&str> =
            Detail::ALL.iter().map(|detail| detail.explain()).collect();
        assert!(explained.len() == 4 && explained.iter().all(|text| text.ends_with('.')));
    }

    #[test]
    fn a_thousand_short_texts_are_remembered() {
        fn understand(text: &str) -> Option<String> {
            Some(text.to_uppercase())
        }
        let mut known = HashMap::new();
        for n in 0..1_100 {
            let text = format!("zone {n}");
            assert_eq!(
                remembered(&mut known, &text, understand),
                Some(text.to_uppercase())
            );
        }
        assert_eq!(known.len(), 1_000);
        let mut known = HashMap::new();
        for length in [64, 65] {
            remembered(&mut known, &"x".repeat(length), understand);
        }
        assert_eq!(known.len(), 1);
        known.insert("a".to_owned(), None);
        assert_eq!(
            remembered(&mut known, "a", understand),
            None,
            "it is not asked again"
        );
    }
}

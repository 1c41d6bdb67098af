//! The many ways to write a number down.

use crate::{numbers::Number, random::Random};

/// Cells that are no numbers.
const WRONG: &[&str] = &[
    "",
    "n/a",
    "unknown",
    "-",
    "12345",
    "+34 612",
    "+999 123 456 789",
    "+1 123 456 7890",
    "+34 999 99 99 99 99 99",
    "ask Maria",
];

/// What stands in a cell.
pub(crate) enum Written {
    /// Text.
    Text(String),
    /// A number, where the file knows such cells; otherwise its digits, perhaps as Excel writes a float.
    Number(u64),
}

/// A spelling of the number.
pub(crate) fn spell(number: &Number, random: &mut Random) -> Written {
    let Number { code, groups } = number;
    let national = number.national();
    let text = match random.below(100) {
        0..34 => format!("+{code}{national}"),
        34..54 => format!("+{code} {}", groups.join(" ")),
        54..62 => format!("00{code}{national}"),
        62..67 => format!("00{code} {}", groups.join(" ")),
        67..74 => format!("+{code}-{}", groups.join("-")),
        74..79 => format!("+{code} ({}) {}", groups[0], groups[1..].join("-")),
        79..82 => format!(" +{code}.{} ", groups.join(".")),
        82..86 => format!("'+{code}{national}"),
        // Only at home does a number without a country mean anything.
        _ if !number.is_home() => format!("+{code}{national}"),
        86..90 => groups.join(" "),
        90..94 => national,
        94..97 => return digits(&national),
        _ => return digits(&format!("{code}{national}")),
    };
    Written::Text(text)
}

/// Something that is not a number.
pub(crate) fn wrong(random: &mut Random) -> Written {
    Written::Text(random.pick(WRONG).to_owned())
}

fn digits(text: &str) -> Written {
    text.parse()
        .map_or_else(|_| Written::Text(text.to_owned()), Written::Number)
}

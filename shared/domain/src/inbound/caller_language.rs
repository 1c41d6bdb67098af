//! Which language somebody probably speaks, by the country of their number.

use crate::PhoneNumber;

/// Country codes, and the beginnings of numbers within one, with the languages that most people there speak: ISO
/// 639-1, the most common first. What is not in it is not known. Codes are those of ITU-T E.164.
const BY_BEGINNING: &[(&str, &[&str])] = &[
    ("1", &["en"]),
    ("1367", &["fr"]),
    ("1418", &["fr"]),
    ("1438", &["fr", "en"]),
    ("1450", &["fr"]),
    ("1514", &["fr", "en"]),
    ("1579", &["fr"]),
    ("1581", &["fr"]),
    ("1809", &["es"]),
    ("1819", &["fr"]),
    ("1829", &["es"]),
    ("1849", &["es"]),
    ("1787", &["es"]),
    ("1873", &["fr"]),
    ("1939", &["es"]),
    ("20", &["ar"]),
    ("212", &["ar", "fr"]),
    ("213", &["ar", "fr"]),
    ("216", &["ar", "fr"]),
    ("221", &["fr"]),
    ("225", &["fr"]),
    ("233", &["en"]),
    ("234", &["en"]),
    ("237", &["fr", "en"]),
    ("240", &["es"]),
    ("244", &["pt"]),
    ("254", &["en", "sw"]),
    ("255", &["sw", "en"]),
    ("256", &["en"]),
    ("258", &["pt"]),
    ("27", &["en"]),
    ("30", &["el"]),
    ("31", &["nl"]),
    ("32", &["nl", "fr"]),
    ("33", &["fr"]),
    ("34", &["es"]),
    ("351", &["pt"]),
    ("352", &["fr", "de"]),
    ("353", &["en"]),
    ("354", &["is"]),
    ("355", &["sq"]),
    ("356", &["en", "mt"]),
    ("357", &["el"]),
    ("358", &["fi", "sv"]),
    ("359", &["bg"]),
    ("36", &["hu"]),
    ("370", &["lt"]),
    ("371", &["lv"]),
    ("372", &["et"]),
    ("373", &["ro"]),
    ("376", &["ca", "es"]),
    ("377", &["fr"]),
    ("380", &["uk"]),
    ("381", &["sr"]),
    ("385", &["hr"]),
    ("386", &["sl"]),
    ("387", &["bs"]),
    ("389", &["mk"]),
    ("39", &["it"]),
    ("40", &["ro"]),
    ("41", &["de", "fr", "it"]),
    ("420", &["cs"]),
    ("421", &["sk"]),
    ("423", &["de"]),
    ("43", &["de"]),
    ("44", &["en"]),
    ("45", &["da"]),
    ("46", &["sv"]),
    ("47", &["no"]),
    ("48", &["pl"]),
    ("49", &["de"]),
    ("502", &["es"]),
    ("503", &["es"]),
    ("504", &["es"]),
    ("505", &["es"]),
    ("506", &["es"]),
    ("507", &["es"]),
    ("509", &["fr"]),
    ("51", &["es"]),
    ("52", &["es"]),
    ("53", &["es"]),
    ("54", &["es"]),
    ("55", &["pt"]),
    ("56", &["es"]),
    ("57", &["es"]),
    ("58", &["es"]),
    ("591", &["es"]),
    ("593", &["es"]),
    ("595", &["es"]),
    ("598", &["es"]),
    ("60", &["ms", "en"]),
    ("61", &["en"]),
    ("62", &["id"]),
    ("63", &["en", "tl"]),
    ("64", &["en"]),
    ("65", &["en", "zh"]),
    ("66", &["th"]),
    ("7", &["ru"]),
    ("81", &["ja"]),
    ("82", &["ko"]),
    ("84", &["vi"]),
    ("852", &["zh", "en"]),
    ("86", &["zh"]),
    ("880", &["bn"]),
    ("886", &["zh"]),
    ("90", &["tr"]),
    ("91", &["en", "hi"]),
    ("92", &["ur", "en"]),
    ("961", &["ar"]),
    ("962", &["ar"]),
    ("964", &["ar"]),
    ("965", &["ar"]),
    ("966", &["ar"]),
    ("968", &["ar"]),
    ("971", &["ar", "en"]),
    ("972", &["he"]),
    ("973", &["ar"]),
    ("974", &["ar"]),
    ("98", &["fa"]),
    ("994", &["az"]),
    ("995", &["ka"]),
];

/// The languages that somebody with this number probably speaks, the most common first; none where nobody knows.
pub fn languages_of(number: &PhoneNumber) -> &'static [&'static str] {
    let digits = number.as_str().trim_start_matches('+');
    let begins = BY_BEGINNING
        .iter()
        .filter(|(beginning, _)| digits.starts_with(beginning));
    begins
        .max_by_key(|(beginning, _)| beginning.len())
        .map_or(&[], |(_, languages)| *languages)
}

/// The language of a code such as `es` or `es-MX`, without the country.
pub(super) fn primary(code: &str) -> String {
    let end = code.find(['-', '_']).unwrap_or(code.len());
    code[..end].trim().to_lowercase()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn number(text: &str) -> PhoneNumber {
        PhoneNumber::parse(text).unwrap()
    }

    #[test]
    fn the_longest_beginning_that_fits_says_it() {
        for (text, languages) in [
            ("+34600000001", &["es"][..]),
            ("+351910000000", &["pt"]),
            ("+14155550100", &["en"]),
            ("+15145550100", &["fr", "en"]),
            ("+41441234567", &["de", "fr", "it"]),
            ("+999123456789", &[]),
        ] {
            assert_eq!(languages_of(&number(text)), languages, "{text}");
        }
    }

    #[test]
    fn every_beginning_is_there_once() {
        let all: BTreeSet<&str> = BY_BEGINNING.iter().map(|(beginning, _)| *beginning).collect();
        assert_eq!(all.len(), BY_BEGINNING.len());
        assert!(BY_BEGINNING.iter().all(|(_, languages)| !languages.is_empty()));
    }

    #[test]
    fn a_language_is_the_same_in_every_country() {
        assert_eq!(
            (primary("es-MX"), primary("PT_br"), primary(" de ")),
            ("es".into(), "pt".into(), "de".into())
        );
    }
}

//! Numbers that need a rule of their own: emergency calls and the range reserved for fiction.

use rlibphonenumber::PHONE_NUMBER_UTIL;

/// Short numbers of police, fire brigade, ambulance and crisis lines around the world.
const EMERGENCY: &[&str] = &[
    "000", "015", "016", "017", "018", "061", "062", "066", "085", "088", "089", "091", "100", "101", "102",
    "103", "104", "105", "106", "108", "110", "111", "112", "113", "114", "115", "116", "117", "118", "119",
    "120", "122", "123", "128", "129", "130", "131", "132", "133", "140", "144", "150", "155", "158", "166",
    "180", "190", "191", "192", "193", "194", "195", "196", "197", "198", "199", "911", "922", "988", "991",
    "993", "994", "995", "997", "998", "999", "15", "17", "18",
];

/// Whether this is an emergency number, by itself or behind a country code.
pub(super) fn is_emergency(text: &str) -> bool {
    if text.bytes().filter(u8::is_ascii_digit).count() > 8 || text.chars().any(char::is_alphabetic) {
        return false;
    }
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    // 1.5 is an amount that stands in the wrong column.
    if digits.len() == 2 && text.contains(['.', ',']) {
        return false;
    }
    if EMERGENCY.contains(&digits.as_str()) {
        return true;
    }
    let international = if text.starts_with('+') {
        Some(digits.as_str())
    } else {
        digits.strip_prefix("00")
    };
    international.is_some_and(|digits| {
        (1..=3)
            .filter_map(|n| digits.split_at_checked(n))
            .any(|(code, rest)| {
                // No country code begins with a zero.
                !code.starts_with('0')
                    && EMERGENCY.contains(&rest)
                    && code.parse().is_ok_and(|code: i32| {
                        PHONE_NUMBER_UTIL
                            .get_supported_calling_codes()
                            .any(|known| known == code)
                    })
            })
    })
}

/// Whether this North American number is one of 555-0100 to 555-0199, which are given to nobody so that
/// stories and samples can use them (ATIS-0300115). The metadata knows only area codes in service, the
/// simulator answers in any.
pub(super) fn is_fictional(country_code: i32, national: u64) -> bool {
    let (area, line) = (national / 10_000_000, national % 10_000_000);
    let has_area = (200..=999).contains(&area) && area % 100 != 11;
    country_code == 1 && has_area && (5_550_100..=5_550_199).contains(&line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn emergency_numbers_are_known_with_and_without_a_country() {
        for text in ["112", "911", "9-1-1", "+1 911", "+34112", "0034 112", "+44 999"] {
            assert!(is_emergency(text), "{text}");
        }
        for text in [
            "+14155550112",
            "1",
            "12345",
            "call 911",
            "1.5",
            "000 491 95",
            "00 040 112",
        ] {
            assert!(!is_emergency(text), "{text}");
        }
    }

    #[test]
    fn only_the_hundred_numbers_of_an_area_are_fictional() {
        assert!(is_fictional(1, 4_155_550_100) && is_fictional(1, 2_005_550_199));
        for (code, national) in [
            (1, 4_155_550_099),
            (1, 4_155_550_200),
            (1, 9_115_550_100),
            (34, 4_155_550_100),
            (1, 5_550_100),
        ] {
            assert!(!is_fictional(code, national), "{code} {national}");
        }
    }

    #[test]
    fn short_numbers_are_of_up_to_three_digits_of_country_and_three_of_its_own() {
        for text in ["+420 112", "+351112", "1-5", "17"] {
            assert!(is_emergency(text), "{text}");
        }
        for text in ["+999 112", "1,5", "+34 12345", "+0 112"] {
            assert!(!is_emergency(text), "{text}");
        }
    }

    #[test]
    fn areas_are_those_of_america_that_are_no_service() {
        let of_area = |area: u64| is_fictional(1, area * 10_000_000 + 5_550_150);
        assert_eq!(
            [199, 200, 211, 212, 811, 999].map(of_area),
            [false, true, false, true, false, true]
        );
    }
}

//! One spelling to one number.

use rlibphonenumber::{
    CountryCodeSource, NumberLengthType, PHONE_NUMBER_UTIL, ParseError, PhoneNumber as Parsed,
    PhoneNumberFormat, PhoneNumberType, ValidationError,
};
use switchboard_domain::PhoneNumber;

use super::{NumberProblem, special, spelling};
use crate::Region;

/// Reads phone numbers as people and spreadsheets write them.
pub struct NumberParser;

impl NumberParser {
    /// The number in a cell, in E.164.
    ///
    /// - `+` and `00` begin a country code, whatever the region, also in brackets: `(+34) 600…`. Everything
    ///   else is national in `default_region`. Where the region dials abroad with more than `00`, as Australia
    ///   does with `0011`, that comes first. Where a number that begins with `00` is another one as the
    ///   region reads it, neither is taken: it would be somebody else's.
    /// - Without a region, digits are tried as if `+` stood before them, and taken when that is a valid
    ///   number. Ten digits that are also a North American number without its country code are not: they
    ///   mean two different people.
    /// - 555-0100 to 555-0199 of any North American area are taken although nobody has them: samples and
    ///   the simulator use them.
    /// - An extension is refused, not cut off: the call would reach a switchboard instead of the person.
    ///
    /// # Errors
    /// The reason why the cell is no number we would dial.
    pub fn parse(raw: &str, default_region: Option<Region>) -> Result<PhoneNumber, NumberProblem> {
        let text = spelling::clean(raw)?;
        if special::is_emergency(&text) {
            return Err(NumberProblem::Emergency);
        }
        if spelling::has_several(&text) {
            return Err(NumberProblem::SeveralNumbers);
        }
        let text = spelling::without_brackets(&text);
        if text.starts_with('+') {
            return judge(&text, None);
        }
        if let Some(rest) = text.strip_prefix("00") {
            return after_two_zeros(&text, rest, default_region);
        }
        match default_region {
            Some(region) => judge(&text, Some(region)),
            None => without_country(&text),
        }
    }
}

/// A text that begins with 00, and what follows these.
fn after_two_zeros(text: &str, rest: &str, region: Option<Region>) -> Result<PhoneNumber, NumberProblem> {
    let international = || judge(&format!("+{rest}"), None);
    let Some(region) = region else {
        return international();
    };
    let dialled = dialled_from(text, region);
    if dialled.is_all_after_two_zeros(rest) {
        return dialled.number;
    }
    one_of(international(), dialled)
}

/// What a region makes of digits that begin with 00.
struct Dialled {
    number: Result<PhoneNumber, NumberProblem>,
    /// Whether they begin as the region dials abroad.
    is_abroad: bool,
    region: Region,
}

impl Dialled {
    /// Whether the digits begin as the region dials abroad, and 00 alone is not how it does: in Hong Kong it is,
    /// and more may follow; in Singapore one digit more has to.
    fn is_abroad_by_other_digits(&self) -> bool {
        // No prefix of a region begins with 0044 and has to.
        const LONDON: (&str, &str) = ("00442079460018", "+442079460018");
        let has_two_zeros = || {
            let london = dialled_from(LONDON.0, self.region);
            london.is_abroad && london.number.is_ok_and(|number| number.as_str() == LONDON.1)
        };
        self.is_abroad && !has_two_zeros()
    }

    /// Whether 00 is how the region dials abroad and all that follows is the number, so that it cannot be read
    /// as another one: nearly always, and then a second reading is spared.
    fn is_all_after_two_zeros(&self, rest: &str) -> bool {
        let digits = rest.bytes().filter(u8::is_ascii_digit);
        let number = self.number.as_ref();
        self.is_abroad && number.is_ok_and(|number| digits.eq(number.as_str().bytes().skip(1)))
    }

    /// Whether the number is one of the region's own country.
    fn is_home(&self, number: &PhoneNumber) -> bool {
        let code = PHONE_NUMBER_UTIL.get_country_code_for_region(self.region.inner());
        code.is_some_and(|code| number.as_str().starts_with(&format!("+{code}")))
    }
}

fn dialled_from(text: &str, region: Region) -> Dialled {
    let parsed = PHONE_NUMBER_UTIL.parse_and_keep_raw_input(text, Some(region.inner()));
    let is_abroad = match &parsed {
        Ok(number) => number.country_code_source() == CountryCodeSource::FromNumberWithIdd,
        Err(ParseError::TooShortAfterIdd | ParseError::InvalidCountryCode) => true,
        Err(_) => false,
    };
    Dialled {
        number: judge_parsed(text, parsed),
        is_abroad,
        region,
    }
}

/// In some countries 00 is not how one dials abroad, or not all of it, and may begin a national number. A
/// premium-rate number does not become another one by being read again.
fn one_of(
    international: Result<PhoneNumber, NumberProblem>,
    region: Dialled,
) -> Result<PhoneNumber, NumberProblem> {
    match (international, &region.number) {
        (Err(NumberProblem::PremiumRate), _) => Err(NumberProblem::PremiumRate),
        (_, Err(NumberProblem::PremiumRate)) if region.is_abroad => Err(NumberProblem::PremiumRate),
        (Ok(a), Ok(b)) if a != *b => Err(NumberProblem::NoCountry),
        // Dialled in the region, the digits reach nobody; what they say elsewhere may be another country.
        (Ok(number), Err(_)) if region.is_abroad_by_other_digits() && !region.is_home(&number) => {
            Err(NumberProblem::NoCountry)
        }
        (Err(_), Err(problem)) if region.is_abroad => Err(*problem),
        (Ok(number), _) => Ok(number),
        (Err(_), Ok(_)) => region.number,
        (Err(problem), Err(_)) => Err(problem),
    }
}

/// Digits that may or may not begin with a country code.
fn without_country(text: &str) -> Result<PhoneNumber, NumberProblem> {
    if is_american(text) {
        return Err(NumberProblem::NoCountry);
    }
    judge(&format!("+{text}"), None).map_err(|problem| match problem {
        NumberProblem::TooShort if digits(text) >= 7 => NumberProblem::NoCountry,
        NumberProblem::TooLong if digits(text) <= 15 => NumberProblem::NoCountry,
        NumberProblem::InvalidForRegion => NumberProblem::NoCountry,
        other => other,
    })
}

fn digits(text: &str) -> usize {
    text.chars().filter(char::is_ascii_digit).count()
}

/// Whether the text is a North American number without its country code.
fn is_american(text: &str) -> bool {
    digits(text) == 10
        && PHONE_NUMBER_UTIL
            .parse(text, Some(rlibphonenumber::Region::US))
            .is_ok_and(|number| PHONE_NUMBER_UTIL.is_valid_number(&number) || fictional(&number))
}

fn fictional(number: &Parsed) -> bool {
    special::is_fictional(number.country_code, number.national_number)
}

fn judge(text: &str, region: Option<Region>) -> Result<PhoneNumber, NumberProblem> {
    judge_parsed(text, PHONE_NUMBER_UTIL.parse(text, region.map(Region::inner)))
}

fn judge_parsed(text: &str, parsed: Result<Parsed, ParseError>) -> Result<PhoneNumber, NumberProblem> {
    let number = match parsed {
        Ok(number) => number,
        Err(error) => return Err(unparsed(text, &error)),
    };
    if number
        .extension
        .as_deref()
        .is_some_and(|extension| !extension.is_empty())
    {
        return Err(NumberProblem::HasExtension);
    }
    // The library reads 1-800-FLOWERS, and finds a number in the middle of a sentence.
    if text.chars().any(char::is_alphabetic) {
        return Err(NumberProblem::NotANumber);
    }
    match PHONE_NUMBER_UTIL.get_number_type(&number) {
        PhoneNumberType::PremiumRate => return Err(NumberProblem::PremiumRate),
        // A number of no type is not assigned.
        PhoneNumberType::Unknown if !fictional(&number) => {
            check_length(&number)?;
            return Err(NumberProblem::InvalidForRegion);
        }
        _ => {}
    }
    let e164 = PHONE_NUMBER_UTIL.format(&number, PhoneNumberFormat::E164);
    PhoneNumber::parse(&e164).map_err(|_| NumberProblem::InvalidForRegion)
}

fn check_length(number: &Parsed) -> Result<(), NumberProblem> {
    match PHONE_NUMBER_UTIL.is_possible_number_with_reason(number) {
        Ok(NumberLengthType::IsPossible) => Ok(()),
        Ok(NumberLengthType::IsPossibleLocalOnly) | Err(ValidationError::TooShort) => {
            Err(NumberProblem::TooShort)
        }
        Err(ValidationError::TooLong) => Err(NumberProblem::TooLong),
        Err(ValidationError::InvalidCountryCode | ValidationError::InvalidLength) => {
            Err(NumberProblem::InvalidForRegion)
        }
    }
}

/// What the library's refusal means. Its "not a number" covers numbers that are merely short or long.
fn unparsed(text: &str, error: &ParseError) -> NumberProblem {
    if text.chars().any(char::is_alphabetic) {
        return NumberProblem::NotANumber;
    }
    match (error, digits(text)) {
        (_, 0) => NumberProblem::NotANumber,
        (_, 1..7) => NumberProblem::TooShort,
        (_, 16..) => NumberProblem::TooLong,
        (ParseError::InvalidCountryCode, _) => NumberProblem::InvalidForRegion,
        (ParseError::TooShortAfterIdd | ParseError::TooShortNsn, _) => NumberProblem::TooShort,
        (ParseError::TooLongNsn, _) => NumberProblem::TooLong,
        (ParseError::NotANumber(_), _) => NumberProblem::NotANumber,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parsed(raw: &str, region: &str) -> Result<String, NumberProblem> {
        NumberParser::parse(raw, Region::parse(region).ok()).map(|number| number.as_str().to_owned())
    }

    #[test]
    fn the_usual_spellings_become_e164() {
        for (raw, region, e164) in [
            ("+1 (415) 555-0100", "", "+14155550100"),
            ("415-555-0100", "US", "+14155550100"),
            ("1 415 555 0100", "", "+14155550100"),
            ("'+34 631 02 16 22", "", "+34631021622"),
            ("631 021 622", "ES", "+34631021622"),
            ("0034 631 021 622", "", "+34631021622"),
            ("0034 631 021 622", "US", "+34631021622"),
            ("34631021622.0", "", "+34631021622"),
            ("3.4631021622E+10", "", "+34631021622"),
            ("34631021622", "ES", "+34631021622"),
            ("+34631021622", "US", "+34631021622"),
            ("(+34) 631 021 622", "", "+34631021622"),
            ("(+34) 631 021 622", "US", "+34631021622"),
            ("(0034) 631 021 622", "", "+34631021622"),
            ("(0)20 7946 0018", "GB", "+442079460018"),
            ("tel:+44-7911-123456", "", "+447911123456"),
            ("020 7946 0018", "GB", "+442079460018"),
            ("+44 (0)20 7946 0018", "", "+442079460018"),
            ("06 12 34 56 78", "FR", "+33612345678"),
            ("０６ １２ ３４ ５６ ７８", "FR", "+33612345678"),
            ("+39 06 698 12345", "", "+390669812345"),
            ("(11) 91234-5678", "BR", "+5511912345678"),
            ("0176 12345678", "DE", "+4917612345678"),
            ("0011 34 631 021 622", "AU", "+34631021622"),
            ("009 34 631 021 622", "NG", "+34631021622"),
            ("001 34 631 021 622", "TH", "+34631021622"),
            ("00 34 631 021 622", "AU", "+34631021622"),
            ("00852 2123 4567", "HK", "+85221234567"),
            ("0065 6123 4567", "SG", "+6561234567"),
            ("0055 11 91234 5678", "BR", "+5511912345678"),
            ("+٩٧١ ٥٠ ١٢٣ ٤٥٦٧", "", "+971501234567"),
            ("۰۹۱۲ ۳۴۵ ۶۷۸۹", "IR", "+989123456789"),
            ("०९८१२३४५६७८", "IN", "+919812345678"),
            ("631·02·16·22", "ES", "+34631021622"),
            ("631\u{2009}021\u{202F}622", "ES", "+34631021622"),
            ("73145.00", "TK", "+69073145"),
        ] {
            assert_eq!(parsed(raw, region).as_deref(), Ok(e164), "{raw} in {region}");
        }
    }

    #[test]
    fn every_refusal_has_its_reason() {
        use NumberProblem as P;
        for (raw, region, problem) in [
            ("", "", P::Empty),
            ("  ' ", "", P::Empty),
            ("hello", "", P::NotANumber),
            ("---", "", P::NotANumber),
            ("call 415 555 0100", "US", P::NotANumber),
            ("1-800-FLOWERS", "US", P::NotANumber),
            ("12", "US", P::TooShort),
            ("+1 415 555", "", P::TooShort),
            ("555 0100", "US", P::TooShort),
            ("+1 415 555 0100 99", "", P::TooLong),
            ("+34 631 02 16 22 99 99 99 99", "", P::TooLong),
            ("631 021 622", "", P::NoCountry),
            ("020 7946 0018", "", P::NoCountry),
            ("415 555 0100", "", P::NoCountry),
            // To the Comoros, which have no such number; not to Michigan.
            ("0011 269 982 1234", "AU", P::NoCountry),
            // By one carrier to Malaysia, which has no such number; not to New Hampshire.
            ("001 603 555 0123", "KR", P::NoCountry),
            ("0049 30 901820", "SG", P::NoCountry),
            // In Connecticut and in Bergen.
            ("475 555 0123", "", P::NoCountry),
            ("4755512345", "", P::NoCountry),
            ("+1 123 456 7890", "", P::InvalidForRegion),
            ("+999 123 456 789", "", P::InvalidForRegion),
            ("911", "US", P::Emergency),
            ("+34 112", "", P::Emergency),
            ("+34 803 123 456", "", P::PremiumRate),
            ("900 555 0100", "US", P::PremiumRate),
            ("3.46E+10", "ES", P::PrecisionLost),
            ("+1 415 555 0100 ext. 12", "", P::HasExtension),
            ("+1 415 555 0100 x12", "", P::HasExtension),
            ("+1 415 555 0100 / +1 415 555 0101", "", P::SeveralNumbers),
        ] {
            assert_eq!(parsed(raw, region), Err(problem), "{raw} in {region}");
        }
    }

    #[test]
    fn fictional_numbers_are_taken_in_every_area() {
        for area in [200, 212, 415, 555, 799, 989] {
            let number = format!("+1{area}5550142");
            assert_eq!(parsed(&number, "").as_deref(), Ok(number.as_str()));
        }
        assert_eq!(parsed("+19115550142", ""), Err(NumberProblem::InvalidForRegion));
    }

    proptest! {
        #[test]
        fn no_text_makes_the_parser_panic(raw in "\\PC*|[-+0-9 ().xe,;/']{0,40}", region in "[A-Z]{2}") {
            let _ = NumberParser::parse(&raw, Region::parse(&region).ok());
        }

        #[test]
        fn a_number_read_once_reads_as_itself(raw in "\\+?[0-9 ]{6,18}", region in "ES|US|GB|IT|BR|XX") {
            if let Ok(number) = NumberParser::parse(&raw, Region::parse(&region).ok()) {
                prop_assert_eq!(NumberParser::parse(number.as_str(), None), Ok(number));
            }
        }
    }
}

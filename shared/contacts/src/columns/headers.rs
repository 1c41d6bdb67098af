//! Headers that mean "phone number", in the languages people send.

/// Headers in the order they are preferred.
const PHONE: &[&str] = &[
    "phone number",
    "phone",
    "phonenumber",
    "phone no",
    "mobile phone",
    "mobile number",
    "cell phone",
    "cellphone",
    "telephone",
    "telephone number",
    "telefono",
    "numero de telefono",
    "numero telefono",
    "telefono movil",
    "telefono celular",
    "telefone",
    "numero de telefone",
    "telemovel",
    "numero de telephone",
    "telephone portable",
    "telefon",
    "telefonnummer",
    "rufnummer",
    "handynummer",
    "mobilnummer",
    "mobile",
    "mobil",
    "movil",
    "celular",
    "cell",
    "cellulare",
    "handy",
    "whatsapp",
    "whatsapp number",
    "numero whatsapp",
    "numero di telefono",
    "telefoonnummer",
    "telefoon",
    "puhelin",
    "puhelinnumero",
    "telefonszam",
    "tel",
    "tel no",
    "fono",
    "msisdn",
    "contact number",
];

/// Headers that often mean something else; their cells must agree.
const PERHAPS: &[&str] = &[
    "portable", "numero", "number", "no", "nr", "num", "contact", "contacto",
];

/// Words that make a longer header a phone header, as in "Customer phone (home)".
const WORDS: &[&str] = &[
    "phone",
    "telephone",
    "telefono",
    "telefone",
    "telefon",
    "telefonnummer",
    "mobile",
    "movil",
    "celular",
    "cellulare",
    "cellphone",
    "whatsapp",
];

/// How surely a header means a phone number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum PhoneHeader {
    /// One of the list, at this place.
    Listed(usize),
    /// A longer header with one of the words in it.
    Worded,
    /// One that often means something else.
    Perhaps,
}

/// What a header says about its column; smaller is surer.
pub(super) fn phone_header(header: &str) -> Option<PhoneHeader> {
    let plain = plain(header);
    if let Some(place) = PHONE.iter().position(|known| *known == plain) {
        Some(PhoneHeader::Listed(place))
    } else if PERHAPS.contains(&plain.as_str()) {
        Some(PhoneHeader::Perhaps)
    } else {
        plain
            .split(' ')
            .any(|word| WORDS.contains(&word))
            .then_some(PhoneHeader::Worded)
    }
}

/// A header without case, accents and punctuation, its words one space apart.
pub(super) fn plain(header: &str) -> String {
    let letters: String = header
        .chars()
        .flat_map(char::to_lowercase)
        .filter(|c| !('\u{300}'..='\u{36F}').contains(c))
        .map(|c| {
            if c.is_alphanumeric() {
                without_accent(c)
            } else {
                ' '
            }
        })
        .collect();
    letters.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn without_accent(c: char) -> char {
    match c {
        'à'..='å' => 'a',
        'ç' => 'c',
        'è'..='ë' | 'ě' => 'e',
        'ì'..='ï' => 'i',
        'ñ' | 'ň' => 'n',
        'ò'..='ö' | 'ø' | 'º' | 'ő' => 'o',
        'ù'..='ü' | 'ů' | 'ű' => 'u',
        'ý' | 'ÿ' => 'y',
        _ => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phone_headers_are_known_in_many_spellings() {
        for header in [
            "phone_number",
            "Phone Number:",
            "TELÉFONO",
            "telefo\u{301}no",
            "Téléphone",
            "N° de téléphone",
            "Móvil",
            "Nº móvil",
            "E-mail / Phone",
        ] {
            assert!(
                matches!(
                    phone_header(header),
                    Some(PhoneHeader::Listed(_) | PhoneHeader::Worded)
                ),
                "{header}"
            );
        }
        for header in ["name", "email", "", "phonetic", "company"] {
            assert_eq!(phone_header(header), None, "{header}");
        }
        assert_eq!(phone_header("número"), Some(PhoneHeader::Perhaps));
        assert_eq!(phone_header("phone_number"), Some(PhoneHeader::Listed(0)));
    }
}

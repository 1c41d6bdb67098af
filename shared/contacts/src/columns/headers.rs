//! Headers that mean "phone number", in the languages people send.

use std::{collections::HashMap, sync::LazyLock};

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

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
    "phone1",
    "phone 1",
    "tlf",
    "tfno",
    "telf",
    "telefonnr",
    "tel nr",
    "mobiltelefon",
    "mobiltelefonnummer",
    "cep telefonu",
    "telefon numarasi",
    "numer telefonu",
    "telefonni cislo",
    "mobilni telefon",
    "telefonski broj",
    "numar de telefon",
    "numero mobile",
    "numero di cellulare",
    "numero de celular",
    "numero de movil",
    "numero movil",
    "telefonszama",
    "matkapuhelin",
    "mobiel",
    "mobiele nummer",
    "gsm",
    "gsm nummer",
    "so dien thoai",
    "nomor telepon",
    "nomor hp",
    "тел",
    "телефон",
    "номер телефона",
    "номер телефону",
    "мобильный",
    "мобильный телефон",
    "τηλεφωνο",
    "κινητο",
    "טלפון",
    "هاتف",
    "الهاتف",
    "رقم الهاتف",
    "电话",
    "电话号码",
    "手机",
    "手机号",
    "電話",
    "電話番号",
    "携帯電話",
    "전화번호",
    "휴대폰",
    "mobitel",
    "broj telefona",
    "broj mobitela",
    "telefonne cislo",
    "mobilne cislo",
    "cislo telefonu",
    "mobilni cislo",
    "telefonska stevilka",
    "mobilni",
    "mobilnr",
    "mobil nr",
    "tel cislo",
    "nr telefonu",
    "telefon komorkowy",
    "numar telefon",
    "nr telefon",
    "telefon mobil",
    "telefoninumber",
    "telefono numeris",
    "telefona numurs",
    "talrunis",
    "matkapuhelinnumero",
    "mobilszam",
    "telefon no",
    "cep",
    "cep tel",
    "gsm no",
    "telefonoa",
    "dien thoai",
    "di dong",
    "sdt",
    "telepon",
    "no telepon",
    "no telefon",
    "no hp",
    "handphone",
    "simu",
    "телефонен номер",
    "телефонски број",
    "број телефона",
    "мобилен",
    "мобилни",
    "мобільний",
    "мобільний телефон",
    "мобильный номер",
    "моб телефон",
    "сотовый",
    "сотовый телефон",
    "контактный телефон",
    "τηλ",
    "αριθμός τηλεφώνου",
    "κινητό τηλέφωνο",
    "מספר טלפון",
    "טלפון נייד",
    "נייד",
    "تلفون",
    "تلفن",
    "شماره تلفن",
    "موبایل",
    "شماره موبایل",
    "موبايل",
    "جوال",
    "الجوال",
    "رقم الجوال",
    "رقم الموبايل",
    "فون نمبر",
    "फ़ोन",
    "फोन",
    "फ़ोन नंबर",
    "फोन नंबर",
    "मोबाइल",
    "मोबाइल नंबर",
    "दूरभाष",
    "ফোন",
    "ফোন নম্বর",
    "মোবাইল নম্বর",
    "தொலைபேசி எண்",
    "โทรศัพท์",
    "เบอร์โทร",
    "เบอร์โทรศัพท์",
    "หมายเลขโทรศัพท์",
    "เบอร์มือถือ",
    "มือถือ",
    "手机号码",
    "电话号",
    "移动电话",
    "联系电话",
    "手機",
    "手機號碼",
    "電話號碼",
    "行動電話",
    "聯絡電話",
    "携帯",
    "携帯番号",
    "携帯電話番号",
    "전화",
    "휴대전화",
    "휴대폰번호",
    "핸드폰",
    "핸드폰번호",
    "연락처",
    "ტელეფონი",
    "հեռախոս",
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
    "mobil",
    "mobiltelefon",
    "телефон",
    "whatsapp",
];

/// Words of headers whose numbers belong to machines.
const FAX: &[&str] = &[
    "fax",
    "telefax",
    "faks",
    "faksi",
    "faksas",
    "fakss",
    "telefaks",
    "telefaksi",
    "faxnummer",
    "faksnummer",
    "faxszám",
    "faxnumber",
    "faxno",
    "facsimile",
    "факс",
    "телефакс",
    "φαξ",
    "פקס",
    "فاكس",
    "فکس",
    "फैक्स",
    "फ़ैक्स",
];

/// The same in languages that put no spaces between words.
const FAX_PARTS: &[&str] = &[
    "传真",
    "傳真",
    "ファックス",
    "ファクス",
    "ファクシミリ",
    "팩스",
    "แฟกซ์",
    "โทรสาร",
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

/// The lists by the plain form of what is in them.
struct Known {
    headers: HashMap<String, PhoneHeader>,
    fax: Vec<String>,
    fax_parts: Vec<String>,
}

static KNOWN: LazyLock<Known> = LazyLock::new(|| {
    let perhaps = PERHAPS.iter().map(|header| (plain(header), PhoneHeader::Perhaps));
    // The first of two that are the same once plain stays.
    let listed = PHONE.iter().enumerate().rev();
    let listed = listed.map(|(place, header)| (plain(header), PhoneHeader::Listed(place)));
    let all_plain = |list: &[&str]| list.iter().map(|word| plain(word)).collect();
    Known {
        headers: perhaps.chain(listed).collect(),
        fax: all_plain(FAX),
        fax_parts: all_plain(FAX_PARTS),
    }
});

/// What a header says about its column; smaller is surer.
pub(super) fn phone_header(header: &str) -> Option<PhoneHeader> {
    let plain = plain(header);
    KNOWN.headers.get(&plain).copied().or_else(|| {
        plain
            .split(' ')
            .any(|word| WORDS.contains(&word))
            .then_some(PhoneHeader::Worded)
    })
}

/// Whether a cell alone is surely the header of phone numbers.
pub(crate) fn is_phone_header(header: &str) -> bool {
    matches!(phone_header(header), Some(PhoneHeader::Listed(_)))
}

/// Whether the numbers below are of fax machines.
pub(super) fn is_fax(header: &str) -> bool {
    let plain = plain(header);
    plain
        .split(' ')
        .any(|word| KNOWN.fax.iter().any(|fax| fax == word))
        || KNOWN.fax_parts.iter().any(|part| plain.contains(part.as_str()))
}

/// A header without case, accents and punctuation, its words one space apart. Only the accents of Latin,
/// Greek and Cyrillic letters go: the marks of other scripts are letters of their own.
pub(super) fn plain(header: &str) -> String {
    let is_accent = |c: &char| ('\u{300}'..='\u{36F}').contains(c);
    let letters: String = header
        .nfkd()
        .filter(|c| !is_accent(c))
        .nfc()
        .flat_map(char::to_lowercase)
        .map(|c| {
            if c.is_alphanumeric() || is_combining_mark(c) {
                without_stroke(c)
            } else {
                ' '
            }
        })
        // Turkish İ becomes i with a dot above.
        .filter(|c| !is_accent(c))
        .collect();
    letters.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Letters that no decomposition takes apart.
fn without_stroke(c: char) -> char {
    match c {
        'ø' => 'o',
        'ł' => 'l',
        'đ' => 'd',
        'ı' => 'i',
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
            "НОМЕР ТЕЛЕФОНА",
            "Numer telefonu",
            "Số điện thoại",
            "電話番号",
            "Τηλέφωνο",
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
        for header in [
            "फ़ोन नंबर",
            "เบอร์โทรศัพท์",
            "전화번호",
            "手机号码",
            "Мобильный",
            "Telefónne číslo",
            "CEP",
        ] {
            assert!(is_phone_header(header), "{header}");
        }
        assert_eq!(phone_header("número"), Some(PhoneHeader::Perhaps));
        assert_eq!(phone_header("phone_number"), Some(PhoneHeader::Listed(0)));
    }

    #[test]
    fn fax_headers_are_known() {
        for header in [
            "Fax",
            "Business Fax 2",
            "ФАКС",
            "Φαξ",
            "팩스",
            "公司传真",
            "แฟกซ์",
            "फैक्स",
            "Tel/Fax",
        ] {
            assert!(is_fax(header), "{header}");
        }
        assert!(!is_fax("phone") && !is_fax("Facts"));
    }
}

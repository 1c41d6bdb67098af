//! Languages as people write them.

use super::headers::plain;

/// Names in the language itself, in English and in Spanish, and the ISO 639 code of two letters.
const LANGUAGES: &[(&str, &[&str])] = &[
    ("ar", &["arabic", "arabe", "العربية"]),
    ("bg", &["bulgarian", "bulgaro", "български"]),
    ("ca", &["catalan", "catala"]),
    ("cs", &["czech", "checo", "cestina", "čestina"]),
    ("da", &["danish", "danes", "dansk"]),
    ("de", &["german", "aleman", "deutsch"]),
    ("el", &["greek", "griego", "ελληνικα"]),
    ("en", &["english", "ingles"]),
    ("es", &["spanish", "espanol", "castellano"]),
    ("et", &["estonian", "estonio", "eesti"]),
    ("eu", &["basque", "vasco", "euskera", "euskara"]),
    ("fa", &["persian", "persa", "farsi"]),
    ("fi", &["finnish", "fines", "suomi"]),
    ("fil", &["filipino", "tagalog"]),
    ("fr", &["french", "frances", "francais"]),
    ("gl", &["galician", "gallego", "galego"]),
    ("he", &["hebrew", "hebreo", "עברית"]),
    ("hi", &["hindi", "हिन्दी"]),
    ("hr", &["croatian", "croata", "hrvatski"]),
    ("hu", &["hungarian", "hungaro", "magyar"]),
    ("id", &["indonesian", "indonesio", "bahasa indonesia"]),
    ("it", &["italian", "italiano"]),
    ("ja", &["japanese", "japones", "日本語"]),
    ("ko", &["korean", "coreano", "한국어"]),
    ("lt", &["lithuanian", "lituano", "lietuviu"]),
    ("lv", &["latvian", "leton", "latviesu"]),
    ("ms", &["malay", "malayo", "bahasa melayu"]),
    ("nl", &["dutch", "neerlandes", "holandes", "nederlands"]),
    ("no", &["norwegian", "noruego", "norsk"]),
    ("pl", &["polish", "polaco", "polski"]),
    ("pt", &["portuguese", "portugues"]),
    ("ro", &["romanian", "rumano", "romana"]),
    ("ru", &["russian", "ruso", "русский"]),
    ("sk", &["slovak", "eslovaco", "slovencina"]),
    ("sl", &["slovenian", "esloveno", "slovenscina"]),
    ("sr", &["serbian", "serbio", "srpski"]),
    ("sv", &["swedish", "sueco", "svenska"]),
    ("ta", &["tamil", "தமிழ்"]),
    ("th", &["thai", "tailandes", "ไทย"]),
    ("tr", &["turkish", "turco", "turkce"]),
    ("uk", &["ukrainian", "ucraniano", "українська"]),
    ("vi", &["vietnamese", "vietnamita", "tieng viet"]),
    ("zh", &["chinese", "chino", "mandarin", "中文"]),
];

/// The tag of a language, with its region where one is written: `es`, `pt-BR`.
pub(super) fn tag(text: &str) -> Option<String> {
    let plain = plain(text);
    let known = |code: &str| LANGUAGES.iter().any(|(known, _)| *known == code);
    if let Some((code, _)) = LANGUAGES
        .iter()
        .find(|(_, names)| names.contains(&plain.as_str()))
    {
        return Some((*code).to_owned());
    }
    match plain.split_once(' ') {
        None if known(&plain) => Some(plain),
        Some((code, region))
            if known(code) && region.len() == 2 && region.bytes().all(|b| b.is_ascii_alphabetic()) =>
        {
            Some(format!("{code}-{}", region.to_ascii_uppercase()))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_are_known_by_code_and_by_name() {
        for (text, expected) in [
            ("es", Some("es")),
            ("ES", Some("es")),
            ("pt_BR", Some("pt-BR")),
            ("en-us", Some("en-US")),
            ("Français", Some("fr")),
            ("Español", Some("es")),
            ("中文", Some("zh")),
            ("xx", None),
            ("en-United States", None),
            ("", None),
        ] {
            assert_eq!(tag(text).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn a_region_of_a_language_has_two_letters() {
        for (text, expected) in [
            ("es 41", None),
            ("es MEX", None),
            ("xx ES", None),
            ("es mx", Some("es-MX")),
        ] {
            assert_eq!(tag(text).as_deref(), expected, "{text}");
        }
    }
}

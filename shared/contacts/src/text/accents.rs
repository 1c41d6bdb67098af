//! Encodings that `chardetng` does not tell, by the bytes of their accents.

use encoding_rs::{Encoding, MACINTOSH, WINDOWS_1250, WINDOWS_1252, WINDOWS_1254, WINDOWS_1257};

/// Letters with accents below which nothing is corrected.
const ENOUGH: u32 = 3;
/// Bytes above which Western and Central European encodings have their letters.
const FIRST_LETTER: u8 = 0xC0;

/// How often each byte beyond ASCII comes.
#[derive(Debug)]
pub(super) struct Accents {
    bytes: [u32; 256],
    /// Bytes that are signs in Windows, and stand between two small letters.
    signs_in_words: u32,
}

impl Default for Accents {
    fn default() -> Self {
        Self {
            bytes: [0; 256],
            signs_in_words: 0,
        }
    }
}

impl Accents {
    /// Counts the bytes of a piece of the file.
    pub(super) fn count(&mut self, piece: &[u8]) {
        for byte in piece.iter().filter(|byte| !byte.is_ascii()) {
            self.bytes[usize::from(*byte)] += 1;
        }
        // 0x92 is an apostrophe in Windows; from 0x9A on, small letters begin.
        let is_sign_in_word = |three: &&[u8]| matches!(three, [a, 0x80..=0x91 | 0x93..=0x99, b] if a.is_ascii_lowercase() && b.is_ascii_lowercase());
        self.signs_in_words += piece.windows(3).filter(is_sign_in_word).count() as u32;
    }

    /// The guess, or what is meant instead.
    pub(super) fn correct(&self, guess: &'static Encoding) -> &'static Encoding {
        if ![WINDOWS_1250, WINDOWS_1252, WINDOWS_1254, WINDOWS_1257].contains(&guess) {
            guess
        } else if self.is_mac() {
            MACINTOSH
        } else if guess == WINDOWS_1252 && self.is_hungarian() {
            WINDOWS_1250
        } else {
            guess
        }
    }

    fn total(&self) -> u32 {
        self.bytes[0x80..].iter().sum()
    }

    /// Excel on a Mac saves "CSV" in an encoding that has its letters where Windows has signs.
    fn is_mac(&self) -> bool {
        let letters_in_windows: u32 = self.bytes[usize::from(FIRST_LETTER)..].iter().sum();
        self.signs_in_words >= ENOUGH
            && self.signs_in_words * 2 > self.total()
            && letters_in_windows * 4 <= self.signs_in_words
    }

    /// The two long letters of Hungarian are read as õ and û, which no Western language has both of without
    /// other accents that Hungarian does not have.
    fn is_hungarian(&self) -> bool {
        const LETTERS: &[u8] = b"\xC1\xC9\xCD\xD3\xD5\xD6\xDA\xDB\xDC\xE1\xE9\xED\xF3\xF5\xF6\xFA\xFB\xFC";
        let has = |byte: u8| self.bytes[usize::from(byte)] > 0;
        let is_foreign = |byte: &u8| has(*byte) && !LETTERS.contains(byte);
        self.total() >= ENOUGH
            && (has(0xF5) || has(0xD5))
            && (has(0xFB) || has(0xDB))
            && !(FIRST_LETTER..=0xFF).any(|byte| is_foreign(&byte))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn corrected(bytes: &[u8]) -> &'static Encoding {
        let mut accents = Accents::default();
        accents.count(bytes);
        accents.correct(WINDOWS_1252)
    }

    #[test]
    fn letters_where_windows_has_signs_are_of_a_mac() {
        assert_eq!(corrected(b"Bego\x96a M\x87laga Pe\x96a Tel\x8Efono"), MACINTOSH);
        for text in [
            "dos–tres y medio – 5 €, l’été, l’œuvre, l’an",
            "Žiga Košir, Jože Tušek, Dušan Križaj, Miša",
            "naïve “quotes” … señor",
        ] {
            for encoding in [WINDOWS_1252, WINDOWS_1250] {
                assert_eq!(corrected(&encoding.encode(text).0), WINDOWS_1252, "{text}");
            }
        }
    }

    #[test]
    fn only_hungarian_has_both_long_letters() {
        let hungarian = WINDOWS_1250.encode("Szőke Győr Tűzoltó").0;
        assert_eq!(corrected(&hungarian), WINDOWS_1250);
        for western in [
            "Simões Camões São",
            "Mõtus Jürgen Põld",
            "sûr, forêt, été",
            "Müller, Peña",
        ] {
            assert_eq!(
                corrected(&WINDOWS_1252.encode(western).0),
                WINDOWS_1252,
                "{western}"
            );
        }
    }

    #[test]
    fn three_signs_in_words_that_outweigh_the_rest_are_of_a_mac() {
        let sign = |count: usize| b"a\x8Ea ".repeat(count);
        let counted = |pieces: &[Vec<u8>]| corrected(&pieces.concat());
        assert_eq!(
            (counted(&[sign(3)]), counted(&[sign(2)])),
            (MACINTOSH, WINDOWS_1252)
        );
        // Others are of no word, and as many of them leave it open.
        let others = |count: usize| b" \x8E ".repeat(count);
        assert_eq!(
            (counted(&[sign(4), others(3)]), counted(&[sign(4), others(4)])),
            (MACINTOSH, WINDOWS_1252)
        );
        let letters = |count: usize| b" \xC0 ".repeat(count);
        assert_eq!(
            (counted(&[sign(4), letters(1)]), counted(&[sign(7), letters(2)])),
            (MACINTOSH, WINDOWS_1252)
        );
        assert_eq!(counted(&[sign(8), letters(2)]), MACINTOSH);
    }

    #[test]
    fn an_apostrophe_and_small_letters_of_windows_are_no_signs() {
        for (byte, is_sign) in [
            (0x80, true),
            (0x91, true),
            (0x92, false),
            (0x93, true),
            (0x99, true),
            (0x9A, false),
        ] {
            let found = corrected(&[b'a', byte, b'a', b' '].repeat(3));
            assert_eq!(found == MACINTOSH, is_sign, "{byte:x}");
        }
        assert_eq!(corrected(&b"A\x8Ea ".repeat(3)), WINDOWS_1252);
        assert_eq!(corrected(&b"a\x8EA ".repeat(3)), WINDOWS_1252);
    }

    #[test]
    fn three_letters_of_which_two_are_the_long_ones_are_hungarian() {
        assert_eq!(corrected(b"\xF5 \xFB \xE1"), WINDOWS_1250);
        assert_eq!(corrected(b"\xD5 \xDB \xE1"), WINDOWS_1250);
        assert_eq!(corrected(b"\xF5 \xFB"), WINDOWS_1252, "they are few");
        assert_eq!(corrected(b"\xF5 \xF5 \xE1"), WINDOWS_1252);
        assert_eq!(corrected(b"\xFB \xFB \xE1"), WINDOWS_1252);
        assert_eq!(
            corrected(b"\xF5 \xFB \xC0"),
            WINDOWS_1252,
            "it has another letter"
        );
        assert_eq!(corrected(b"\xF5 \xFB \xFF"), WINDOWS_1252);
        let mut accents = Accents::default();
        accents.count(b"\xF5 \xFB \xE1");
        assert_eq!(
            accents.correct(WINDOWS_1254),
            WINDOWS_1254,
            "only where the guess is Western"
        );
        accents.count(&b"a\x8Ea ".repeat(90));
        for guess in [WINDOWS_1250, WINDOWS_1254, WINDOWS_1257] {
            assert_eq!(accents.correct(guess), MACINTOSH);
        }
        assert_eq!(accents.correct(encoding_rs::SHIFT_JIS), encoding_rs::SHIFT_JIS);
    }
}

//! Which encoding a text file has.

use std::io::Read;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

use super::{
    accents::Accents,
    raw::{RawText, problem},
};
use crate::{FileProblem, Note, Region};

const BUFFER: usize = 64 * 1024;
/// Bytes with accents in them that are enough to judge by.
const JUDGED_BYTES: usize = 256 * 1024;

/// Accents below which a guess is worth less than Windows-1252, by far the likeliest.
const ENOUGH_TO_JUDGE: u64 = 3;

/// The encoding of a whole file, and what had to be assumed.
///
/// A byte order mark decides, or the zeros that UTF-16 puts between plain letters; without either, the
/// whole file is read once, as a single accent may stand in its last line. UTF-8 that is broken here and
/// there stays UTF-8: reading it as anything else would garble every accent in it. The rest is judged by
/// `chardetng`, to which the region is a hint, and corrected where it is known to err.
pub(super) fn detect(
    file: &RawText,
    region: Option<Region>,
) -> Result<(&'static Encoding, Option<Note>), FileProblem> {
    let mut start = Vec::new();
    file.reader()?
        .take(BUFFER as u64)
        .read_to_end(&mut start)
        .map_err(problem)?;
    if let Some(encoding) = wide(&start) {
        return Ok((encoding, None));
    }
    let sequences = Sequences::count(file.reader()?)?;
    Ok(sequences.judge(start.starts_with(&[0xEF, 0xBB, 0xBF]), region))
}

/// UTF-16 by its mark, or by the zeros of its plain letters.
pub(crate) fn wide(start: &[u8]) -> Option<&'static Encoding> {
    match start {
        [0xFF, 0xFE, ..] => return Some(UTF_16LE),
        [0xFE, 0xFF, ..] => return Some(UTF_16BE),
        _ => {}
    }
    let pairs = start.len() / 2;
    let zeros = |at: usize| start.chunks_exact(2).filter(|pair| pair[at] == 0).count();
    let (first, second) = (zeros(0), zeros(1));
    // Digits and delimiters are plain letters in every script.
    if pairs < 4 {
        None
    } else if second * 5 >= pairs * 2 && first * 50 <= pairs {
        Some(UTF_16LE)
    } else if first * 5 >= pairs * 2 && second * 50 <= pairs {
        Some(UTF_16BE)
    } else {
        None
    }
}

/// Multi-byte sequences of a file, read as UTF-8.
struct Sequences {
    valid: u64,
    broken: u64,
    detector: EncodingDetector,
    accents: Accents,
    judged: usize,
}

impl Sequences {
    fn count(mut file: impl Read) -> Result<Self, FileProblem> {
        let mut sequences = Self {
            valid: 0,
            broken: 0,
            detector: EncodingDetector::new(Iso2022JpDetection::Deny),
            accents: Accents::default(),
            judged: 0,
        };
        let mut buffer = vec![0; BUFFER];
        let mut held = 0;
        loop {
            let read = file.read(&mut buffer[held..]).map_err(problem)?;
            let filled = held + read;
            // A sequence cut by the end of the buffer waits for the rest of it.
            let whole = if read == 0 {
                filled
            } else {
                filled - unfinished(&buffer[..filled])
            };
            sequences.take(&buffer[..whole]);
            if read == 0 {
                sequences.detector.feed(&[], true);
                return Ok(sequences);
            }
            buffer.copy_within(whole..filled, 0);
            held = filled - whole;
        }
    }

    fn take(&mut self, bytes: &[u8]) {
        if bytes.is_ascii() {
            return;
        }
        // The first byte of each sequence; counted without a look at the others.
        let sequences = |valid: &[u8]| valid.iter().filter(|byte| **byte >= 0xC0).count() as u64;
        if std::str::from_utf8(bytes).is_ok() {
            self.valid += sequences(bytes);
            return;
        }
        let before = self.broken;
        for chunk in bytes.utf8_chunks() {
            self.valid += sequences(chunk.valid().as_bytes());
            self.broken += u64::from(!chunk.invalid().is_empty());
        }
        if self.broken > before && self.judged < JUDGED_BYTES {
            self.judged += bytes.len();
            self.detector.feed(bytes, false);
            self.accents.count(bytes);
        }
    }

    fn judge(&self, has_mark: bool, region: Option<Region>) -> (&'static Encoding, Option<Note>) {
        if self.broken == 0 {
            return (UTF_8, None);
        }
        if has_mark || self.valid > self.broken * 4 {
            return (UTF_8, Some(Note::BrokenCharacters));
        }
        let domain = region.map(|region| region.to_string().to_ascii_lowercase());
        let domain = domain.as_deref().map(str::as_bytes);
        let encoding = if self.broken < ENOUGH_TO_JUDGE && domain.is_none() {
            WINDOWS_1252
        } else {
            let guess = self.detector.guess(domain, Utf8Detection::Deny);
            self.accents.correct(guess)
        };
        let name = encoding.name().to_owned();
        (encoding, Some(Note::Encoding { name }))
    }
}

/// Bytes at the end that may be the beginning of a longer sequence.
fn unfinished(bytes: &[u8]) -> usize {
    let tail = &bytes[bytes.len().saturating_sub(3)..];
    let lead = tail.iter().rposition(|b| *b >= 0xC0);
    match lead.map(|at| (tail[at], tail.len() - at)) {
        Some((0xF0.., n)) if n < 4 => n,
        Some((0xE0..0xF0, n)) if n < 3 => n,
        Some((0xC0..0xE0, n)) if n < 2 => n,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use encoding_rs::{SHIFT_JIS, WINDOWS_1250, WINDOWS_1251};

    use super::*;

    fn detected(bytes: &[u8]) -> (&'static str, Option<Note>) {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(bytes).unwrap();
        let (encoding, note) = detect(&RawText::open(file.path()).unwrap(), None).unwrap();
        (encoding.name(), note)
    }

    #[test]
    fn marks_and_content_decide() {
        assert_eq!(detected(b"plain"), ("UTF-8", None));
        assert_eq!(detected("señor".as_bytes()), ("UTF-8", None));
        assert_eq!(detected(b"\xFF\xFEa\0"), ("UTF-16LE", None));
        assert_eq!(detected(b"\xFE\xFF\0a"), ("UTF-16BE", None));
        assert_eq!(detected(b"p\0h\0o\0n\0e\0\n\0"), ("UTF-16LE", None));
        assert_eq!(detected(b"\0p\0h\0o\0n\0e\0\n"), ("UTF-16BE", None));
        let mostly = ["é".repeat(50).as_bytes(), b"\xF1"].concat();
        assert_eq!(detected(&mostly), ("UTF-8", Some(Note::BrokenCharacters)));
    }

    #[test]
    fn older_encodings_are_told_apart_by_their_words() {
        for (encoding, text) in [
            (
                WINDOWS_1252,
                "nombre;teléfono;ciudad\nBegoña Núñez;600000002;Málaga\n",
            ),
            (WINDOWS_1252, "Name;Straße\nJürgen Groß;Königsallee\n"),
            (
                WINDOWS_1250,
                "jméno;telefon;město\nŽofie Šťastná;601123456;Plzeň\nŘehoř Čermák;602123456;Děčín\n",
            ),
            (
                WINDOWS_1251,
                "имя;телефон;город\nАлексей Иванов;9161234567;Москва\n",
            ),
            (
                WINDOWS_1250,
                "Név;Telefon;Város\nSzőke Ágnes;201234567;Győr\nTűzoltó Jenő;201234568;Szentgyörgyvölgy\n",
            ),
            (
                SHIFT_JIS,
                "名前,電話番号,住所\n山田太郎,0312345678,東京都千代田区\n",
            ),
        ] {
            let (bytes, _, _) = encoding.encode(text);
            let note = Note::Encoding {
                name: encoding.name().to_owned(),
            };
            assert_eq!(detected(&bytes), (encoding.name(), Some(note)), "{text}");
        }
    }

    #[test]
    fn three_characters_are_enough_to_tell_and_two_are_not() {
        let name = |text: &str| detected(&WINDOWS_1251.encode(text).0).0;
        assert_eq!(name("имя;phone\n;1\n"), "windows-1251");
        assert_eq!(name("им;phone\n;1\n"), "windows-1252");
    }

    #[test]
    fn a_character_across_the_buffer_is_not_broken() {
        for shift in 0..4 {
            let text = "x".repeat(shift) + &"€😀é".repeat(20_000);
            assert_eq!(detected(text.as_bytes()), ("UTF-8", None));
        }
    }

    #[test]
    fn zeros_beside_two_letters_in_five_are_wide_text() {
        // Of a hundred pairs, so many have a zero first and so many have one second.
        let pairs = |first: usize, second: usize| {
            let zeros_first = [0, b'a'].repeat(first);
            let zeros_second = [b'a', 0].repeat(second);
            let others = b"aa".repeat(100 - first - second);
            wide(&[zeros_first, zeros_second, others].concat())
        };
        assert_eq!((pairs(0, 40), pairs(0, 39)), (Some(UTF_16LE), None));
        assert_eq!((pairs(40, 0), pairs(39, 0)), (Some(UTF_16BE), None));
        assert_eq!((pairs(2, 40), pairs(3, 40)), (Some(UTF_16LE), None));
        assert_eq!((pairs(40, 2), pairs(40, 3)), (Some(UTF_16BE), None));
        assert_eq!(
            (wide(b"a\0a\0a\0a\0"), wide(b"a\0a\0a\0a")),
            (Some(UTF_16LE), None)
        );
    }

    #[test]
    fn a_character_that_was_begun_waits_for_the_rest() {
        for (bytes, waiting) in [
            (&b""[..], 0),
            (b"abc", 0),
            (b"ab\xC3", 1),
            (b"a\xC3\xA9", 0),
            (b"ab\xE2", 1),
            (b"a\xE2\x82", 2),
            (b"\xE2\x82\xAC", 0),
            (b"ab\xF0", 1),
            (b"a\xF0\x9F", 2),
            (b"a\xF0\x9F\x98", 3),
            (b"\xF0\x9F\x98\x80", 0),
            (b"\xDF", 1),
            (b"\xE0", 1),
            (b"\xEF\xBF", 2),
            (b"\xC0\x80\x80", 0),
        ] {
            assert_eq!(unfinished(bytes), waiting, "{bytes:?}");
        }
    }

    #[test]
    fn utf_8_stays_what_it_is_while_one_sequence_in_five_is_broken() {
        let mixed =
            |valid: usize, broken: usize| [b"\xC3\xA9 ".repeat(valid), b"\xF1 ".repeat(broken)].concat();
        assert_eq!(detected(&mixed(5, 1)), ("UTF-8", Some(Note::BrokenCharacters)));
        assert_eq!(detected(&mixed(4, 1)).0, "windows-1252");
        assert_eq!(detected(&mixed(9, 2)).0, "UTF-8");
        let marked = [&b"\xEF\xBB\xBF"[..], &mixed(1, 9)].concat();
        assert_eq!(detected(&marked), ("UTF-8", Some(Note::BrokenCharacters)));
    }
}

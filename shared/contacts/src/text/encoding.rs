//! Which encoding a text file has.

use std::{
    fs::File,
    io::{Read, Seek, SeekFrom},
};

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

use crate::{FileProblem, Note};

/// The encoding of a whole file, and what had to be assumed. Leaves the file at its start.
///
/// A byte order mark decides; without one the whole file is read once, as a single accent may stand in
/// its last line. UTF-8 that is broken here and there stays UTF-8: reading it as Windows-1252 would
/// garble every accent in it.
pub(super) fn detect(file: &mut File) -> Result<(&'static Encoding, Option<Note>), FileProblem> {
    file.seek(SeekFrom::Start(0))?;
    let mut mark = Vec::with_capacity(3);
    file.by_ref().take(3).read_to_end(&mut mark)?;
    file.seek(SeekFrom::Start(0))?;
    let found = match mark.as_slice() {
        [0xFF, 0xFE, ..] => (UTF_16LE, None),
        [0xFE, 0xFF, ..] => (UTF_16BE, None),
        _ => {
            let sequences = Sequences::count(file)?;
            file.seek(SeekFrom::Start(0))?;
            sequences.judge(mark == [0xEF, 0xBB, 0xBF])
        }
    };
    Ok(found)
}

/// Multi-byte sequences of a file, read as UTF-8.
#[derive(Default)]
struct Sequences {
    valid: u64,
    broken: u64,
}

impl Sequences {
    fn count(file: &mut File) -> Result<Self, FileProblem> {
        let mut sequences = Self::default();
        let mut buffer = vec![0; 64 * 1024];
        let mut held = 0;
        loop {
            let read = file.read(&mut buffer[held..])?;
            let filled = held + read;
            // A sequence cut by the end of the buffer waits for the rest of it.
            let whole = if read == 0 {
                filled
            } else {
                filled - unfinished(&buffer[..filled])
            };
            for chunk in buffer[..whole].utf8_chunks() {
                sequences.valid += chunk.valid().chars().filter(|c| !c.is_ascii()).count() as u64;
                sequences.broken += u64::from(!chunk.invalid().is_empty());
            }
            if read == 0 {
                return Ok(sequences);
            }
            buffer.copy_within(whole..filled, 0);
            held = filled - whole;
        }
    }

    fn judge(&self, has_mark: bool) -> (&'static Encoding, Option<Note>) {
        if self.broken == 0 {
            (UTF_8, None)
        } else if has_mark || self.valid > self.broken * 4 {
            (UTF_8, Some(Note::BrokenCharacters))
        } else {
            (WINDOWS_1252, Some(Note::ReadAsWindows1252))
        }
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

    use super::*;

    fn detected(bytes: &[u8]) -> (&'static str, Option<Note>) {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(bytes).unwrap();
        let (encoding, note) = detect(&mut file).unwrap();
        (encoding.name(), note)
    }

    #[test]
    fn marks_and_content_decide() {
        assert_eq!(detected(b"plain"), ("UTF-8", None));
        assert_eq!(detected("señor".as_bytes()), ("UTF-8", None));
        assert_eq!(detected(b"\xFF\xFEa\0"), ("UTF-16LE", None));
        assert_eq!(detected(b"\xFE\xFF\0a"), ("UTF-16BE", None));
        assert_eq!(
            detected(b"se\xF1or"),
            ("windows-1252", Some(Note::ReadAsWindows1252))
        );
        let mostly = ["é".repeat(50).as_bytes(), b"\xF1"].concat();
        assert_eq!(detected(&mostly), ("UTF-8", Some(Note::BrokenCharacters)));
    }

    #[test]
    fn a_character_across_the_buffer_is_not_broken() {
        for shift in 0..4 {
            let text = "x".repeat(shift) + &"€😀é".repeat(20_000);
            assert_eq!(detected(text.as_bytes()), ("UTF-8", None));
        }
    }
}

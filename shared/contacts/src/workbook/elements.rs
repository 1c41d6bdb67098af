//! Elements of a part of XML, counted while it is unpacked.
//!
//! A library that keeps something of each needs many times the bytes that the shortest take in the file.
//! Only names are looked at, so elements in comments count as well: more is counted than there is, never
//! less.

use memchr::{memchr, memchr_iter};

/// Bytes of a name that are looked at. A longer one counts as everything.
const NAME_BYTES: usize = 64;

/// Entries that a sheet counts for.
const SHEET_ENTRIES: u64 = 100;

/// What was counted so far; prefixes of names are passed over.
#[derive(Debug, Default)]
pub(super) struct Elements {
    /// Rows of a sheet.
    pub(super) rows: u64,
    /// Texts of a table of texts.
    pub(super) texts: u64,
    /// Entries of lists that are kept in memory: formats, sheets, names, relations.
    pub(super) entries: u64,
    /// Bytes from one `<` to the next, where they are most.
    pub(super) longest: usize,
    /// Bytes since the last `<`.
    run: usize,
    /// Beginning of a tag that the last piece cut.
    cut: Option<Vec<u8>>,
}

impl Elements {
    /// Counts on in the next piece of the part.
    pub(super) fn take(&mut self, piece: &[u8]) {
        if let Some(mut tag) = self.cut.take() {
            let more = &piece[..piece.len().min(NAME_BYTES - tag.len())];
            // A tag that begins in there is counted below.
            let end = memchr(b'<', more).map_or(more.len(), |next| next + 1);
            tag.extend_from_slice(&more[..end]);
            self.begin(&tag);
        }
        let mut last = None;
        for start in memchr_iter(b'<', piece) {
            self.longest = self.longest.max(match last {
                Some(last) => start - last,
                None => self.run + start,
            });
            last = Some(start);
            let name = &piece[start + 1..piece.len().min(start + 1 + NAME_BYTES)];
            self.begin(name);
        }
        self.run = match last {
            Some(last) => piece.len() - last,
            None => self.run + piece.len(),
        };
        self.longest = self.longest.max(self.run);
    }

    /// Counts a tag, unless its name goes on in the next piece.
    fn begin(&mut self, tag: &[u8]) {
        if tag.len() < NAME_BYTES && !has_ended(tag) {
            self.cut = Some(tag.to_vec());
        } else {
            self.count(tag);
        }
    }

    fn count(&mut self, tag: &[u8]) {
        if matches!(tag.first(), Some(b'/' | b'!' | b'?')) {
            return;
        }
        let mut start = 0;
        for (at, byte) in tag.iter().enumerate() {
            match byte {
                b':' => start = at + 1,
                b'>' | b'/' | b'<' | b' ' | b'\t' | b'\r' | b'\n' => return self.count_name(&tag[start..at]),
                _ => {}
            }
        }
        (self.rows, self.texts, self.entries) = (self.rows + 1, self.texts + 1, self.entries + 1);
    }

    fn count_name(&mut self, name: &[u8]) {
        match name {
            b"row" => self.rows += 1,
            b"si" => self.texts += 1,
            b"xf" | b"font" | b"fill" | b"border" | b"numFmt" => self.entries += 1,
            b"definedName" | b"Relationship" | b"style" => self.entries += 1,
            // Each sheet may be looked into, so few are as much work as many entries.
            b"sheet" | b"table" => self.entries += SHEET_ENTRIES,
            _ => {}
        }
    }
}

/// Whether the beginning of a tag is enough to know its name.
fn has_ended(tag: &[u8]) -> bool {
    let is_end = |byte: &u8| {
        matches!(
            byte,
            b'>' | b'/' | b'<' | b'!' | b'?' | b' ' | b'\t' | b'\r' | b'\n'
        )
    };
    tag.iter().any(is_end)
}

#[cfg(test)]
mod tests {
    use super::*;

    const XML: &[u8] =
        br#"<?xml?><sst><si/><x:si ><t>a</t></x:si><row r="1"><row></row><rows/><c:row/></sst><xf
/><sheets><sheet name="<"/><sheet/></sheets>"#;

    #[test]
    fn elements_are_counted_however_the_part_is_cut() {
        for size in 1..XML.len() {
            let mut elements = Elements::default();
            XML.chunks(size).for_each(|piece| elements.take(piece));
            let counts = (elements.texts, elements.rows, elements.entries);
            assert_eq!(counts, (2, 3, 1 + 2 * SHEET_ENTRIES), "{size}");
            assert_eq!(elements.longest, 13, "{size}");
        }
    }

    #[test]
    fn a_name_too_long_to_look_at_counts_as_everything() {
        let mut elements = Elements::default();
        elements.take(format!("<{}:si>", "a".repeat(100)).as_bytes());
        assert_eq!((elements.texts, elements.rows, elements.entries), (1, 1, 1));
    }
}

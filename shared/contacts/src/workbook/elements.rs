//! Elements of a part of XML, counted while it is unpacked.
//!
//! A library that keeps something of each needs many times the bytes that the shortest take in the file.
//! One that reads an event needs all of its bytes at once, and a `<` in a comment or in an attribute ends
//! none: so the events are told apart here exactly as `quick-xml` tells them apart.

use memchr::{memchr, memchr_iter};

/// Bytes of a name that are looked at. A longer one counts as everything.
const NAME_BYTES: usize = 64;

/// Entries that a sheet counts for.
const SHEET_ENTRIES: u64 = 100;

/// Bytes of the shortest comment, its last not counted. `<!-->` is none, though it ends as one.
const SHORTEST_COMMENT: usize = 6;

/// What was counted so far; prefixes of names are passed over.
#[derive(Debug, Default)]
pub(super) struct Elements {
    /// Rows of a sheet.
    pub(super) rows: u64,
    /// Texts of a table of texts.
    pub(super) texts: u64,
    /// Entries of lists that are kept in memory: formats, sheets, names, relations.
    pub(super) entries: u64,
    /// Bytes of an event and the text behind it, where they are most.
    pub(super) longest: usize,
    /// Elements that are open, where they are most.
    pub(super) deepest: usize,
    /// Whether the part defines entities or a document type of its own.
    pub(super) has_definitions: bool,
    /// Elements that are open.
    depth: usize,
    /// Bytes since the last event began.
    run: usize,
    state: State,
    /// The last two bytes of a comment or the like, as far as it was read.
    before: [u8; 2],
    /// Beginning of a tag that the last piece cut, without its `<`.
    tag: Vec<u8>,
}

/// Where in the part a piece ended.
#[derive(Debug, Default, Clone, Copy, PartialEq)]
enum State {
    #[default]
    Text,
    /// Behind a `<`.
    Opened,
    /// In a tag, and in a value in these quotation marks.
    Tag(Option<u8>),
    /// Behind `<!`.
    Bang,
    /// In `<!--`, `<![` or `<?`, which end in `>` behind these.
    Until(&'static [u8]),
    /// In a document type, and in a name in these quotation marks.
    DocumentType(Option<u8>),
}

impl Elements {
    /// Counts on in the next piece of the part.
    pub(super) fn take(&mut self, piece: &[u8]) {
        let mut rest = piece;
        while !rest.is_empty() {
            let used = match self.state {
                State::Text => self.text(rest),
                State::Opened => self.opened(rest[0]),
                State::Tag(quote) => self.tag(rest, quote),
                State::Bang => self.bang(rest[0]),
                State::Until(end) => self.until(rest, end),
                State::DocumentType(quote) => self.document_type(rest, quote),
            };
            rest = &rest[used..];
        }
        self.longest = self.longest.max(self.run);
    }

    /// Takes text, and all tags that the piece has whole.
    fn text(&mut self, piece: &[u8]) -> usize {
        let mut at = 0;
        while let Some(next) = memchr(b'<', &piece[at..]) {
            self.longest = self.longest.max(self.run + next);
            at += next + 1;
            self.run = 1;
            let rest = &piece[at..];
            match rest.first() {
                Some(b'!' | b'?') | None => {
                    self.state = State::Opened;
                    return at;
                }
                _ => {}
            }
            let Some(end) = end_of_tag(rest) else {
                self.state = State::Opened;
                return at;
            };
            self.count(&rest[..end]);
            at += end + 1;
            self.run += end + 1;
        }
        self.run += piece.len() - at;
        piece.len()
    }

    fn opened(&mut self, first: u8) -> usize {
        self.before = [0; 2];
        match first {
            b'!' => {
                self.state = State::Bang;
                self.go_on(&[first])
            }
            b'?' => {
                self.state = State::Until(b"?");
                self.go_on(&[first])
            }
            _ => {
                self.tag.clear();
                self.state = State::Tag(None);
                0
            }
        }
    }

    /// Goes on in a tag that a piece cut.
    fn tag(&mut self, piece: &[u8], quote: Option<u8>) -> usize {
        let end = match quote {
            Some(quote) => memchr(quote, piece),
            None => piece.iter().position(|byte| is_special(*byte)),
        };
        let used = end.map_or(piece.len(), |end| end + 1);
        self.state = State::Tag(match (quote, end) {
            (_, None) => quote,
            (Some(_), Some(_)) => None,
            (None, Some(end)) => Some(piece[end]),
        });
        let is_over = quote.is_none() && end.is_some_and(|end| piece[end] == b'>');
        let content = &piece[..used - usize::from(is_over)];
        // The name, and the last byte: it says whether the element has an end of its own.
        let kept = content.len().min(NAME_BYTES.saturating_sub(self.tag.len()));
        self.tag.extend_from_slice(&content[..kept]);
        if let [.., last] = &content[kept..] {
            self.tag.truncate(NAME_BYTES);
            self.tag.push(*last);
        }
        self.go_on(&piece[..used]);
        if is_over {
            let tag = std::mem::take(&mut self.tag);
            self.count(&tag);
            self.state = State::Text;
        }
        used
    }

    fn bang(&mut self, kind: u8) -> usize {
        self.state = match kind {
            b'-' => State::Until(b"--"),
            b'[' => State::Until(b"]]"),
            b'D' | b'd' => State::DocumentType(None),
            // Nobody reads on there.
            _ => State::Text,
        };
        self.before = [0; 2];
        0
    }

    /// Goes on in a comment or the like.
    fn until(&mut self, piece: &[u8], end: &[u8]) -> usize {
        let start = self.run;
        for at in memchr_iter(b'>', piece) {
            let before = match at {
                0 => self.before,
                1 => [self.before[1], piece[0]],
                _ => [piece[at - 2], piece[at - 1]],
            };
            let is_whole = end != b"--" || start + at >= SHORTEST_COMMENT;
            if before.ends_with(end) && is_whole {
                self.state = State::Text;
                return self.go_on(&piece[..=at]);
            }
        }
        self.go_on(piece)
    }

    /// Goes on in a document type.
    fn document_type(&mut self, piece: &[u8], quote: Option<u8>) -> usize {
        let end = piece.iter().position(|byte| match quote {
            Some(quote) => *byte == quote,
            None => matches!(byte, b'\'' | b'"' | b'[' | b'>'),
        });
        self.state = match (quote, end.map(|end| piece[end])) {
            (_, None) => State::DocumentType(quote),
            (Some(_), Some(_)) => State::DocumentType(None),
            (None, Some(b'>')) => State::Text,
            (None, Some(b'[')) => {
                self.has_definitions = true;
                State::DocumentType(None)
            }
            (None, Some(quote)) => State::DocumentType(Some(quote)),
        };
        self.go_on(&piece[..end.map_or(piece.len(), |end| end + 1)])
    }

    /// Leaves these bytes of an event behind.
    fn go_on(&mut self, bytes: &[u8]) -> usize {
        match bytes {
            [] => {}
            [one] => self.before = [self.before[1], *one],
            [.., one, two] => self.before = [*one, *two],
        }
        self.run += bytes.len();
        bytes.len()
    }

    /// Counts a tag, which stands here without its brackets and may be cut behind its name.
    fn count(&mut self, tag: &[u8]) {
        if tag.first() == Some(&b'/') {
            self.depth = self.depth.saturating_sub(1);
            return;
        }
        // What is empty is open for a moment.
        self.deepest = self.deepest.max(self.depth + 1);
        if tag.last() != Some(&b'/') {
            self.depth += 1;
        }
        let mut start = 0;
        for (at, byte) in tag.iter().enumerate().take(NAME_BYTES) {
            match byte {
                b':' => start = at + 1,
                b'/' | b' ' | b'\t' | b'\r' | b'\n' => return self.count_name(&tag[start..at]),
                _ => {}
            }
        }
        if tag.len() < NAME_BYTES {
            return self.count_name(&tag[start..]);
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

fn is_special(byte: u8) -> bool {
    matches!(byte, b'>' | b'"' | b'\'')
}

/// Where the `>` of a tag is, beginning behind its `<`. Tags are short: bytes are looked at one by one.
fn end_of_tag(bytes: &[u8]) -> Option<usize> {
    let mut at = 0;
    loop {
        at += bytes[at..].iter().position(|byte| is_special(*byte))?;
        let quote = bytes[at];
        if quote == b'>' {
            return Some(at);
        }
        let value = &bytes[at + 1..];
        at += value.iter().position(|byte| *byte == quote)? + 2;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use quick_xml::events::Event;

    use super::*;

    const XML: &[u8] =
        br#"<?xml <si> ?><sst><si/><x:si ><t>a</t></x:si><row r="1"><row></row><rows/><c:row/></sst><xf
/><sheets><sheet name="<row>"/><sheet/></sheets><!-- <row/> --> <![CDATA[ <row/> ]]>"#;

    /// Counts of a part that comes in pieces of so many bytes: texts, rows, entries, longest and deepest.
    fn counts(xml: &[u8], size: usize) -> (u64, u64, u64, usize, usize) {
        let mut elements = Elements::default();
        xml.chunks(size).for_each(|piece| elements.take(piece));
        (
            elements.texts,
            elements.rows,
            elements.entries,
            elements.longest,
            elements.deepest,
        )
    }

    #[test]
    fn elements_are_counted_however_the_part_is_cut() {
        for size in 1..=XML.len() {
            assert_eq!(counts(XML, size), (2, 3, 1 + 2 * SHEET_ENTRIES, 21, 3), "{size}");
        }
    }

    #[test]
    fn a_name_too_long_to_look_at_counts_as_everything() {
        let xml = format!("<{}:si a='/'></a>", "a".repeat(100));
        for size in 1..=xml.len() {
            assert_eq!(counts(xml.as_bytes(), size), (1, 1, 1, 111, 1), "{size}");
        }
    }

    #[test]
    fn an_event_ends_nowhere_but_at_its_end() {
        for (begin, filling, end) in [
            ("<!--", "<->", "-->"),
            ("<![CDATA[", "<]>", "]]>"),
            ("<?x", "<>", "?>"),
            ("<a b=\"", "<>'", "\"/>"),
            ("<a b='", "<>\"", "'/>"),
            ("<a ", "<", "/>"),
            ("<!DOCTYPE x \"", "<>[", "\">"),
            ("<!DOCTYPE x ", "<", ">"),
        ] {
            let xml = format!("{begin}{}{end}", filling.repeat(1_000));
            for size in [1, 7, xml.len()] {
                let mut elements = Elements::default();
                xml.as_bytes().chunks(size).for_each(|piece| elements.take(piece));
                assert_eq!(elements.longest, xml.len(), "{begin} in pieces of {size}");
                assert!(
                    elements.state == State::Text && !elements.has_definitions,
                    "{begin}"
                );
            }
        }
    }

    #[test]
    fn definitions_are_seen() {
        for (xml, has) in [
            ("<!DOCTYPE x [<!ENTITY a 'b'>]>", true),
            ("<!doctype x PUBLIC '['>", false),
            ("<a b='<!DOCTYPE x ['/>", false),
        ] {
            let mut elements = Elements::default();
            elements.take(xml.as_bytes());
            assert_eq!(elements.has_definitions, has, "{xml}");
        }
    }

    /// What `quick-xml` makes of a part up to its first fault: texts, open elements where they are most,
    /// and how far it came.
    fn told_by_the_library(xml: &[u8]) -> (u64, usize, usize) {
        let mut reader = quick_xml::Reader::from_reader(xml);
        reader.config_mut().check_end_names = false;
        reader.config_mut().allow_dangling_amp = true;
        let (mut texts, mut depth, mut deepest, mut buffer) = (0, 0, 0, Vec::new());
        loop {
            let good = reader.buffer_position() as usize;
            buffer.clear();
            let is_text = |name: &str| u64::from(name == "si");
            match reader.read_event_into(&mut buffer) {
                Ok(Event::Start(start)) => {
                    texts += is_text(start.local_name().as_ref());
                    depth += 1;
                    deepest = deepest.max(depth);
                }
                Ok(Event::Empty(empty)) => {
                    texts += is_text(empty.local_name().as_ref());
                    deepest = deepest.max(depth + 1);
                }
                Ok(Event::End(_)) => depth -= 1,
                Ok(Event::Eof) | Err(_) => return (texts, deepest, good),
                Ok(_) => {}
            }
        }
    }

    proptest! {
        #[test]
        fn events_are_those_of_the_library(
            pieces in prop::collection::vec(
                prop::sample::select(vec![
                    "<", ">", "/", "si", "<si", "</", "/>", "<!--", "-->", "--", "->", "<![CDATA[", "]]>", "]", "<?", "?>",
                    "?", "'", "\"", " ", "=", "<!DOCTYPE ", "<!d", "[", "a", "<a>", "</a>", ":", "é",
                ]),
                0..40,
            ),
            size in 1_usize..20,
        ) {
            let xml = pieces.concat();
            let (texts, deepest, good) = told_by_the_library(xml.as_bytes());
            let mut elements = Elements::default();
            xml.as_bytes()[..good].chunks(size).for_each(|piece| elements.take(piece));
            if !elements.has_definitions {
                prop_assert!(elements.state == State::Text, "{:?} of {xml:?}", elements.state);
                prop_assert_eq!(elements.deepest, deepest, "{}", &xml);
                prop_assert!(elements.texts >= texts, "{}", &xml);
            }
        }
    }
}

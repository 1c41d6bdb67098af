//! The XML of an OpenDocument sheet as cells. Names: OpenDocument 1.3, part 3, section 9.

use std::{collections::HashSet, io::BufRead};

use quick_xml::{
    Reader, XmlVersion,
    escape::resolve_predefined_entity,
    events::{BytesStart, Event as Xml},
};

use super::cell;
use crate::{FileProblem, limits::MAX_ROW_BYTES};

const DAMAGED: FileProblem = FileProblem::Damaged { line: None };
/// Rows of a sheet; LibreOffice has no more.
const MAX_REPEATS: u64 = 1 << 20;

/// What comes next in the document.
#[derive(Debug, PartialEq)]
pub(super) enum Event<'a> {
    /// A sheet begins.
    Sheet {
        /// Its name.
        name: String,
        /// Whether people do not see it.
        is_hidden: bool,
    },
    /// A row begins, which stands for so many.
    Row {
        /// How many rows are like this one.
        repeats: u64,
    },
    /// A cell, which stands for so many.
    Cell {
        /// What it says.
        content: Content<'a>,
        /// How many cells are like this one.
        repeats: usize,
    },
    /// The row ends.
    EndRow,
}

/// What a cell says.
#[derive(Debug, PartialEq)]
pub(super) enum Content<'a> {
    /// Nothing.
    Empty,
    /// Something.
    Text(&'a str),
    /// An error such as `#N/A`.
    Error,
}

/// Reads the cells of a document from its top.
pub(super) struct Cells<R> {
    xml: Reader<R>,
    buffer: Vec<u8>,
    text: String,
    /// Names of automatic styles of sheets that are hidden.
    hidden_styles: HashSet<String>,
    /// The automatic style being read.
    style: String,
}

impl<R: BufRead> Cells<R> {
    pub(super) fn new(document: R) -> Self {
        let mut xml = Reader::from_reader(document);
        // Depth of elements costs no memory when nobody checks that they close.
        xml.config_mut().check_end_names = false;
        xml.config_mut().expand_empty_elements = true;
        Self {
            xml,
            buffer: Vec::new(),
            text: String::new(),
            hidden_styles: HashSet::new(),
            style: String::new(),
        }
    }

    /// What comes next; none at the end.
    pub(super) fn next(&mut self) -> Result<Option<Event<'_>>, FileProblem> {
        loop {
            self.buffer.clear();
            let event = self.xml.read_event_into(&mut self.buffer).map_err(|_| DAMAGED)?;
            match event {
                Xml::Eof => return Ok(None),
                Xml::End(end) if end.name().as_ref() == "table:table-row" => return Ok(Some(Event::EndRow)),
                Xml::Start(start) => match start.name().as_ref() {
                    "style:style" => self.style = attribute(&start, "style:name")?.unwrap_or_default(),
                    "style:table-properties"
                        if attribute(&start, "table:display")?.as_deref() == Some("false") =>
                    {
                        // A style is hidden once, however often it says so.
                        let style = std::mem::take(&mut self.style);
                        if !style.is_empty() {
                            self.hidden_styles.insert(style);
                        }
                    }
                    "table:table" => {
                        let style = attribute(&start, "table:style-name")?.unwrap_or_default();
                        return Ok(Some(Event::Sheet {
                            name: attribute(&start, "table:name")?.unwrap_or_default(),
                            is_hidden: self.hidden_styles.contains(&style),
                        }));
                    }
                    "table:table-row" => {
                        let repeats = count(&start, "table:number-rows-repeated")?;
                        return Ok(Some(Event::Row { repeats }));
                    }
                    "table:table-cell" | "table:covered-table-cell" => {
                        let start = start.into_owned();
                        return self.cell(&start).map(Some);
                    }
                    _ => {}
                },
                _ => {}
            }
        }
    }

    fn cell(&mut self, start: &BytesStart<'_>) -> Result<Event<'_>, FileProblem> {
        // No more than 2^20.
        let repeats = count(start, "table:number-columns-repeated")? as usize;
        let kind = attribute(start, "office:value-type")?;
        let is_error = attribute(start, "calcext:value-type")?.as_deref() == Some("error");
        self.read_text()?;
        let value = match kind.as_deref() {
            Some("float" | "percentage" | "currency") => attribute(start, "office:value")?,
            Some("date") => attribute(start, "office:date-value")?,
            Some("time") => attribute(start, "office:time-value")?,
            Some("boolean") => attribute(start, "office:boolean-value")?,
            Some("string") => attribute(start, "office:string-value")?,
            _ => None,
        };
        if let Some(value) = value {
            self.text.clear();
            match value.parse::<f64>() {
                Ok(number) if !matches!(kind.as_deref(), Some("string")) => {
                    cell::number(number, &mut self.text);
                }
                _ if kind.as_deref() == Some("time") => without_zeros(&value, &mut self.text),
                _ => self
                    .text
                    .push_str(value.strip_suffix("T00:00:00").unwrap_or(&value)),
            }
        }
        let content = if is_error {
            Content::Error
        } else if self.text.is_empty() {
            Content::Empty
        } else {
            Content::Text(&self.text)
        };
        Ok(Event::Cell { content, repeats })
    }

    /// Reads the paragraphs of a cell up to its end; notes pinned to it are left out.
    fn read_text(&mut self) -> Result<(), FileProblem> {
        self.text.clear();
        let (mut paragraphs, mut is_inside, mut notes) = (0, false, 0_usize);
        loop {
            self.buffer.clear();
            match self.xml.read_event_into(&mut self.buffer).map_err(|_| DAMAGED)? {
                Xml::Eof => return Err(DAMAGED),
                Xml::End(end) => match end.name().as_ref() {
                    "table:table-cell" | "table:covered-table-cell" => return Ok(()),
                    "text:p" => is_inside = false,
                    "office:annotation" => notes = notes.saturating_sub(1),
                    _ => {}
                },
                Xml::Start(start) => match start.name().as_ref() {
                    "office:annotation" => notes += 1,
                    "text:p" if notes == 0 => {
                        if paragraphs > 0 {
                            self.text.push('\n');
                        }
                        paragraphs += 1;
                        is_inside = true;
                    }
                    "text:s" if is_inside => {
                        let spaces = count(&start, "text:c")?.min(1_000);
                        self.text.extend((0..spaces).map(|_| ' '));
                    }
                    "text:tab" if is_inside => self.text.push('\t'),
                    "text:line-break" if is_inside => self.text.push('\n'),
                    _ => {}
                },
                Xml::Text(text) if is_inside && notes == 0 => self.text.push_str(&text.xml10_content()),
                Xml::CData(text) if is_inside && notes == 0 => self.text.push_str(&text.xml10_content()),
                Xml::GeneralRef(reference) if is_inside && notes == 0 => {
                    match reference.resolve_char_ref().map_err(|_| DAMAGED)? {
                        Some(c) => self.text.push(c),
                        None => self
                            .text
                            .push_str(resolve_predefined_entity(&reference).unwrap_or_default()),
                    }
                }
                _ => {}
            }
            if self.text.len() > 2 * MAX_ROW_BYTES {
                // The row is too long already; the rest of the cell changes nothing.
                is_inside = false;
            }
        }
    }
}

/// Writes a length of time behind `out`, its numbers without the zeros before them: `PT36H0M0S`.
fn without_zeros(duration: &str, out: &mut String) {
    let mut rest = duration.chars().peekable();
    let mut before = ' ';
    while let Some(c) = rest.next() {
        let is_first = !before.is_ascii_digit() && before != '.';
        let is_useless = c == '0' && is_first && rest.peek().is_some_and(char::is_ascii_digit);
        if !is_useless {
            out.push(c);
            before = c;
        }
    }
}

fn attribute(start: &BytesStart<'_>, name: &str) -> Result<Option<String>, FileProblem> {
    let found = start.try_get_attribute(name).map_err(|_| DAMAGED)?;
    found
        .map(|attribute| {
            attribute
                .normalized_value(XmlVersion::Implicit1_0)
                .map(|value| value.into_owned())
        })
        .transpose()
        .map_err(|_| DAMAGED)
}

/// How many a thing stands for: one unless it says more, and never more than a sheet can have.
fn count(start: &BytesStart<'_>, name: &str) -> Result<u64, FileProblem> {
    let count = attribute(start, name)?.map_or(Ok(1), |count| count.trim().parse().map_err(|_| DAMAGED))?;
    Ok(count.clamp(1, MAX_REPEATS))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn events(xml: &str) -> Vec<String> {
        let mut cells = Cells::new(xml.as_bytes());
        let mut events = Vec::new();
        while let Some(event) = cells.next().unwrap() {
            events.push(format!("{event:?}"));
        }
        events
    }

    #[test]
    fn cells_of_every_kind_are_read() {
        let xml = r#"<office:spreadsheet><table:table table:name="A &amp; B">
            <table:table-row table:number-rows-repeated="2">
            <table:table-cell office:value-type="string"><office:annotation><text:p>note</text:p></office:annotation><text:p>a<text:s text:c="2"/>b &amp; c</text:p><text:p>d</text:p></table:table-cell>
            <table:table-cell office:value-type="float" office:value="34600000002" table:number-columns-repeated="3"><text:p>3.46E+10</text:p></table:table-cell>
            <table:table-cell office:value-type="date" office:date-value="2026-01-02"/>
            <table:table-cell office:value-type="time" office:time-value="PT036H00M05.050S"/>
            <table:table-cell calcext:value-type="error" office:value-type="string"><text:p>#N/A</text:p></table:table-cell>
            <table:table-cell table:number-columns-repeated="99999999999"/>
            </table:table-row></table:table></office:spreadsheet>"#;
        assert_eq!(
            events(xml),
            [
                r#"Sheet { name: "A & B", is_hidden: false }"#,
                "Row { repeats: 2 }",
                r#"Cell { content: Text("a  b & c\nd"), repeats: 1 }"#,
                r#"Cell { content: Text("34600000002"), repeats: 3 }"#,
                r#"Cell { content: Text("2026-01-02"), repeats: 1 }"#,
                r#"Cell { content: Text("PT36H0M5.050S"), repeats: 1 }"#,
                "Cell { content: Error, repeats: 1 }",
                "Cell { content: Empty, repeats: 1048576 }",
                "EndRow",
            ]
        );
    }

    #[test]
    fn a_document_that_breaks_off_in_a_cell_is_damaged() {
        let mut cells = Cells::new(&b"<table:table-cell><text:p>a"[..]);
        assert!(cells.next().is_err());
    }
}

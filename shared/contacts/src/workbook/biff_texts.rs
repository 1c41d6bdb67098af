//! How long the texts of an XLS file are, and how often its cells say them.
//!
//! calamine gives each cell a copy of its text, so a few bytes for a cell may need kilobytes. Layout:
//! Microsoft [MS-XLS], sections 2.4.265 (SST) and 2.5.293 (XLUnicodeRichExtendedString).

use crate::{FileProblem, limits::MAX_XLS_CELLS};

const DAMAGED: FileProblem = FileProblem::Damaged { line: None };
/// Bytes before the first text: how many there are, which is not believed.
const HEAD: usize = 8;
/// Bytes that a character of two bytes may need as UTF-8.
const WIDE_BYTES: u64 = 3;

/// The texts of a workbook.
#[derive(Debug, Default)]
pub(super) struct Texts {
    /// Bytes of each text that is whole.
    lengths: Vec<u32>,
    /// How many cells say each text.
    uses: Vec<u32>,
    /// Bytes of the text being read.
    length: u64,
    part: Part,
}

/// What of a text comes next, where a record ends.
#[derive(Debug, Default, Clone, Copy)]
enum Part {
    /// The next text.
    #[default]
    Head,
    /// So many characters, of which each has two bytes or one, and bytes behind them that say how they look.
    Characters { left: usize, is_wide: bool, looks: u64 },
    /// So many of those bytes.
    Looks(u64),
}

impl Texts {
    /// Takes the first record of the table.
    pub(super) fn begin(&mut self, record: &[u8]) -> Result<(), FileProblem> {
        (self.part, self.length) = (Part::Head, 0);
        self.lengths.clear();
        self.take(record.get(HEAD..).ok_or(DAMAGED)?)
    }

    /// Takes a record that continues the table.
    pub(super) fn go_on(&mut self, record: &[u8]) -> Result<(), FileProblem> {
        match &mut self.part {
            // What is left of the characters may be written in another way than those before.
            Part::Characters { is_wide, .. } => {
                let (flags, rest) = record.split_first().ok_or(DAMAGED)?;
                *is_wide = flags & 1 != 0;
                self.take(rest)
            }
            _ => self.take(record),
        }
    }

    /// Notes that a cell says the text of this number.
    pub(super) fn is_said(&mut self, text: u32) {
        // There are no more texts than that.
        if u64::from(text) > MAX_XLS_CELLS {
            return;
        }
        let place = text as usize;
        if self.uses.len() <= place {
            self.uses.resize(place + 1, 0);
        }
        self.uses[place] = self.uses[place].saturating_add(1);
    }

    /// Bytes that all cells say together.
    pub(super) fn said(&self) -> u64 {
        let pairs = self.lengths.iter().zip(&self.uses);
        pairs
            .map(|(length, uses)| u64::from(*length) * u64::from(*uses))
            .fold(0, u64::saturating_add)
    }

    fn take(&mut self, mut bytes: &[u8]) -> Result<(), FileProblem> {
        while !bytes.is_empty() {
            match self.part {
                Part::Head => {
                    let (part, rest) = head(bytes)?;
                    (self.part, bytes) = (part, rest);
                }
                Part::Characters { left, is_wide, looks } => {
                    let size = if is_wide { 2 } else { 1 };
                    let taken = left.min(bytes.len() / size);
                    self.length += taken as u64 * if is_wide { WIDE_BYTES } else { 1 };
                    bytes = &bytes[taken * size..];
                    let left = left - taken;
                    self.part = Part::Characters { left, is_wide, looks };
                    if left > 0 {
                        return Ok(());
                    }
                    self.part = Part::Looks(looks);
                }
                Part::Looks(left) => {
                    let taken = left.min(bytes.len() as u64);
                    // No more than there is.
                    bytes = &bytes[taken as usize..];
                    self.part = Part::Looks(left - taken);
                }
            }
            self.end_text()?;
        }
        Ok(())
    }

    /// Ends the text being read if nothing of it is left.
    fn end_text(&mut self) -> Result<(), FileProblem> {
        if matches!(self.part, Part::Looks(0)) {
            self.part = Part::Head;
            // A text has 65,535 characters at most.
            self.lengths.push(std::mem::take(&mut self.length) as u32);
            if self.lengths.len() as u64 > MAX_XLS_CELLS {
                return Err(FileProblem::TooLarge);
            }
        }
        Ok(())
    }
}

/// What stands before the characters of a text; no record ends in it.
fn head(bytes: &[u8]) -> Result<(Part, &[u8]), FileProblem> {
    let ([low, high, flags], rest) = bytes.split_first_chunk().ok_or(DAMAGED)?;
    let (mut looks, mut rest) = (0, rest);
    if flags & 0x08 != 0 {
        let (runs, behind) = rest.split_first_chunk().ok_or(DAMAGED)?;
        looks += 4 * u64::from(u16::from_le_bytes(*runs));
        rest = behind;
    }
    if flags & 0x04 != 0 {
        let (size, behind) = rest.split_first_chunk().ok_or(DAMAGED)?;
        looks += u64::from(u32::from_le_bytes(*size));
        rest = behind;
    }
    let left = usize::from(u16::from_le_bytes([*low, *high]));
    let is_wide = flags & 1 != 0;
    Ok((Part::Characters { left, is_wide, looks }, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lengths(records: &[&[u8]]) -> Result<Vec<u32>, &'static str> {
        let mut texts = Texts::default();
        let (first, others) = records.split_first().unwrap();
        let read = texts
            .begin(&[&[0; HEAD], *first].concat())
            .and_then(|()| others.iter().try_for_each(|record| texts.go_on(record)));
        read.map(|()| texts.lengths).map_err(|problem| problem.code())
    }

    #[test]
    fn texts_are_measured_also_where_a_record_ends_in_them() {
        for (records, wanted) in [
            (&[&b"\x02\0\0ab\0\0\0\x01\0\x01c\0"[..]][..], Ok(vec![2, 0, 3])),
            (&[b"\x03\0\0a", b"\x01b\0c\0\x01\0\0d"], Ok(vec![7, 1])),
            (&[b"\x03\0\0abc", b"\x01\0\0d"], Ok(vec![3, 1])),
            // With a run of a font, and with a reading in another script.
            (
                &[b"\x01\0\x08\x01\0aRRRR\x01\0\x04\x05\0\0\0bEEE", b"EE\x01\0\0c"],
                Ok(vec![1, 1, 1]),
            ),
            (&[b"\x03\0"], Err("damaged")),
        ] {
            assert_eq!(lengths(records), wanted, "{records:?}");
        }
    }

    #[test]
    fn each_cell_counts_its_text() {
        let mut texts = Texts::default();
        texts.begin(b"12345678\x03\0\0abc\x01\0\0d").unwrap();
        for text in [0, 0, 1, 7, u32::MAX] {
            texts.is_said(text);
        }
        assert_eq!(texts.said(), 7);
    }
}

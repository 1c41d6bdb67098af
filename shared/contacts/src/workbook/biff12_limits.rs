//! How much memory the records of an XLSB part would ask for.
//!
//! A record states its length, up to 256 MB, and calamine takes a buffer of that size. So the records are
//! walked here first, by their kinds and lengths alone. Layout: Microsoft [MS-XLSB], sections 2.1.4
//! and 2.3.2.

use std::io::{BufRead, BufReader, Read};

use crate::{
    FileProblem,
    limits::{MAX_KEPT_BYTES, MAX_LIST_ENTRIES, MAX_SHEET_ROWS, MAX_XML_RUN_BYTES},
};

const DAMAGED: FileProblem = FileProblem::Damaged { line: None };
/// A row of a sheet begins.
const ROW: u16 = 0;
/// A text of the table of texts.
const TEXT: u16 = 19;
/// Entries of lists that are kept: name, format of numbers, format of cells, sheet.
const ENTRIES: [u16; 4] = [39, 44, 47, 156];
/// Bytes that a text needs beside its own, at least.
const TEXT_BYTES: u64 = 24 + 32;

/// Bytes of a part, unpacked; none of them kept. Refuses records that are too large.
pub(super) fn check(part: impl Read, allowed: u64) -> Result<u64, FileProblem> {
    let mut records = Records {
        part: BufReader::with_capacity(64 * 1024, part),
        read: 0,
    };
    let (mut rows, mut entries, mut kept) = (0_u64, 0_u64, 0_u64);
    while let Some((kind, length)) = records.next()? {
        match kind {
            ROW => rows += 1,
            // UTF-16 in the file; as UTF-8 it may take half as much again.
            TEXT => kept = kept.saturating_add(TEXT_BYTES + length + length / 2),
            kind if ENTRIES.contains(&kind) => entries += 1,
            _ => {}
        }
        if rows > MAX_SHEET_ROWS {
            return Err(DAMAGED);
        }
        let is_large =
            length > MAX_XML_RUN_BYTES as u64 || kept > MAX_KEPT_BYTES || entries > MAX_LIST_ENTRIES;
        if is_large {
            return Err(FileProblem::TooLarge);
        }
        records.skip(length)?;
        if records.read > allowed {
            return Err(FileProblem::TooLarge);
        }
    }
    Ok(records.read)
}

struct Records<R> {
    part: BufReader<R>,
    read: u64,
}

impl<R: Read> Records<R> {
    /// Kind of the next record and length of its body; none at the end of the part.
    fn next(&mut self) -> Result<Option<(u16, u64)>, FileProblem> {
        let Some(first) = self.byte()? else {
            return Ok(None);
        };
        let mut kind = u16::from(first);
        if first & 0x80 != 0 {
            kind = u16::from(first & 0x7F) | u16::from(self.byte()?.ok_or(DAMAGED)? & 0x7F) << 7;
        }
        let mut length = 0;
        for place in 0..4 {
            let byte = self.byte()?.ok_or(DAMAGED)?;
            length |= u64::from(byte & 0x7F) << (7 * place);
            if byte & 0x80 == 0 {
                break;
            }
        }
        Ok(Some((kind, length)))
    }

    fn byte(&mut self) -> Result<Option<u8>, FileProblem> {
        let byte = self.part.fill_buf().map_err(|_| DAMAGED)?.first().copied();
        if byte.is_some() {
            self.part.consume(1);
            self.read += 1;
        }
        Ok(byte)
    }

    fn skip(&mut self, mut length: u64) -> Result<(), FileProblem> {
        while length > 0 {
            let there = self.part.fill_buf().map_err(|_| DAMAGED)?.len() as u64;
            if there == 0 {
                return Err(DAMAGED);
            }
            let used = there.min(length);
            // No more than is in the buffer.
            self.part.consume(used as usize);
            self.read += used;
            length -= used;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_are_measured_and_not_believed() {
        let good = [0x81, 0x01, 0x00, 0x93, 0x01, 0x02, 0xAA, 0xBB];
        assert_eq!(check(&good[..], 100).unwrap(), 8);
        let huge = [0x81, 0x01, 0xFF, 0xFF, 0xFF, 0x7F];
        assert_eq!(check(&huge[..], 100).unwrap_err().code(), "too_large");
        let cut = [0x81, 0x01, 0x05, 0x00];
        assert_eq!(check(&cut[..], 100).unwrap_err().code(), "damaged");
        assert_eq!(
            check(std::io::repeat(1), 1_000_000).unwrap_err().code(),
            "too_large"
        );
    }

    #[test]
    fn rows_texts_and_lists_have_their_limits() {
        let rows = [0, 0].repeat((1 << 20) + 1);
        assert_eq!(check(&*rows, 1 << 30).unwrap_err().code(), "damaged");
        let texts = [19, 5, 0, 0, 0, 0, 0].repeat(9_000_000);
        assert_eq!(check(&*texts, 1 << 30).unwrap_err().code(), "too_large");
        let formats = [47, 0].repeat(200_001);
        assert_eq!(check(&*formats, 1 << 30).unwrap_err().code(), "too_large");
    }
}

//! A row of text to a line of JSON.

use std::collections::{HashMap, hash_map::Entry};
use std::io::Write;

use anyhow::Result;
use rlibphonenumber::{PHONE_NUMBER_UTIL, PhoneNumberFormat, Region};
use serde::{Serialize, Serializer};
use switchboard_bench_contacts::{Line, write_line};

/// Writes what becomes of each row.
pub(crate) struct Judge<W> {
    region: Region,
    seen: HashMap<u64, u64>,
    out: W,
}

impl<W: Write> Judge<W> {
    pub(crate) fn new(region: Region, out: W) -> Self {
        Self {
            region,
            seen: HashMap::new(),
            out,
        }
    }

    pub(crate) fn into_output(self) -> W {
        self.out
    }

    /// Takes a row; its first cell is the number.
    pub(crate) fn row<S: AsRef<str>>(&mut self, line: u64, names: &[String], cells: &[S]) -> Result<()> {
        let written = cells.first().map_or("", AsRef::as_ref);
        let Some(phone) = e164(written, self.region) else {
            let reason = "invalid";
            return Ok(write_line::<()>(&mut self.out, &Line::Rejected { line, reason })?);
        };
        match self.seen.entry(phone[1..].parse()?) {
            Entry::Occupied(first) => {
                let first_line = *first.get();
                write_line::<()>(&mut self.out, &Line::Duplicate { line, first_line })?;
            }
            Entry::Vacant(place) => {
                place.insert(line);
                let (phone, variables) = (phone.as_str(), Variables { names, cells });
                write_line(
                    &mut self.out,
                    &Line::Accepted {
                        line,
                        phone,
                        variables,
                    },
                )?;
            }
        }
        Ok(())
    }
}

/// The number in E.164, if it is one; without an apostrophe before it and the `.0` that Excel leaves.
fn e164(written: &str, region: Region) -> Option<String> {
    let text = written.trim().trim_start_matches('\'');
    let text = text.strip_suffix(".0").unwrap_or(text);
    let number = PHONE_NUMBER_UTIL.parse(text, Some(region)).ok()?;
    PHONE_NUMBER_UTIL.is_valid_number(&number).then(|| {
        PHONE_NUMBER_UTIL
            .format(&number, PhoneNumberFormat::E164)
            .into_owned()
    })
}

/// All columns but the first.
struct Variables<'a, S> {
    names: &'a [String],
    cells: &'a [S],
}

impl<S: AsRef<str>> Serialize for Variables<'_, S> {
    fn serialize<T: Serializer>(&self, serializer: T) -> Result<T::Ok, T::Error> {
        let values = self.cells.iter().map(AsRef::as_ref);
        serializer.collect_map(self.names.iter().zip(values).skip(1))
    }
}

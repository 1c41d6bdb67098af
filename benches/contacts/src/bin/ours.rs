//! The product's reader over a whole file, a line of JSON for each row.

use std::io::{BufWriter, Write};

use anyhow::Result;
use clap::Parser;
use serde::{Serialize, Serializer};
use switchboard_bench_contacts::{Arguments, Line, write_line};
use switchboard_contacts::{ContactReader, ParseOptions, Region, Verdict, open};

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let options = ParseOptions {
        default_region: Some(Region::parse(&arguments.region)?),
        ..ParseOptions::default()
    };
    let mut out = BufWriter::new(std::io::stdout().lock());
    let mut reader = open(arguments.file(), &options)?;
    while let Some(verdict) = reader.advance()? {
        let line = reader.line();
        match verdict {
            Verdict::Accepted { phone, .. } => write_line(
                &mut out,
                &Line::Accepted {
                    line,
                    phone: phone.as_str(),
                    variables: Variables(&reader),
                },
            ),
            Verdict::Rejected { reason, .. } => write_line::<()>(
                &mut out,
                &Line::Rejected {
                    line,
                    reason: reason.code(),
                },
            ),
            Verdict::Duplicate { first_line, .. } => {
                write_line::<()>(&mut out, &Line::Duplicate { line, first_line })
            }
        }?;
    }
    out.flush()?;
    Ok(())
}

/// All columns of the row that was read last but that with the number.
struct Variables<'a>(&'a ContactReader);

impl Serialize for Variables<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.variables())
    }
}

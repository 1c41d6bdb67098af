//! ODS, streamed: no sheet of it is ever in memory.
//!
//! OpenDocument writes one row or cell with a count where many are alike, and a sheet ends in a million
//! empty ones. calamine lays all of them out in memory when it opens the file, so the XML is read here.

use std::{
    fs::File,
    io::{BufReader, Read},
    path::Path,
};

use calamine::{Sheet, SheetType, SheetVisible};
use zip::{ZipArchive, read::ZipFile};

use super::{
    assembler::Assembler,
    handover::{Handover, Opened, Stop},
    ods_cells::{Cells, Content, Event},
    package_limits,
    sheet::{self, Wanted},
};
use crate::{FileProblem, Format};

const DAMAGED: FileProblem = FileProblem::Damaged { line: None };
/// Bytes of the list of parts that are searched for a sign of encryption.
const MANIFEST_BYTES: u64 = 1 << 20;

type Package = ZipArchive<BufReader<File>>;

/// Reads one sheet from top to bottom.
pub(super) fn read(path: &Path, wanted: &Wanted, rows: &mut Handover) -> Result<(), Stop> {
    let mut package =
        ZipArchive::new(BufReader::new(File::open(path).map_err(FileProblem::from)?)).map_err(|_| DAMAGED)?;
    if is_encrypted(&mut package) {
        return Err(FileProblem::PasswordProtected.into());
    }
    if wanted.tried.is_empty() {
        package_limits::check(path, Format::Ods, None)?;
    }

    let found = overview(&mut package)?;
    let all: Vec<Sheet> = found.iter().map(|sheet| sheet.sheet.clone()).collect();
    let candidates = sheet::candidates(&all, wanted)?;
    let is_filled = |name: &&String| found.iter().any(|s| s.sheet.name == **name && s.last_row > 0);
    let name = candidates.iter().find(is_filled).ok_or(FileProblem::Empty)?;
    let last_row = found
        .iter()
        .find(|sheet| sheet.sheet.name == *name)
        .map_or(0, |sheet| sheet.last_row);
    rows.opened(Opened {
        sheets: sheet::names(&all),
        sheet: name.clone(),
        last_row,
    })?;
    copy(Cells::new(content(&mut package)?), name, last_row, rows)
}

/// A sheet, and the last of its rows that has something in it.
struct Found {
    sheet: Sheet,
    last_row: u64,
}

fn overview(package: &mut Package) -> Result<Vec<Found>, FileProblem> {
    let mut cells = Cells::new(content(package)?);
    let mut found: Vec<Found> = Vec::new();
    let (mut line, mut repeats) = (0, 1);
    while let Some(event) = cells.next()? {
        match event {
            Event::Sheet { name, is_hidden } => {
                line = 0;
                found.push(Found {
                    sheet: Sheet {
                        name,
                        typ: SheetType::WorkSheet,
                        visible: if is_hidden {
                            SheetVisible::Hidden
                        } else {
                            SheetVisible::Visible
                        },
                    },
                    last_row: 0,
                });
            }
            Event::Row { repeats: count } => repeats = count,
            Event::Cell { content, .. } => {
                let is_filled = match content {
                    Content::Text(text) => !text.trim().is_empty(),
                    Content::Error => true,
                    Content::Empty => false,
                };
                if let Some(sheet) = found.last_mut().filter(|_| is_filled) {
                    sheet.last_row = line + repeats;
                }
            }
            Event::EndRow => line += repeats,
        }
    }
    Ok(found)
}

/// Hands the rows of one sheet over, those alike one by one.
fn copy(
    mut cells: Cells<impl std::io::BufRead>,
    wanted: &str,
    last_row: u64,
    rows: &mut Handover,
) -> Result<(), Stop> {
    let mut assembler = Assembler::new(rows);
    let (mut is_wanted, mut line, mut column, mut repeats) = (false, 0, 0_usize, 1);
    let at = |problem: FileProblem, line: u64| match problem {
        FileProblem::Damaged { .. } => FileProblem::Damaged {
            line: Some(line.max(1)),
        },
        problem => problem,
    };
    loop {
        let Some(event) = cells.next().map_err(|problem| at(problem, line))? else {
            return assembler.finish();
        };
        match event {
            Event::Sheet { name, .. } if is_wanted || name != wanted => {
                if is_wanted {
                    return assembler.finish();
                }
            }
            Event::Sheet { .. } => is_wanted = true,
            _ if !is_wanted => {}
            Event::Row { repeats: count } => {
                (column, repeats) = (0, count);
                assembler.move_to(line + 1)?;
            }
            Event::Cell { content, repeats } => {
                let end = column.saturating_add(repeats);
                match content {
                    // One beyond the limit is enough to say so.
                    Content::Text(text) => {
                        for place in column..end.min(crate::limits::MAX_COLUMNS + 1) {
                            assembler.text(place, text)?;
                        }
                    }
                    Content::Error => assembler.error(),
                    Content::Empty => {}
                }
                column = end;
            }
            Event::EndRow => {
                let is_blank = assembler.row().is_blank();
                // Rows that nobody fills are not handed over one by one.
                for _ in 1..repeats {
                    if is_blank || line + 1 >= last_row {
                        break;
                    }
                    assembler.repeat()?;
                }
                line += repeats;
            }
        }
    }
}

fn content(package: &mut Package) -> Result<BufReader<ZipFile<'_, BufReader<File>>>, FileProblem> {
    let part = package.by_name("content.xml").map_err(|_| DAMAGED)?;
    Ok(BufReader::with_capacity(64 * 1024, part))
}

/// Whether the parts are encrypted, which the list of them says.
fn is_encrypted(package: &mut Package) -> bool {
    let mut manifest = Vec::new();
    let Ok(part) = package.by_name("META-INF/manifest.xml") else {
        return false;
    };
    let is_read = part.take(MANIFEST_BYTES).read_to_end(&mut manifest).is_ok();
    is_read && memchr::memmem::find(&manifest, b"encryption-data").is_some()
}

//! Rows to contacts, one at a time.

use std::collections::VecDeque;

use switchboard_domain::{DynamicVariables, UploadCounts};

use crate::{
    ContactRow, FileProblem, Format, Note, NumberParser, ParseOptions, Region, RejectReason, RejectedRow,
    RowOutcome,
    columns::Layout,
    duplicates::SeenNumbers,
    limits::{MAX_CELL_CHARS, MAX_SHOWN_CHARS, SAMPLE_ROWS},
    rows::{Row, RowSource},
};

/// Reads contacts from an open file; made by [`crate::open`].
///
/// An error ends it: what came before it stands, and nothing comes after it.
pub struct ContactReader {
    format: Format,
    rows: Box<dyn RowSource>,
    /// Rows that were read to find the columns.
    sample: VecDeque<Row>,
    layout: Layout,
    default_region: Option<Region>,
    max_rows: u64,
    seen: SeenNumbers,
    counts: UploadCounts,
    blank_rows: u64,
    error_cells: u64,
    has_ended: bool,
}

impl ContactReader {
    pub(crate) fn new(
        format: Format,
        mut rows: Box<dyn RowSource>,
        options: &ParseOptions,
    ) -> Result<Self, FileProblem> {
        let mut sample = Vec::new();
        let mut blank_rows = 0;
        while sample.len() <= SAMPLE_ROWS
            && let Some(row) = rows.next_row()?
        {
            if row.is_blank() {
                blank_rows += 1;
            } else {
                sample.push(row);
            }
        }
        let layout = Layout::detect(&sample, options)?;
        Ok(Self {
            format,
            rows,
            sample: sample.into_iter().skip(usize::from(layout.has_header)).collect(),
            layout,
            default_region: options.default_region,
            max_rows: options.max_rows,
            seen: SeenNumbers::default(),
            counts: UploadCounts::default(),
            blank_rows,
            error_cells: 0,
            has_ended: false,
        })
    }

    /// What the file is.
    pub fn format(&self) -> Format {
        self.format
    }

    /// Names of all columns, the phone column included, in the order of the file.
    pub fn columns(&self) -> &[String] {
        &self.layout.names
    }

    /// Name of the phone column.
    pub fn phone_column(&self) -> &str {
        self.layout
            .names
            .get(self.layout.phone)
            .map_or("", String::as_str)
    }

    /// Sheets of the workbook; none for text.
    pub fn sheets(&self) -> &[String] {
        self.rows.sheets()
    }

    /// What became of the rows so far.
    pub fn counts(&self) -> UploadCounts {
        self.counts
    }

    /// Blank rows so far; they are in no other count.
    pub fn blank_rows(&self) -> u64 {
        self.blank_rows
    }

    /// How much of the file is read, 0 to 1; an estimate.
    pub fn progress(&self) -> f32 {
        if self.has_ended { 1.0 } else { self.rows.progress() }
    }

    /// What was changed or assumed so far.
    pub fn notes(&self) -> Vec<Note> {
        let mut notes = self.rows.notes();
        notes.extend(self.layout.notes.iter().cloned());
        if self.error_cells > 0 {
            notes.push(Note::ErrorCells {
                count: self.error_cells,
            });
        }
        notes
    }

    /// The next row with something in it.
    fn next_row(&mut self) -> Result<Option<Row>, FileProblem> {
        loop {
            let row = match self.sample.pop_front() {
                Some(row) => row,
                None => match self.rows.next_row()? {
                    Some(row) => row,
                    None => return Ok(None),
                },
            };
            if !row.is_blank() {
                return Ok(Some(row));
            }
            self.blank_rows += 1;
        }
    }

    fn next_outcome(&mut self) -> Result<Option<RowOutcome>, FileProblem> {
        let Some(row) = self.next_row()? else {
            return Ok(None);
        };
        if self.counts.rows == self.max_rows {
            return Err(FileProblem::TooManyRows { max: self.max_rows });
        }
        self.counts.rows += 1;
        self.error_cells += row.error_cells;
        let outcome = self.judge(row);
        match outcome {
            RowOutcome::Accepted(_) => self.counts.accepted += 1,
            RowOutcome::Rejected(_) => self.counts.rejected += 1,
            RowOutcome::Duplicate { .. } => self.counts.duplicate += 1,
        }
        Ok(Some(outcome))
    }

    fn judge(&mut self, row: Row) -> RowOutcome {
        let names = &self.layout.names;
        let reject = |column: Option<usize>, value: &str, reason| {
            RowOutcome::Rejected(RejectedRow {
                line: row.line,
                column: column.and_then(|column| names.get(column).cloned()),
                value: value.chars().take(MAX_SHOWN_CHARS).collect(),
                reason,
            })
        };
        if let Some(reason) = row.defect {
            return reject(None, row.cell(0), reason);
        }
        if row.width() > names.len() {
            return reject(None, row.cell(row.width() - 1), RejectReason::TooManyCells);
        }
        let written = row.cell(self.layout.phone);
        let phone = match NumberParser::parse(written, self.default_region) {
            Ok(phone) => phone,
            Err(problem) => return reject(Some(self.layout.phone), written, problem.into()),
        };
        // Bytes are at least as many as characters, and are known without counting.
        let is_too_long =
            |cell: &String| cell.len() > MAX_CELL_CHARS && cell.chars().count() > MAX_CELL_CHARS;
        if let Some(column) = row.cells.iter().position(is_too_long) {
            return reject(Some(column), row.cell(column), RejectReason::ValueTooLong);
        }
        if let Some(first_line) = self.seen.first_line(&phone, row.line) {
            return RowOutcome::Duplicate {
                line: row.line,
                first_line,
                phone,
            };
        }
        let mut cells = row.cells.into_iter();
        let named = names
            .iter()
            .map(|name| (name.clone(), cells.next().unwrap_or_default()))
            .enumerate();
        let variables: DynamicVariables = named
            .filter(|(column, _)| *column != self.layout.phone)
            .map(|(_, variable)| variable)
            .collect();
        RowOutcome::Accepted(ContactRow {
            line: row.line,
            phone,
            variables,
        })
    }
}

impl Iterator for ContactReader {
    type Item = Result<RowOutcome, FileProblem>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.has_ended {
            return None;
        }
        let outcome = self.next_outcome().transpose();
        self.has_ended = !matches!(outcome, Some(Ok(_)));
        outcome
    }
}

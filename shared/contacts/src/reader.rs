//! Rows to contacts, one at a time.

use std::collections::VecDeque;

use switchboard_domain::{ContactDetails, PhoneNumber, UploadCounts};

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
/// [`ContactReader::advance`] reads a row and says what became of it; its cells are there until the next
/// one is read, and no memory is taken for them. As an iterator it hands rows out whole, which is simpler
/// and slower. An error ends it: what came before it stands, and nothing comes after it.
pub struct ContactReader {
    format: Format,
    rows: Box<dyn RowSource>,
    /// Rows that were read to find the columns.
    sample: VecDeque<Row>,
    /// The row that was read last.
    row: Row,
    layout: Layout,
    default_region: Option<Region>,
    max_rows: u64,
    seen: SeenNumbers,
    counts: UploadCounts,
    blank_rows: u64,
    error_cells: u64,
    has_ended: bool,
}

/// What became of a row.
#[derive(Debug, Clone, PartialEq)]
pub enum Verdict {
    /// It is a contact.
    Accepted {
        /// The number.
        phone: PhoneNumber,
        /// What else it says about the person.
        details: ContactDetails,
    },
    /// Something is wrong with it.
    Rejected {
        /// Place of the column that is wrong; `None` when it is the row as a whole.
        column: Option<usize>,
        /// Why.
        reason: RejectReason,
    },
    /// Its number came earlier; the earlier row stands.
    Duplicate {
        /// Line of the row that has the number; 0 where it was known before the file was read.
        first_line: u64,
        /// The number.
        phone: PhoneNumber,
    },
}

impl ContactReader {
    pub(crate) fn new(
        format: Format,
        mut rows: Box<dyn RowSource>,
        options: &ParseOptions,
    ) -> Result<Self, FileProblem> {
        let mut sample = Vec::new();
        let mut blank_rows = 0;
        let mut row = Row::default();
        while sample.len() <= SAMPLE_ROWS && rows.next_row(&mut row)? {
            if row.is_blank() {
                blank_rows += 1;
            } else {
                sample.push(row.clone());
            }
        }
        let layout = Layout::detect(&sample, options, format == Format::Csv)?;
        Ok(Self {
            format,
            rows,
            sample: sample.into_iter().skip(layout.rows_above).collect(),
            row,
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

    /// Notes a number that is known already: rows that have it are duplicates, of line 0.
    pub fn know(&mut self, phone: &PhoneNumber) {
        self.seen.first_line(phone, 0);
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

    /// Names of the columns that become dynamic variables.
    pub fn variable_names(&self) -> impl Iterator<Item = &str> {
        self.layout
            .variables
            .iter()
            .map(|column| self.layout.names[*column].as_str())
    }

    /// Sheets of the workbook; none for text.
    pub fn sheets(&self) -> &[String] {
        self.rows.sheets()
    }

    /// The sheet that is read; none for text.
    pub fn sheet(&self) -> Option<&str> {
        self.rows.sheet()
    }

    /// What became of the rows so far.
    pub fn counts(&self) -> UploadCounts {
        self.counts
    }

    /// Blank rows so far; they are in no other count.
    pub fn blank_rows(&self) -> u64 {
        self.blank_rows + self.rows.passed_rows()
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
        if self.layout.details.unknown_languages > 0 {
            notes.push(Note::UnknownLanguages {
                count: self.layout.details.unknown_languages,
            });
        }
        notes
    }

    /// Reads the next row with something in it, and says what became of it.
    ///
    /// # Errors
    /// When the file cannot be read on; see [`FileProblem`].
    pub fn advance(&mut self) -> Result<Option<Verdict>, FileProblem> {
        if self.has_ended {
            return Ok(None);
        }
        let verdict = self.next_verdict();
        self.has_ended = !matches!(verdict, Ok(Some(_)));
        verdict
    }

    /// Line of the row that was read last, from 1; the row number in a workbook.
    pub fn line(&self) -> u64 {
        self.row.line
    }

    /// Line of another file that this row corrects, where the file says so.
    pub fn corrects_line(&self) -> Option<u64> {
        self.row.cell(self.layout.corrects?).parse().ok()
    }

    /// What is written in a column of the row that was read last.
    pub fn cell(&self, column: usize) -> &str {
        self.row.cell(column)
    }

    /// Dynamic variables of the row that was read last, by name; an empty cell is an empty value.
    pub fn variables(&self) -> impl Iterator<Item = (&str, &str)> {
        self.layout
            .variables
            .iter()
            .map(|column| (self.layout.names[*column].as_str(), self.row.cell(*column)))
    }

    /// Moves to the next row with something in it; false at the end.
    fn next_row(&mut self) -> Result<bool, FileProblem> {
        loop {
            match self.sample.pop_front() {
                Some(row) => self.row = row,
                None if self.rows.next_row(&mut self.row)? => {}
                None => return Ok(false),
            }
            if !self.row.is_blank() {
                return Ok(true);
            }
            self.blank_rows += 1;
        }
    }

    fn next_verdict(&mut self) -> Result<Option<Verdict>, FileProblem> {
        if !self.next_row()? {
            return Ok(None);
        }
        if self.counts.rows == self.max_rows {
            return Err(FileProblem::TooManyRows { max: self.max_rows });
        }
        self.counts.rows += 1;
        self.error_cells += self.row.error_cells;
        if self.layout.corrects.is_some() {
            self.row.take_back_quotes();
        }
        let verdict = self
            .judge()
            .unwrap_or_else(|(column, reason)| Verdict::Rejected { column, reason });
        match verdict {
            Verdict::Accepted { .. } => self.counts.accepted += 1,
            Verdict::Rejected { .. } => self.counts.rejected += 1,
            Verdict::Duplicate { .. } => self.counts.duplicate += 1,
        }
        Ok(Some(verdict))
    }

    fn judge(&mut self) -> Result<Verdict, (Option<usize>, RejectReason)> {
        let row = &self.row;
        if let Some(reason) = row.defect {
            return Err((None, reason));
        }
        if row.width() > self.layout.names.len() {
            return Err((None, RejectReason::TooManyCells));
        }
        let written = row.cell(self.layout.phone);
        let phone = NumberParser::parse(written, self.default_region)
            .map_err(|problem| (Some(self.layout.phone), problem.into()))?;
        // Bytes are at least as many as characters, and are known without counting.
        let is_too_long = |cell: &str| cell.len() > MAX_CELL_CHARS && cell.chars().count() > MAX_CELL_CHARS;
        if row.bytes() > MAX_CELL_CHARS
            && let Some(column) = row.cells().position(is_too_long)
        {
            return Err((Some(column), RejectReason::ValueTooLong));
        }
        let details = self
            .layout
            .details
            .read(row)
            .map_err(|(column, reason)| (Some(column), reason))?;
        Ok(match self.seen.first_line(&phone, row.line) {
            Some(first_line) => Verdict::Duplicate { first_line, phone },
            None => Verdict::Accepted { phone, details },
        })
    }

    /// The row that was read last, whole.
    fn outcome(&self, verdict: Verdict) -> RowOutcome {
        let line = self.line();
        match verdict {
            Verdict::Accepted { phone, details } => RowOutcome::Accepted(ContactRow {
                line,
                phone,
                details,
                variables: self
                    .variables()
                    .map(|(name, value)| (name.to_owned(), value.to_owned()))
                    .collect(),
            }),
            Verdict::Rejected { column, reason } => RowOutcome::Rejected(self.rejected(column, reason)),
            Verdict::Duplicate { first_line, phone } => RowOutcome::Duplicate {
                line,
                first_line,
                phone,
            },
        }
    }

    /// The row that was read last, as a rejected one.
    pub fn rejected(&self, column: Option<usize>, reason: RejectReason) -> RejectedRow {
        let shown = match (column, reason) {
            (Some(column), _) => self.cell(column),
            // The cell that is too many, where it was kept.
            (None, RejectReason::TooManyCells) if self.row.width() <= self.row.len() => {
                self.cell(self.row.width().saturating_sub(1))
            }
            (None, _) => self.cell(0),
        };
        RejectedRow {
            line: self.line(),
            column: column.and_then(|column| self.layout.names.get(column).cloned()),
            value: shown.chars().take(MAX_SHOWN_CHARS).collect(),
            reason,
        }
    }
}

impl Iterator for ContactReader {
    type Item = Result<RowOutcome, FileProblem>;

    fn next(&mut self) -> Option<Self::Item> {
        match self.advance() {
            Ok(Some(verdict)) => Some(Ok(self.outcome(verdict))),
            Ok(None) => None,
            Err(problem) => Some(Err(problem)),
        }
    }
}

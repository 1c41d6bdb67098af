//! Rows to contacts in the table, counts, and the report of those left out.

use std::io;

use switchboard_domain::UploadCounts;
use switchboard_store::{NewContact, Store, StoreError};
use tempfile::NamedTempFile;

use crate::progress::Progress;
use crate::report::Report;
use crate::rows::{Batch, ContactCells, Opened, ReadRow, RowKind, sample_of};

/// Rejected rows kept for a first look.
const SAMPLES: usize = 100;

/// Takes the rows of one file, in their order.
///
/// Every row that could be a contact has its place in the list, so that an import that is repeated writes
/// the same contacts to the same places; those on the do-not-call list leave theirs open.
pub(crate) struct Writing<'a> {
    store: &'a Store,
    opened: Opened,
    report: Report,
    counts: UploadCounts,
    /// Places given so far, from the first place on.
    places: u64,
    /// Places left open.
    gaps: u64,
    /// Places that an earlier run of this import has written.
    already: u64,
}

/// What a whole file came to.
pub(crate) struct Written {
    pub report: NamedTempFile,
    pub places: u64,
    pub gaps: u64,
}

impl<'a> Writing<'a> {
    pub(crate) fn new(
        store: &'a Store,
        progress: &mut Progress<'_>,
        opened: Opened,
    ) -> Result<Self, StoreError> {
        let upload = &mut progress.upload;
        upload.columns.clone_from(&opened.columns);
        upload.rejected.clear();
        Ok(Self {
            store,
            report: Report::new(&opened).map_err(StoreError::from)?,
            opened,
            counts: UploadCounts::default(),
            places: 0,
            gaps: 0,
            already: upload.places_written,
        })
    }

    /// Writes the contacts among the rows, and notes how far we are.
    pub(crate) async fn take(&mut self, batch: Batch, progress: &mut Progress<'_>) -> Result<(), StoreError> {
        let numbers = batch.rows.iter().filter_map(ReadRow::number);
        let mut forbidden = self.store.which_do_not_call(numbers).await?.into_iter();
        let first = progress.upload.first_place.unwrap_or(0);
        let (mut contacts, mut open) = (Vec::new(), Vec::new());
        for ReadRow { line, kind } in batch.rows {
            self.counts.rows += 1;
            match kind {
                RowKind::Contact(row) => {
                    let place = self.places;
                    self.places += 1;
                    if forbidden.next().unwrap_or(false) {
                        self.leave_open(line, &row)?;
                        open.push(first + place);
                        continue;
                    }
                    self.counts.accepted += 1;
                    self.counts.corrected += u64::from(row.corrects);
                    if place >= self.already {
                        contacts.push(NewContact {
                            seq: first + place,
                            line,
                            phone_number: row.phone_number,
                            details: row.details,
                            variables: row.variables,
                        });
                    }
                }
                RowKind::Duplicate { first_line, cells } => {
                    self.counts.duplicate += 1;
                    self.report
                        .write_duplicate(line, first_line, &cells)
                        .map_err(StoreError::from)?;
                }
                RowKind::Rejected { row, cells } => {
                    self.counts.rejected += 1;
                    self.report
                        .write_rejected(&row, &cells)
                        .map_err(StoreError::from)?;
                    if progress.upload.rejected.len() < SAMPLES {
                        progress.upload.rejected.push(sample_of(&row));
                    }
                }
            }
        }
        let list = &progress.upload.list_id;
        if self.already > 0 && !open.is_empty() {
            // The earlier run may have written them before their numbers came on the list.
            self.store.clear_places(list, &open).await?;
        }
        if !contacts.is_empty() {
            self.store.put_contacts(list, contacts).await?;
        }
        let places_written = self.already.max(self.places);
        progress.note(self.counts, batch.part, places_written).await
    }

    fn leave_open(&mut self, line: u64, row: &ContactCells) -> Result<(), StoreError> {
        self.counts.do_not_call += 1;
        self.gaps += 1;
        self.report
            .write_do_not_call(line, &row.phone_number, &row.variables)
            .map_err(StoreError::from)
    }

    /// Ends the report.
    pub(crate) fn finish(self, progress: &mut Progress<'_>) -> Result<(Written, Opened), StoreError> {
        progress.upload.counts = self.counts;
        let report = self
            .report
            .finish()
            .map_err(|error: io::Error| StoreError::from(error))?;
        let written = Written {
            report,
            places: self.places,
            gaps: self.gaps,
        };
        Ok((written, self.opened))
    }
}

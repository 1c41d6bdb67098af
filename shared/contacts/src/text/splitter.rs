//! One record to its cells.

use csv_core::{ReadRecordResult, Reader, ReaderBuilder};

use crate::limits::MAX_SPLIT_CELLS;

/// Splits records, one at a time, with buffers that are used again.
pub(super) struct Splitter {
    reader: Reader,
    text: Vec<u8>,
    ends: Vec<usize>,
}

impl Splitter {
    pub(super) fn new(delimiter: u8) -> Self {
        let reader = ReaderBuilder::new().delimiter(delimiter).build();
        Self {
            reader,
            text: Vec::new(),
            ends: vec![0; MAX_SPLIT_CELLS],
        }
    }

    /// The cells of a record whose quotes are closed; at most [`MAX_SPLIT_CELLS`] of them.
    pub(super) fn split(&mut self, record: &[u8]) -> Vec<String> {
        self.reader.reset();
        // Cells together are never longer than the record.
        self.text.resize(record.len() + 1, 0);
        let (mut read, mut written, mut ended) = (0, 0, 0);
        loop {
            let (result, r, w, e) = self.reader.read_record(
                &record[read..],
                &mut self.text[written..],
                &mut self.ends[ended..],
            );
            read += r;
            written += w;
            ended += e;
            // Input that is used up is given once more, empty: that is how the record ends.
            if result != ReadRecordResult::InputEmpty {
                break;
            }
        }
        let mut start = 0;
        self.ends[..ended]
            .iter()
            .map(|end| {
                let cell = String::from_utf8_lossy(&self.text[start..*end]).into_owned();
                start = *end;
                cell
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_and_delimiters_are_taken_as_csv_has_them() {
        let mut splitter = Splitter::new(b',');
        for (record, cells) in [
            ("a,b", &["a", "b"][..]),
            ("\"a,\"\"b\"\"\",\"c\nd\"", &["a,\"b\"", "c\nd"]),
            ("a,,", &["a", "", ""]),
            ("5\" pipe,x", &["5\" pipe", "x"]),
            ("é", &["é"]),
        ] {
            assert_eq!(splitter.split(record.as_bytes()), cells, "{record}");
        }
        assert_eq!(splitter.split(&[b','; 5_000]).len(), MAX_SPLIT_CELLS);
    }
}

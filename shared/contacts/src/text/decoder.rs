//! A text file as UTF-8, a piece at a time.

use std::{
    fs::File,
    io::{self, BufRead, Read},
};

use encoding_rs::{CoderResult, Decoder, Encoding};

const PIECE: usize = 32 * 1024;

/// Decodes while reading; a byte order mark is left out, wrong bytes become U+FFFD.
pub(super) struct DecodedFile {
    file: File,
    decoder: Decoder,
    raw: Vec<u8>,
    /// Part of `raw` that is not decoded yet.
    pending: std::ops::Range<usize>,
    text: Vec<u8>,
    /// Part of `text` that is not consumed yet.
    ready: std::ops::Range<usize>,
    bytes_read: u64,
    at_end: bool,
}

impl DecodedFile {
    pub(super) fn new(file: File, encoding: &'static Encoding) -> Self {
        Self {
            file,
            decoder: encoding.new_decoder_with_bom_removal(),
            raw: vec![0; PIECE],
            pending: 0..0,
            text: vec![0; PIECE],
            ready: 0..0,
            bytes_read: 0,
            at_end: false,
        }
    }

    /// Bytes of the file that were read.
    pub(super) fn bytes_read(&self) -> u64 {
        self.bytes_read
    }

    fn refill(&mut self) -> io::Result<()> {
        while self.ready.is_empty() && !self.at_end {
            if self.pending.is_empty() {
                let read = self.file.read(&mut self.raw)?;
                self.bytes_read += read as u64;
                self.pending = 0..read;
            }
            let is_last = self.pending.is_empty();
            let source = &self.raw[self.pending.clone()];
            let (result, used, written, _) = self.decoder.decode_to_utf8(source, &mut self.text, is_last);
            self.pending.start += used;
            self.ready = 0..written;
            self.at_end = is_last && result == CoderResult::InputEmpty;
        }
        Ok(())
    }
}

impl Read for DecodedFile {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let read = self.fill_buf()?.read(out)?;
        self.consume(read);
        Ok(read)
    }
}

impl BufRead for DecodedFile {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.refill()?;
        Ok(&self.text[self.ready.clone()])
    }

    fn consume(&mut self, amount: usize) {
        self.ready.start = (self.ready.start + amount).min(self.ready.end);
    }
}

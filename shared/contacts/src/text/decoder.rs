//! A text file as UTF-8, a piece at a time.

use std::io::{self, BufRead, Read};

use encoding_rs::{CoderResult, Decoder, Encoding, UTF_16BE, UTF_16LE};

const PIECE: usize = 32 * 1024;

/// Decodes while reading; a byte order mark is left out, wrong bytes become U+FFFD.
pub(super) struct DecodedFile {
    file: Box<dyn Read + Send>,
    decoder: Decoder,
    is_wide: bool,
    raw: Vec<u8>,
    /// Part of `raw` that is not decoded yet.
    pending: std::ops::Range<usize>,
    text: Vec<u8>,
    /// Part of `text` that is not consumed yet.
    ready: std::ops::Range<usize>,
    at_end: bool,
    decoded: u64,
}

impl DecodedFile {
    pub(super) fn new(file: Box<dyn Read + Send>, encoding: &'static Encoding) -> Self {
        Self {
            file,
            is_wide: [UTF_16LE, UTF_16BE].contains(&encoding),
            decoder: encoding.new_decoder_with_bom_removal(),
            raw: vec![0; PIECE],
            pending: 0..0,
            text: vec![0; PIECE],
            ready: 0..0,
            at_end: false,
            decoded: 0,
        }
    }

    /// How much of what was decoded is consumed, 0 to 1.
    pub(super) fn consumed(&self) -> f32 {
        let waiting = self.ready.len() as u64;
        1.0 - waiting as f32 / self.decoded.max(1) as f32
    }

    fn refill(&mut self) -> io::Result<()> {
        while self.ready.is_empty() && !self.at_end {
            if self.pending.is_empty() {
                let read = self.file.read(&mut self.raw)?;
                self.pending = 0..read;
            }
            let is_last = self.pending.is_empty();
            let source = &self.raw[self.pending.clone()];
            let (result, used, written, _) = self.decoder.decode_to_utf8(source, &mut self.text, is_last);
            self.pending.start += used;
            let written = if self.is_wide {
                without_zeros(&mut self.text[..written])
            } else {
                written
            };
            self.ready = 0..written;
            self.decoded += written as u64;
            self.at_end = is_last && result == CoderResult::InputEmpty;
        }
        Ok(())
    }
}

/// Takes out the zeros that come of UTF-32 read as UTF-16, and says how many bytes are left.
fn without_zeros(text: &mut [u8]) -> usize {
    if memchr::memchr(0, text).is_none() {
        return text.len();
    }
    let mut kept = 0;
    for at in 0..text.len() {
        if text[at] != 0 {
            text[kept] = text[at];
            kept += 1;
        }
    }
    kept
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

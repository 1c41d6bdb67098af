//! A text file as bytes: as it is, or unpacked from gzip.

use std::{
    fs::File,
    io::{self, BufReader, Read},
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use flate2::bufread::MultiGzDecoder;

use crate::{
    FileProblem,
    limits::{self, MAX_UNPACKED_BYTES},
};

const GZIP: [u8; 3] = [0x1F, 0x8B, 8];

/// A file that can be read from its start as often as needed.
pub(crate) struct RawText {
    path: PathBuf,
    bytes: u64,
    is_gzip: bool,
    read: Arc<AtomicU64>,
}

impl RawText {
    /// Looks at the first bytes.
    pub(crate) fn open(path: &Path) -> Result<Self, FileProblem> {
        let file = File::open(path)?;
        let bytes = file.metadata()?.len();
        let mut start = Vec::with_capacity(GZIP.len());
        file.take(GZIP.len() as u64).read_to_end(&mut start)?;
        Ok(Self {
            path: path.to_owned(),
            bytes,
            is_gzip: start == GZIP,
            read: Arc::default(),
        })
    }

    pub(crate) fn is_gzip(&self) -> bool {
        self.is_gzip
    }

    /// The content from its start. What unpacks to more than is believable fails.
    pub(crate) fn reader(&self) -> Result<Box<dyn Read + Send>, FileProblem> {
        self.read.store(0, Ordering::Relaxed);
        let file = Counted {
            file: File::open(&self.path)?,
            read: self.read.clone(),
        };
        if !self.is_gzip {
            return Ok(Box::new(file));
        }
        Ok(Box::new(Unpacked {
            gzip: MultiGzDecoder::new(BufReader::with_capacity(64 * 1024, file)),
            left: limits::believable_size(self.bytes).min(MAX_UNPACKED_BYTES),
        }))
    }

    /// How much of the file was read since the last [`RawText::reader`], 0 to 1.
    pub(crate) fn progress(&self) -> f32 {
        (self.read.load(Ordering::Relaxed) as f32 / self.bytes.max(1) as f32).min(1.0)
    }
}

/// What a failed read means for the uploader.
pub(crate) fn problem(error: io::Error) -> FileProblem {
    match error.kind() {
        io::ErrorKind::FileTooLarge => FileProblem::TooLarge,
        // What the gzip decoder says of bytes that are not gzip, or end too early.
        io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof => {
            FileProblem::Damaged { line: None }
        }
        _ => FileProblem::Unreadable(error),
    }
}

struct Counted {
    file: File,
    read: Arc<AtomicU64>,
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(buffer)?;
        self.read.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}

struct Unpacked<R> {
    gzip: MultiGzDecoder<R>,
    left: u64,
}

impl<R: io::BufRead> Read for Unpacked<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.gzip.read(buffer)?;
        self.left = self
            .left
            .checked_sub(read as u64)
            .ok_or(io::ErrorKind::FileTooLarge)?;
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::{Compression, write::GzEncoder};

    use super::*;

    fn packed(content: impl Read) -> tempfile::NamedTempFile {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
        io::copy(&mut { content }, &mut gzip).unwrap();
        file.write_all(&gzip.finish().unwrap()).unwrap();
        file
    }

    #[test]
    fn gzip_is_unpacked_and_a_bomb_is_not() {
        let file = packed(&b"phone\n"[..]);
        let raw = RawText::open(file.path()).unwrap();
        let mut text = String::new();
        raw.reader().unwrap().read_to_string(&mut text).unwrap();
        assert_eq!((text.as_str(), raw.progress()), ("phone\n", 1.0));

        let bomb = packed(io::repeat(b'1').take(20 << 20));
        let raw = RawText::open(bomb.path()).unwrap();
        let error = io::copy(&mut raw.reader().unwrap(), &mut io::sink()).unwrap_err();
        assert_eq!(problem(error).code(), "too_large");
    }

    #[test]
    fn gzip_that_breaks_off_is_damaged() {
        let whole = packed(io::repeat(b'1').take(100_000));
        let half = std::fs::read(whole.path()).unwrap();
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(&half[..half.len() / 2]).unwrap();
        let raw = RawText::open(file.path()).unwrap();
        let error = io::copy(&mut raw.reader().unwrap(), &mut io::sink()).unwrap_err();
        assert_eq!(problem(error).code(), "damaged");
    }
}

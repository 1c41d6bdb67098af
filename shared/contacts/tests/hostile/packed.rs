//! Packages and gzip files whose content repeats: a gigabyte is written without ever being held.
use std::{
    fs::File,
    io::{BufWriter, Seek, SeekFrom, Write},
    path::Path,
};

use flate2::{Compress, Compression, Crc, FlushCompress, write::GzEncoder};

/// Pieces of content, each with how often it comes.
pub type Pieces<'a> = &'a [(&'a [u8], u64)];

/// Ways in which a package states what is not so.
#[derive(Clone, Copy, Default)]
pub struct Lies {
    /// Unpacked bytes that it states.
    pub size: Option<u32>,
    /// Packed bytes that it states.
    pub packed: Option<u32>,
}

/// Packed bytes of the pieces, their sum and their size.
fn pack(out: &mut impl Write, pieces: Pieces) -> (Crc, u64, u64) {
    let (mut crc, mut size, mut packed) = (Crc::new(), 0, 0);
    for (piece, times) in pieces.iter().filter(|(piece, _)| !piece.is_empty()) {
        let mut one = Crc::new();
        one.update(piece);
        // Flushed whole, packed pieces can stand one behind the other any number of times.
        let mut bytes = Vec::with_capacity(piece.len() + piece.len() / 8 + 1024);
        let mut compress = Compress::new(Compression::new(6), false);
        compress
            .compress_vec(piece, &mut bytes, FlushCompress::Full)
            .unwrap();
        assert_eq!(
            compress.total_in(),
            piece.len() as u64,
            "the buffer was too small"
        );
        for _ in 0..*times {
            out.write_all(&bytes).unwrap();
            crc.combine(&one);
        }
        size += piece.len() as u64 * times;
        packed += bytes.len() as u64 * times;
    }
    // An empty last block.
    out.write_all(&[3, 0]).unwrap();
    (crc, size, packed + 2)
}

/// A gzip file of the pieces.
pub fn gzip(path: &Path, pieces: Pieces) {
    let mut out = BufWriter::new(File::create(path).unwrap());
    let head = GzEncoder::new(Vec::new(), Compression::fast()).finish().unwrap();
    out.write_all(&head[..10]).unwrap();
    let (crc, size, _) = pack(&mut out, pieces);
    out.write_all(&crc.sum().to_le_bytes()).unwrap();
    out.write_all(&(size as u32).to_le_bytes()).unwrap();
    out.flush().unwrap();
}

/// A package being written.
pub struct Package {
    out: BufWriter<File>,
    directory: Vec<u8>,
    entries: u64,
}

impl Package {
    pub fn create(path: &Path) -> Self {
        Self {
            out: BufWriter::new(File::create(path).unwrap()),
            directory: Vec::new(),
            entries: 0,
        }
    }

    pub fn text(self, name: &str, content: &str) -> Self {
        self.part(name, &[(content.as_bytes(), 1)])
    }

    pub fn part(self, name: &str, pieces: Pieces) -> Self {
        self.part_with_lies(name, pieces, Lies::default())
    }

    pub fn part_with_lies(mut self, name: &str, pieces: Pieces, lies: Lies) -> Self {
        let start = self.out.stream_position().unwrap();
        let head = |signature: u32, crc: u32, packed: u32, size: u32, of_directory: bool| {
            let mut head = signature.to_le_bytes().to_vec();
            if of_directory {
                head.extend([20, 0]);
            }
            head.extend([20, 0, 0, 8, 8, 0, 0, 0, 0x21, 0x5A]);
            for number in [crc, packed, size] {
                head.extend(number.to_le_bytes());
            }
            head.extend((name.len() as u16).to_le_bytes());
            head.extend([0, 0]);
            head
        };
        self.out.write_all(&head(0x0403_4B50, 0, 0, 0, false)).unwrap();
        self.out.write_all(name.as_bytes()).unwrap();
        let (crc, size, packed) = pack(&mut self.out, pieces);
        let end = self.out.stream_position().unwrap();
        let (packed, size) = (
            lies.packed.unwrap_or(packed as u32),
            lies.size.unwrap_or(size as u32),
        );
        self.out.seek(SeekFrom::Start(start)).unwrap();
        self.out
            .write_all(&head(0x0403_4B50, crc.sum(), packed, size, false))
            .unwrap();
        self.out.seek(SeekFrom::Start(end)).unwrap();
        self.directory
            .extend(head(0x0201_4B50, crc.sum(), packed, size, true));
        self.directory.extend([0; 10]);
        self.directory.extend((start as u32).to_le_bytes());
        self.directory.extend(name.as_bytes());
        self.entries += 1;
        self
    }

    /// Ends the package.
    pub fn finish(self) {
        let entries = self.entries;
        self.finish_claiming(entries);
    }

    /// Ends the package, which claims to have so many parts.
    pub fn finish_claiming(mut self, entries: u64) {
        let start = self.out.stream_position().unwrap();
        self.out.write_all(&self.directory).unwrap();
        let end = self.out.stream_position().unwrap();
        let size = self.directory.len() as u64;
        // The form for many parts, and the place of it.
        let mut tail = 0x0606_4B50_u32.to_le_bytes().to_vec();
        tail.extend(44_u64.to_le_bytes());
        tail.extend([45, 0, 45, 0]);
        tail.extend([0; 8]);
        for number in [entries, entries, size, start] {
            tail.extend(number.to_le_bytes());
        }
        tail.extend(0x0706_4B50_u32.to_le_bytes());
        tail.extend([0; 4]);
        tail.extend(end.to_le_bytes());
        tail.extend(1_u32.to_le_bytes());
        if entries < 0xFFFF {
            tail.clear();
        }
        let short = u16::try_from(entries).unwrap_or(u16::MAX).to_le_bytes();
        tail.extend(0x0605_4B50_u32.to_le_bytes());
        tail.extend([0; 4]);
        tail.extend(short);
        tail.extend(short);
        tail.extend((size as u32).to_le_bytes());
        tail.extend((start as u32).to_le_bytes());
        tail.extend([0, 0]);
        self.out.write_all(&tail).unwrap();
        self.out.flush().unwrap();
    }
}

/// A megabyte of comments that no packing makes small, so that a bomb behind it looks like any file.
pub fn ballast() -> Vec<u8> {
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let mut text = Vec::with_capacity(1 << 20);
    while text.len() < (1 << 20) - 1024 {
        text.extend(b"<!--");
        for _ in 0..500 {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            text.push(b'A' + (state >> 32) as u8 % 26);
        }
        text.extend(b"-->");
    }
    text
}

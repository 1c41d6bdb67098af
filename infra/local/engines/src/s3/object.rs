use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;
use std::time::SystemTime;

use md5::{Digest, Md5};
use serde::{Deserialize, Serialize};
use tempfile::TempPath;
use tokio::io::{AsyncWriteExt, BufWriter};

/// Ends every object file. A file is the content, then a [`Label`] in JSON, then the label's length (4 bytes,
/// little-endian), then this: one file, so that content and label appear together in one rename, with the
/// content at its beginning, so that a person can open it.
const MAGIC: [u8; 8] = *b"S3OBJ\0\0\x01";
const TAIL_BYTES: u64 = 12;
/// User metadata is limited to 2 KB and a key to 1 KB; more is not a label of ours.
const LABEL_BYTES: u32 = 64 * 1024;

/// What is known about an object besides its content.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Label {
    pub(super) key: String,
    pub(super) size: u64,
    /// Without quotes.
    pub(super) etag: String,
    pub(super) headers: Headers,
}

/// What the writer said about the content, and every reader gets back.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Headers {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) content_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) content_disposition: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) content_encoding: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) content_language: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) cache_control: Option<String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) metadata: BTreeMap<String, String>,
}

/// An object found on disk, its file at the beginning of the content.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) file: File,
    pub(super) label: Label,
    pub(super) modified: SystemTime,
}

/// Opens an object; `None` when there is none. Blocks.
pub(super) fn open(path: &Path) -> io::Result<Option<Found>> {
    let mut file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let damaged = || io::Error::new(io::ErrorKind::InvalidData, "not an object file");
    let metadata = file.metadata()?;
    let end = metadata.len().checked_sub(TAIL_BYTES).ok_or_else(damaged)?;
    file.seek(SeekFrom::Start(end))?;
    let (mut length, mut magic) = ([0; 4], [0; 8]);
    file.read_exact(&mut length)?;
    file.read_exact(&mut magic)?;
    let length = u32::from_le_bytes(length);
    if magic != MAGIC || length > LABEL_BYTES {
        return Err(damaged());
    }
    let start = end.checked_sub(u64::from(length)).ok_or_else(damaged)?;
    file.seek(SeekFrom::Start(start))?;
    let mut label = Vec::new();
    file.by_ref().take(u64::from(length)).read_to_end(&mut label)?;
    let label: Label = serde_json::from_slice(&label)?;
    if label.size != start {
        return Err(damaged());
    }
    file.seek(SeekFrom::Start(0))?;
    Ok(Some(Found {
        file,
        label,
        modified: metadata.modified()?,
    }))
}

/// An object being written. Dropped before it is kept, it leaves nothing behind.
#[derive(Debug)]
pub(super) struct Draft {
    file: BufWriter<tokio::fs::File>,
    path: TempPath,
    md5: Md5,
    size: u64,
}

/// A complete object file that has no name yet.
#[derive(Debug)]
pub(super) struct Complete {
    pub(super) path: TempPath,
    pub(super) label: Label,
}

impl Draft {
    /// Begins one in `dir`, which must be on the file system where it will be kept.
    pub(super) async fn begin(dir: &Path) -> io::Result<Self> {
        let dir = dir.to_owned();
        let (file, path) = blocking(move || Ok(tempfile::NamedTempFile::new_in(dir)?.into_parts())).await?;
        Ok(Self {
            file: BufWriter::with_capacity(256 * 1024, tokio::fs::File::from_std(file)),
            path,
            md5: Md5::new(),
            size: 0,
        })
    }

    pub(super) async fn write(&mut self, content: &[u8]) -> io::Result<()> {
        self.md5.update(content);
        self.size += content.len() as u64;
        self.file.write_all(content).await
    }

    /// MD5 of what was written so far.
    pub(super) fn md5(&self) -> [u8; 16] {
        self.md5.clone().finalize().into()
    }

    /// Adds the label. The ETag is the MD5 of the content unless another is given.
    pub(super) async fn complete(
        mut self,
        key: &str,
        headers: Headers,
        etag: Option<String>,
    ) -> io::Result<Complete> {
        let label = Label {
            key: key.to_owned(),
            size: self.size,
            etag: etag.unwrap_or_else(|| hex::encode(self.md5())),
            headers,
        };
        let json = serde_json::to_vec(&label)?;
        let length = u32::try_from(json.len())
            .ok()
            .filter(|length| *length <= LABEL_BYTES)
            .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "metadata is too large"))?;
        self.file.write_all(&json).await?;
        self.file.write_all(&length.to_le_bytes()).await?;
        self.file.write_all(&MAGIC).await?;
        self.file.flush().await?;
        Ok(Complete {
            path: self.path,
            label,
        })
    }
}

/// Runs file work where it may wait.
pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(io::Error::other)?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_object_comes_back_with_its_label() {
        let dir = tempfile::tempdir().unwrap();
        let mut draft = Draft::begin(dir.path()).await.unwrap();
        draft.write(b"hello ").await.unwrap();
        draft.write(b"world").await.unwrap();
        let headers = Headers {
            content_type: Some("text/plain".to_owned()),
            ..Headers::default()
        };
        let complete = draft.complete("greeting", headers, None).await.unwrap();
        let path = dir.path().join("o");
        complete.path.persist(&path).unwrap();
        let mut found = open(&path).unwrap().unwrap();
        assert_eq!(found.label, complete.label);
        assert_eq!(found.label.etag, "5eb63bbbe01eeed093cb22bb8f5acdc3");
        let mut content = vec![0; 11];
        found.file.read_exact(&mut content).unwrap();
        assert_eq!(content, b"hello world");
        assert!(open(&dir.path().join("none")).unwrap().is_none());
    }

    #[tokio::test]
    async fn a_file_cut_short_is_refused_and_an_abandoned_draft_leaves_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("o");
        std::fs::write(&path, b"just some bytes that are no object").unwrap();
        assert!(open(&path).is_err());
        std::fs::write(&path, b"short").unwrap();
        assert!(open(&path).is_err());
        drop(Draft::begin(dir.path()).await.unwrap());
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1);
    }
}

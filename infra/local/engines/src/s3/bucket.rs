use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{SystemTime, UNIX_EPOCH};

use s3s::dto::ETagCondition;

use super::conditions::{self, Refusal};
use super::cors::Cors;
use super::keys;
use super::object::{self, Complete};

/// A bucket and its folder.
#[derive(Debug)]
pub(super) struct Bucket {
    pub(super) name: String,
    cors: RwLock<Arc<Cors>>,
    dir: PathBuf,
    /// Held from a condition's check to the rename that it allows.
    commit: Mutex<()>,
    writes: AtomicU32,
}

/// What became of a conditional write.
#[derive(Debug)]
pub(super) enum Committed {
    Kept { sequencer: String },
    Refused(Refusal),
}

/// On what a write depends.
#[derive(Debug, Clone, Default)]
pub(super) struct WriteConditions {
    pub(super) if_match: Option<ETagCondition>,
    pub(super) if_none_match: Option<ETagCondition>,
}

impl Bucket {
    /// Opens the folder, and clears away what an earlier run left unfinished. Blocks.
    pub(super) fn open(name: &str, dir: PathBuf, cors: Cors) -> io::Result<Self> {
        let bucket = Self {
            name: name.to_owned(),
            cors: RwLock::new(Arc::new(cors)),
            dir,
            commit: Mutex::new(()),
            writes: AtomicU32::new(0),
        };
        match std::fs::remove_dir_all(bucket.drafts()) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        std::fs::create_dir_all(bucket.drafts())?;
        std::fs::create_dir_all(bucket.uploads())?;
        Ok(bucket)
    }

    pub(super) fn cors(&self) -> Arc<Cors> {
        Arc::clone(&self.cors.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub(super) fn set_cors(&self, cors: Cors) {
        *self.cors.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(cors);
    }

    pub(super) fn dir(&self) -> &Path {
        &self.dir
    }

    /// Where objects are before they have a name.
    pub(super) fn drafts(&self) -> PathBuf {
        self.dir.join(".drafts")
    }

    /// Where multipart uploads are before they are completed.
    pub(super) fn uploads(&self) -> PathBuf {
        self.dir.join(".uploads")
    }

    pub(super) fn path(&self, key: &str) -> PathBuf {
        self.dir.join(keys::file_name(key))
    }

    /// Gives a complete object its name, if the conditions hold at that moment. Blocks.
    pub(super) fn commit(&self, object: Complete, on: &WriteConditions) -> io::Result<Committed> {
        let path = self.path(&object.label.key);
        let _commit = self.commit.lock().unwrap_or_else(PoisonError::into_inner);
        if on.if_match.is_some() || on.if_none_match.is_some() {
            let there = object::open(&path)?.map(|found| found.label.etag);
            if let Some(refusal) =
                conditions::of_a_write(there.as_deref(), on.if_match.as_ref(), on.if_none_match.as_ref())
            {
                return Ok(Committed::Refused(refusal));
            }
        }
        let written = std::fs::metadata(&object.path)?.modified()?;
        object.path.persist(&path).map_err(|error| error.error)?;
        Ok(Committed::Kept {
            sequencer: self.sequencer(written),
        })
    }

    /// Removes an object; it is no error if there is none. Blocks.
    pub(super) fn remove(&self, key: &str) -> io::Result<()> {
        let _commit = self.commit.lock().unwrap_or_else(PoisonError::into_inner);
        match std::fs::remove_file(self.path(key)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    /// Grows with each write: the file's time, then a count for writes within one tick of the clock.
    fn sequencer(&self, written: SystemTime) -> String {
        let nanos = written
            .duration_since(UNIX_EPOCH)
            .map_or(0, |since| since.as_nanos());
        let count = self.writes.fetch_add(1, Ordering::Relaxed);
        format!("{nanos:020X}{count:08X}")
    }
}

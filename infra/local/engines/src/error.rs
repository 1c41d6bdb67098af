use std::path::PathBuf;

/// Why an engine could not start, or could not make a resource.
///
/// Every message ends with what the reader can do about it.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// A file or a socket could not be used.
    #[error("{doing}: {source}; check that the path exists, is writable and is not used by another process")]
    Io {
        /// What was being done, with the path or address.
        doing: String,
        /// What the operating system said.
        #[source]
        source: std::io::Error,
    },
    /// The database file could not be opened.
    #[error("cannot open the database {}: {reason}; stop other processes that use it, or move the file away to start empty", path.display())]
    Database {
        /// The SQLite file.
        path: PathBuf,
        /// What the engine said.
        reason: String,
    },
    /// The properties of a resource cannot be understood.
    #[error("properties of {resource}: {reason}; correct them in the template")]
    Properties {
        /// Name of the table, bucket or queue (or its kind, where the name is missing).
        resource: String,
        /// What is wrong.
        reason: String,
    },
    /// A table exists already and cannot be changed into what is wanted.
    #[error("table {table} exists with {difference}; {advice}")]
    TableDiffers {
        /// The table.
        table: String,
        /// What is different.
        difference: String,
        /// What to do next.
        advice: String,
    },
    /// An engine refused a request of our own.
    #[error("{engine} refused {doing}: {reason}; the template or this runner is wrong")]
    Refused {
        /// `DynamoDB`, `S3` or `SQS`.
        engine: &'static str,
        /// What was asked for.
        doing: String,
        /// The engine's message.
        reason: String,
    },
    /// The engine has stopped.
    #[error("{engine} has stopped; start again")]
    Stopped {
        /// `DynamoDB`, `S3` or `SQS`.
        engine: &'static str,
    },
}

impl EngineError {
    pub(crate) fn io(doing: impl Into<String>) -> impl FnOnce(std::io::Error) -> Self {
        let doing = doing.into();
        move |source| Self::Io { doing, source }
    }

    pub(crate) fn properties(resource: impl Into<String>, reason: impl Into<String>) -> Self {
        Self::Properties {
            resource: resource.into(),
            reason: reason.into(),
        }
    }
}

//! Arguments of the programs that read a file.

use std::path::{Path, PathBuf};

use clap::Parser;

/// Which file is read, and how.
#[derive(Debug, Parser)]
pub struct Arguments {
    /// File to read: `.csv` or `.xlsx`.
    pub file: PathBuf,
    /// Region of numbers without a country code, as two letters.
    #[arg(long, default_value = "ES")]
    pub region: String,
}

impl Arguments {
    /// Whether the file is a workbook, by its name.
    pub fn is_workbook(&self) -> bool {
        self.file.extension().is_some_and(|extension| extension == "xlsx")
    }

    /// The file.
    pub fn file(&self) -> &Path {
        &self.file
    }
}

//! The sample campaign of the first start.

use std::path::Path;

use crate::Local;

/// Runs the sample when there has been none in this data folder.
///
/// # Errors
/// When the system does not do what it should.
pub async fn run(_local: &Local, _data_dir: &Path) -> anyhow::Result<()> {
    Ok(())
}

/// One line for the person at the terminal.
pub(crate) fn say(line: &str) {
    #[expect(clippy::print_stdout, reason = "the terminal is the user interface here")]
    {
        println!("{line}");
    }
}

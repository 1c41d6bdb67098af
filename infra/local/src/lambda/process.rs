//! A function's process.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::OnceLock;

use tokio::process::{Child, Command};

use crate::logs::Logs;

/// Starts the binary of a function. It dies with this process, however that ends.
pub(crate) fn start(
    binary: &Path,
    name: &str,
    environment: &BTreeMap<String, String>,
    logs: &Logs,
) -> std::io::Result<Child> {
    let mut command = match setpriv() {
        Some(setpriv) => {
            let mut command = Command::new(setpriv);
            command.args(["--pdeathsig", "KILL", "--"]).arg(binary);
            command
        }
        // Without it a killed runner leaves processes behind until they next ask for work.
        None => Command::new(binary),
    };
    command
        .env_clear()
        .envs(environment)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    // Its own group: Ctrl-C is for the runner, which stops its functions in order.
    command.process_group(0);
    let mut child = command.spawn()?;
    if let Some(stdout) = child.stdout.take() {
        logs.follow(name, stdout);
    }
    if let Some(stderr) = child.stderr.take() {
        logs.follow(name, stderr);
    }
    Ok(child)
}

/// `setpriv` of util-linux, which can tie a child's life to its parent's.
fn setpriv() -> Option<&'static PathBuf> {
    static FOUND: OnceLock<Option<PathBuf>> = OnceLock::new();
    FOUND
        .get_or_init(|| {
            ["/usr/bin/setpriv", "/bin/setpriv"]
                .iter()
                .map(PathBuf::from)
                .find(|path| path.exists())
        })
        .as_ref()
}

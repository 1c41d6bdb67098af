//! The sample campaign of the first start: a spreadsheet becomes finished calls.
//!
//! It uses the API as any script does.

mod campaign;
mod summary;

use std::path::Path;

use anyhow::Context;

use crate::Local;
use crate::client::ApiClient;
use crate::oidc::Role;

/// The sample's contacts, from the project's folder.
const CONTACTS: &str = "events/sample-contacts.csv";
/// Says that the sample was begun; kept in the data folder.
const MARK: &str = "sample.json";

/// Runs the sample, unless one was begun in this data folder before.
///
/// # Errors
/// When the system does not do what it should.
pub async fn run(local: &Local, data_dir: &Path) -> anyhow::Result<()> {
    let mark = data_dir.join(MARK);
    if mark.exists() {
        return Ok(());
    }
    let contacts = std::fs::read(CONTACTS)
        .with_context(|| format!("{CONTACTS} cannot be read: start this from the project's folder"))?;
    let api = ApiClient::new(local, Role::Admin)?;
    say("Sample: 40 rows of events/sample-contacts.csv, called by an agent of the simulator.");
    let upload = api.upload("sample-contacts.csv", contacts).await?;
    summary::show_upload(&upload);
    let campaign = campaign::create(&api, &upload).await?;
    std::fs::write(&mark, campaign.to_string())?;
    let campaign = campaign::follow(&api, &campaign).await?;
    summary::show(&api, local, &campaign).await
}

/// One line for the person at the terminal.
pub(crate) fn say(line: &str) {
    #[expect(clippy::print_stdout, reason = "the terminal is the user interface here")]
    {
        println!("{line}");
    }
}

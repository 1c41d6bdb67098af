//! How fast a large file becomes a contact list on one machine, and what bounds it.
//!
//! `cargo run -p switchboard-tests --example import_many -- 100000` starts the whole system, imports a file of
//! so many rows, then writes as many contacts to the same tables with nothing else to do, and prints both.
#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a measurement prints what it measured, and ends when it cannot"
)]

use std::fmt::Write;
use std::time::Instant;

use anyhow::Context;
use serde_json::json;
use switchboard_domain::{ContactDetails, ListId, PhoneNumber};
use switchboard_store::NewContact;
use switchboard_testing::LocalTables;
use switchboard_tests::App;

/// Contacts written at a time, as the import does.
const BATCH: u64 = 500;

/// The number of the `n`-th row.
fn number(n: u64) -> PhoneNumber {
    PhoneNumber::parse(&format!("+346{n:08}")).unwrap()
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let rows: u64 = std::env::args().nth(1).map_or(Ok(100_000), |rows| rows.parse())?;
    let mut file = "phone,name,email,city,amount,notes,language\n".to_owned();
    for n in 0..rows {
        writeln!(
            file,
            "+346{n:08},Person {n},p{n}@example.com,Madrid,{n},some words,es"
        )?;
    }
    let app = App::start(100.0).await?;
    let begun = Instant::now();
    let id = app
        .api
        .send_file(&json!({ "file_name": "many.csv" }), file.into_bytes())
        .await?;
    let sent = begun.elapsed();
    let upload = app.api.imported(&id).await?;
    let imported = begun.elapsed() - sent;
    anyhow::ensure!(upload["counts"]["accepted"] == rows, "{upload}");
    app.stop().await;

    let folder = tempfile::tempdir().context("no folder")?;
    let tables = LocalTables::open(folder.path()).await;
    let list = ListId::derived(&["bare"]);
    let begun = Instant::now();
    for first in (0..rows).step_by(BATCH as usize) {
        let contact = |seq: u64| NewContact {
            seq,
            line: seq + 2,
            phone_number: number(seq),
            details: ContactDetails::default(),
            variables: ["name", "email", "city", "amount", "notes", "language"]
                .map(|name| (name.to_owned(), format!("{name} {seq}")))
                .into(),
        };
        let numbers: Vec<_> = (first..(first + BATCH).min(rows)).map(number).collect();
        tables.store.which_do_not_call(&numbers).await?;
        tables
            .store
            .put_contacts(&list, (first..(first + BATCH).min(rows)).map(contact).collect())
            .await?;
    }
    let bare = begun.elapsed();
    let per_second = |time: std::time::Duration| rows as f64 / time.as_secs_f64();
    println!("{rows} rows, sent in {:.1} s", sent.as_secs_f64());
    println!(
        "imported          {:6.1} s  {:6.0} rows/s",
        imported.as_secs_f64(),
        per_second(imported)
    );
    println!(
        "tables alone      {:6.1} s  {:6.0} rows/s",
        bare.as_secs_f64(),
        per_second(bare)
    );
    Ok(())
}

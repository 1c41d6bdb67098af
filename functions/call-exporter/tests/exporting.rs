//! Exports of a real store's calls.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::sync::Arc;

use call_exporter::{COLUMNS, CallExporter, DO_NOT_CALL_COLUMNS, ExportError, ExportOutcome, Pace};
use jiff::{SignedDuration, Timestamp};
use switchboard_domain::{
    Call, CallOrigin, CallResults, CallStatus, CampaignId, DoNotCallEntry, Export, ExportId, ExportKind,
    ExportStatus, OptOutWay, ReportBy, ReportTable, WholeReport,
};
use switchboard_local_engines::DynamoDbFault;
use switchboard_store::FileStore;
use switchboard_testing::{TestStore, records};

struct World {
    test: TestStore,
    exporter: CallExporter,
}

impl World {
    async fn start(pace: Pace) -> Self {
        let test = TestStore::start().await;
        let exporter = CallExporter::new(test.store.clone(), Arc::new(test.clock.clone()), pace);
        Self { test, exporter }
    }

    fn in_minutes(&self, minutes: i64) -> Timestamp {
        self.test.now() + SignedDuration::from_mins(minutes)
    }

    async fn put_calls(&self, count: i64) {
        for n in 0..count {
            let mut call = finished(&format!("call {n}"), self.test.now());
            call.created_at = self.test.now() - SignedDuration::from_mins(n);
            self.put(&call).await;
        }
    }

    async fn put_later_calls(&self, count: i64) {
        for n in 0..count {
            self.put(&finished(&format!("later {n}"), self.in_minutes(1)))
                .await;
        }
    }

    async fn put(&self, call: &Call) {
        assert!(self.test.store.import_call(call, false).await.unwrap());
    }

    async fn ask(&self, export: &Export) -> ExportId {
        self.test.store.put_export(export).await.unwrap();
        export.export_id.clone()
    }

    async fn run(&self, id: &ExportId) -> ExportOutcome {
        self.exporter.run(id, self.in_minutes(15)).await.unwrap()
    }

    async fn record(&self, id: &ExportId) -> Export {
        self.test.store.find_export(id).await.unwrap().unwrap()
    }

    /// The file's bytes; none when there is no file.
    async fn file(&self, id: &ExportId) -> Option<Vec<u8>> {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("export.csv");
        let key = FileStore::export_key(id);
        self.test
            .store
            .files()
            .get_to_file(&key, &path, 1 << 30)
            .await
            .unwrap()?;
        Some(std::fs::read(&path).unwrap())
    }

    async fn rows(&self, id: &ExportId) -> Vec<Vec<String>> {
        let mut table = self.table(id).await;
        assert_eq!(table.remove(0), COLUMNS);
        table
    }

    /// The header and the rows.
    async fn table(&self, id: &ExportId) -> Vec<Vec<String>> {
        let file = self.file(id).await.unwrap();
        let mut csv = csv::ReaderBuilder::new()
            .has_headers(false)
            .from_reader(file.as_slice());
        csv.records()
            .map(|row| row.unwrap().iter().map(str::to_owned).collect())
            .collect()
    }

    /// A finished call of the campaign `spring`.
    fn of_spring(&self, name: &str) -> Call {
        Call {
            campaign_id: Some(CampaignId::derived(&["spring"])),
            ..finished(name, self.test.now())
        }
    }
}

fn finished(name: &str, now: Timestamp) -> Call {
    let mut call = records::call(name, now);
    call.status = CallStatus::Completed;
    call.ended_at = Some(now);
    call.results_complete = true;
    call
}

fn column(name: &str) -> usize {
    COLUMNS.iter().position(|column| *column == name).unwrap()
}

#[tokio::test]
async fn every_call_is_in_the_file_once_oldest_first() {
    let world = World::start(Pace {
        page: 7,
        note_rows: 5,
        ..Pace::default()
    })
    .await;
    world.put_calls(30).await;
    let id = world.ask(&records::export("all", world.test.now())).await;

    assert_eq!(world.run(&id).await, ExportOutcome::Completed { rows: 30 });
    let rows = world.rows(&id).await;
    let mut times: Vec<String> = rows.iter().map(|row| row[column("created_at")].clone()).collect();
    assert_eq!(times.len(), 30);
    assert!(times.is_sorted());
    times.dedup();
    assert_eq!(times.len(), 30);
    let record = world.record(&id).await;
    assert_eq!(
        (record.status, record.rows, record.failure),
        (ExportStatus::Completed, 30, None)
    );
    assert_eq!(record.finished_at, Some(world.test.now()));
}

#[tokio::test]
async fn a_large_file_is_written_in_parts() {
    // Small parts would be refused by S3, so the calls are large.
    let world = World::start(Pace {
        page: 2,
        part_bytes: 5 * 1024 * 1024,
        ..Pace::default()
    })
    .await;
    for n in 0..40 {
        let mut call = finished(&format!("call {n}"), world.test.now());
        call.results.summary = Some("ñ".repeat(150_000));
        world.put(&call).await;
    }
    let id = world.ask(&records::export("large", world.test.now())).await;
    assert_eq!(world.run(&id).await, ExportOutcome::Completed { rows: 40 });
    assert!(world.file(&id).await.unwrap().len() > 11 * 1024 * 1024);
    let rows = world.rows(&id).await;
    assert_eq!(rows.len(), 40);
    assert!(
        rows.iter()
            .all(|row| row[column("summary")].chars().count() == 150_000)
    );
}

#[tokio::test]
async fn only_what_was_asked_for_is_exported() {
    let world = World::start(Pace::default()).await;
    world.put_calls(10).await;
    let mut busy = finished("busy", world.test.now());
    busy.status = CallStatus::Busy;
    world.put(&busy).await;
    let export = |name: &str| records::export(name, world.test.now());

    let by_status = Export {
        call_status: Some(CallStatus::Busy),
        ..export("status")
    };
    let by_time = Export {
        since: Some(world.test.now() - SignedDuration::from_mins(4)),
        until: Some(world.test.now() - SignedDuration::from_mins(2)),
        ..export("time")
    };
    for (wanted, rows) in [(by_status, 1), (by_time, 2)] {
        let id = world.ask(&wanted).await;
        assert_eq!(
            world.run(&id).await,
            ExportOutcome::Completed { rows },
            "{wanted:?}"
        );
        assert_eq!(world.rows(&id).await.len() as u64, rows);
    }
}

#[tokio::test]
async fn an_export_of_nothing_has_its_header() {
    let world = World::start(Pace::default()).await;
    let id = world.ask(&records::export("nothing", world.test.now())).await;
    assert_eq!(world.run(&id).await, ExportOutcome::Completed { rows: 0 });
    assert!(world.rows(&id).await.is_empty());
}

#[tokio::test]
async fn no_cell_is_a_formula_and_every_value_is_where_it_belongs() {
    let world = World::start(Pace::default()).await;
    let now = world.test.now();
    let mut call = finished("hostile", now);
    call.origin = CallOrigin::Imported;
    call.variables.insert("name".to_owned(), "=cmd()".into());
    call.failure = Some("@SUM(A1)\r\n\"quoted\", and more".to_owned());
    call.results = CallResults {
        title: Some("=1+1".to_owned()),
        summary: Some("\t-2".to_owned()),
        termination_reason: Some("-1".to_owned()),
        cost_usd: Some(0.25),
        cost_credits: Some(230),
        collected: [("email".to_owned(), "=x".into())].into(),
        ..CallResults::default()
    };
    world.put(&call).await;
    let id = world.ask(&records::export("hostile", now)).await;
    world.run(&id).await;

    let row = world.rows(&id).await.remove(0);
    for cell in &row {
        assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r']), "{cell}");
    }
    for (name, value) in [
        ("call_id", call.call_id.as_str()),
        ("status", "completed"),
        ("direction", "outbound"),
        ("origin", "imported"),
        ("provider", "elevenlabs"),
        ("phone_number", "'+14155550100"),
        ("created_at", "2026-11-20T12:00:00Z"),
        ("campaign_id", ""),
        ("title", "'=1+1"),
        ("failure", "'@SUM(A1)\r\n\"quoted\", and more"),
        ("cost_credits", "230"),
        ("cost_usd", "0.25"),
        ("recording_state", "pending"),
        ("variables", r#"{"name":"=cmd()"}"#),
        ("collected", r#"{"email":"=x"}"#),
        ("criteria", "{}"),
    ] {
        assert_eq!(row[column(name)], value, "{name}");
    }
}

#[tokio::test]
async fn a_repeat_leaves_a_completed_export_alone_and_begins_any_other_again() {
    let world = World::start(Pace::default()).await;
    world.put_calls(3).await;
    let id = world.ask(&records::export("again", world.test.now())).await;
    world.run(&id).await;
    world.put_later_calls(3).await;
    assert_eq!(world.run(&id).await, ExportOutcome::Completed { rows: 3 });
    assert_eq!(world.rows(&id).await.len(), 3);

    let half = Export {
        status: ExportStatus::Running,
        rows: 2,
        failure: Some("old".to_owned()),
        ..records::export("half", world.test.now())
    };
    let id = world.ask(&half).await;
    assert_eq!(world.run(&id).await, ExportOutcome::Completed { rows: 6 });
    assert_eq!(world.record(&id).await.failure, None);
}

#[tokio::test]
async fn out_of_time_is_said_with_what_to_do() {
    let world = World::start(Pace::default()).await;
    world.put_calls(3).await;
    let id = world.ask(&records::export("late", world.test.now())).await;
    let deadline = world.test.now() + SignedDuration::from_secs(10);
    assert_eq!(
        world.exporter.run(&id, deadline).await.unwrap(),
        ExportOutcome::TooLarge
    );
    let record = world.record(&id).await;
    assert_eq!(record.status, ExportStatus::Failed);
    assert!(record.failure.unwrap().contains("Export a shorter time"));
    assert_eq!(world.file(&id).await, None);
}

#[tokio::test]
async fn a_store_that_fails_is_told_and_the_next_invocation_writes_it() {
    let world = World::start(Pace::default()).await;
    world.put_calls(3).await;
    let id = world.ask(&records::export("faults", world.test.now())).await;
    world
        .test
        .db_faults()
        .fraction("Query", DynamoDbFault::InternalErrorBefore, 1.0, 1);
    let error = world.exporter.run(&id, world.in_minutes(15)).await.unwrap_err();
    assert!(matches!(error, ExportError::Store(_)));
    let record = world.record(&id).await;
    assert_eq!(record.status, ExportStatus::Failed);
    assert!(record.failure.unwrap().contains("export again"));

    world.test.db_faults().clear();
    assert_eq!(world.run(&id).await, ExportOutcome::Completed { rows: 3 });
    assert_eq!(world.record(&id).await.status, ExportStatus::Completed);
}

#[tokio::test]
async fn an_export_that_nobody_asked_for_is_an_error() {
    let world = World::start(Pace::default()).await;
    let id = ExportId::derived(&["nobody"]);
    let error = world.exporter.run(&id, world.in_minutes(15)).await.unwrap_err();
    assert!(matches!(error, ExportError::NotFound(_)), "{error}");
}

#[tokio::test]
async fn the_do_not_call_list_is_exported_whole_and_safe_to_open() {
    let world = World::start(Pace {
        page: 3,
        ..Pace::default()
    })
    .await;
    for n in 0..10 {
        let entry = DoNotCallEntry {
            way: OptOutWay::Import,
            source: "=HYPERLINK(\"http://x\")".to_owned(),
            source_date: Some("2026-11-01".parse().unwrap()),
            note: Some("@asked".to_owned()),
            ..records::do_not_call(&records::number(n), world.in_minutes(n as i64))
        };
        world.test.store.add_do_not_call(&entry).await.unwrap();
    }
    world.put_calls(2).await;
    let export = Export {
        kind: ExportKind::DoNotCall,
        ..records::export("list", world.test.now())
    };
    let id = world.ask(&export).await;
    assert_eq!(world.run(&id).await, ExportOutcome::Completed { rows: 10 });
    let file = world.file(&id).await.unwrap();
    let mut csv = csv::Reader::from_reader(file.as_slice());
    assert_eq!(csv.headers().unwrap(), DO_NOT_CALL_COLUMNS.as_slice());
    let rows: Vec<csv::StringRecord> = csv.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 10);
    let newest: Vec<&str> = rows[0].iter().collect();
    assert_eq!(
        newest,
        [
            "'+14155550009",
            "import",
            "'=HYPERLINK(\"http://x\")",
            "2026-11-01",
            "'@asked",
            "2026-11-20T12:09:00Z"
        ]
    );
}

#[tokio::test]
async fn what_agents_knew_and_found_out_are_columns_of_a_campaigns_export() {
    let world = World::start(Pace {
        page: 1,
        ..Pace::default()
    })
    .await;
    let mut first = world.of_spring("first");
    first.variables.insert("city".to_owned(), "=Vigo".to_owned());
    first.results.collected = [
        ("wants".to_owned(), "@yes".into()),
        (
            "guests".to_owned(),
            serde_json::json!({ "value": -4, "rationale": "=x" }),
        ),
    ]
    .into();
    let mut second = world.of_spring("second");
    second.created_at = world.in_minutes(1);
    second.variables.insert("=name".to_owned(), "Ana".to_owned());
    second.results.collected = [
        ("wants".to_owned(), true.into()),
        ("tags".to_owned(), vec!["a", "b"].into()),
    ]
    .into();
    world.put(&first).await;
    world.put(&second).await;
    world.put_calls(1).await;
    let export = Export {
        campaign_id: first.campaign_id.clone(),
        ..records::export("spring", world.test.now())
    };
    let id = world.ask(&export).await;
    assert_eq!(world.run(&id).await, ExportOutcome::Completed { rows: 2 });
    let table = world.table(&id).await;
    let more: Vec<_> = table.iter().map(|row| row[COLUMNS.len()..].to_vec()).collect();
    assert_eq!(
        more,
        [
            [
                "variable: =name",
                "variable: city",
                "collected: guests",
                "collected: tags",
                "collected: wants"
            ],
            ["", "'=Vigo", "-4", "", "'@yes"],
            ["Ana", "", "", r#"["a","b"]"#, "true"],
        ]
    );
    assert_eq!(table[0][..COLUMNS.len()], COLUMNS);
}

#[tokio::test]
async fn the_report_of_a_campaign_is_a_file_and_is_kept_for_the_api() {
    let world = World::start(Pace {
        page: 3,
        note_rows: 2,
        ..Pace::default()
    })
    .await;
    for n in 0..10 {
        let mut call = world.of_spring(&format!("spring {n}"));
        call.variables
            .insert("city".to_owned(), if n < 7 { "Vigo" } else { "Lugo" }.to_owned());
        world.put(&call).await;
    }
    world.put_calls(2).await;
    let export = Export {
        kind: ExportKind::CampaignReport,
        campaign_id: Some(CampaignId::derived(&["spring"])),
        ..records::export("report", world.test.now())
    };
    let id = world.ask(&export).await;
    assert_eq!(world.run(&id).await, ExportOutcome::Completed { rows: 10 });
    let table = world.table(&id).await;
    assert_eq!(table[0], ReportTable::columns());
    assert!(
        table.iter().any(|row| row[..4] == ["variable", "Vigo", "", "7"]),
        "{table:?}"
    );

    let key = FileStore::report_key(&CampaignId::derived(&["spring"]));
    let kept = world
        .test
        .store
        .files()
        .find_bytes(&key, 1 << 20)
        .await
        .unwrap()
        .unwrap();
    let whole: WholeReport = serde_json::from_slice(&kept).unwrap();
    assert_eq!(whole.read_at, world.test.now());
    assert_eq!(whole.report.totals.calls, 10);
    let cities = whole.report.table(ReportBy::Variable, Some("city")).unwrap();
    assert_eq!(cities.rows.len(), 2);
}

#[tokio::test]
async fn a_report_of_no_campaign_says_what_to_do() {
    let world = World::start(Pace::default()).await;
    let export = Export {
        kind: ExportKind::CampaignReport,
        ..records::export("of nothing", world.test.now())
    };
    let id = world.ask(&export).await;
    assert_eq!(world.run(&id).await, ExportOutcome::TooLarge);
    assert!(
        world
            .record(&id)
            .await
            .failure
            .unwrap()
            .contains("on the campaign's page")
    );
}

//! Files whose numbers go onto the do-not-call list, over a real store.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use switchboard_domain::{
    DoNotCallImport, OptOutWay, Recipient, RecipientStatus, SkipReason, Upload, UploadStatus,
};
use switchboard_store::{AuditFilter, FileStore};
use switchboard_testing::{TestStore, records};
use upload_parser::{Invocation, Parser, Request};

struct World {
    test: TestStore,
    parser: Parser,
}

impl World {
    async fn start() -> Self {
        let test = TestStore::start().await;
        let parser = Parser::new(test.store.clone(), Arc::new(test.clock.clone()), 1 << 20, 100_000);
        Self { test, parser }
    }

    /// A file of the register with this date, as it was uploaded.
    async fn uploaded(&self, name: &str, date: &str, file: &str) -> Upload {
        let mut upload = records::upload(name, self.test.now());
        upload.do_not_call = Some(DoNotCallImport {
            source: "National register".to_owned(),
            source_date: date.parse().unwrap(),
            is_register: true,
        });
        let store = &self.test.store;
        store.create_upload(&upload).await.unwrap();
        let key = FileStore::upload_key(&upload.upload_id);
        store
            .files()
            .put(&key, "text/csv", file.to_owned().into())
            .await
            .unwrap();
        upload
    }

    async fn import(&self, upload: &Upload, work_until: Timestamp) -> Upload {
        let request = Request::Arrived {
            upload_id: upload.upload_id.clone(),
        };
        let invocation = Invocation {
            id: "this one",
            work_until,
        };
        self.parser.handle(request, invocation).await.unwrap();
        let store = &self.test.store;
        store.find_upload(&upload.upload_id).await.unwrap().unwrap()
    }

    async fn imported(&self, name: &str, date: &str, file: &str) -> Upload {
        let upload = self.uploaded(name, date, file).await;
        self.import(&upload, Timestamp::MAX).await
    }
}

const FILE: &str = "phone;city\n+1 415 555 0001;A\n+14155550002;B\nabc;C\n+14155550001;again\n";

#[tokio::test]
async fn the_numbers_of_a_file_are_listed_with_source_and_date_and_what_is_wrong_is_said() {
    let world = World::start().await;
    let store = &world.test.store;
    let upload = world.imported("register.csv", "2026-11-01", FILE).await;
    let counts = upload.counts;
    assert_eq!(upload.status, UploadStatus::Completed, "{:?}", upload.failure);
    assert_eq!(
        (counts.rows, counts.accepted, counts.rejected, counts.duplicate),
        (4, 2, 1, 1)
    );
    assert_eq!(upload.rejected[0].line, 4);
    let left_out = FileStore::rejected_key(&upload.upload_id);
    assert!(store.files().size(&left_out).await.unwrap().is_some());
    let entry = store
        .find_do_not_call(&records::number(1))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (entry.way, entry.source.as_str()),
        (OptOutWay::Import, "National register")
    );
    assert_eq!(entry.source_date.unwrap().to_string(), "2026-11-01");
    assert_eq!(entry.upload_id.as_ref(), Some(&upload.upload_id));
    assert_eq!(
        store.find_contact_list(&upload.list_id).await.unwrap(),
        None,
        "there is no contact list"
    );
    let registers = store.do_not_call_registers().await.unwrap();
    assert_eq!((registers.len(), registers[0].numbers), (1, 2));
    let trail = store
        .list_audit_entries(&AuditFilter::default(), None, 10)
        .await
        .unwrap();
    assert_eq!(trail.items[0].action, "do_not_call.imported");
    assert_eq!(trail.items[0].actor_name.as_deref(), Some("National register"));
}

#[tokio::test]
async fn a_file_that_is_imported_twice_adds_nothing_and_renews_its_register() {
    let world = World::start().await;
    let store = &world.test.store;
    let operator = records::do_not_call(&records::number(2), world.test.now());
    store.add_do_not_call(&operator).await.unwrap();
    world.imported("first.csv", "2026-10-01", FILE).await;
    world.test.clock.advance(SignedDuration::from_hours(1));
    let again = world.imported("second.csv", "2026-11-10", FILE).await;
    assert_eq!((again.counts.accepted, again.counts.do_not_call), (0, 2));
    assert_eq!(again.status, UploadStatus::Completed);
    let kept = store.find_do_not_call(&records::number(2)).await.unwrap();
    assert_eq!(kept, Some(operator), "whoever was there first stays as it is");
    let all = store.list_do_not_call(None, None, 10).await.unwrap();
    assert_eq!(all.items.len(), 2);
    let registers = store.do_not_call_registers().await.unwrap();
    assert_eq!(registers[0].source_date.to_string(), "2026-11-10");
}

#[tokio::test]
async fn whoever_waits_to_be_called_on_a_number_of_the_file_is_ended_at_once() {
    let world = World::start().await;
    let store = &world.test.store;
    let campaign = records::campaign("c", world.test.now());
    store.create_campaign(&campaign).await.unwrap();
    let people: Vec<Recipient> = (0..4)
        .map(|n| records::recipient(&campaign.campaign_id, n, world.test.now()))
        .collect();
    store
        .add_recipients(&campaign.campaign_id, people.clone())
        .await
        .unwrap();
    world.imported("register.csv", "2026-11-01", FILE).await;
    for (person, skipped) in people.iter().zip([false, true, true, false]) {
        let person = store
            .find_recipient(&campaign.campaign_id, &person.recipient_id)
            .await
            .unwrap()
            .unwrap();
        let expected = match skipped {
            true => (RecipientStatus::Skipped, Some(SkipReason::DoNotCall)),
            false => (RecipientStatus::Pending, None),
        };
        assert_eq!((person.status, person.skip_reason), expected);
    }
}

#[tokio::test]
async fn an_import_that_runs_out_of_time_goes_on_and_counts_each_number_once() {
    let world = World::start().await;
    let rows: String = (0..1_200).map(|n| format!("+1415555{n:04}\n")).collect();
    let upload = world
        .uploaded("long.csv", "2026-11-01", &format!("phone\n{rows}"))
        .await;
    let half = world.import(&upload, world.test.now()).await;
    assert_eq!(half.status, UploadStatus::Parsing);
    assert!((1..1_200).contains(&half.counts.accepted), "{:?}", half.counts);
    let whole = world.import(&upload, Timestamp::MAX).await;
    assert_eq!(whole.status, UploadStatus::Completed);
    assert_eq!((whole.counts.accepted, whole.counts.do_not_call), (1_200, 0));
}

#[tokio::test]
async fn a_file_without_numbers_fails_and_renews_nothing() {
    let world = World::start().await;
    let upload = world
        .imported("none.csv", "2026-11-01", "phone\nabc\ndef\n")
        .await;
    assert_eq!(upload.status, UploadStatus::Failed);
    assert_eq!(upload.failure.unwrap().code, "no_numbers");
    assert_eq!(world.test.store.do_not_call_registers().await.unwrap(), []);
}

//! Contacts of a list.

use switchboard_domain::ContactList;
use switchboard_store::NewContact;
use switchboard_testing::{TestStore, records};

async fn list_of(test: &TestStore, size: u64) -> ContactList {
    let list = records::contact_list("list", size, test.now());
    let contact = |seq: u64| NewContact {
        seq,
        line: seq + 2,
        phone_number: records::number(seq),
        details: Default::default(),
        variables: [("name".to_owned(), format!("Person {seq}"))].into(),
    };
    test.store
        .put_contacts(&list.list_id, (0..size).map(contact).collect())
        .await
        .unwrap();
    test.store.put_contact_list(&list).await.unwrap();
    list
}

#[tokio::test]
async fn contacts_come_in_the_order_of_their_places() {
    let test = TestStore::start().await;
    let list = list_of(&test, 100).await;
    for (first, count) in [
        (0, 100),
        (0, 1),
        (37, 20),
        (99, 1),
        (90, 50),
        (3, 5),
        (16, 16),
        (100, 10),
        (0, 0),
    ] {
        let contacts = test
            .store
            .contacts_from(&list.list_id, first, count)
            .await
            .unwrap();
        let places: Vec<u64> = contacts.iter().map(|contact| contact.seq).collect();
        let expected: Vec<u64> = (first..(first + count).min(100)).collect();
        assert_eq!(places, expected, "{first} {count}");
        assert!(
            contacts
                .iter()
                .all(|c| c.variables["name"] == format!("Person {}", c.seq))
        );
    }
}

#[tokio::test]
async fn deleted_contacts_leave_gaps_and_are_counted_once() {
    let test = TestStore::start().await;
    let list = list_of(&test, 10).await;
    assert_eq!(
        test.store
            .delete_contacts(&list.list_id, &[2, 5, 50])
            .await
            .unwrap(),
        2
    );
    assert_eq!(test.store.delete_contacts(&list.list_id, &[2]).await.unwrap(), 0);
    let left = test.store.contacts_from(&list.list_id, 0, 10).await.unwrap();
    assert_eq!(
        left.iter().map(|c| c.seq).collect::<Vec<_>>(),
        [0, 1, 3, 4, 6, 7, 8, 9]
    );
    assert_eq!(
        test.store
            .find_contact_list(&list.list_id)
            .await
            .unwrap()
            .unwrap()
            .deleted,
        2
    );
    assert_eq!(test.store.find_contacts(&records::number(5)).await.unwrap(), []);
    assert_eq!(
        test.store.find_contacts(&records::number(6)).await.unwrap().len(),
        1
    );
}

#[tokio::test]
async fn an_import_that_is_repeated_writes_the_same_contacts() {
    let test = TestStore::start().await;
    let list = list_of(&test, 30).await;
    list_of(&test, 30).await;
    assert_eq!(
        test.store
            .contacts_from(&list.list_id, 0, 100)
            .await
            .unwrap()
            .len(),
        30
    );
    test.store.delete_contact_list(&list).await.unwrap();
    assert_eq!(test.store.contacts_from(&list.list_id, 0, 100).await.unwrap(), []);
    assert_eq!(test.store.find_contact_list(&list.list_id).await.unwrap(), None);
}

//! Turns of a conversation, written while it lasts.

use futures::future::join_all;
use switchboard_domain::{
    CallId, CallStatus, ItemKind, KeptTurn, Speaker, ToolRun, TranscriptTurn, TurnBook, TurnState,
};
use switchboard_store::{Store, ToolClaim, TurnPut};
use switchboard_testing::{DynamoDbFault, TestStore, records};

fn call(test: &TestStore) -> CallId {
    records::call("a", test.now()).call_id
}

fn said(index: usize, item: &str, message: &str) -> KeptTurn {
    let mut turn = KeptTurn::open(index, item, Speaker::User, 3);
    if !message.is_empty() {
        turn.turn.message = message.to_owned();
        turn.state = TurnState::Done;
    }
    turn
}

#[tokio::test]
async fn a_turn_has_one_place_and_learns_what_is_new() {
    let test = TestStore::start().await;
    let (store, id) = (&test.store, call(&test));
    let put = async |turn: &KeptTurn| store.put_turn(&id, turn).await.unwrap();
    assert_eq!(put(&said(64, "a", "")).await, TurnPut::Written);
    assert_eq!(store.transcript(&id).await.unwrap(), [], "it says nothing yet");
    assert_eq!(
        put(&said(64, "b", "b")).await,
        TurnPut::Elsewhere,
        "the place is another one's"
    );
    assert_eq!(
        put(&said(128, "a", "a")).await,
        TurnPut::Elsewhere,
        "it has another place"
    );
    let mut cut = said(64, "a", "");
    cut.turn.interrupted = true;
    assert_eq!(put(&cut).await, TurnPut::Written);
    assert_eq!(put(&said(64, "a", "Hello?")).await, TurnPut::Written);
    assert_eq!(
        put(&said(64, "a", "")).await,
        TurnPut::Written,
        "nothing is forgotten"
    );
    assert_eq!(put(&said(128, "b", "Anybody?")).await, TurnPut::Written);
    let shown: Vec<TranscriptTurn> = store.transcript(&id).await.unwrap();
    let shown: Vec<_> = shown
        .iter()
        .map(|turn| (turn.message.as_str(), turn.interrupted, turn.at_secs))
        .collect();
    assert_eq!(shown, [("Hello?", true, 3), ("Anybody?", false, 3)]);
    let kept = store.kept_turns(&id).await.unwrap();
    assert_eq!(
        (kept.len(), kept[0].state, kept[1].index),
        (2, TurnState::Done, 128)
    );
    let written = store
        .put_turns(
            &id,
            &[said(192, "c", "c"), said(192, "d", "d"), said(256, "e", "e")],
        )
        .await;
    assert_eq!(written.unwrap(), 1, "it stops at the first that has no place");
}

#[tokio::test]
async fn a_call_that_is_erased_leaves_nothing_beside_it() {
    let test = TestStore::start().await;
    let (mut call, inbound) = records::inbound_call("a", test.now());
    call.status = CallStatus::Completed;
    let (store, id) = (&test.store, &call.call_id);
    store.begin_inbound(&call, &inbound).await.unwrap();
    let _ = store
        .put_turn(id, &said(64, "a", "My name is Ada."))
        .await
        .unwrap();
    let run = ToolRun {
        run_id: "call_fn_1".to_owned(),
        tool: "take_message".to_owned(),
        output: Some("Ada".to_owned()),
        began_at: test.now(),
    };
    store.claim_tool_run(id, &run).await.unwrap();
    assert!(store.erase_call(&call, test.now()).await.unwrap());
    assert_eq!(store.find_inbound(id).await.unwrap(), None);
    assert_eq!(store.open_inbound_calls().await.unwrap(), []);
    assert_eq!(store.transcript(id).await.unwrap(), []);
    assert_eq!(store.claim_tool_run(id, &run).await.unwrap(), ToolClaim::New);
    // The turn's place is free again.
    assert_eq!(
        store.put_turn(id, &said(128, "a", "b")).await.unwrap(),
        TurnPut::Written
    );
}

/// Writes what a book has to write, as whoever holds the sideband does.
async fn write(store: &Store, id: &CallId, book: &mut TurnBook) {
    for round in 0.. {
        assert!(round < 50, "a book finds no places");
        let turns = book.to_write();
        let written = store.put_turns(id, &turns).await.unwrap();
        for turn in &turns[..written] {
            book.written(turn);
        }
        if written == turns.len() {
            return;
        }
        book.join(store.kept_turns(id).await.unwrap());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_holders_at_once_keep_every_turn_once_and_in_order() {
    let test = TestStore::start().await;
    let id = call(&test);
    let faults = test.db_faults();
    faults.fraction("TransactWriteItems", DynamoDbFault::TransactionConflict, 0.2, 3);
    faults.fraction("TransactWriteItems", DynamoDbFault::AnswerLost, 0.1, 4);
    let tasks = (0..2usize).map(|holder| {
        let (store, id) = (test.store.clone(), id.clone());
        tokio::spawn(async move {
            let mut book = TurnBook::default();
            let item = |n: usize| format!("item_{n}");
            for n in 0..20usize {
                let previous = n.checked_sub(1).map(item);
                // Each misses some, and is impatient.
                if n % 5 != holder {
                    book.added(
                        &item(n),
                        previous.as_deref(),
                        ItemKind::Said(Speaker::User),
                        n as u64,
                    );
                    book.settle(u64::MAX);
                }
                if n % 3 != holder {
                    book.text(&item(n), Speaker::User, 0, &n.to_string(), n as u64);
                }
                write(&store, &id, &mut book).await;
            }
        })
    });
    for done in join_all(tasks).await {
        done.unwrap();
    }
    faults.clear();
    let mut seen: Vec<usize> = Vec::new();
    for turn in test.store.transcript(&id).await.unwrap() {
        seen.push(turn.message.parse().unwrap());
    }
    seen.sort_unstable();
    assert_eq!(seen, (0..20).collect::<Vec<_>>(), "each is there once");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tool_runs_once_and_its_answer_is_told_again() {
    let test = TestStore::start().await;
    let id = call(&test);
    let run = ToolRun {
        run_id: "call_fn_1".to_owned(),
        tool: "book_callback".to_owned(),
        output: None,
        began_at: test.now(),
    };
    let tasks = (0..8).map(|_| {
        let (store, id, run) = (test.store.clone(), id.clone(), run.clone());
        tokio::spawn(async move { store.claim_tool_run(&id, &run).await.unwrap() })
    });
    let claims: Vec<_> = join_all(tasks).await.into_iter().map(Result::unwrap).collect();
    assert_eq!(claims.iter().filter(|claim| **claim == ToolClaim::New).count(), 1);
    let running = ToolClaim::Running { since: test.now() };
    assert_eq!(claims.iter().filter(|claim| **claim == running).count(), 7);
    for output in ["{\"ok\":true}", "{\"ok\":false}"] {
        test.store
            .finish_tool_run(&id, &run.run_id, output)
            .await
            .unwrap();
        let claim = test.store.claim_tool_run(&id, &run).await.unwrap();
        assert_eq!(
            claim,
            ToolClaim::Done("{\"ok\":true}".to_owned()),
            "the first answer stays"
        );
    }
    test.store.finish_tool_run(&id, "unknown", "{}").await.unwrap();
    let other = ToolRun {
        run_id: "unknown".to_owned(),
        ..run
    };
    assert_eq!(
        test.store.claim_tool_run(&id, &other).await.unwrap(),
        ToolClaim::New
    );
}

//! A small chaos run; `make chaos` does ten thousand people.

use switchboard_tests::chaos::{ChaosPlan, run_chaos};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_promise_holds_while_everything_goes_wrong() {
    let plan = ChaosPlan {
        people: 80,
        kill_every_ms: 1_000,
        patience_secs: 800,
        ..ChaosPlan::default()
    };
    let verdict = run_chaos(&plan, |line| println!("{line}")).await.unwrap();
    println!("{}", verdict.table);
    assert!(verdict.holds, "{}", verdict.table);
}

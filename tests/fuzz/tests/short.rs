//! Each target for a bounded number of inputs, the same ones every time.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use switchboard_fuzz::{Mutator, TARGETS, kept_inputs};

fn feed(name: &str) {
    let target = TARGETS.iter().find(|target| target.name == name).unwrap();
    let samples = (target.samples)();
    assert!(!samples.is_empty(), "{name} has no samples");
    for sample in samples.iter().chain(&kept_inputs(name)) {
        (target.run)(sample);
    }
    let mut mutator = Mutator::new(samples, 7);
    for _ in 0..target.tries {
        (target.run)(&mutator.draw());
    }
}

macro_rules! each {
    ($($name:ident),* $(,)?) => {
        $(#[test] fn $name() { feed(stringify!($name)); })*

        #[test]
        fn every_target_is_fed_here() {
            let fed = [$(stringify!($name)),*];
            assert!(TARGETS.iter().all(|target| fed.contains(&target.name)));
        }
    };
}

each!(
    text_file,
    workbook,
    workbook_part,
    ods_part,
    xlsb_part,
    phone_number,
    csv_cell,
    webhook,
    signature,
    provider_answer,
    gateway_event,
    api_request,
    function_events,
    cursor,
    ids,
    calling_hours,
    audio_length,
    template,
);

//! Every sample event goes through its function.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use switchboard_local::lambda::InvokeOutcome;
use switchboard_tests::{App, root};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_sample_event_goes_through_its_function() {
    let app = App::start(100.0).await.unwrap();
    let mut functions = 0;
    for folder in std::fs::read_dir(root().join("events")).unwrap().flatten().filter(|e| e.path().is_dir()) {
        let name = folder.file_name().into_string().unwrap();
        let mut events = 0;
        for file in std::fs::read_dir(folder.path()).unwrap().flatten() {
            let path = file.path();
            let is_body = name == "provider-webhooks" && !path.to_string_lossy().ends_with(".event.json");
            if is_body || path.extension().is_none_or(|extension| extension != "json") {
                continue;
            }
            let event = std::fs::read(&path).unwrap();
            let outcome = app.local.lambda().invoke(&name, event.into()).await.unwrap();
            assert!(matches!(outcome, InvokeOutcome::Answer(_)), "{}: {outcome:?}", path.display());
            events += 1;
        }
        assert!(events > 0, "{name} has no sample event");
        functions += 1;
    }
    assert_eq!(functions, app.local.stack().functions.len(), "every function has a folder of sample events");
    app.stop().await;
}

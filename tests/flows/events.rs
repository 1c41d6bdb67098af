//! Every sample event goes through its function.

use switchboard_local::lambda::InvokeOutcome;
use switchboard_tests::{App, root};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_sample_event_goes_through_its_function() {
    let app = App::start(100.0).await.unwrap();
    let export = app
        .api
        .post("/api/exports", &serde_json::json!({}))
        .await
        .unwrap();
    let export_id = export["export"]["export_id"].as_str().unwrap();
    app.api
        .post("/api/agents/sync", &serde_json::json!({}))
        .await
        .unwrap();
    let agents = app.api.all("/api/agents").await.unwrap();
    let agent_id = agents[0]["agent_id"].as_str().unwrap();
    let mut functions = 0;
    for folder in std::fs::read_dir(root().join("events"))
        .unwrap()
        .flatten()
        .filter(|e| e.path().is_dir())
    {
        let name = folder.file_name().into_string().unwrap();
        // What the carrier and OpenAI send is no event of a function.
        if name == "twilio" || name == "openai" {
            continue;
        }
        let mut events = 0;
        for file in std::fs::read_dir(folder.path()).unwrap().flatten() {
            let path = file.path();
            let is_body = name == "provider-webhooks" && !path.to_string_lossy().ends_with(".event.json");
            if is_body || path.extension().is_none_or(|extension| extension != "json") {
                continue;
            }
            // What the samples name has to be there.
            let event = std::fs::read_to_string(&path)
                .unwrap()
                .replace("exp_01kexample000000000000000a", export_id)
                .replace("agt_01kexample000000000000000a", agent_id);
            let outcome = app
                .local
                .lambda()
                .invoke(&name, event.into_bytes().into())
                .await
                .unwrap();
            assert!(
                matches!(outcome, InvokeOutcome::Answer(_)),
                "{}: {outcome:?}",
                path.display()
            );
            events += 1;
        }
        assert!(events > 0, "{name} has no sample event");
        functions += 1;
    }
    assert_eq!(
        functions,
        app.local.stack().functions.len(),
        "every function has a folder of sample events"
    );
    app.stop().await;
}

//! Functions as processes: reuse, errors, crashes and time-outs, with AWS's consequences per source.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};
use switchboard_local::border::{Crossing, Fate, Guard, Moment};
use switchboard_local::lambda::{InvokeError, InvokeOutcome};
use switchboard_local::{Local, LocalConfig};

struct Machine {
    local: Local,
    _data: tempfile::TempDir,
}

async fn machine() -> Machine {
    guarded_machine(Arc::new(Executioner::default())).await
}

async fn guarded_machine(executioner: Arc<Executioner>) -> Machine {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let own = std::env::current_exe().unwrap();
    let built: PathBuf = own.parent().and_then(Path::parent).unwrap().join("examples");
    let data = tempfile::tempdir().unwrap();
    let config = LocalConfig {
        template: here.join("tests/fixtures/echo.yaml"),
        binaries: built,
        simulator: None,
        retry_delay: Duration::from_millis(20),
        ..LocalConfig::for_tests(here.join("../.."), data.path().to_owned())
    };
    Machine {
        local: Local::start_guarded(config, executioner).await.unwrap(),
        _data: data,
    }
}

/// Ends whoever sends a message, at this moment; nobody, and there is no border, when there is none.
#[derive(Default)]
struct Executioner(Mutex<Option<Moment>>);

impl Guard for Executioner {
    fn watches(&self, _: &str) -> bool {
        self.0.lock().unwrap().is_some()
    }

    fn passes(&self, crossing: &Crossing<'_>, moment: Moment) -> Fate {
        assert_eq!(
            (crossing.function, crossing.to),
            ("echo_function", "AWS_ENDPOINT_URL_SQS")
        );
        assert_eq!(crossing.request.headers["x-amz-target"], "AmazonSQS.SendMessage");
        match self.0.lock().unwrap().take_if(|at| *at == moment) {
            Some(_) => Fate::Dies,
            None => Fate::Lives,
        }
    }
}

impl Machine {
    async fn invoke(&self, order: &str) -> Result<InvokeOutcome, InvokeError> {
        self.local
            .lambda()
            .invoke("echo_function", json!({ "do": order }).to_string().into())
            .await
    }

    async fn answer(&self) -> Value {
        match self.invoke("echo").await.unwrap() {
            InvokeOutcome::Answer(answer) => serde_json::from_slice(&answer).unwrap(),
            failed => panic!("{failed:?}"),
        }
    }

    async fn failure(&self, order: &str) -> String {
        match self.invoke(order).await.unwrap() {
            InvokeOutcome::Failed(error) => String::from_utf8(error.to_vec()).unwrap(),
            answer => panic!("{answer:?}"),
        }
    }

    /// Waits until a queue has a message, and takes it.
    async fn message(&self, queue: &str) -> Value {
        let queue = self.local.queue(queue).unwrap();
        for _ in 0..100 {
            let received = self
                .local
                .sqs()
                .receive(queue, 1, Duration::from_secs(1), None)
                .await
                .unwrap();
            if let Some(message) = received.first() {
                return serde_json::from_str(&message.body).unwrap_or(Value::String(message.body.clone()));
            }
        }
        panic!("no message came");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_environment_is_reused_and_replaced_after_a_crash_or_a_time_out() {
    let machine = machine().await;
    let first = machine.answer().await["pid"].clone();
    assert_eq!(machine.answer().await["pid"], first);
    assert!(machine.failure("error").await.contains("asked for an error"));
    assert_eq!(
        machine.answer().await["pid"],
        first,
        "an error does not end the environment"
    );
    assert!(machine.failure("crash").await.contains("Runtime exited"));
    let second = machine.answer().await["pid"].clone();
    assert_ne!(second, first);
    assert!(
        machine
            .failure("sleep")
            .await
            .contains("Task timed out after 2.00 seconds")
    );
    assert_ne!(
        machine.answer().await["pid"],
        second,
        "a time-out kills the process"
    );
    machine.local.shutdown().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn over_the_reserved_concurrency_a_call_is_throttled() {
    let machine = machine().await;
    let (a, b, c) = tokio::join!(
        machine.invoke("sleep"),
        machine.invoke("sleep"),
        machine.invoke("sleep")
    );
    let throttled = [a, b, c]
        .into_iter()
        .filter(|result| matches!(result, Err(InvokeError::Throttled(_))))
        .count();
    assert_eq!(throttled, 1);
    machine.local.shutdown().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn over_http_an_error_and_a_crash_are_502() {
    let machine = machine().await;
    let http = switchboard_http::bare_builder().build().unwrap();
    let url = machine.local.api_url();
    for (path, status) in [("echo", 200), ("error", 502), ("crash", 502), ("echo", 200)] {
        let answer = http.get(format!("{url}/{path}")).send().await.unwrap();
        assert_eq!(answer.status(), status, "{path}");
    }
    let answer = http
        .get(format!("{url}/echo"))
        .header("x-large", "x".repeat(11_000))
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 431);
    machine.local.shutdown().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_asynchronous_error_is_retried_twice_and_then_kept() {
    let machine = machine().await;
    let event = json!({ "do": "error", "id": 7 });
    machine
        .local
        .lambda()
        .invoke_async("echo_function", event.to_string().into())
        .unwrap();
    let kept = machine.message("FailedQueue").await;
    assert_eq!(kept["requestPayload"], event);
    assert_eq!(kept["requestContext"]["condition"], "RetriesExhausted");
    machine.local.shutdown().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_that_crashes_its_function_becomes_a_dead_letter() {
    let machine = machine().await;
    let queue = machine.local.queue("Queue").unwrap();
    for order in ["crash", "error", "echo"] {
        machine.local.sqs().send(queue, order).await.unwrap();
    }
    let mut dead = [
        machine.message("DeadQueue").await,
        machine.message("DeadQueue").await,
    ];
    dead.sort_by_key(ToString::to_string);
    assert_eq!(
        dead,
        [json!("crash"), json!("error")],
        "what worked is gone, what did not is kept"
    );
    machine.local.shutdown().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn at_the_border_a_process_dies_before_or_after_the_effect_of_its_request() {
    for (moment, sent) in [(Moment::Before, 0), (Moment::After, 1)] {
        let executioner = Arc::new(Executioner(Mutex::new(Some(moment))));
        let machine = guarded_machine(executioner).await;
        let queue = machine.local.queue("FailedQueue").unwrap();
        let order = json!({ "do": "send", "queue": queue.url }).to_string();
        let invoke = || {
            machine
                .local
                .lambda()
                .invoke("echo_function", order.clone().into())
        };
        let InvokeOutcome::Failed(error) = invoke().await.unwrap() else {
            panic!("it was to die {moment}");
        };
        assert!(
            String::from_utf8_lossy(&error).contains("killed"),
            "{moment} {error:?}"
        );
        let depth = || machine.local.sqs().depth(queue);
        assert_eq!(depth().await.unwrap().visible, sent, "{moment}");

        // Its successor lives, and is answered through the border.
        let InvokeOutcome::Answer(answer) = invoke().await.unwrap() else {
            panic!("its successor was to live");
        };
        assert_eq!(serde_json::from_slice::<Value>(&answer).unwrap()["status"], 200);
        assert_eq!(depth().await.unwrap().visible, sent + 1, "{moment}");
        machine.local.shutdown().await;
    }
}

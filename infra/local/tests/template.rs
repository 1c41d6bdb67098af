//! The product's own template, read by the runner.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::path::Path;

use switchboard_local::template::{Place, Stack, Template, TemplateError};

fn place() -> Place {
    Place {
        account_id: "000000000000".to_owned(),
        region: "us-east-1".to_owned(),
        stack_name: "switchboard".to_owned(),
        socket_endpoint: "ws://127.0.0.1:8080".to_owned(),
        sqs_endpoint: "http://127.0.0.1:1".to_owned(),
    }
}

fn resolve(text: &str, parameters: &[(&str, &str)]) -> Result<Stack, TemplateError> {
    let parameters: BTreeMap<String, String> = parameters
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    Template::read(text, &parameters)?.resolve(&place())
}

fn own_template() -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../template.yaml")).unwrap()
}

const ISSUER: (&str, &str) = ("OidcIssuer", "http://127.0.0.1/issuer");
const SITE: (&str, &str) = ("SiteOrigin", "http://127.0.0.1:8080");

#[test]
fn the_products_template_resolves_whole() {
    let stack = resolve(&own_template(), &[ISSUER, SITE, ("ConcurrencyLimit", "15")]).unwrap();
    let names: Vec<&str> = stack
        .functions
        .iter()
        .map(|function| function.name.as_str())
        .collect();
    for name in [
        "admin-api",
        "upload-parser",
        "campaign-scheduler",
        "dialer",
        "provider-webhooks",
        "conversation-sync",
        "call-exporter",
        "event-sender",
        "live-updates",
        "receptionist",
    ] {
        assert!(names.contains(&name), "{name}");
    }
    assert_eq!(
        (stack.tables.len(), stack.buckets.len(), stack.queues.len()),
        (5, 1, 4)
    );
    let dialer = stack
        .functions
        .iter()
        .find(|function| function.name == "dialer")
        .unwrap();
    assert_eq!(dialer.reserved, Some(15));
    assert_eq!(dialer.timeout.as_secs(), 900);
    let mapping = &stack.mappings[0];
    assert_eq!(
        (
            mapping.batch_size,
            mapping.maximum_concurrency,
            mapping.reports_failures
        ),
        (1, Some(15), true)
    );
    let api = stack
        .functions
        .iter()
        .find(|function| function.name == "admin-api")
        .unwrap();
    assert_eq!(api.environment["DIALER_MAPPING_ID"], mapping.uuid);
    assert_eq!(
        api.environment["DIAL_QUEUE_URL"],
        "http://127.0.0.1:1/000000000000/switchboard-DialQueue"
    );
    assert_eq!(api.environment["LIVE_URL"], "ws://127.0.0.1:8080/live");
    let sockets = stack.sockets.as_ref().unwrap();
    assert_eq!(
        (sockets.stage.as_str(), sockets.selector.as_str()),
        ("live", "action")
    );
    let routes: Vec<&str> = sockets.functions.keys().map(String::as_str).collect();
    assert_eq!(routes, ["$connect", "$default", "$disconnect"]);
    assert!(
        sockets
            .functions
            .values()
            .all(|function| function == "live-updates")
    );
    assert!(sockets.answered.contains("$default"));
    let tables: Vec<&str> = stack.streams.iter().map(|stream| stream.table.as_str()).collect();
    assert_eq!(
        tables,
        [
            "switchboard-CallsTable",
            "switchboard-CampaignsTable",
            "switchboard-SystemTable"
        ]
    );
    assert!(
        stack
            .streams
            .iter()
            .all(|s| s.bisects && s.maximum_age_secs == Some(60) && !s.filters.is_empty())
    );
    assert_eq!(stack.notifications[0].suffix, "/source");
    assert_eq!(stack.api.jwt.as_ref().unwrap().issuer, ISSUER.1);
    let open: Vec<&str> = stack
        .api
        .routes
        .iter()
        .filter(|route| !route.authorized)
        .map(|route| route.path.as_str())
        .collect();
    assert_eq!(
        open.len(),
        4,
        "only health, the API's document, the signed webhooks and the agents' tools with their secret: {open:?}"
    );
    assert_eq!(stack.without_counterpart, Vec::<String>::new());
}

#[test]
fn without_a_reservation_nothing_is_reserved() {
    let stack = resolve(&own_template(), &[ISSUER, SITE, ("ReserveConcurrency", "false")]).unwrap();
    assert!(stack.functions.iter().all(|function| function.reserved.is_none()));
}

#[test]
fn what_is_wrong_is_named_with_its_place() {
    let wrong = [
        ("Resources: [", "not valid YAML"),
        ("Parameters: {}", "no `Resources`"),
        (
            "Parameters: { A: { Type: String } }\nResources: {}",
            "parameter A",
        ),
        (
            "Resources: { Q: { Type: AWS::SQS::Queue, Properties: { X: !Ref No } } }",
            "Q.X: there is no `No`",
        ),
        (
            "Resources: { Q: { Type: AWS::SQS::Queue, Properties: { X: !Cidr [a] } } }",
            "Fn::Cidr is not known",
        ),
        ("Resources: { Q: { Properties: {} } }", "no `Type`"),
        (
            "Resources: { F: { Type: AWS::Serverless::Function, Properties: {} } }",
            "Binary",
        ),
    ];
    for (text, said) in wrong {
        let error = resolve(text, &[]).unwrap_err().to_string();
        assert!(error.contains(said), "{text}: {error}");
        assert_eq!(error.lines().count(), 1, "{error}");
    }
}

#[test]
fn what_needs_itself_ends_with_a_sentence() {
    let queues = "Q0: { Type: AWS::SQS::Queue, Properties: { QueueName: !Sub \"${Q1}${Q1}\" } }";
    let doubling: String = (0..40)
        .map(|n| {
            queues
                .replace("Q1", &format!("Q{}", n + 1))
                .replace("Q0", &format!("Q{n}"))
        })
        .map(|queue| format!("  {queue}\n"))
        .collect();
    let end = "  Q40: { Type: AWS::SQS::Queue, Properties: { QueueName: x } }\n";
    for (text, said) in [
        (
            "Conditions: { A: { Condition: A } }\nResources: { Q: { Type: AWS::SQS::Queue, Condition: A } }",
            "Q: it refers to itself",
        ),
        (
            "Resources: { Q: { Type: AWS::SQS::Queue, Properties: { QueueName: !Ref Q } } }",
            "Q: it refers to itself",
        ),
        (&format!("Resources:\n{doubling}{end}"), "longer than 64 KiB"),
    ] {
        let error = resolve(text, &[]).unwrap_err().to_string();
        assert!(error.contains(said), "{text}: {error}");
    }
}

#[test]
fn properties_of_a_table_are_a_mapping() {
    let text = "Resources: { T: { Type: AWS::DynamoDB::Table, Properties: { Ref: AWS::Region } } }";
    let error = resolve(text, &[]).unwrap_err().to_string();
    assert!(error.contains("T: Properties is no mapping"), "{error}");
}

#[test]
fn a_schedule_has_an_interval() {
    for (rate, is_read) in [
        ("1 minute", true),
        ("366 days", true),
        ("0 minutes", false),
        ("367 days", false),
        ("18446744073709551615 days", false),
    ] {
        let text = format!(
            "Resources:\n  F:\n    Type: AWS::Serverless::Function\n    Metadata: {{ BuildProperties: {{ Binary: x }} }}\n    \
             Properties: {{ Events: {{ E: {{ Type: Schedule, Properties: {{ Schedule: rate({rate}) }} }} }} }}\n"
        );
        assert_eq!(resolve(&text, &[]).is_ok(), is_read, "{rate}");
    }
}

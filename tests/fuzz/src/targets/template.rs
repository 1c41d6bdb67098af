//! `template.yaml`, as the local runner reads it.

use std::collections::BTreeMap;

use switchboard_local::template::{Place, Template};

pub(super) fn samples() -> Vec<Vec<u8>> {
    let small = "Parameters: { A: { Type: String, Default: x } }\nResources:\n  Q:\n    Type: AWS::SQS::Queue\n    \
                 Properties: { QueueName: !Sub \"${A}-${AWS::Region}\", Delay: !If [C, 1, !Ref AWS::NoValue] }\n\
                 Conditions: { C: !Equals [!Ref A, x] }\n";
    vec![small.into(), include_bytes!("../../../../template.yaml").to_vec()]
}

/// Read or refused, in bounded time, however it refers to itself.
pub(super) fn template(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else {
        return;
    };
    let place = Place {
        account_id: "000000000000".to_owned(),
        region: "us-east-1".to_owned(),
        stack_name: "fuzz".to_owned(),
        socket_endpoint: "ws://127.0.0.1:8080".to_owned(),
        sqs_endpoint: "http://127.0.0.1:1".to_owned(),
    };
    if let Ok(template) = Template::read(text, &BTreeMap::new()) {
        let _ = template.resolve(&place);
    }
}

//! Dead letters are shown with their reason and tried again; nobody is lost with one.

use serde_json::json;
use switchboard_testing::{Actor, PARSER};

use crate::world::World;

#[tokio::test(flavor = "multi_thread")]
async fn a_dial_that_was_given_up_is_shown_and_the_person_is_called_once_all_the_same() {
    let mut world = World::start().await;
    let campaign = world.campaign(1).await;
    world.scheduler.one_step().await.unwrap();
    let message = world.test.take_dials().await.remove(0);
    world
        .test
        .give_up_dial(&serde_json::to_string(&message).unwrap())
        .await;
    world.scheduler.one_step().await.unwrap();

    let listed = Actor::viewer()
        .get(&world.api, "/api/queue/dead-letters")
        .await
        .expect(200);
    let letter = &listed["items"][0];
    assert_eq!(letter["call_id"], json!(message.call_id));
    assert!(
        letter["reason"]
            .as_str()
            .unwrap()
            .contains("sent again by itself"),
        "{listed}"
    );
    let inbox = Actor::viewer()
        .get(&world.api, "/api/attention")
        .await
        .expect(200);
    assert_eq!(inbox["items"][0]["kind"], "dead_letter", "{inbox}");
    let queue = Actor::viewer().get(&world.api, "/api/queue").await.expect(200);
    assert_eq!(queue["dead_letters"], 1);

    let retry = format!("/api/queue/dead-letters/{}/retry", letter["id"].as_str().unwrap());
    let done = Actor::operator().act(&world.api, &retry).await.expect(200);
    assert_eq!(done["retried"], 1);
    let counts = world.work_until_over(&campaign.campaign_id, 200).await;
    assert_eq!((counts.completed, world.provider.dials().len()), (1, 1));
    Actor::operator().act(&world.api, &retry).await.expect(404);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_letter_of_a_call_that_is_over_dials_nobody() {
    let mut world = World::start().await;
    let campaign = world.campaign(1).await;
    world.work_until_over(&campaign.campaign_id, 200).await;
    let call = world.calls().await.remove(0);
    let message = json!({ "call_id": call.call_id, "campaign_id": call.campaign_id }).to_string();
    world.test.give_up_dial(&message).await;
    world.scheduler.one_step().await.unwrap();
    let done = Actor::operator()
        .act(&world.api, "/api/queue/dead-letters/retry")
        .await
        .expect(200);
    assert_eq!((&done["retried"], &done["settled"]), (&json!(0), &json!(1)));
    assert!(world.test.take_dials().await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_that_a_function_failed_at_is_given_to_it_again() {
    let world = World::start().await;
    let event = json!({ "Records": [{ "s3": { "object": { "key": "uploads/upl_1/source" } } }] });
    let record = |function: &str| {
        json!({
            "requestContext": { "functionArn": format!("arn:aws:lambda:us-east-1:111122223333:function:{function}") },
            "requestPayload": event, "responsePayload": { "errorMessage": "the table did not answer" },
        })
    };
    world.test.fail_event(&record(PARSER).to_string()).await;
    world.test.fail_event(&record("somebody-elses").to_string()).await;
    world.test.fail_event("no json at all").await;
    world.scheduler.one_step().await.unwrap();
    let listed = Actor::viewer()
        .get(&world.api, "/api/queue/dead-letters")
        .await
        .expect(200);
    assert_eq!(listed["items"].as_array().unwrap().len(), 3, "{listed}");
    let done = Actor::operator()
        .act(&world.api, "/api/queue/dead-letters/retry")
        .await
        .expect(200);
    assert_eq!(
        (&done["retried"], &done["refused"]),
        (&json!(1), &json!(2)),
        "{done}"
    );
    assert_eq!(world.test.lambda.payloads(PARSER), [event]);

    let left = Actor::viewer()
        .get(&world.api, "/api/queue/dead-letters")
        .await
        .expect(200);
    let id = left["items"][0]["id"].as_str().unwrap();
    Actor::operator()
        .act(&world.api, &format!("/api/queue/dead-letters/{id}/retry"))
        .await
        .expect(409);
    Actor::admin()
        .delete(&world.api, &format!("/api/queue/dead-letters/{id}"))
        .await
        .expect(204);
}

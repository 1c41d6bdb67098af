//! Single values in requests: numbers, ids, cursors, calling hours.

use switchboard_contacts::{NumberParser, Region};
use switchboard_domain::{
    Answer, CallId, CallingHours, CampaignId, DynamicVariables, PhoneNumber, ProviderId, Recipient,
    RecipientId,
};
use switchboard_store::Cursor;

pub(super) fn phone_samples() -> Vec<Vec<u8>> {
    [
        "+14155550100",
        "00 34 600 000 000",
        "(415) 555-0100 ext. 7",
        "3.4600000000E+10",
        "'+34600000000",
        "＋３４６００",
    ]
    .map(|text| text.into())
    .to_vec()
}

/// What is accepted is strict E.164, is accepted again as it is, and shows no more than its ends.
pub(super) fn phone_number(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    let spain = "ES".parse::<Region>().ok();
    for region in [None, spain] {
        let Ok(number) = NumberParser::parse(&text, region) else {
            continue;
        };
        assert!(PhoneNumber::parse(number.as_str()).is_ok(), "{}", number.as_str());
        assert_eq!(
            NumberParser::parse(number.as_str(), None).ok(),
            Some(number.clone())
        );
        assert!(!number.to_string().contains(&number.as_str()[4..]));
    }
}

pub(super) fn cursor_samples() -> Vec<Vec<u8>> {
    ["eyJwIjozLCJrIjp7InBrIjoiQ0FMTCMxIn19", "eyJwIjowfQ", ""]
        .map(|text| text.into())
        .to_vec()
}

/// A cursor that is read is written the same way again.
pub(super) fn cursor(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    if let Ok(cursor) = Cursor::decode(&text) {
        assert!(text.len() <= 2_000);
        let written = cursor.encode();
        // Ours names fields that another may leave out, and may so come out a little longer.
        assert!(written.len() <= 2_000 + 16);
        assert_eq!(
            Cursor::decode(&written).ok(),
            (written.len() <= 2_000).then_some(cursor)
        );
    }
}

pub(super) fn id_samples() -> Vec<Vec<u8>> {
    [
        "call_01kexample000000000000000a",
        "camp_00000000000000000000000000",
        "conv_9801kexample0000000000000001",
        "../x",
    ]
    .map(|text| text.into())
    .to_vec()
}

/// No id leaves its place in a path, a key or a header.
pub(super) fn ids(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    let parsed = [
        CallId::parse(&text).map(|id| id.to_string()).ok(),
        CampaignId::parse(&text).map(|id| id.to_string()).ok(),
        RecipientId::parse(&text).map(|id| id.to_string()).ok(),
        ProviderId::parse(&text).map(|id| id.to_string()).ok(),
    ];
    for id in parsed.into_iter().flatten() {
        assert!(id.len() <= 128, "{} characters", id.len());
        assert!(
            id.bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-'),
            "{id}"
        );
    }
}

pub(super) fn calling_hours_samples() -> Vec<Vec<u8>> {
    [
        r#"{"windows":{"mon":["09:00-13:00","15:00-20:00"]},"unknown_zone":{"use_campaign_zone":"Europe/Madrid"}}"#,
        r#"{"windows":{"sun":["22:00-02:00"]},"zone_of_recipient":"number","rules":{"only":["us-fl"]},"holidays":false}"#,
    ]
    .map(|text| text.into())
    .to_vec()
}

/// Hours that are accepted keep their form, and an opening that they name is one.
pub(super) fn calling_hours(input: &[u8]) {
    let Ok(hours) = serde_json::from_slice::<CallingHours>(input) else {
        return;
    };
    let written = serde_json::to_vec(&hours).unwrap();
    assert_eq!(serde_json::from_slice::<CallingHours>(&written).unwrap(), hours);
    let number = PhoneNumber::parse("+34612345678").unwrap();
    let recipient = Recipient::new(
        CampaignId::derived(&["hours"]),
        number,
        DynamicVariables::new(),
        None,
        jiff::Timestamp::UNIX_EPOCH,
        jiff::Timestamp::UNIX_EPOCH,
    );
    let now = jiff::Timestamp::from_second(1_790_000_000).unwrap_or_default();
    if let Answer::Closed { opens_at, .. } = recipient.may_be_called(&hours, now).answer {
        assert!(opens_at > now);
        assert!(recipient.may_be_called(&hours, opens_at).is_open());
    }
}

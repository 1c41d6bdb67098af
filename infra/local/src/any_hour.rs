//! Calling hours for people who are simulated.

use serde_json::{Value, json};

/// The calling hours of a campaign whose people are simulated: the whole day, everywhere, by no rule.
pub fn any_hour() -> Value {
    let day = ["00:00-24:00"];
    json!({
        "windows": { "mon": day, "tue": day, "wed": day, "thu": day, "fri": day, "sat": day, "sun": day },
        "unknown_zone": { "use_campaign_zone": "UTC" },
        "rules": { "only": [] },
        "holidays": false,
    })
}

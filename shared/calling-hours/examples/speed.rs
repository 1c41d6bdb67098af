//! How long a decision takes: `cargo run --release -p switchboard-calling-hours --example speed`.

use std::time::{Duration, Instant};

use jiff::{Timestamp, ToSpan};
use switchboard_calling_hours::{
    CallingHours, RuleChoice, UnknownZone, Windows, Zone, ZoneOfRecipient, decide,
};

const ROUNDS: u32 = 5_000;

#[expect(clippy::print_stdout, reason = "it is there to print")]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let policy = CallingHours {
        windows: Windows::every_day(&["09:00-13:00".parse()?, "15:00-20:30".parse()?])?,
        zone_of_recipient: ZoneOfRecipient::Column,
        unknown_zone: UnknownZone::UseCampaignZone(Zone::parse("America/Chicago")?),
        rules: RuleChoice::Auto,
        holidays: true,
    };
    let never = CallingHours {
        windows: Windows::every_day(&["22:00-06:00".parse()?])?,
        ..policy.clone()
    };
    let start: Timestamp = "2026-01-01T00:00:00Z".parse()?;
    for (what, number, policy) in [
        ("one zone, two rules", "+13055550100", &policy),
        ("one zone, holidays", "+33112345678", &policy),
        ("two zones, holidays", "+34612345678", &policy),
        ("nine zones", "+61412345678", &policy),
        ("sixteen zones", "+79161234567", &policy),
        ("toll-free, all state rules", "+18005550100", &policy),
        ("never open, one zone", "+13055550100", &never),
    ] {
        let each = time(number, policy, start)?;
        println!("{what:28} {:8.1} µs", each.as_secs_f64() * 1e6);
    }
    Ok(())
}

/// The mean over a year, at a different minute each time.
fn time(number: &str, policy: &CallingHours, start: Timestamp) -> Result<Duration, jiff::Error> {
    let began = Instant::now();
    for round in 0..ROUNDS {
        let now = start.checked_add((i64::from(round) * 105).minutes())?;
        std::hint::black_box(decide(number, None, policy, now));
    }
    Ok(began.elapsed() / ROUNDS)
}

//! The tables that are printed.

use std::fmt::Write;

use super::{Measured, Prices, Quantities, What};

/// A month has 730 hours.
const MINUTES_A_MONTH: f64 = 730.0 * 60.0;
/// Minutes of a call, in the tables.
const CALL_MINUTES: [f64; 3] = [1.0, 3.0, 10.0];

/// Everything, as Markdown.
#[must_use]
pub fn print(measured: &Measured, prices: &Prices, alarms: usize) -> String {
    let mut text = String::new();
    // Writing to a string cannot fail.
    let _ = write_all(&mut text, measured, prices, alarms);
    text
}

fn write_all(text: &mut String, measured: &Measured, prices: &Prices, alarms: usize) -> std::fmt::Result {
    let idle = idle_month(measured);
    let standing = standing(measured, prices, alarms);
    let idle_dollars =
        idle.dollars(None, prices) + standing.iter().map(|(_, _, dollars)| dollars).sum::<f64>();
    writeln!(
        text,
        "Prices: AWS list prices as of {}, {}.\n",
        prices.as_of, prices.region
    )?;
    writeln!(text, "| | USD |\n|---|---:|")?;
    for minutes in CALL_MINUTES {
        let dollars = measured.call.at(minutes * 60.0).dollars(None, prices) * 1_000.0;
        writeln!(
            text,
            "| 1,000 calls of a campaign, {minutes} min each | {dollars:.3} |"
        )?;
    }
    for minutes in CALL_MINUTES {
        let dollars = measured.inbound.at(minutes * 60.0).dollars(None, prices) * 1_000.0;
        writeln!(
            text,
            "| 1,000 calls that come in, {minutes} min each | {dollars:.3} |"
        )?;
    }
    let million = measured.contact.times(1_000_000.0);
    writeln!(
        text,
        "| a million contacts imported | {:.2} |",
        million.dollars(None, prices)
    )?;
    writeln!(text, "| a month in which nothing happens | {idle_dollars:.2} |")?;

    table(
        text,
        "One call of a campaign, of 3 minutes",
        &measured.call.at(180.0),
        1_000.0,
        prices,
    )?;
    table(
        text,
        "One call that comes in, of 3 minutes",
        &measured.inbound.at(180.0),
        1_000.0,
        prices,
    )?;
    table(text, "A million contacts imported", &million, 1.0, prices)?;
    table(text, "A month in which nothing happens", &idle, 1.0, prices)?;
    writeln!(text, "\n| stands there | number | USD a month |\n|---|---:|---:|")?;
    for (name, number, dollars) in standing {
        writeln!(text, "| {name} | {number:.0} | {dollars:.2} |")?;
    }
    Ok(())
}

/// What runs by itself in a month.
fn idle_month(measured: &Measured) -> Quantities {
    let seldom = measured.seldom.iter();
    let minute = seldom.fold(measured.idle_minute.clone(), |sum, (often, used)| {
        sum.and(&used.times(*often))
    });
    minute.times(MINUTES_A_MONTH)
}

/// What is paid for by the month.
fn standing(measured: &Measured, prices: &Prices, alarms: usize) -> Vec<(&'static str, f64, f64)> {
    let polls = measured.mappings as f64 * prices.sqs.idle_polls_per_mapping_month;
    let firings = measured.firings * MINUTES_A_MONTH;
    let month = &prices.month;
    let each = |name, number: usize, price: f64| (name, number as f64, number as f64 * price);
    vec![
        (
            "polls of the queues",
            polls,
            polls * prices.of(What::QueueRequests),
        ),
        (
            "times that a schedule fires",
            firings,
            firings * prices.scheduler.invocations_per_million / 1e6,
        ),
        each("secrets", measured.secrets, month.secret),
        each("alarms", alarms, month.alarm),
        each("dashboards", 1, month.dashboard),
        each("metrics, once there are calls", measured.metrics, month.metric),
    ]
}

/// Quantities by function; the dollars are for so many of it.
fn table(
    text: &mut String,
    title: &str,
    quantities: &Quantities,
    times: f64,
    prices: &Prices,
) -> std::fmt::Result {
    let used: Vec<What> = What::ALL
        .into_iter()
        .filter(|what| quantities.sum(None, *what).abs() > 1e-6)
        .collect();
    let dollars = if times > 1.0 { "USD for 1,000" } else { "USD" };
    write!(text, "\n**{title}**\n\n| function |")?;
    used.iter()
        .try_for_each(|what| write!(text, " {} |", what.title()))?;
    writeln!(text, " {dollars} |")?;
    writeln!(text, "|---|{}", "---:|".repeat(used.len() + 1))?;
    let functions = quantities.functions();
    for function in functions.iter().map(Some).chain([None]) {
        let function = function.map(String::as_str);
        write!(text, "| {} |", function.unwrap_or("**all**"))?;
        for what in &used {
            write!(text, " {} |", shown(quantities.sum(function, *what)))?;
        }
        writeln!(text, " {:.4} |", quantities.dollars(function, prices) * times)?;
    }
    Ok(())
}

/// As many digits as say something; what is less than nothing is a difference of two that are alike.
fn shown(amount: f64) -> String {
    match amount.abs() {
        size if size < 0.005 => "0".to_owned(),
        size if size < 100.0 => format!("{amount:.2}"),
        _ => format!("{amount:.0}"),
    }
}

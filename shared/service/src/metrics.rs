//! Metrics: lines in CloudWatch's embedded metric format on standard output, of which CloudWatch makes metrics by
//! itself. Names, units and dimensions are in `docs/metrics.md`. No dimension has more values than there are platforms,
//! outcomes or classes of failure; no number, name or id of anybody is in a line.
//!
//! The format: <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html>.

use std::io::Write;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use serde_json::{Map, Value, json};
use switchboard_domain::{Clock, Measurement, ReceptionEvent};
use switchboard_store::Observer;

/// Under which name all metrics are found.
const NAMESPACE: &str = "Switchboard";

/// Every metric, with its unit, by its name.
const UNITS: [(&str, &str); 24] = [
    ("CallsEnded", "Count"),
    ("CallDuration", "Seconds"),
    ("DialDelay", "Milliseconds"),
    ("ProviderAnswerTime", "Milliseconds"),
    ("ProviderErrors", "Count"),
    ("Webhooks", "Count"),
    ("WebhookLag", "Milliseconds"),
    ("AgentsChanged", "Count"),
    ("SlotsInUse", "Count"),
    ("SlotsLimit", "Count"),
    ("SlotsUsed", "Percent"),
    ("CreditsLeft", "Count"),
    ("CreditsLeftPercent", "Percent"),
    ("CallsAtProvider", "Count"),
    ("CallsAtProviderLimit", "Count"),
    ("CallsAtProviderPercent", "Percent"),
    ("QuotaLow", "Count"),
    ("ReceptionAttached", "Count"),
    ("ReceptionNotAttached", "Count"),
    ("ReceptionAttachDelay", "Milliseconds"),
    ("ReceptionReconnects", "Count"),
    ("ReceptionHandOvers", "Count"),
    ("ReceptionTurns", "Count"),
    ("ReceptionTools", "Count"),
];

/// One line: metrics that share a moment, each with the dimensions by which it is found.
struct Line {
    directives: Vec<Value>,
    values: Map<String, Value>,
}

impl Line {
    fn new(dimensions: &[(&str, &str)]) -> Self {
        let values = dimensions
            .iter()
            .map(|(name, value)| ((*name).to_owned(), json!(value)))
            .collect();
        Self {
            directives: Vec::new(),
            values,
        }
    }

    /// Adds metrics with the dimensions of these names; values that are not known are left out.
    fn metrics(mut self, dimensions: &[&str], metrics: &[(&'static str, Option<u64>)]) -> Self {
        let known: Vec<(&str, u64)> = metrics
            .iter()
            .filter_map(|(name, value)| Some((*name, (*value)?)))
            .collect();
        if known.is_empty() {
            return self;
        }
        let named = known
            .iter()
            .map(|(name, _)| json!({ "Name": name, "Unit": unit(name) }));
        self.directives.push(json!({
            "Namespace": NAMESPACE,
            "Dimensions": [dimensions],
            "Metrics": named.collect::<Vec<_>>(),
        }));
        self.values.extend(
            known
                .into_iter()
                .map(|(name, value)| (name.to_owned(), json!(value))),
        );
        self
    }

    /// The line; none when there is no metric in it.
    fn written(self, at: Timestamp) -> Option<String> {
        if self.directives.is_empty() {
            return None;
        }
        let mut line = self.values;
        let head = json!({ "Timestamp": at.as_millisecond(), "CloudWatchMetrics": self.directives });
        line.insert("_aws".to_owned(), head);
        Some(format!("{}\n", Value::Object(line)))
    }
}

fn unit(name: &str) -> &'static str {
    let known = UNITS.iter().find(|(known, _)| *known == name);
    known.map_or("None", |(_, unit)| unit)
}

fn percent(part: u64, whole: u64) -> Option<u64> {
    (whole > 0).then(|| part.saturating_mul(100) / whole)
}

/// The line of a measurement that was taken at `at`.
fn line_of(measurement: &Measurement, at: Timestamp) -> Option<String> {
    let line = match measurement {
        Measurement::CallEnded {
            provider,
            outcome,
            duration_secs,
            dial_delay_ms,
            answer_ms,
        } => Line::new(&[("Provider", provider.as_str()), ("Outcome", outcome.as_str())])
            .metrics(&["Provider", "Outcome"], &[("CallsEnded", Some(1))])
            .metrics(
                &["Provider"],
                &[
                    ("CallDuration", *duration_secs),
                    ("DialDelay", *dial_delay_ms),
                    ("ProviderAnswerTime", *answer_ms),
                ],
            ),
        Measurement::ProviderFailed { provider, class } => {
            Line::new(&[("Provider", provider.as_str()), ("Class", class)])
                .metrics(&["Provider", "Class"], &[("ProviderErrors", Some(1))])
        }
        Measurement::Webhook {
            provider,
            result,
            lag_ms,
        } => Line::new(&[("Provider", provider.as_str()), ("Result", result.as_str())])
            .metrics(&["Provider", "Result"], &[("Webhooks", Some(1))])
            .metrics(&["Provider"], &[("WebhookLag", *lag_ms)]),
        Measurement::AgentChanged { provider, change } => {
            Line::new(&[("Provider", provider.as_str()), ("Change", change.as_str())])
                .metrics(&["Provider", "Change"], &[("AgentsChanged", Some(1))])
        }
        Measurement::Slots { in_use, limit } => {
            let (in_use, limit) = (u64::from(*in_use), u64::from(*limit));
            Line::new(&[]).metrics(
                &[],
                &[
                    ("SlotsInUse", Some(in_use)),
                    ("SlotsLimit", Some(limit)),
                    ("SlotsUsed", percent(in_use, limit)),
                ],
            )
        }
        Measurement::QuotaSeen { provider, figures } => Line::new(&[("Provider", provider.as_str())])
            .metrics(
                &["Provider"],
                &[
                    ("CreditsLeft", figures.credits_left()),
                    ("CreditsLeftPercent", figures.credits_left_percent()),
                    ("CallsAtProvider", figures.calls_in_progress),
                    ("CallsAtProviderLimit", figures.most_calls),
                    ("CallsAtProviderPercent", figures.calls_percent()),
                ],
            ),
        Measurement::QuotaLow {
            provider,
            alert,
            is_low,
        } => Line::new(&[("Provider", provider.as_str()), ("Quota", alert.as_str())])
            .metrics(&["Provider", "Quota"], &[("QuotaLow", Some(u64::from(*is_low)))]),
        Measurement::Reception(event) => line_of_reception(*event),
    };
    line.written(at)
}

fn line_of_reception(event: ReceptionEvent) -> Line {
    let once = |name| Line::new(&[]).metrics(&[], &[(name, Some(1))]);
    match event {
        ReceptionEvent::Attached { delay_ms } => {
            once("ReceptionAttached").metrics(&[], &[("ReceptionAttachDelay", delay_ms)])
        }
        ReceptionEvent::NotAttached => once("ReceptionNotAttached"),
        ReceptionEvent::Reconnected => once("ReceptionReconnects"),
        ReceptionEvent::HandedOver => once("ReceptionHandOvers"),
        ReceptionEvent::Left { turns } => Line::new(&[]).metrics(&[], &[("ReceptionTurns", Some(turns))]),
        ReceptionEvent::ToolRan(result) => {
            Line::new(&[("Result", result.as_str())]).metrics(&["Result"], &[("ReceptionTools", Some(1))])
        }
    }
}

/// Writes metrics as they are measured.
pub struct Metrics {
    clock: Arc<dyn Clock>,
    out: Mutex<Box<dyn Write + Send>>,
}

impl Metrics {
    /// To standard output, where Lambda finds them.
    pub fn on_standard_output(clock: Arc<dyn Clock>) -> Self {
        Self::to(clock, std::io::stdout())
    }

    /// To anything else; for tests.
    pub fn to(clock: Arc<dyn Clock>, out: impl Write + Send + 'static) -> Self {
        Self {
            clock,
            out: Mutex::new(Box::new(out)),
        }
    }
}

impl Observer for Metrics {
    fn measured(&self, measurement: &Measurement) {
        if let Some(line) = line_of(measurement, self.clock.now()) {
            let mut out = self.out.lock().unwrap_or_else(PoisonError::into_inner);
            // In one write, so that no line of the log comes in between; without a reader, nobody misses it.
            let _ = out.write_all(line.as_bytes()).and_then(|()| out.flush());
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use switchboard_domain::{
        AgentAction, CallStatus, ManualClock, ProviderKind, QuotaAlert, QuotaFigures, ToolResult,
        WebhookResult,
    };

    use super::*;

    const PROVIDER: ProviderKind = ProviderKind::Elevenlabs;

    /// One of each kind, with everything that can be in it.
    fn each() -> Vec<Measurement> {
        let figures = QuotaFigures {
            credits_used: Some(900),
            credits_limit: Some(1_000),
            resets_at: None,
            calls_in_progress: Some(3),
            most_calls: Some(20),
        };
        vec![
            Measurement::CallEnded {
                provider: PROVIDER,
                outcome: CallStatus::Completed,
                duration_secs: Some(42),
                dial_delay_ms: Some(900),
                answer_ms: Some(310),
            },
            Measurement::ProviderFailed {
                provider: PROVIDER,
                class: "unavailable",
            },
            Measurement::Webhook {
                provider: PROVIDER,
                result: WebhookResult::Applied,
                lag_ms: Some(1_200),
            },
            Measurement::AgentChanged {
                provider: PROVIDER,
                change: AgentAction::Updated,
            },
            Measurement::Slots { in_use: 3, limit: 15 },
            Measurement::QuotaSeen {
                provider: PROVIDER,
                figures,
            },
            Measurement::QuotaLow {
                provider: PROVIDER,
                alert: QuotaAlert::Credits,
                is_low: true,
            },
            Measurement::Reception(ReceptionEvent::Attached { delay_ms: Some(420) }),
            Measurement::Reception(ReceptionEvent::NotAttached),
            Measurement::Reception(ReceptionEvent::Reconnected),
            Measurement::Reception(ReceptionEvent::HandedOver),
            Measurement::Reception(ReceptionEvent::Left { turns: 12 }),
            Measurement::Reception(ReceptionEvent::ToolRan(ToolResult::Done)),
        ]
    }

    /// What the specification of the format asks for.
    fn names_of(line: &str) -> Vec<String> {
        assert!(line.ends_with('\n') && line.matches('\n').count() == 1, "{line}");
        let line: Value = serde_json::from_str(line).unwrap();
        assert_eq!(line["_aws"]["Timestamp"], 1_763_640_000_123_i64);
        let directives = line["_aws"]["CloudWatchMetrics"].as_array().unwrap();
        assert!(!directives.is_empty());
        let mut names = Vec::new();
        for directive in directives {
            assert_eq!(directive["Namespace"], "Switchboard");
            for set in directive["Dimensions"].as_array().unwrap() {
                let set = set.as_array().unwrap();
                assert!(set.len() <= 2);
                for dimension in set {
                    assert!(
                        line[dimension.as_str().unwrap()].is_string(),
                        "{dimension} has its value"
                    );
                }
            }
            for metric in directive["Metrics"].as_array().unwrap() {
                let name = metric["Name"].as_str().unwrap();
                assert!(line[name].is_u64(), "{name} has its value");
                assert_eq!(metric["Unit"], unit(name));
                assert_ne!(metric["Unit"], "None", "{name} has a unit");
                names.push(name.to_owned());
            }
        }
        names
    }

    #[test]
    fn every_line_is_as_the_embedded_metric_format_asks_and_every_metric_is_in_one() {
        let at = Timestamp::from_millisecond(1_763_640_000_123).unwrap();
        let lines: Vec<String> = each().iter().filter_map(|one| line_of(one, at)).collect();
        assert_eq!(lines.len(), each().len());
        let names: BTreeSet<String> = lines.iter().flat_map(|line| names_of(line)).collect();
        let known: BTreeSet<String> = UNITS.iter().map(|(name, _)| (*name).to_owned()).collect();
        assert_eq!(names, known);
    }

    #[test]
    fn what_is_not_known_is_left_out_and_a_line_without_a_metric_is_not_written() {
        let at = Timestamp::UNIX_EPOCH;
        let unknown = Measurement::QuotaSeen {
            provider: PROVIDER,
            figures: QuotaFigures::default(),
        };
        assert_eq!(line_of(&unknown, at), None);
        let unanswered = Measurement::CallEnded {
            provider: PROVIDER,
            outcome: CallStatus::Busy,
            duration_secs: None,
            dial_delay_ms: None,
            answer_ms: None,
        };
        let line: Value = serde_json::from_str(&line_of(&unanswered, at).unwrap()).unwrap();
        assert_eq!(line["_aws"]["CloudWatchMetrics"].as_array().unwrap().len(), 1);
        assert_eq!(line.get("CallDuration"), None);
    }

    #[test]
    fn the_document_names_every_metric_with_its_unit() {
        let document = include_str!("../../../docs/metrics.md");
        for (name, unit) in UNITS {
            let row = document.lines().find(|line| line.contains(&format!("`{name}`")));
            assert!(
                row.is_some_and(|row| row.contains(unit)),
                "{name} in docs/metrics.md"
            );
        }
    }

    #[test]
    fn a_measurement_is_one_line_of_its_own() {
        #[derive(Clone, Default)]
        struct Kept(Arc<Mutex<Vec<u8>>>);
        impl Write for Kept {
            fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
                self.0.lock().unwrap().write(bytes)
            }
            fn flush(&mut self) -> std::io::Result<()> {
                Ok(())
            }
        }
        let (kept, clock) = (Kept::default(), ManualClock::at(Timestamp::UNIX_EPOCH));
        let metrics = Metrics::to(Arc::new(clock), kept.clone());
        for one in each() {
            metrics.measured(&one);
        }
        let text = String::from_utf8(kept.0.lock().unwrap().clone()).unwrap();
        assert_eq!(text.lines().count(), each().len());
        assert!(
            text.lines()
                .all(|line| serde_json::from_str::<Value>(line).is_ok())
        );
    }
}

//! Values that fit a schema, found in the words of a call as well as a program without a model can.

use jiff::ToSpan;
use serde_json::{Map, Value, json};

use crate::clock::now_ms;

/// Most items of a list that is made up.
const MOST_ITEMS: usize = 3;
/// Longest text that is made up.
const LONGEST_TEXT: usize = 240;

/// A value of `schema` for the property `name`, from the words `talk`.
pub(super) fn value(name: &str, schema: &Value, talk: &str) -> Value {
    if let Some(options) = schema["enum"].as_array() {
        return chosen(options, talk);
    }
    if let Some(constant) = schema.get("const") {
        return constant.clone();
    }
    if let Some(first) = schema["anyOf"].as_array().and_then(|all| all.first()) {
        return value(name, first, talk);
    }
    let may_be_null = schema["type"]
        .as_array()
        .is_some_and(|all| all.iter().any(|kind| kind == "null"));
    match kind(schema) {
        "object" => {
            let properties = schema["properties"].as_object();
            let filled = properties.into_iter().flatten();
            let filled = filled.map(|(name, schema)| (name.clone(), value(name, schema, talk)));
            Value::Object(filled.collect::<Map<_, _>>())
        }
        "array" => {
            let sentences = caller_sentences(talk);
            let items = sentences.iter().take(MOST_ITEMS);
            items
                .map(|sentence| value(name, &schema["items"], sentence))
                .collect()
        }
        "boolean" => json!(is_urgent(talk)),
        "integer" => json!(number(schema).round() as i64),
        "number" => json!(number(schema)),
        "null" => Value::Null,
        _ => match text(name, talk) {
            Some(text) => json!(text),
            None if may_be_null => Value::Null,
            None => json!(""),
        },
    }
}

fn kind(schema: &Value) -> &str {
    match &schema["type"] {
        Value::String(kind) => kind,
        Value::Array(kinds) => {
            let first = kinds
                .iter()
                .filter_map(Value::as_str)
                .find(|kind| *kind != "null");
            first.unwrap_or("null")
        }
        _ => "string",
    }
}

fn number(schema: &Value) -> f64 {
    schema["minimum"].as_f64().unwrap_or(1.0)
}

/// Words that speak for one of several options.
const SIGNS: [(&[&str], &[&str]); 9] = [
    (
        &["emergency", "critical", "urgent"],
        &[
            "emergency",
            "urgencia",
            "broken tooth",
            "hurts",
            "unbearable",
            "accident",
            "bleeding",
        ],
    ),
    (
        &["high"],
        &["emergency", "urgencia", "broken tooth", "hurts", "urgent"],
    ),
    (&["billing", "payment", "invoice"], &["bill", "invoice", "paid"]),
    (
        &["booking", "appointment", "schedule"],
        &["appointment", "cita", "book"],
    ),
    (&["callback", "call_back"], &["call me back", "back tomorrow"]),
    (&["message"], &["leave a message", "please tell"]),
    (
        &["opt_out", "do_not_call", "complaint"],
        &["do not call", "off your list"],
    ),
    (&["wrong_number"], &["wrong number"]),
    (
        &["person", "transfer", "human"],
        &["real person", "speak to a", "putting you through"],
    ),
];

/// The option that the words speak for; else a quiet one.
fn chosen(options: &[Value], talk: &str) -> Value {
    let talk = talk.to_lowercase();
    for (names, signs) in SIGNS {
        if signs.iter().any(|sign| talk.contains(sign)) {
            let fits = |option: &&Value| option.as_str().is_some_and(|option| names.contains(&option));
            if let Some(option) = options.iter().find(fits) {
                return option.clone();
            }
        }
    }
    for quiet in ["normal", "other", "unknown", "none", "neutral", "low"] {
        if let Some(option) = options.iter().find(|option| *option == quiet) {
            return option.clone();
        }
    }
    options.last().cloned().unwrap_or(Value::Null)
}

fn is_urgent(talk: &str) -> bool {
    let talk = talk.to_lowercase();
    SIGNS[0].1.iter().any(|sign| talk.contains(sign))
}

fn text(name: &str, talk: &str) -> Option<String> {
    let has = |part: &str| name.contains(part);
    if has("phone") || has("number") {
        return phone_number(talk);
    }
    if has("due") || has("time") || has("date") || name.ends_with("_at") || has("when") {
        let now = jiff::Timestamp::from_millisecond(now_ms()).ok()?;
        let tomorrow = now.checked_add(24.hours()).ok()?;
        return Some(tomorrow.strftime("%Y-%m-%dT10:00:00Z").to_string());
    }
    if has("name") {
        return person_name(talk);
    }
    if has("language") {
        return Some("en".to_owned());
    }
    let said = caller_sentences(talk).join(" ");
    let said = if said.is_empty() { talk.to_owned() } else { said };
    let short: String = said.chars().take(LONGEST_TEXT).collect();
    match (has("summary"), short.is_empty()) {
        (true, false) => Some(format!("The caller said: {short}")),
        (_, false) => Some(short),
        (true, true) => Some("Nothing was said.".to_owned()),
        (false, true) => None,
    }
}

/// What the caller said, line by line.
fn caller_sentences(talk: &str) -> Vec<String> {
    let lines = talk.lines().filter_map(|line| line.split_once(':'));
    let by_caller = lines.filter(|(who, _)| {
        let who = who.to_lowercase();
        ["caller", "user", "person", "customer"]
            .iter()
            .any(|word| who.contains(word))
    });
    by_caller.map(|(_, words)| words.trim().to_owned()).collect()
}

/// Two names after words by which people say who they are.
fn person_name(talk: &str) -> Option<String> {
    let openings = ["my name is ", "this is ", "My name is ", "This is ", "soy "];
    for line in caller_sentences(talk)
        .iter()
        .chain(std::iter::once(&talk.to_owned()))
    {
        for opening in openings {
            for (at, _) in line.match_indices(opening) {
                let after = line[at + opening.len()..].split_whitespace();
                let names: Vec<&str> = after
                    .take(2)
                    .map(|word| word.trim_matches(|c: char| !c.is_alphabetic()))
                    .filter(|word| word.chars().next().is_some_and(char::is_uppercase))
                    .collect();
                if names.len() == 2 {
                    return Some(names.join(" "));
                }
            }
        }
    }
    None
}

fn phone_number(talk: &str) -> Option<String> {
    let (at, _) = talk.match_indices('+').find(|(at, _)| {
        let digits = talk[at + 1..].chars().take_while(char::is_ascii_digit).count();
        (7..=15).contains(&digits)
    })?;
    let digits = talk[at + 1..].chars().take_while(char::is_ascii_digit);
    Some(std::iter::once('+').chain(digits).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const TALK: &str = "AGENT: How can I help you?\nCALLER: This is an emergency: I have a broken tooth. My name is Ben Okoro.\nAGENT: I am sorry.";

    #[test]
    fn a_schema_is_filled_from_the_words() {
        let schema = json!({ "type": "object", "properties": {
            "summary": { "type": "string" },
            "intent": { "type": "string", "enum": ["booking", "billing", "emergency", "other"] },
            "urgency": { "type": "string", "enum": ["low", "normal", "high", "critical"] },
            "caller_name": { "type": ["string", "null"] },
            "callback_number": { "type": ["string", "null"] },
            "points": { "type": "array", "items": { "type": "string" } },
        } });
        let filled = value("", &schema, TALK);
        assert!(filled["summary"].as_str().unwrap().contains("broken tooth"));
        assert_eq!(filled["intent"], "emergency");
        assert_eq!(filled["urgency"], "critical");
        assert_eq!(filled["caller_name"], "Ben Okoro");
        assert_eq!(filled["callback_number"], Value::Null);
        assert_eq!(filled["points"].as_array().unwrap().len(), 1);
    }

    #[test]
    fn a_quiet_call_is_nothing_special() {
        let options = json!(["low", "normal", "high"]);
        assert_eq!(chosen(options.as_array().unwrap(), "CALLER: Hello."), "normal");
    }
}

//! Prompts with mustache variables: `{{customerName}}`, `{{visit.day}}`, sections, comments.

use serde_json::{Map, Value};

/// A piece of a template.
enum Piece<'a> {
    Text(&'a str),
    Variable(&'a str),
    /// Its name, what lies within, and whether it is shown when there is nothing of that name.
    Section(&'a str, &'a str, bool),
}

fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some((before, from)) = rest.split_once("{{") {
        let Some((tag, after)) = from.split_once("}}") else {
            break;
        };
        found.push(Piece::Text(before));
        // A third brace only says that nothing is to be escaped.
        let (tag, after) = match tag.strip_prefix('{') {
            Some(tag) => (tag, after.strip_prefix('}').unwrap_or(after)),
            None => (tag, after),
        };
        let tag = tag.trim();
        rest = after;
        match tag.chars().next() {
            Some('#' | '^') => {
                let name = tag[1..].trim();
                let (within, after) = section(after, name);
                found.push(Piece::Section(name, within, tag.starts_with('^')));
                rest = after;
            }
            Some('!' | '/' | '>' | '=') | None => {}
            Some('&') => found.push(Piece::Variable(tag[1..].trim())),
            Some(_) => found.push(Piece::Variable(tag)),
        }
    }
    found.push(Piece::Text(rest));
    found
}

/// What lies before the end of the section `name`, and what after it.
fn section<'a>(text: &'a str, name: &str) -> (&'a str, &'a str) {
    let mut from = 0;
    while let Some(open) = text[from..].find("{{").map(|at| at + from) {
        let Some(close) = text[open..].find("}}").map(|at| at + open) else {
            break;
        };
        let tag = text[open + 2..close].trim();
        if tag.strip_prefix('/').is_some_and(|of| of.trim() == name) {
            return (&text[..open], &text[close + 2..]);
        }
        from = close + 2;
    }
    (text, "")
}

fn looked_up<'a>(context: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    let whole = context.get(name);
    let dotted = || {
        let (first, rest) = name.split_once('.')?;
        looked_up(context.get(first)?.as_object()?, rest)
    };
    whole.or_else(dotted).filter(|value| !value.is_null())
}

/// Variables of the text that the context has no value for. What is only used within a section need not be there.
pub(crate) fn missing(text: &str, context: &Map<String, Value>) -> Vec<String> {
    let mut names: Vec<String> = pieces(text)
        .into_iter()
        .filter_map(|piece| match piece {
            Piece::Variable(name) if name != "." && looked_up(context, name).is_none() => {
                Some(name.to_owned())
            }
            _ => None,
        })
        .collect();
    names.dedup();
    names
}

/// The text with its variables' values.
pub(crate) fn filled(text: &str, context: &Map<String, Value>) -> String {
    let mut whole = String::with_capacity(text.len());
    for piece in pieces(text) {
        match piece {
            Piece::Text(text) => whole.push_str(text),
            Piece::Variable(name) => match looked_up(context, name) {
                Some(Value::String(text)) => whole.push_str(text),
                Some(value) => whole.push_str(&value.to_string()),
                None => {}
            },
            Piece::Section(name, within, inverted) => {
                let is_there = looked_up(context, name).is_some_and(|value| {
                    !matches!(value, Value::Bool(false))
                        && value.as_array().is_none_or(|list| !list.is_empty())
                });
                if is_there != inverted {
                    whole.push_str(&filled(within, context));
                }
            }
        }
    }
    whole
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn context(value: Value) -> Map<String, Value> {
        value.as_object().cloned().unwrap()
    }

    #[test]
    fn variables_are_filled_dotted_ones_too() {
        let given = context(json!({ "name": "Ana", "visit": { "day": "Tuesday" }, "n": 3 }));
        let text = "Hi {{ name }}, {{visit.day}} {{{n}}}{{! never said }}.";
        assert_eq!(filled(text, &given), "Hi Ana, Tuesday 3.");
        assert!(missing(text, &given).is_empty());
    }

    #[test]
    fn what_has_no_value_is_named() {
        let given = context(json!({ "visit": {}, "name": null }));
        let text = "{{name}} {{visit.day}} {{#vip}}{{gift}}{{/vip}} {{open";
        assert_eq!(missing(text, &given), ["name", "visit.day"]);
    }

    #[test]
    fn a_section_is_said_when_there_is_something() {
        let text = "a{{#vip}}b{{/vip}}{{^vip}}c{{/vip}}d";
        assert_eq!(filled(text, &context(json!({ "vip": true }))), "abd");
        assert_eq!(filled(text, &Map::new()), "acd");
    }
}

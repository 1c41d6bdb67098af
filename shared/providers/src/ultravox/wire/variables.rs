//! Variables of a template: `{{name}}`, in the language Mustache.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};
use switchboard_domain::DynamicVariables;

use crate::ATTEMPT_VARIABLE;

const LONGEST_NAME: usize = 100;
const MOST_NAMES: usize = 200;
/// `{{a.b.c}}` and no deeper.
const MOST_PARTS: usize = 8;

/// The variables that every call must give: those that the texts name and for which the schema has no
/// default, and those that the schema asks for. A call without one of them is refused. Sorted.
///
/// Names of sections (`{{#name}}`) need no value: without one the section is left out.
pub(in crate::ultravox) fn required_variables(texts: &[&str], schema: Option<&Value>) -> Vec<String> {
    let mut names: BTreeSet<&str> = texts.iter().flat_map(|text| names_in(text)).collect();
    let properties = schema.and_then(|schema| schema.get("properties")?.as_object());
    for (name, property) in properties.into_iter().flatten() {
        if property.get("default").is_some() {
            names.remove(name.as_str());
        }
    }
    let asked_for = schema.and_then(|schema| schema.get("required")?.as_array());
    let asked_for = asked_for.into_iter().flatten().filter_map(Value::as_str);
    // `{{customer.name}}` gives `customer` what the schema asks for.
    let given: Vec<&str> = names
        .iter()
        .filter_map(|name| Some(name.split_once('.')?.0))
        .collect();
    names.extend(
        asked_for.filter(|name| !name.is_empty() && name.len() <= LONGEST_NAME && !given.contains(name)),
    );
    names.remove(ATTEMPT_VARIABLE);
    names.into_iter().take(MOST_NAMES).map(str::to_owned).collect()
}

fn names_in(text: &str) -> impl Iterator<Item = &str> {
    text.split("{{").skip(1).filter_map(|rest| {
        let (tag, _) = rest.split_once("}}")?;
        let name = match tag.trim_start().chars().next()? {
            // Sections and their ends, comments, partials, other delimiters.
            '#' | '^' | '/' | '!' | '>' | '=' => return None,
            // As it is, without HTML's escapes.
            '&' | '{' => tag.trim_start()[1..].trim(),
            _ => tag.trim(),
        };
        let plausible =
            !matches!(name, "" | ".") && name.len() <= LONGEST_NAME && !name.contains(['{', '}', '\n']);
        plausible.then_some(name)
    })
}

/// The values for the template. `{{customer.name}}` is looked for inside of `customer` by Mustache and by
/// its whole name by others, so a variable with a dotted name is given both ways.
pub(in crate::ultravox) fn context(variables: &DynamicVariables, attempt: &str) -> Map<String, Value> {
    let mut flat: BTreeMap<&str, &str> = variables
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    flat.insert(ATTEMPT_VARIABLE, attempt);
    let mut context = Map::new();
    for (name, value) in &flat {
        context.insert((*name).to_owned(), Value::from(*value));
    }
    for (name, value) in flat {
        let parts: Vec<&str> = name.split('.').collect();
        if (2..=MOST_PARTS).contains(&parts.len()) && parts.iter().all(|part| !part.is_empty()) {
            nest(&mut context, &parts, value);
        }
    }
    context
}

/// `text` with the values of the variables that it names. Only the template is filled in by the provider for
/// sure; words that come with the call might be spoken as they are, braces and all.
pub(in crate::ultravox) fn filled(text: &str, variables: &DynamicVariables, attempt: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, tagged)) = rest.split_once("{{") {
        out.push_str(before);
        let value = tagged.split_once("}}").and_then(|(tag, after)| {
            let value = match tag.trim() {
                ATTEMPT_VARIABLE => attempt,
                name => variables.get(name)?.as_str(),
            };
            Some((value, after))
        });
        match value {
            Some((value, after)) => {
                out.push_str(value);
                rest = after;
            }
            // Not ours to fill in.
            None => {
                out.push_str("{{");
                rest = tagged;
            }
        }
    }
    out.push_str(rest);
    out
}

/// Puts the value inside, unless a variable stands in the way: that was given, this is inferred.
fn nest(context: &mut Map<String, Value>, parts: &[&str], value: &str) {
    let [name, rest @ ..] = parts else { return };
    if rest.is_empty() {
        context.entry(*name).or_insert_with(|| value.into());
        return;
    }
    if let Value::Object(inner) = context.entry(*name).or_insert_with(|| Map::new().into()) {
        nest(inner, rest, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn names_without_a_default_are_required_and_those_the_schema_asks_for() {
        let texts = [
            "Hi {{ name }}, {{{raw}}} {{&also}} {{customer.town}} {{attempt_id}} {{system__time}}",
            "{{#vip}}Dear {{title}}{{/vip}}{{^vip}}You{{/vip}} {{! a note }} {{> part}} {{}} {{.}} {{a\nb}} {{company}} {{open",
        ];
        let schema = json!({
            "properties": { "company": { "type": "string", "default": "us" }, "title": { "type": "string" } },
            "required": ["slot", "customer", "attempt_id", 7, ""],
        });
        assert_eq!(
            required_variables(&texts, Some(&schema)),
            [
                "also",
                "customer.town",
                "name",
                "raw",
                "slot",
                "system__time",
                "title"
            ]
        );
        assert_eq!(required_variables(&["{{a}}"], None), ["a"]);
    }

    #[test]
    fn a_dotted_name_is_given_as_it_is_and_inside() {
        let variables = [
            ("name", "Ana"),
            ("customer.name", "Ruiz"),
            ("customer.town.zip", "1"),
            ("name.first", "x"),
            ("a..b", "y"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into();
        assert_eq!(
            Value::Object(context(&variables, "call_1")),
            json!({
                "name": "Ana", "customer.name": "Ruiz", "customer.town.zip": "1", "name.first": "x", "a..b": "y",
                "attempt_id": "call_1", "customer": { "name": "Ruiz", "town": { "zip": "1" } },
            })
        );
    }

    #[test]
    fn words_of_a_call_are_filled_in_here() {
        let variables = [("name", "Ana {{x}}"), ("customer.town", "Lugo")]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into();
        let fill = |text: &str| filled(text, &variables, "call_1");
        assert_eq!(
            fill("Hi {{ name }} of {{customer.town}} ({{attempt_id}}), {{other}} {{#vip}}{{open"),
            "Hi Ana {{x}} of Lugo (call_1), {{other}} {{#vip}}{{open"
        );
        for text in ["", "{{", "}}", "{{}}", "{{{{name}}", "no tag"] {
            assert_eq!(fill(text), text.replace("{{name}}", "Ana {{x}}"), "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_survived(text in "[{}#&^/.! aé\\n]{0,60}") {
            for name in required_variables(&[&text], None) {
                prop_assert!(!name.is_empty());
            }
            prop_assert_eq!(filled(&text, &DynamicVariables::new(), ""), text);
        }

        #[test]
        fn every_variable_is_given_as_it_is(variables in prop::collection::btree_map("[ab.é]{0,6}", "[a-z]{0,3}", 0..8)) {
            let given = context(&variables, "call_1");
            for (name, value) in variables.iter().filter(|(name, _)| *name != "attempt_id") {
                prop_assert_eq!(&given[name], value);
            }
        }
    }
}

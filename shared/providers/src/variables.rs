//! Which variables a call must give its agent.

use std::collections::BTreeSet;

use switchboard_domain::DynamicVariables;

/// The dynamic variable in which our call id travels along with every call.
pub const ATTEMPT_VARIABLE: &str = "attempt_id";

const LONGEST_NAME: usize = 100;

/// The `{{names}}` in the first message and the prompt that have no default and that nobody else
/// fills in: neither the provider (`system__…`) nor we ([`ATTEMPT_VARIABLE`]). Sorted.
///
/// A call without one of them is ended by ElevenLabs as soon as it is answered, so they are checked
/// before anyone dials.
pub fn required_variables<'a>(
    first_message: &str,
    prompt: &str,
    placeholders: impl IntoIterator<Item = &'a str>,
) -> Vec<String> {
    let mut names: BTreeSet<&str> = names_in(first_message).chain(names_in(prompt)).collect();
    names.retain(|name| !name.starts_with("system__") && *name != ATTEMPT_VARIABLE);
    for placeholder in placeholders {
        names.remove(placeholder);
    }
    names.into_iter().map(str::to_owned).collect()
}

/// `text` with the value of every `{{name}}`; nothing stands for a name without one. Values are put in as they are: what
/// looks like a name in one stays what it is.
pub(crate) fn fill_in(text: &str, values: &DynamicVariables) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{") {
        filled.push_str(before);
        match after.split_once("}}") {
            Some((name, after)) if !name.contains(['{', '}', '\n']) => {
                filled.push_str(values.get(name.trim()).map_or("", String::as_str));
                rest = after;
            }
            _ => {
                filled.push_str("{{");
                rest = after;
            }
        }
    }
    filled.push_str(rest);
    filled
}

fn names_in(text: &str) -> impl Iterator<Item = &str> {
    text.split("{{").skip(1).filter_map(|rest| {
        let (name, _) = rest.split_once("}}")?;
        let name = name.trim();
        let plausible = !name.is_empty() && name.len() <= LONGEST_NAME && !name.contains(['{', '}', '\n']);
        plausible.then_some(name)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_without_a_default_are_required() {
        let required = required_variables(
            "Hi {{ name }}, this is {{company}}.",
            "It is {{system__time_utc}}. {{name}} owes {{amount}}. {{attempt_id}} {{}} {{a\nb}} {{open",
            ["company"],
        );
        assert_eq!(required, ["amount", "name"]);
    }

    #[test]
    fn names_get_their_values_once() {
        let values =
            [("name", "Ana"), ("odd", "{{name}}")].map(|(name, value)| (name.to_owned(), value.to_owned()));
        let filled = fill_in(
            "Hi {{ name }}: {{odd}}, {{unknown}}. {{open {{name}} }}",
            &values.into(),
        );
        assert_eq!(filled, "Hi Ana: {{name}}, . {{open Ana }}");
    }

    proptest! {
        #[test]
        fn any_text_is_survived(text in "[{} a-z\\n]{0,60}") {
            fill_in(&text, &DynamicVariables::new());
            for name in required_variables(&text, &text, []) {
                prop_assert!(!name.is_empty());
            }
        }
    }
}

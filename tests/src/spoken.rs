//! What was said in a call against what was kept of it.

use std::collections::HashMap;

use serde_json::Value;

/// How what was kept differs from what was said.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Differences {
    /// Turns that were said, and whose text OpenAI told.
    pub said: usize,
    /// Of those, the ones that are not kept.
    pub lost: usize,
    /// Places of the lost ones in their calls, from 0.
    pub lost_at: Vec<usize>,
    /// Turns that are kept more than once, or that nobody said.
    pub repeated: usize,
    /// Turns that stand before one that was said before them.
    pub out_of_order: usize,
    /// Turns whose text OpenAI never told, because the call ended first; or told nobody, as the socket broke right
    /// before the end.
    pub untold: usize,
}

impl Differences {
    /// Whether there are none.
    pub fn are_none(&self) -> bool {
        (self.lost, self.repeated, self.out_of_order) == (0, 0, 0)
    }

    /// With those of another call.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            said: self.said + other.said,
            lost: self.lost + other.lost,
            lost_at: [self.lost_at, other.lost_at].concat(),
            repeated: self.repeated + other.repeated,
            out_of_order: self.out_of_order + other.out_of_order,
            untold: self.untold + other.untold,
        }
    }
}

/// Holds the turns that were kept (as the API has them) against those that were said (as the simulator has them).
pub fn differences(said: &[Value], kept: &[Value]) -> Differences {
    let speaker = |turn: &Value| match turn["speaker"].as_str() {
        Some("agent") => "agent",
        _ => "caller",
    };
    let words = |text: &Value| text.as_str().unwrap_or_default().trim().to_owned();
    let last_ones = said.len().saturating_sub(2);
    // What is told while nobody is attached can be asked for, unless the call is over before that.
    let was_told =
        |place: usize, turn: &Value| turn["told"] == true && (place < last_ones || turn["heard_by"] != 0);
    let said: Vec<(String, bool)> = said
        .iter()
        .enumerate()
        .map(|(place, turn)| {
            (
                format!("{}: {}", speaker(turn), words(&turn["text"])),
                was_told(place, turn),
            )
        })
        .collect();
    let kept: Vec<String> = kept
        .iter()
        .filter(|turn| !words(&turn["message"]).is_empty())
        .map(|turn| format!("{}: {}", speaker(turn), words(&turn["message"])))
        .collect();
    let mut places: HashMap<&str, Vec<usize>> = HashMap::new();
    for (place, (text, _)) in said.iter().enumerate().rev() {
        places.entry(text).or_default().push(place);
    }
    let mut found = vec![false; said.len()];
    let mut differences = Differences::default();
    let mut last = None;
    for text in &kept {
        let Some(place) = places.get_mut(text.as_str()).and_then(Vec::pop) else {
            differences.repeated += 1;
            continue;
        };
        found[place] = true;
        differences.out_of_order += usize::from(last.is_some_and(|last| place < last));
        last = last.max(Some(place));
    }
    for (place, ((_, told), found)) in said.iter().zip(found).enumerate() {
        match told {
            true => {
                differences.said += 1;
                if !found {
                    differences.lost += 1;
                    differences.lost_at.push(place);
                }
            }
            false => differences.untold += 1,
        }
    }
    differences
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn compared(said: &[(&str, bool)], kept: &[&str]) -> Differences {
        let said: Vec<Value> = said
            .iter()
            .map(|(text, told)| json!({ "speaker": "agent", "text": text, "told": told }))
            .collect();
        let kept: Vec<Value> = kept
            .iter()
            .map(|text| json!({ "speaker": "agent", "message": text }))
            .collect();
        differences(&said, &kept)
    }

    #[test]
    fn what_is_lost_repeated_or_elsewhere_is_counted() {
        let said = [("a", true), ("b", true), ("a", true), ("c", false)];
        assert!(compared(&said, &["a", "b", "a"]).are_none());
        assert!(compared(&said, &["a", "b", "", "a", "c"]).are_none());
        let counts = |kept: &[&str]| {
            let found = compared(&said, kept);
            (found.lost, found.repeated, found.out_of_order)
        };
        assert_eq!(counts(&["a", "b"]), (1, 0, 0));
        assert_eq!(counts(&["a", "b", "b", "a"]), (0, 1, 0));
        assert_eq!(counts(&["b", "a", "a"]), (0, 0, 1));
        assert_eq!(counts(&["a", "x", "b", "a"]), (0, 1, 0));
        assert_eq!(compared(&said, &[]).untold, 1);
    }
}

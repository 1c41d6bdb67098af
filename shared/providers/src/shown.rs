//! A provider's words, made safe to show: bounded, on one line, phone numbers hidden.

const MAX_CHARS: usize = 300;
const FEWEST_DIGITS_OF_A_NUMBER: usize = 7;

/// `text` as it may appear in an error or a log.
pub(crate) fn shown(text: &str) -> String {
    let line: String = text
        .chars()
        .take(MAX_CHARS)
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    hide_numbers(line.trim())
}

/// Hides every run of 7 or more digits, however they are spaced; ids, whose digits stand among
/// letters, stay readable.
fn hide_numbers(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while at < chars.len() {
        let begins = (chars[at].is_ascii_digit() || chars[at] == '+') && (at == 0 || !is_word(chars[at - 1]));
        let end = if begins { number_end(&chars, at) } else { None };
        match end {
            Some(end) => {
                out.push_str("[number]");
                at = end;
            }
            None => {
                out.push(chars[at]);
                at += 1;
            }
        }
    }
    out
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The end of the number that begins at `start`, if it is long enough to be one.
fn number_end(chars: &[char], start: usize) -> Option<usize> {
    let (mut digits, mut end) = (0, start);
    for (at, c) in chars.iter().enumerate().skip(start) {
        match c {
            '0'..='9' => {
                digits += 1;
                end = at + 1;
            }
            '+' | ' ' | '-' | '(' | ')' | '.' => {}
            _ => break,
        }
    }
    let among_letters = chars.get(end).is_some_and(|c| is_word(*c));
    (digits >= FEWEST_DIGITS_OF_A_NUMBER && !among_letters).then_some(end)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn phone_numbers_are_hidden_and_ids_are_not() {
        let text = "To +1 (415) 555-0100 or 34600000002: no; conv_9801kexample and 486 stay";
        assert_eq!(
            shown(text),
            "To [number] or [number]: no; conv_9801kexample and 486 stay"
        );
        assert_eq!(shown("to:+14155550100."), "to:[number].");
        assert_eq!(shown("a\r\nb"), "a  b");
    }

    proptest! {
        #[test]
        fn no_number_after_a_space_survives(prefix in "[a-z ,:]{0,20}", number in "\\+[1-9][0-9]{7,14}") {
            let text = shown(&format!("{prefix} {number} is wrong"));
            prop_assert!(!text.contains(&number[1..]));
        }

        #[test]
        fn any_text_is_survived(text in "\\PC{0,400}") {
            shown(&text);
        }
    }
}

//! What people see of a cell that may be a number.

/// Digits that stay at the beginning and at the end.
const SHOWN: (usize, usize) = (3, 2);
/// Digits from which on a cell may be somebody's number.
const NUMBER: usize = 7;

/// The value with the middle digits of a number hidden: enough to find the cell, too little to call.
pub fn mask(value: &str) -> String {
    let digits = value.chars().filter(char::is_ascii_digit).count();
    if digits < NUMBER {
        return value.to_owned();
    }
    let mut place = 0;
    value
        .chars()
        .map(|c| {
            if !c.is_ascii_digit() {
                return c;
            }
            place += 1;
            if place <= SHOWN.0 || place > digits - SHOWN.1 {
                c
            } else {
                '•'
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_hidden_and_a_word_is_not() {
        assert_eq!(mask("+34 631 02 16 22"), "+34 6•• •• •• 22");
        assert_eq!(mask("call Ana, 12"), "call Ana, 12");
        assert_eq!(mask(""), "");
    }

    #[test]
    fn seven_digits_are_a_number_of_which_three_and_two_are_shown() {
        assert_eq!(
            (mask("123456").as_str(), mask("1234567").as_str()),
            ("123456", "123••67")
        );
    }
}

//! Where the quotes of a record stand open.

/// Follows a record through its quotes, by the rules `csv-core` splits by: a quote opens a cell only as
/// its first character, and two inside stand for one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum QuoteState {
    /// Before the first character of a cell.
    CellStart,
    /// In a cell without quotes.
    Bare,
    /// Inside quotes.
    Quoted,
    /// After a quote inside quotes: its end, or the first of two.
    QuoteInQuoted,
}

/// The state after a piece of text, and how many cells ended in it.
pub(super) fn follow(text: &[u8], delimiter: u8, from: QuoteState) -> (QuoteState, usize) {
    use QuoteState::{Bare, CellStart, QuoteInQuoted, Quoted};
    let mut ended = 0;
    let mut state = from;
    for byte in text {
        state = match (state, *byte) {
            (Quoted, b'"') => QuoteInQuoted,
            (Quoted, _) | (CellStart | QuoteInQuoted, b'"') => Quoted,
            (_, b) if b == delimiter => {
                ended += 1;
                CellStart
            }
            _ => Bare,
        };
    }
    (state, ended)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_quote_at_the_start_of_a_cell_opens_it() {
        for (text, is_open) in [
            ("a,b", false),
            ("\"a,b", true),
            ("\"a\"\"", true),
            ("\"a\"\"b\"", false),
            ("5\" pipe,b", false),
            ("a,\"b", true),
            ("\"a\"x,b", false),
            ("", false),
        ] {
            let (state, _) = follow(text.as_bytes(), b',', QuoteState::CellStart);
            assert_eq!(state == QuoteState::Quoted, is_open, "{text}");
        }
    }
}

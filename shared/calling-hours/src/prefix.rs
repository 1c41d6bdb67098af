//! Look-up of a number in a table of calling prefixes.

/// Digits of the longest prefix that a table may have.
const LONGEST: usize = 9;

/// The entry of the longest prefix that an E.164 number begins with. The table is sorted.
pub(crate) fn longest<'t, T>(table: &'t [(u32, T)], number: &str) -> Option<&'t (u32, T)> {
    let digits = number.strip_prefix('+')?;
    let mut rest: u32 = digits.get(..digits.len().min(LONGEST))?.parse().ok()?;
    while rest > 0 {
        if let Ok(found) = table.binary_search_by_key(&rest, |entry| entry.0) {
            return table.get(found);
        }
        rest /= 10;
    }
    None
}

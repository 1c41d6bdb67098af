//! Look-up of a number in a table of calling prefixes.

use switchboard_domain::PhoneNumber;

/// The longest prefix that a table may have.
const LONGEST: u32 = 9;

/// The entry of the longest prefix that the number begins with. The table is sorted.
pub(crate) fn longest<'t, T>(table: &'t [(u32, T)], number: &PhoneNumber) -> Option<&'t (u32, T)> {
    let mut rest = number.digits();
    while rest >= 10_u64.pow(LONGEST) {
        rest /= 10;
    }
    while rest > 0 {
        let prefix = u32::try_from(rest).ok()?;
        if let Ok(found) = table.binary_search_by_key(&prefix, |entry| entry.0) {
            return table.get(found);
        }
        rest /= 10;
    }
    None
}

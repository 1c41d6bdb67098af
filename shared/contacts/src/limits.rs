//! How much of a file is taken in; what is beyond is refused with a reason.

/// Characters in a cell that becomes a dynamic variable.
pub const MAX_CELL_CHARS: usize = 10_000;
/// Columns of a sheet.
pub const MAX_COLUMNS: usize = 100;
/// Bytes of one row, all cells together, as UTF-8.
pub const MAX_ROW_BYTES: usize = 64 * 1024;
/// Characters of a column's name; a longer one is cut.
pub const MAX_HEADER_CHARS: usize = 100;
/// Rows of a file, unless the caller says otherwise.
pub const DEFAULT_MAX_ROWS: u64 = 1_000_000;
/// Characters of a cell that are looked at for a phone number.
pub const MAX_PHONE_CELL_CHARS: usize = 250;
/// Characters of a rejected value that are shown to the uploader.
pub const MAX_SHOWN_CHARS: usize = 100;
/// Bytes of an XLSX file once unpacked.
pub const MAX_UNPACKED_BYTES: u64 = 1 << 30;
/// How many times its size in the file a part may unpack to, beyond [`ALWAYS_UNPACKED_BYTES`]: real
/// sheets and texts pack to between a fifth and a fiftieth.
const MAX_UNPACKED_RATIO: u64 = 100;
/// Bytes that anything may unpack to.
const ALWAYS_UNPACKED_BYTES: u64 = 16 << 20;
/// Bytes of the text table of an XLSX file once unpacked: the one part that is kept in memory whole.
pub const MAX_SHARED_STRINGS_BYTES: u64 = 256 << 20;
/// Bytes of memory that the texts of a workbook may need, each with what it costs to keep it.
pub const MAX_KEPT_BYTES: u64 = 512 << 20;
/// Rows of a sheet, empty ones included; no program writes more.
pub const MAX_SHEET_ROWS: u64 = 1 << 20;
/// Columns of a sheet, empty ones included; no program writes more.
pub const MAX_SHEET_COLUMNS: usize = 1 << 14;
/// Bytes of an XLS file; it is kept in memory whole.
pub const MAX_XLS_BYTES: u64 = 64 << 20;

/// Rows looked at before the columns are decided.
pub(crate) const SAMPLE_ROWS: usize = 50;
/// Lines that one quoted CSV record may span before its quote counts as never closed.
pub(crate) const MAX_RECORD_LINES: usize = 100;
/// Cells that a CSV line is split into before the rest is given up.
pub(crate) const MAX_SPLIT_CELLS: usize = 1_024;
/// Cells of all sheets of an XLS file, empty ones inside the used area included.
pub(crate) const MAX_XLS_CELLS: u64 = 4_000_000;
/// Bytes that all cells of an XLS file say together.
pub(crate) const MAX_XLS_TEXT_BYTES: u64 = 64 << 20;
/// Parts in an XLSX package.
pub(crate) const MAX_ZIP_ENTRIES: usize = 10_000;
/// Bytes of the styles of a workbook once unpacked.
pub(crate) const MAX_STYLES_BYTES: u64 = 16 << 20;
/// Bytes of any other list of a workbook once unpacked: its sheets, its names.
pub(crate) const MAX_LIST_BYTES: u64 = 64 << 20;
/// Entries of all lists of one part: formats, fonts, sheets, names. Excel has at most 65,490 formats.
pub(crate) const MAX_LIST_ENTRIES: u64 = 200_000;
/// Bytes of a tag, comment or the like of an XLSX or ODS part with the text behind it. A cell has at most
/// 32,767 characters.
pub(crate) const MAX_XML_RUN_BYTES: usize = 1 << 20;
/// Elements of a part that are open at once; libxml2 has allowed as many since 2.7.
pub(crate) const MAX_XML_DEPTH: usize = 256;
/// Bytes of a text file looked at for its delimiter.
pub(crate) const TEXT_SAMPLE_BYTES: usize = 64 * 1024;

/// Bytes that so many packed bytes may unpack to before they count as a trap.
pub(crate) fn believable_size(packed: u64) -> u64 {
    packed
        .saturating_mul(MAX_UNPACKED_RATIO)
        .max(ALWAYS_UNPACKED_BYTES)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hundredfold_is_believable_and_sixteen_megabytes_always() {
        const MB: u64 = 1 << 20;
        assert_eq!(
            [0, 100, MB, u64::MAX].map(believable_size),
            [16 * MB, 16 * MB, 100 * MB, u64::MAX]
        );
    }

    /// Told to people and checked by others: a change is one of what is promised.
    #[test]
    fn limits_are_what_the_documentation_says() {
        const MB: u64 = 1 << 20;
        assert_eq!(
            (MAX_ROW_BYTES, MAX_SHEET_ROWS, MAX_SHEET_COLUMNS),
            (65_536, 1_048_576, 16_384)
        );
        assert_eq!(
            (MAX_UNPACKED_BYTES, MAX_KEPT_BYTES, MAX_SHARED_STRINGS_BYTES),
            (1024 * MB, 512 * MB, 256 * MB)
        );
        assert_eq!(
            (MAX_XLS_BYTES, MAX_XLS_TEXT_BYTES, MAX_LIST_BYTES),
            (64 * MB, 64 * MB, 64 * MB)
        );
        assert_eq!((ALWAYS_UNPACKED_BYTES, MAX_STYLES_BYTES), (16 * MB, 16 * MB));
        assert_eq!((MAX_XML_RUN_BYTES, TEXT_SAMPLE_BYTES), (1_048_576, 65_536));
    }
}

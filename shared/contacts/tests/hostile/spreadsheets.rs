//! XLSX, XLSB and ODS: packages that unpack to more than they show.
use std::{fs, path::Path};

use crate::{
    Hostile,
    packed::{Lies, Package, Pieces, ballast},
};

const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const RELATIONS: &str = "http://schemas.openxmlformats.org/package/2006/relationships";
/// Rows of a sheet: a header and one person.
const PEOPLE: &str =
    r#"<row r="1"><c r="A1" t="str"><v>phone</v></c></row><row r="2"><c r="A2"><v>34600000001</v></c></row>"#;
const TEXTS: &str = r#"<sst xmlns="x" count="1" uniqueCount="1"><si><t>x</t></si></sst>"#;
const STYLES: &str = r#"<styleSheet xmlns="x"><cellXfs count="1"><xf numFmtId="0"/></cellXfs></styleSheet>"#;

pub const ALL: &[Hostile] = &[
    // So that the others are known to fail for what is hostile in them.
    Hostile {
        name: "harmless.xlsx",
        write: |path| sheet_of(path, ""),
        outcomes: &["read"],
    },
    Hostile {
        name: "harmless.xlsb",
        write: |path| {
            let rows = [
                binary_row(0),
                binary_text(0, "phone"),
                binary_row(1),
                binary_text(0, "+34600000001"),
            ];
            xlsb(
                path,
                &[(&[binary_start(), rows.concat(), binary_end()].concat(), 1)],
            );
        },
        outcomes: &["read"],
    },
    Hostile {
        name: "harmless.ods",
        write: |path| ods_rows(path, &[(b" ", 1)]),
        outcomes: &["read"],
    },
    // Cells at the edges of a sheet and beyond.
    Hostile {
        name: "cell-xfd1048576.xlsx",
        write: |path| {
            sheet_of(
                path,
                r#"<row r="1048576"><c r="XFD1048576" t="str"><v>far</v></c></row>"#,
            )
        },
        outcomes: &["read"],
    },
    Hostile {
        name: "cell-beyond-any-sheet.xlsx",
        write: |path| {
            sheet_of(
                path,
                r#"<row r="3"><c r="ZZZZZZZZ99999999999" t="str"><v>far</v></c></row>"#,
            )
        },
        outcomes: &["read", "damaged"],
    },
    Hostile {
        name: "row-4294967295.xlsx",
        write: |path| {
            sheet_of(
                path,
                r#"<row r="4294967295"><c r="A4294967295" t="str"><v>x</v></c></row>"#,
            )
        },
        outcomes: &["read", "damaged"],
    },
    Hostile {
        name: "row-4294967295-without-references.xlsx",
        write: |path| {
            sheet_of(
                path,
                r#"<row r="4294967295"><c t="str"><v>x</v></c></row><row><c t="str"><v>y</v></c></row>"#,
            )
        },
        outcomes: &["read", "damaged"],
    },
    Hostile {
        name: "million-columns-declared.xlsx",
        write: |path| {
            let before =
                r#"<dimension ref="A1:ZZZZ1048576"/><cols><col min="1" max="1000000" width="9"/></cols>"#;
            book(
                path,
                &[
                    (&worksheet_start(before), 1),
                    (PEOPLE.as_bytes(), 1),
                    (b"</sheetData></worksheet>", 1),
                ],
            );
        },
        outcomes: &["read", "damaged"],
    },
    Hostile {
        name: "row-of-a-million-cells.xlsx",
        write: |path| {
            sheet_pieces(
                path,
                &[
                    (b"<row r=\"3\">", 1),
                    (&b"<c t=\"str\"><v>x</v></c>".repeat(1_000), 1_000),
                    (b"</row>", 1),
                ],
            )
        },
        outcomes: &["damaged", "too_large"],
    },
    // What the text table claims.
    Hostile {
        name: "texts-claimed-100-billion.xlsx",
        write: |path| {
            texts_of(
                path,
                &[(br#"<sst uniqueCount="100000000000"><si><t>x</t></si></sst>"#, 1)],
            )
        },
        outcomes: &["damaged"],
    },
    Hostile {
        name: "texts-claimed-2-to-64.xlsx",
        write: |path| {
            texts_of(
                path,
                &[(
                    br#"<sst uniqueCount="18446744073709551615"><si><t>x</t></si></sst>"#,
                    1,
                )],
            )
        },
        outcomes: &["damaged"],
    },
    Hostile {
        name: "texts-claimed-beyond-64-bits.xlsx",
        write: |path| {
            texts_of(
                path,
                &[(
                    br#"<sst uniqueCount="99999999999999999999999"><si><t>x</t></si></sst>"#,
                    1,
                )],
            )
        },
        outcomes: &["damaged", "read"],
    },
    Hostile {
        name: "texts-claimed-in-the-second-table.xlsx",
        write: |path| {
            texts_of(
                path,
                &[(
                    br#"<x/><sst uniqueCount="100000000000"><si><t>x</t></si></sst>"#,
                    1,
                )],
            )
        },
        outcomes: &["damaged", "read"],
    },
    // Bombs.
    Hostile {
        name: "sheet-1-gb.xlsx",
        write: |path| {
            sheet_pieces(
                path,
                &[(&b"<row><c><v>34600000002</v></c></row>".repeat(29_127), 1_024)],
            )
        },
        outcomes: &["too_large", "too_many_rows"],
    },
    Hostile {
        name: "sheet-1-gb-stated-small.xlsx",
        write: |path| {
            let lies = Lies {
                size: Some(1_000),
                packed: None,
            };
            lying_sheet(
                path,
                &[(&b"<row><c><v>34600000002</v></c></row>".repeat(29_127), 1_024)],
                lies,
            );
        },
        outcomes: &["too_large", "damaged"],
    },
    Hostile {
        name: "sheet-1-gb-stated-packed-large.xlsx",
        write: |path| {
            let lies = Lies {
                size: Some(1_000),
                packed: Some(0xF000_0000),
            };
            lying_sheet(
                path,
                &[(&b"<row><c><v>34600000002</v></c></row>".repeat(29_127), 1_024)],
                lies,
            );
        },
        outcomes: &["too_large", "damaged"],
    },
    Hostile {
        name: "sheet-of-blank-cells-believable.xlsx",
        write: |path| {
            sheet_pieces(
                path,
                &[(&ballast(), 4), (&b"<row><c/><c/></row>".repeat(50_000), 250)],
            )
        },
        outcomes: &["damaged", "too_large", "read"],
    },
    Hostile {
        name: "unused-texts-1-gb.xlsx",
        write: |path| {
            texts_of(
                path,
                &[
                    (b"<sst>", 1),
                    (&b"<si><t>x</t></si>".repeat(61_680), 1_024),
                    (b"</sst>", 1),
                ],
            )
        },
        outcomes: &["too_large"],
    },
    Hostile {
        name: "unused-texts-15-mb.xlsx",
        write: |path| {
            texts_of(
                path,
                &[(b"<sst>", 1), (&b"<si/>".repeat(209_715), 15), (b"</sst>", 1)],
            )
        },
        outcomes: &["read", "too_large"],
    },
    Hostile {
        name: "unused-texts-believable.xlsx",
        write: |path| {
            texts_of(
                path,
                &[
                    (b"<sst>", 1),
                    (&ballast(), 4),
                    (&b"<si/>".repeat(209_715), 220),
                    (b"</sst>", 1),
                ],
            )
        },
        outcomes: &["too_large"],
    },
    Hostile {
        name: "long-texts-believable.xlsx",
        write: |path| {
            let long = [b"<si><t>", [b'x'; 30_000].as_slice(), b"</t></si>"].concat();
            texts_of(
                path,
                &[
                    (b"<sst>", 1),
                    (&ballast(), 4),
                    (&long.repeat(35), 220),
                    (b"</sst>", 1),
                ],
            );
        },
        outcomes: &["too_large", "read"],
    },
    Hostile {
        name: "styles-15-mb.xlsx",
        write: |path| {
            styles_of(
                path,
                &[
                    (b"<styleSheet><cellXfs>", 1),
                    (&b"<xf/>".repeat(209_715), 15),
                    (b"</cellXfs></styleSheet>", 1),
                ],
            )
        },
        outcomes: &["read", "too_large", "damaged"],
    },
    Hostile {
        name: "styles-believable.xlsx",
        write: |path| {
            styles_of(
                path,
                &[
                    (b"<styleSheet><cellXfs>", 1),
                    (&ballast(), 4),
                    (&b"<xf/>".repeat(209_715), 260),
                    (b"</cellXfs></styleSheet>", 1),
                ],
            )
        },
        outcomes: &["too_large", "damaged"],
    },
    Hostile {
        name: "font-name-of-1-mb-in-10000-styles.xlsx",
        write: |path| {
            let font = format!("<font><name val=\"{}\"/></font>", "x".repeat(1_000_000));
            styles_of(
                path,
                &[
                    (b"<styleSheet><fonts>", 1),
                    (font.as_bytes(), 1),
                    (b"</fonts><cellXfs>", 1),
                    (&b"<xf fontId=\"0\"/>".repeat(10_000), 1),
                    (b"</cellXfs></styleSheet>", 1),
                ],
            )
        },
        outcomes: &["too_large"],
    },
    Hostile {
        name: "names-believable.xlsx",
        write: |path| {
            let names = b"<definedName name=\"a\">S!A1</definedName>".repeat(25_000);
            listed(
                path,
                &[
                    (&ballast(), 4),
                    (b"<definedNames>", 1),
                    (&names, 250),
                    (b"</definedNames>", 1),
                ],
            );
        },
        outcomes: &["too_large"],
    },
    Hostile {
        name: "sixty-parts-of-15-mb.xlsx",
        write: |path| {
            let filling = b"<a/>".repeat(262_144);
            let mut package = parts(
                Package::create(path),
                &[(&sheet_xml(""), 1)],
                &[(TEXTS.as_bytes(), 1)],
                &[(STYLES.as_bytes(), 1)],
            );
            for number in 0..60 {
                package = package.part(&format!("customXml/item{number}.xml"), &[(&filling, 15)]);
            }
            package.finish();
        },
        outcomes: &["too_large", "read"],
    },
    // Depth.
    Hostile {
        name: "five-million-deep-sheet.xlsx",
        write: |path| sheet_pieces(path, &[(&b"<a>".repeat(10_000), 500)]),
        outcomes: &["damaged", "too_large", "read"],
    },
    Hostile {
        name: "five-million-deep-cell.xlsx",
        write: |path| sheet_pieces(path, &[(b"<row><c><is>", 1), (&b"<r>".repeat(10_000), 500)]),
        outcomes: &["damaged", "too_large"],
    },
    Hostile {
        name: "five-million-deep-texts.xlsx",
        write: |path| texts_of(path, &[(b"<sst><si>", 1), (&b"<r>".repeat(10_000), 500)]),
        outcomes: &["damaged", "too_large"],
    },
    Hostile {
        name: "five-million-deep-styles.xlsx",
        write: |path| styles_of(path, &[(&b"<a>".repeat(10_000), 500)]),
        outcomes: &["damaged", "too_large", "read"],
    },
    Hostile {
        name: "deep-believable.xlsx",
        write: |path| sheet_pieces(path, &[(&ballast(), 4), (&b"<a>".repeat(349_525), 260)]),
        outcomes: &["damaged", "too_large"],
    },
    // One XML event that never ends.
    Hostile {
        name: "character-data-of-brackets.xlsx",
        write: |path| {
            sheet_pieces(
                path,
                &[
                    (&ballast(), 4),
                    (b"<![CDATA[", 1),
                    (&[b'<'; 1 << 20], 250),
                    (b"]]>", 1),
                ],
            )
        },
        outcomes: &["too_large", "damaged"],
    },
    Hostile {
        name: "comment-of-brackets.xlsx",
        write: |path| {
            texts_of(
                path,
                &[
                    (b"<sst>", 1),
                    (&ballast(), 4),
                    (b"<!--", 1),
                    (&[b'<'; 1 << 20], 220),
                    (b"--></sst>", 1),
                ],
            )
        },
        outcomes: &["too_large", "damaged"],
    },
    Hostile {
        name: "attribute-of-brackets.xlsx",
        write: |path| {
            sheet_pieces(
                path,
                &[
                    (&ballast(), 4),
                    (b"<row r=\"", 1),
                    (&[b'<'; 1 << 20], 250),
                    (b"\"/>", 1),
                ],
            )
        },
        outcomes: &["too_large", "damaged"],
    },
    Hostile {
        name: "document-type-of-entities.xlsx",
        write: |path| {
            let entities = b"<!ENTITY a \"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\">".repeat(24_000);
            sheet_document(
                path,
                &[
                    (b"<!DOCTYPE x [", 1),
                    (&ballast(), 4),
                    (&entities, 250),
                    (b"]>", 1),
                    (&sheet_xml(""), 1),
                ],
            );
        },
        outcomes: &["too_large", "damaged"],
    },
    Hostile {
        name: "instruction-of-brackets.ods",
        write: |path| {
            ods(
                path,
                &[(&ballast(), 4), (b"<?x ", 1), (&[b'<'; 1 << 20], 250), (b"?>", 1)],
            )
        },
        outcomes: &["too_large", "damaged"],
    },
    // Elements with more attributes than anybody reads.
    Hostile {
        name: "attributes-120000-on-the-table.xlsx",
        write: |path| {
            texts_of(
                path,
                &[(
                    format!("<sst{}><si><t>x</t></si></sst>", attributes(120_000)).as_bytes(),
                    1,
                )],
            )
        },
        outcomes: &["too_large", "damaged", "read"],
    },
    Hostile {
        name: "attributes-120000-on-each-cell.xlsx",
        write: |path| {
            sheet_pieces(
                path,
                &[(
                    format!("<row><c{}><v>1</v></c></row>", attributes(120_000)).as_bytes(),
                    15,
                )],
            )
        },
        outcomes: &["too_large", "damaged", "read"],
    },
    Hostile {
        name: "attributes-120000-on-each-cell.ods",
        write: |path| {
            let cell = format!(
                "<table:table-row><table:table-cell{}/></table:table-row>",
                attributes(120_000)
            );
            ods(
                path,
                &[
                    (b"<table:table table:name=\"S\">", 1),
                    (cell.as_bytes(), 15),
                    (b"</table:table>", 1),
                ],
            );
        },
        outcomes: &["too_large", "damaged", "empty"],
    },
    Hostile {
        name: "attributes-60000-on-each-cell.ods",
        write: |path| {
            let cell = format!(
                "<table:table-row><table:table-cell{}/></table:table-row>",
                attributes(60_000)
            );
            ods(
                path,
                &[
                    (b"<table:table table:name=\"S\">", 1),
                    (cell.as_bytes(), 15),
                    (b"</table:table>", 1),
                ],
            );
        },
        outcomes: &["too_large", "damaged", "empty"],
    },
    Hostile {
        name: "attributes-60000-on-the-table.xlsx",
        write: |path| {
            let table = format!("<sst{}><si><t>x</t></si></sst>", attributes(60_000));
            texts_of(path, &[(table.as_bytes(), 1)]);
        },
        outcomes: &["too_large", "damaged", "read"],
    },
    // Entities.
    Hostile {
        name: "billion-laughs.xlsx",
        write: |path| {
            sheet_document(
                path,
                &[
                    (laughs().as_bytes(), 1),
                    (
                        &sheet_xml(r#"<row r="3"><c r="A3" t="str"><v>&j;</v></c></row>"#),
                        1,
                    ),
                ],
            )
        },
        outcomes: &["damaged", "read"],
    },
    Hostile {
        name: "billion-laughs-in-texts.xlsx",
        write: |path| {
            texts_of(
                path,
                &[(laughs().as_bytes(), 1), (b"<sst><si><t>&j;</t></si></sst>", 1)],
            )
        },
        outcomes: &["damaged", "read"],
    },
    Hostile {
        name: "billion-laughs.ods",
        write: |path| {
            let document = format!(
                "{}{ODS_START}<table:table table:name=\"S\"><table:table-row><table:table-cell><text:p>&j;</text:p></table:table-cell></table:table-row></table:table>{ODS_END}",
                laughs()
            );
            ods_document(path, &[(document.as_bytes(), 1)]);
        },
        outcomes: &["damaged"],
    },
    Hostile {
        name: "external-entity.xlsx",
        write: |path| {
            let cells = r#"<row r="3"><c r="A3" t="str"><v>&x;</v></c></row>"#;
            sheet_document(
                path,
                &[
                    (br#"<!DOCTYPE x [<!ENTITY x SYSTEM "file:///etc/passwd">]>"#, 1),
                    (&sheet_xml(cells), 1),
                ],
            );
        },
        outcomes: &["damaged", "read"],
    },
    // The container.
    Hostile {
        name: "not-a-zip.xlsx",
        write: |path| fs::write(path, [b"PK\x03\x04".as_slice(), &[0x55; 100_000]].concat()).unwrap(),
        outcomes: &["damaged"],
    },
    Hostile {
        name: "truncated.xlsx",
        write: |path| {
            sheet_pieces(
                path,
                &[(&b"<row><c><v>34600000002</v></c></row>".repeat(30_000), 5)],
            );
            let whole = fs::read(path).unwrap();
            fs::write(path, &whole[..whole.len() / 2]).unwrap();
        },
        outcomes: &["damaged"],
    },
    Hostile {
        name: "entries-100000.xlsx",
        write: |path| {
            let mut package = parts(
                Package::create(path),
                &[(&sheet_xml(""), 1)],
                &[(TEXTS.as_bytes(), 1)],
                &[(STYLES.as_bytes(), 1)],
            );
            for number in 0..100_000 {
                package = package.part(&format!("xl/media/{number}"), &[]);
            }
            package.finish();
        },
        outcomes: &["too_large"],
    },
    Hostile {
        name: "entries-claimed-2-to-60.xlsx",
        write: |path| {
            parts(
                Package::create(path),
                &[(&sheet_xml(""), 1)],
                &[(TEXTS.as_bytes(), 1)],
                &[(STYLES.as_bytes(), 1)],
            )
            .finish_claiming(1 << 60)
        },
        outcomes: &["damaged", "too_large"],
    },
    Hostile {
        name: "entry-that-escapes.xlsx",
        write: |path| {
            let package = parts(
                Package::create(path),
                &[(&sheet_xml(""), 1)],
                &[(TEXTS.as_bytes(), 1)],
                &[(STYLES.as_bytes(), 1)],
            );
            package
                .text("../../../../../../tmp/switchboard-escaped.xml", "<x/>")
                .text("/etc/switchboard-escaped.xml", "<x/>")
                .finish();
        },
        outcomes: &["read", "damaged"],
    },
    // Sheets without end.
    Hostile {
        name: "sheets-200000.xlsx",
        write: |path| {
            let sheets: String = (0..200_000)
                .map(|n| format!(r#"<sheet name="S{n}" sheetId="1" r:id="rId1"/>"#))
                .collect();
            many_sheets(path, &sheets);
        },
        outcomes: &["too_large", "damaged", "empty"],
    },
    Hostile {
        name: "sheets-200000.ods",
        write: |path| {
            let sheets: String = (0..200_000)
                .map(|n| format!(r#"<table:table table:name="S{n}"></table:table>"#))
                .collect();
            ods(path, &[(sheets.as_bytes(), 1)]);
        },
        outcomes: &["too_large", "damaged", "empty"],
    },
    Hostile {
        name: "sheets-believable.ods",
        write: |path| {
            ods(
                path,
                &[
                    (&ballast(), 4),
                    (
                        &b"<table:table table:name=\"S\"></table:table>".repeat(25_000),
                        250,
                    ),
                ],
            )
        },
        outcomes: &["too_large", "damaged", "empty"],
    },
    Hostile {
        name: "hidden-styles-believable.ods",
        write: |path| {
            ods(path, &[(&ballast(), 4), (&br#"<style:style style:name="s"><style:table-properties table:display="false"/></style:style>"#.repeat(11_000), 250)])
        },
        outcomes: &["too_large", "damaged", "empty"],
    },
    Hostile {
        name: "one-long-text-400000-times.xlsx",
        write: |path| {
            let long = ["<sst><si><t>", &"x".repeat(60_000), "</t></si></sst>"].concat();
            let cells = br#"<row><c t="s"><v>0</v></c></row>"#.repeat(1_000);
            let sheet = sheet_xml("SPLIT");
            let (before, after) = split(&sheet);
            parts(
                Package::create(path),
                &[(before, 1), (&cells, 400), (after, 1)],
                &[(long.as_bytes(), 1)],
                &[(STYLES.as_bytes(), 1)],
            )
            .finish();
        },
        outcomes: &["read", "too_large", "too_many_rows"],
    },
    // XLSB.
    Hostile {
        name: "record-of-4-gb.xlsb",
        write: |path| {
            xlsb(
                path,
                &[(&[&binary_start()[..], &[6, 0xFF, 0xFF, 0xFF, 0x7F]].concat(), 1)],
            )
        },
        outcomes: &["too_large", "damaged"],
    },
    Hostile {
        name: "record-with-an-endless-length.xlsb",
        write: |path| {
            xlsb(
                path,
                &[
                    (&binary_start(), 1),
                    (&[6, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], 1),
                ],
            )
        },
        outcomes: &["too_large", "damaged"],
    },
    Hostile {
        name: "rows-that-jump.xlsb",
        write: |path| {
            let rows = [
                binary_row(0),
                binary_text(0, "phone"),
                binary_row(1),
                binary_text(0, "+34600000001"),
                binary_row(1_000_000),
                binary_text(0, "+34600000002"),
                binary_row(u32::MAX),
                binary_text(16_383, "far"),
            ]
            .concat();
            xlsb(path, &[(&[binary_start(), rows, binary_end()].concat(), 1)]);
        },
        outcomes: &["read", "damaged"],
    },
    Hostile {
        name: "text-longer-than-its-record.xlsb",
        write: |path| {
            let cell = binary_record(
                6,
                &[&[0; 8][..], &0x7FFF_FFFF_u32.to_le_bytes(), &[b'a', 0]].concat(),
            );
            xlsb(
                path,
                &[(&[binary_start(), binary_row(0), cell, binary_end()].concat(), 1)],
            );
        },
        outcomes: &["damaged", "empty"],
    },
    Hostile {
        name: "records-too-short.xlsb",
        write: |path| {
            let cells: Vec<u8> = (0..12).flat_map(|kind| binary_record(kind, &[0])).collect();
            xlsb(path, &[(&[binary_start(), cells, binary_end()].concat(), 1)]);
        },
        outcomes: &["damaged", "empty"],
    },
    Hostile {
        name: "sheet-1-gb.xlsb",
        write: |path| {
            xlsb(
                path,
                &[
                    (&binary_start(), 1),
                    (
                        &[binary_row(1), binary_text(0, "+34600000001")]
                            .concat()
                            .repeat(20_000),
                        1_024,
                    ),
                ],
            )
        },
        outcomes: &["too_large"],
    },
    Hostile {
        name: "unused-texts-believable.xlsb",
        write: |path| {
            let mut sheet = binary_start();
            sheet.extend(
                [
                    binary_row(0),
                    binary_text(0, "phone"),
                    binary_row(1),
                    binary_text(0, "+34600000001"),
                    binary_end(),
                ]
                .concat(),
            );
            let start = binary_record(159, &[0xFF; 8]);
            let random: Vec<u8> = ballast()
                .chunks(10_000)
                .flat_map(|piece| binary_record(500, piece))
                .collect();
            let empty = binary_record(19, &[0, 0, 0, 0, 0]).repeat(140_000);
            binary_book(
                path,
                &[(&sheet, 1)],
                &[
                    (&start, 1),
                    (&random, 4),
                    (&empty, 220),
                    (&binary_record(160, &[]), 1),
                ],
            );
        },
        outcomes: &["too_large", "damaged"],
    },
    // ODS.
    Hostile {
        name: "rows-repeated-2-to-31.ods",
        write: |path| {
            let rows = r#"<table:table-row table:number-rows-repeated="2147483648"><table:table-cell office:value-type="string"><text:p>+34600000002</text:p></table:table-cell></table:table-row>"#;
            ods_rows(path, &[(rows.as_bytes(), 1)]);
        },
        outcomes: &["too_many_rows", "too_large", "damaged"],
    },
    Hostile {
        name: "columns-repeated-2-to-31.ods",
        write: |path| {
            let rows = r#"<table:table-row><table:table-cell table:number-columns-repeated="2147483648" office:value-type="string"><text:p>x</text:p></table:table-cell></table:table-row>"#;
            ods_rows(path, &[(rows.as_bytes(), 1)]);
        },
        outcomes: &["read", "too_many_columns", "too_large", "damaged"],
    },
    Hostile {
        name: "all-repeated-2-to-31.ods",
        write: |path| {
            let long = "y".repeat(700);
            let rows = format!(
                r#"<table:table-row table:number-rows-repeated="2147483648"><table:table-cell office:value-type="string"><text:p>+34600000002</text:p></table:table-cell><table:table-cell table:number-columns-repeated="2147483648" office:value-type="string"><text:p>{long}</text:p></table:table-cell></table:table-row>"#
            );
            ods_rows(path, &[(rows.as_bytes(), 1)]);
        },
        outcomes: &["too_many_rows", "too_large", "damaged"],
    },
    Hostile {
        name: "empty-rows-repeated-again-and-again.ods",
        write: |path| {
            let rows = br#"<table:table-row table:number-rows-repeated="2147483648"><table:table-cell/></table:table-row>"#.repeat(1_000);
            ods_rows(path, &[(&rows, 100), (PERSON.as_bytes(), 1)]);
        },
        outcomes: &["read", "too_large", "too_many_rows", "damaged"],
    },
    Hostile {
        name: "content-1-gb.ods",
        write: |path| ods_rows(path, &[(&PERSON.repeat(10_000).into_bytes(), 1_024)]),
        outcomes: &["too_large", "too_many_rows"],
    },
    Hostile {
        name: "five-million-deep.ods",
        write: |path| {
            ods_rows(
                path,
                &[
                    (b"<table:table-row><table:table-cell>", 1),
                    (&b"<text:p>".repeat(10_000), 200),
                ],
            )
        },
        outcomes: &["damaged", "too_large"],
    },
    Hostile {
        name: "spaces-2-to-31.ods",
        write: |path| {
            let rows = r#"<table:table-row><table:table-cell office:value-type="string"><text:p>a<text:s text:c="2147483648"/>b</text:p></table:table-cell></table:table-row>"#;
            ods_rows(path, &[(rows.repeat(100).as_bytes(), 1)]);
        },
        outcomes: &["read", "too_large", "damaged"],
    },
    Hostile {
        name: "one-cell-of-200-mb.ods",
        write: |path| {
            let row = "<table:table-row><table:table-cell office:value-type=\"string\">";
            ods_rows(
                path,
                &[
                    (&ballast(), 4),
                    (row.as_bytes(), 1),
                    (&b"<text:p>xxxxxxxxxxxxxxxxxxxxxx</text:p>".repeat(25_000), 200),
                    (b"</table:table-cell></table:table-row>", 1),
                ],
            );
        },
        outcomes: &["read", "too_large", "damaged"],
    },
];

fn split(sheet: &[u8]) -> (&[u8], &[u8]) {
    let at = sheet.windows(5).position(|piece| piece == b"SPLIT").unwrap();
    (&sheet[..at], &sheet[at + 5..])
}

fn worksheet_start(before: &str) -> Vec<u8> {
    format!(r#"<worksheet xmlns="{MAIN}">{before}<sheetData>"#).into_bytes()
}

/// A sheet with a header, a person and these rows.
fn sheet_xml(rows: &str) -> Vec<u8> {
    format!(r#"<worksheet xmlns="{MAIN}"><sheetData>{PEOPLE}{rows}</sheetData></worksheet>"#).into_bytes()
}

fn parts(package: Package, sheet: Pieces, texts: Pieces, styles: Pieces) -> Package {
    frame(package, r#"<sheet name="S" sheetId="1" r:id="rId1"/>"#)
        .part("xl/worksheets/sheet1.xml", sheet)
        .part("xl/sharedStrings.xml", texts)
        .part("xl/styles.xml", styles)
}

fn frame(package: Package, sheets: &str) -> Package {
    let relation = |id: u8, kind: &str, target: &str| {
        format!(r#"<Relationship Id="rId{id}" Type="{OFFICE}/{kind}" Target="{target}"/>"#)
    };
    let relations = [
        relation(1, "worksheet", "worksheets/sheet1.xml"),
        relation(2, "sharedStrings", "sharedStrings.xml"),
        relation(3, "styles", "styles.xml"),
    ]
    .concat();
    package
        .text(
            "[Content_Types].xml",
            r#"<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>"#,
        )
        .text(
            "_rels/.rels",
            &format!(
                r#"<Relationships xmlns="{RELATIONS}">{}</Relationships>"#,
                relation(1, "officeDocument", "xl/workbook.xml")
            ),
        )
        .text(
            "xl/workbook.xml",
            &format!(r#"<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>{sheets}</sheets></workbook>"#),
        )
        .text(
            "xl/_rels/workbook.xml.rels",
            &format!(r#"<Relationships xmlns="{RELATIONS}">{relations}</Relationships>"#),
        )
}

fn book(path: &Path, sheet: Pieces) {
    parts(
        Package::create(path),
        sheet,
        &[(TEXTS.as_bytes(), 1)],
        &[(STYLES.as_bytes(), 1)],
    )
    .finish();
}

/// A workbook whose sheet part is this, from its first byte.
fn sheet_document(path: &Path, sheet: Pieces) {
    book(path, sheet);
}

fn sheet_of(path: &Path, rows: &str) {
    book(path, &[(&sheet_xml(rows), 1)]);
}

fn sheet_pieces(path: &Path, rows: Pieces) {
    let sheet = sheet_xml("SPLIT");
    let (before, after) = split(&sheet);
    book(path, &[&[(before, 1)], rows, &[(after, 1)]].concat());
}

fn lying_sheet(path: &Path, rows: Pieces, lies: Lies) {
    let sheet = sheet_xml("SPLIT");
    let (before, after) = split(&sheet);
    frame(
        Package::create(path),
        r#"<sheet name="S" sheetId="1" r:id="rId1"/>"#,
    )
    .part_with_lies(
        "xl/worksheets/sheet1.xml",
        &[&[(before, 1)], rows, &[(after, 1)]].concat(),
        lies,
    )
    .text("xl/styles.xml", STYLES)
    .finish();
}

fn many_sheets(path: &Path, sheets: &str) {
    frame(Package::create(path), sheets)
        .text(
            "xl/worksheets/sheet1.xml",
            &format!(r#"<worksheet xmlns="{MAIN}"><sheetData/></worksheet>"#),
        )
        .text("xl/styles.xml", STYLES)
        .finish();
}

fn texts_of(path: &Path, texts: Pieces) {
    parts(
        Package::create(path),
        &[(&sheet_xml(""), 1)],
        texts,
        &[(STYLES.as_bytes(), 1)],
    )
    .finish();
}

/// A workbook whose list of sheets goes on with this.
fn listed(path: &Path, more: Pieces) {
    let relation =
        format!(r#"<Relationship Id="rId1" Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>"#);
    let start = format!(
        r#"<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets><sheet name="S" sheetId="1" r:id="rId1"/></sheets>"#
    );
    let office = relation
        .replace("worksheets/sheet1.xml", "xl/workbook.xml")
        .replace("/worksheet\"", "/officeDocument\"");
    Package::create(path)
        .text(
            "_rels/.rels",
            &format!(r#"<Relationships xmlns="{RELATIONS}">{office}</Relationships>"#),
        )
        .text(
            "xl/_rels/workbook.xml.rels",
            &format!(r#"<Relationships xmlns="{RELATIONS}">{relation}</Relationships>"#),
        )
        .part(
            "xl/workbook.xml",
            &[&[(start.as_bytes(), 1)], more, &[(&b"</workbook>"[..], 1)]].concat(),
        )
        .part("xl/worksheets/sheet1.xml", &[(&sheet_xml(""), 1)])
        .finish();
}

fn styles_of(path: &Path, styles: Pieces) {
    parts(
        Package::create(path),
        &[(&sheet_xml(""), 1)],
        &[(TEXTS.as_bytes(), 1)],
        styles,
    )
    .finish();
}

fn attributes(count: u32) -> String {
    (0..count)
        .map(|number| format!(" {number:x}=\"\"").replacen(' ', " a", 1))
        .collect()
}

/// Ten entities, each ten times the one before: a billion characters.
fn laughs() -> String {
    let mut entities = String::from("<!ENTITY a \"lolololololo\">");
    for (one, next) in ('a'..'j').zip('b'..='j') {
        entities.push_str(&format!("<!ENTITY {next} \"{}\">", format!("&{one};").repeat(10)));
    }
    format!("<!DOCTYPE x [{entities}]>")
}

fn binary_record(kind: u16, body: &[u8]) -> Vec<u8> {
    let mut record = if kind < 128 {
        vec![kind as u8]
    } else {
        vec![kind as u8 | 0x80, (kind >> 7) as u8]
    };
    let mut length = body.len();
    while length > 0x7F {
        record.push(length as u8 | 0x80);
        length >>= 7;
    }
    record.push(length as u8);
    record.extend(body);
    record
}

fn binary_wide(text: &str) -> Vec<u8> {
    let mut wide = (text.encode_utf16().count() as u32).to_le_bytes().to_vec();
    wide.extend(text.encode_utf16().flat_map(u16::to_le_bytes));
    wide
}

fn binary_start() -> Vec<u8> {
    [
        binary_record(129, &[]),
        binary_record(148, &[0; 16]),
        binary_record(145, &[]),
    ]
    .concat()
}

fn binary_end() -> Vec<u8> {
    [binary_record(146, &[]), binary_record(130, &[])].concat()
}

fn binary_row(row: u32) -> Vec<u8> {
    binary_record(0, &[&row.to_le_bytes()[..], &[0; 13]].concat())
}

fn binary_text(column: u32, text: &str) -> Vec<u8> {
    binary_record(
        6,
        &[&column.to_le_bytes()[..], &[0; 4], &binary_wide(text)].concat(),
    )
}

fn xlsb(path: &Path, sheet: Pieces) {
    let texts = [binary_record(159, &[0; 8]), binary_record(160, &[])].concat();
    binary_book(path, sheet, &[(&texts, 1)]);
}

fn binary_book(path: &Path, sheet: Pieces, texts: Pieces) {
    let listed = binary_record(
        156,
        &[
            &[0, 0, 0, 0, 1, 0, 0, 0][..],
            &binary_wide("rId1"),
            &binary_wide("S"),
        ]
        .concat(),
    );
    let properties = binary_record(153, &[0; 12]);
    let workbook = [
        binary_record(131, &[]),
        properties,
        binary_record(143, &[]),
        listed,
        binary_record(144, &[]),
        binary_record(132, &[]),
    ]
    .concat();
    let relations = format!(
        r#"<Relationships xmlns="{RELATIONS}"><Relationship Id="rId1" Type="{OFFICE}/worksheet" Target="worksheets/sheet1.bin"/><Relationship Id="rId2" Type="{OFFICE}/sharedStrings" Target="sharedStrings.bin"/></Relationships>"#
    );
    Package::create(path)
        .text("[Content_Types].xml", "<Types/>")
        .part("xl/workbook.bin", &[(&workbook, 1)])
        .text("xl/_rels/workbook.bin.rels", &relations)
        .part("xl/worksheets/sheet1.bin", sheet)
        .part("xl/sharedStrings.bin", texts)
        .finish();
}

const ODS_START: &str = concat!(
    r#"<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" "#,
    r#"xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" "#,
    r#"xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0"><office:body><office:spreadsheet>"#
);
const ODS_END: &str = "</office:spreadsheet></office:body></office:document-content>";
const PERSON: &str = r#"<table:table-row><table:table-cell office:value-type="string"><text:p>+34600000001</text:p></table:table-cell></table:table-row>"#;

fn ods_document(path: &Path, document: Pieces) {
    Package::create(path)
        .text("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        .part("content.xml", document)
        .text("META-INF/manifest.xml", "<manifest:manifest/>")
        .finish();
}

fn ods(path: &Path, tables: Pieces) {
    ods_document(
        path,
        &[&[(ODS_START.as_bytes(), 1)], tables, &[(ODS_END.as_bytes(), 1)]].concat(),
    );
}

/// A sheet with a header, a person and these rows.
fn ods_rows(path: &Path, rows: Pieces) {
    let start = format!(
        r#"<table:table table:name="S">{}{PERSON}"#,
        PERSON.replace("+34600000001", "phone")
    );
    ods(
        path,
        &[&[(start.as_bytes(), 1)], rows, &[(b"</table:table>", 1)]].concat(),
    );
}

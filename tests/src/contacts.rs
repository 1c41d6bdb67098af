//! Spreadsheets of people who do not exist.

/// Area codes of real places; with `555 01xx` behind them the numbers are fictional.
const AREAS: [u32; 12] = [201, 202, 203, 205, 206, 207, 208, 209, 210, 212, 213, 214];

/// The `count` first rows of a list, at most 1,200. Every last pair of digits comes equally often.
pub fn contacts_csv(count: usize) -> Vec<u8> {
    let mut csv = String::from("phone_number,name,company,renewal_date\n");
    for index in 0..count {
        let (area, last) = (AREAS[(index / 100) % AREAS.len()], index % 100);
        csv.push_str(&format!(
            "+1{area}55501{last:02},Person {index},Company {area},2026-12-24\n"
        ));
    }
    csv.into_bytes()
}

/// `count` rows of a longer list, from row `from` on: ten thousand numbers to each area. Nobody is
/// called: the simulator plays them.
pub fn numbers_csv(from: usize, count: usize) -> Vec<u8> {
    let mut csv = String::from("phone_number,name,company,renewal_date\n");
    for index in from..from + count {
        let (area, last) = (AREAS[(index / 10_000) % AREAS.len()], index % 10_000);
        csv.push_str(&format!(
            "+1{area}555{last:04},Person {index},Company {area},2026-12-24\n"
        ));
    }
    csv.into_bytes()
}

/// People given inline, at most 10,000 to an area code. Nobody is called: the simulator plays them.
pub fn people(area: u32, numbers: std::ops::Range<usize>) -> Vec<serde_json::Value> {
    let person = |last: usize| {
        serde_json::json!({
            "phone_number": format!("+1{area}555{last:04}"),
            "variables": { "name": format!("Person {last}"), "company": "Acme", "renewal_date": "2026-12-24" },
        })
    };
    numbers.map(person).collect()
}

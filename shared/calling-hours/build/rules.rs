//! `rules/*.toml` as Rust.

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt::Write;
use std::fs;
use std::path::Path;

use serde::Deserialize;

const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const FEWEST_EXAMPLES: usize = 4;

type Outcome<T> = Result<T, Box<dyn Error>>;

/// A rule as it is written: see the README of this crate.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleFile {
    id: String,
    name: String,
    country: String,
    #[serde(default)]
    also_countries: Vec<String>,
    region: Option<String>,
    source: String,
    as_of: String,
    #[serde(default)]
    unconfirmed: bool,
    note: String,
    open: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    holidays: Vec<HolidayLine>,
    #[serde(default)]
    limits: Vec<LimitLine>,
    examples: Vec<toml::Table>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HolidayLine {
    name: String,
    on: String,
    moves: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LimitLine {
    calls: u32,
    hours: u32,
    about: Option<String>,
}

/// All rules of the folder, sorted by id.
pub fn all(folder: &Path) -> Outcome<String> {
    let mut rules = BTreeMap::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_none_or(|extension| extension != "toml") {
            continue;
        }
        let in_file = |problem: String| format!("{}: {problem}", path.display());
        let text = fs::read_to_string(&path)?;
        let rule: RuleFile = toml::from_str(&text).map_err(|e| in_file(e.to_string()))?;
        if path.file_stem().is_none_or(|stem| stem != rule.id.as_str()) {
            return Err(in_file("the file is not named after its id".to_owned()).into());
        }
        let code = rule_code(&rule, &version(&text)).map_err(|e| in_file(e.to_string()))?;
        rules.insert(rule.id, code);
    }
    let mut code = format!("static RULES: [Rule; {}] = [", rules.len());
    for rule in rules.values() {
        writeln!(code, "{rule},")?;
    }
    code.push_str("];");
    Ok(code)
}

/// A name for the text of a file: FNV-1a, 64 bits.
fn version(text: &str) -> String {
    let hash = text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    format!("{hash:016x}")
}

fn rule_code(rule: &RuleFile, version: &str) -> Outcome<String> {
    if rule.examples.len() < FEWEST_EXAMPLES {
        return Err(format!("give at least {FEWEST_EXAMPLES} examples").into());
    }
    let RuleFile {
        id,
        name,
        country,
        also_countries,
        region,
        source,
        unconfirmed,
        note,
        ..
    } = rule;
    let as_of: Vec<i16> = rule.as_of.split('-').map(str::parse).collect::<Result<_, _>>()?;
    let &[year, month, day] = as_of.as_slice() else {
        return Err("write as_of as YYYY-MM-DD".into());
    };
    let open = open_minutes(&rule.open)?;
    let holidays = rule
        .holidays
        .iter()
        .map(holiday_code)
        .collect::<Outcome<Vec<_>>>()?
        .join(", ");
    let limits: Vec<String> = rule
        .limits
        .iter()
        .map(|LimitLine { calls, hours, about }| {
            format!("CallLimit {{ calls: {calls}, hours: {hours}, about: {about:?} }}")
        })
        .collect();
    let limits = limits.join(", ");
    Ok(format!(
        "Rule {{ id: {id:?}, name: {name:?}, country: {country:?}, also_countries: &{also_countries:?}, \
         region: {region:?}, source: {source:?}, as_of: jiff::civil::date({year}, {month}, {day}), \
         unconfirmed: {unconfirmed}, note: {note:?}, version: {version:?}, open: &{open:?}, holidays: &[{holidays}], \
         limits: &[{limits}] }}"
    ))
}

/// Minutes of the week, Monday 00:00 being 0: sorted, none touching the next.
fn open_minutes(open: &BTreeMap<String, Vec<String>>) -> Outcome<Vec<(u16, u16)>> {
    let mut spans = Vec::new();
    for (days, hours) in open {
        let (first, last) = days.split_once('-').unwrap_or((days, days));
        for day in weekday(first)?..=weekday(last)? {
            for span in hours {
                let (from, to) = span.split_once('-').ok_or("write hours as HH:MM-HH:MM")?;
                let (from, to) = (minute_of_day(from)?, minute_of_day(to)?);
                if from >= to {
                    return Err(format!("`{span}` ends before it begins").into());
                }
                spans.push((day * 1440 + from, day * 1440 + to));
            }
        }
    }
    spans.sort_unstable();
    let mut joined: Vec<(u16, u16)> = Vec::new();
    for (from, to) in spans {
        match joined.last_mut() {
            Some(last) if last.1 >= from => last.1 = last.1.max(to),
            _ => joined.push((from, to)),
        }
    }
    Ok(joined)
}

fn weekday(name: &str) -> Outcome<u16> {
    let day = DAYS.iter().position(|day| *day == name);
    Ok(u16::try_from(
        day.ok_or_else(|| format!("`{name}` is not one of {DAYS:?}"))?,
    )?)
}

fn minute_of_day(text: &str) -> Outcome<u16> {
    let (hour, minute) = text.split_once(':').ok_or("write times as HH:MM")?;
    let (hour, minute): (u16, u16) = (hour.parse()?, minute.parse()?);
    if minute > 59 || hour * 60 + minute > 1440 {
        return Err(format!("`{text}` is not a time of day").into());
    }
    Ok(hour * 60 + minute)
}

/// `on` is `MM-DD`, `easter+N`, `easter-N`, or `3rd mon of MM` with `1st` to `4th` and `last`.
fn holiday_code(line: &HolidayLine) -> Outcome<String> {
    let name = &line.name;
    let when = if let Some(days) = line.on.strip_prefix("easter") {
        let days: i16 = days.parse()?;
        format!("When::Easter {{ days: {days} }}")
    } else if let [which, day, "of", month] = line.on.split(' ').collect::<Vec<_>>()[..] {
        let nth = match which {
            "1st" => 1,
            "2nd" => 2,
            "3rd" => 3,
            "4th" => 4,
            "last" => -1,
            _ => return Err(format!("`{which}` is not 1st, 2nd, 3rd, 4th or last").into()),
        };
        let (weekday, month) = (weekday(day)? + 1, number_up_to(month, 12)?);
        format!("When::Nth {{ nth: {nth}, weekday: {weekday}, month: {month} }}")
    } else {
        let (month, day) = line.on.split_once('-').ok_or("write a date as MM-DD")?;
        let (month, day) = (number_up_to(month, 12)?, number_up_to(day, 31)?);
        format!("When::Date {{ month: {month}, day: {day} }}")
    };
    let moves = match line.moves.as_deref() {
        None => "Never",
        Some("nearest-weekday") => "NearestWeekday",
        Some("sunday-to-monday") => "SundayToMonday",
        Some("next-monday") => "NextMonday",
        Some("next-tuesday") => "NextTuesday",
        Some(other) => return Err(format!("`{other}` is no way for a holiday to move").into()),
    };
    Ok(format!(
        "Holiday {{ name: {name:?}, when: {when}, moves: Moves::{moves} }}"
    ))
}

fn number_up_to(text: &str, most: i8) -> Outcome<i8> {
    let number = text.parse()?;
    if (1..=most).contains(&number) {
        Ok(number)
    } else {
        Err(format!("{number} is over {most}").into())
    }
}

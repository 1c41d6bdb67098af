//! The table for people.

/// Offenders named below the table, per row.
const MOST_NAMED: usize = 10;

/// One promise and what was found.
pub(super) struct Row {
    name: &'static str,
    target: String,
    found: String,
    holds: bool,
    offenders: Vec<String>,
}

impl Row {
    /// Nobody is to be found.
    pub(super) fn none(name: &'static str, offenders: Vec<String>) -> Self {
        Self {
            offenders: offenders.clone(),
            ..Self::zero(name, offenders.len() as u64)
        }
    }

    /// Zero is to be found.
    pub(super) fn zero(name: &'static str, found: u64) -> Self {
        Self {
            name,
            target: "0".to_owned(),
            found: found.to_string(),
            holds: found == 0,
            offenders: Vec::new(),
        }
    }

    /// At most `limit` is to be found.
    pub(super) fn at_most(name: &'static str, found: u64, limit: u64) -> Self {
        Self {
            target: format!("at most {limit}"),
            ..Self::zero(name, found)
        }
    }

    /// Whether it holds is told by another number.
    pub(super) fn broken_by(self, violations: u64) -> Self {
        Self {
            holds: violations == 0,
            ..self
        }
    }

    /// Of how many it was found.
    pub(super) fn of(self, all: u64) -> Self {
        Self {
            found: format!("{} of {all}", self.found),
            ..self
        }
    }

    /// So many are allowed; they are named all the same.
    pub(super) fn but(self, allowed: usize) -> Self {
        Self {
            target: format!("at most {allowed}"),
            holds: self.offenders.len() <= allowed,
            ..self
        }
    }
}

/// All rows.
#[derive(Default)]
pub(super) struct Table {
    promises: Vec<Row>,
    facts: Vec<(&'static str, String)>,
}

impl Table {
    pub(super) fn promise(&mut self, row: Row) {
        self.promises.push(row);
    }

    pub(super) fn fact(&mut self, name: &'static str, value: String) {
        self.facts.push((name, value));
    }

    pub(super) fn holds(&self) -> bool {
        self.promises.iter().all(|row| row.holds)
    }

    pub(super) fn into_text(self) -> String {
        let mut text = String::from("| Promise | Target | Found | |\n|---|---|---|---|\n");
        for row in &self.promises {
            let verdict = if row.holds { "holds" } else { "BROKEN" };
            text.push_str(&format!(
                "| {} | {} | {} | {verdict} |\n",
                row.name, row.target, row.found
            ));
        }
        text.push_str("\n| The run | |\n|---|---|\n");
        for (name, value) in &self.facts {
            text.push_str(&format!("| {name} | {value} |\n"));
        }
        for row in self.promises.iter().filter(|row| !row.offenders.is_empty()) {
            text.push_str(&format!("\n{}:\n", row.name));
            for offender in row.offenders.iter().take(MOST_NAMED) {
                text.push_str(&format!("- {offender}\n"));
            }
        }
        text
    }
}

//! Numbers that could be somebody's, one for each row.

use crate::random::Random;

/// Where the numbers of a region are, and how people there group them.
struct Plan {
    code: &'static str,
    /// Digits before the part that differs.
    prefix: &'static str,
    /// The part that differs: seven digits from here on.
    lowest: u64,
    /// How many there are.
    count: u64,
    /// Digits of each group, country code left out.
    groups: &'static [usize],
}

const fn plan(code: &'static str, prefix: &'static str, groups: &'static [usize]) -> Plan {
    Plan {
        code,
        prefix,
        lowest: 0,
        count: 10_000_000,
        groups,
    }
}

/// The region of the uploader.
const HOME: Plan = plan("34", "61", &[3, 2, 2, 2]);

const ABROAD: &[Plan] = &[
    Plan {
        // An exchange begins with 2 or more.
        lowest: 2_000_000,
        count: 8_000_000,
        ..plan("1", "415", &[3, 3, 4])
    },
    plan("44", "771", &[4, 6]),
    plan("33", "61", &[1, 2, 2, 2, 2]),
    plan("49", "1761", &[3, 8]),
    plan("39", "347", &[3, 3, 4]),
    plan("351", "91", &[3, 3, 3]),
    plan("31", "61", &[1, 8]),
    plan("55", "1199", &[2, 5, 4]),
    plan("52", "551", &[2, 4, 4]),
    plan("91", "987", &[5, 5]),
    plan("61", "41", &[3, 3, 3]),
    plan("48", "60", &[3, 3, 3]),
];

/// A number in parts.
pub(crate) struct Number {
    /// Country calling code.
    pub(crate) code: &'static str,
    /// Digits after it, as people group them.
    pub(crate) groups: Vec<String>,
}

impl Number {
    /// The number of a row; every row has another.
    pub(crate) fn of_row(seed: u64, row: u64) -> Self {
        let mut random = Random::of_row(!seed, row);
        let plan = if random.percent(40) {
            &HOME
        } else {
            &ABROAD[random.below(ABROAD.len() as u64) as usize]
        };
        // A factor without a common divisor with `count` meets each number once.
        let differing = plan.lowest + row * 6_700_417 % plan.count;
        let digits = format!("{}{differing:07}", plan.prefix);
        let mut rest = digits.as_str();
        let mut groups = Vec::new();
        for size in plan.groups {
            let (group, others) = rest.split_at(*size);
            groups.push(group.to_owned());
            rest = others;
        }
        Self {
            code: plan.code,
            groups,
        }
    }

    /// Digits after the country code.
    pub(crate) fn national(&self) -> String {
        self.groups.concat()
    }

    /// Whether it is one of the uploader's region.
    pub(crate) fn is_home(&self) -> bool {
        self.code == HOME.code
    }
}

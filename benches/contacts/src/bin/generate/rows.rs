//! One row: a person, and what somebody noted about them.

use crate::{
    numbers::Number,
    random::Random,
    spelling::{Written, spell, wrong},
};

/// Names of the columns.
pub(crate) const COLUMNS: [&str; 7] = [
    "phone_number",
    "name",
    "email",
    "city",
    "amount",
    "notes",
    "language",
];

const FIRST: &[&str] = &[
    "Ana",
    "Luis",
    "María",
    "José",
    "Lucía",
    "Iñigo",
    "Chloé",
    "Jürgen",
    "Zoë",
    "Paweł",
    "Giulia",
    "João",
    "Emma",
    "Noah",
    "Olivia",
    "Liam",
    "Sofía",
    "Mateo",
    "Valentina",
    "Aarav",
    "Priya",
    "Łukasz",
    "Anaïs",
    "Tom",
];
const LAST: &[&str] = &[
    "García",
    "Martínez",
    "Smith",
    "Johnson",
    "Müller",
    "Rossi",
    "Silva",
    "Nowak",
    "Dubois",
    "de Vries",
    "Fernández",
    "López",
    "Brown",
    "O'Connor",
    "Kowalska",
    "Sharma",
    "Ferreira",
    "Ruiz",
    "Núñez",
    "Weber",
];
const CITIES: &[&str] = &[
    "Madrid",
    "Barcelona",
    "Valencia",
    "Sevilla",
    "Málaga",
    "San Francisco",
    "London",
    "Paris",
    "Berlin",
    "Milano",
    "Lisboa",
    "Amsterdam",
    "São Paulo",
    "Ciudad de México",
    "Mumbai",
    "Sydney",
    "Warszawa",
];
const LANGUAGES: &[&str] = &["es", "en", "fr", "de", "it", "pt"];
const NOTES: &[&str] = &[
    "Prefers to be called in the afternoon",
    "Asked about the annual plan",
    "Renewal is due next month",
    "Llamar después de las 18:00",
    "Customer since 2019",
    "Wants an offer by e-mail first",
];
const QUOTED_NOTES: &[&str] = &[
    "Said \"call me back\", then hung up",
    "Likes the blue one, not the red one, and asked for \"the manager\"",
    "Address: Calle Mayor 5, 2º B, \"portal azul\"",
];

/// A row, its cells in the order of [`COLUMNS`].
pub(crate) struct Row {
    pub(crate) phone: Written,
    pub(crate) name: String,
    pub(crate) email: String,
    pub(crate) city: &'static str,
    /// Hundredths.
    pub(crate) amount: u64,
    pub(crate) notes: String,
    pub(crate) language: &'static str,
}

impl Row {
    /// The row at this place, from 0.
    pub(crate) fn at(seed: u64, place: u64) -> Self {
        let mut random = Random::of_row(seed, place);
        let phone = match kind(&mut random) {
            Kind::Wrong => wrong(&mut random),
            Kind::Good => spell(&Number::of_row(seed, place), &mut random),
            Kind::Repeat => {
                let earlier = earlier(seed, random.below(place.max(1)));
                spell(&Number::of_row(seed, earlier), &mut random)
            }
        };
        let (first, last) = (random.pick(FIRST), random.pick(LAST));
        let notes = match random.below(100) {
            0..30 => String::new(),
            30..65 => random.pick(NOTES).to_owned(),
            65..95 => format!("{}, order {}", random.pick(NOTES), 100_000 + place).replace(',', ";"),
            _ => random.pick(QUOTED_NOTES).to_owned(),
        };
        Self {
            phone,
            name: format!("{first} {last}"),
            email: format!("contact{place}@mail{}.example", random.below(40)),
            city: random.pick(CITIES),
            amount: random.below(500_000),
            notes,
            language: random.pick(LANGUAGES),
        }
    }
}

enum Kind {
    Good,
    Repeat,
    Wrong,
}

fn kind(random: &mut Random) -> Kind {
    match random.below(100) {
        0..5 => Kind::Wrong,
        5..8 => Kind::Repeat,
        _ => Kind::Good,
    }
}

/// The nearest place from here upwards in the file whose row has a number of its own.
fn earlier(seed: u64, from: u64) -> u64 {
    (0..=from)
        .rev()
        .find(|place| matches!(kind(&mut Random::of_row(seed, *place)), Kind::Good))
        .unwrap_or(from)
}

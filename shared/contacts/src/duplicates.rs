//! Which numbers came already.

use std::hash::{BuildHasher, RandomState};

use switchboard_domain::PhoneNumber;

/// Parts that the numbers are spread over. Each grows by itself, so that growing never needs twice the
/// room of all of them.
const PARTS: u64 = 64;
/// Places of a part before it grows.
const FIRST_PLACES: usize = 16;

/// Numbers seen so far with the line of each: twelve bytes for each and little room to spare, so that a
/// million stay small.
pub(crate) struct SeenNumbers {
    parts: Vec<Part>,
    mixer: Mixer,
}

impl Default for SeenNumbers {
    fn default() -> Self {
        Self {
            parts: (0..PARTS).map(|_| Part::default()).collect(),
            mixer: Mixer::default(),
        }
    }
}

impl SeenNumbers {
    /// The line where the number came first, or `None` after noting that it is here.
    pub(crate) fn first_line(&mut self, phone: &PhoneNumber, line: u64) -> Option<u64> {
        let line = u32::try_from(line).unwrap_or(u32::MAX);
        let digits = phone.digits();
        let hash = self.mixer.mix(digits);
        let part = &mut self.parts[(hash % PARTS) as usize];
        part.first_line(digits, line, hash, self.mixer).map(u64::from)
    }
}

/// Spreads numbers evenly. Keyed by chance, so that no file can be written whose numbers all want one
/// place.
#[derive(Clone, Copy)]
struct Mixer {
    mask: u64,
    factor: u64,
}

impl Default for Mixer {
    fn default() -> Self {
        let chance = RandomState::new();
        Self {
            mask: chance.hash_one(1),
            factor: chance.hash_one(2) | 1,
        }
    }
}

impl Mixer {
    fn mix(self, number: u64) -> u64 {
        let product = u128::from(number ^ self.mask) * u128::from(self.factor);
        let folded = (product as u64) ^ (product >> u64::BITS) as u64;
        // The part is chosen by the last bits and the place by the first: both must depend on all.
        folded.wrapping_mul(self.factor) ^ folded.rotate_right(32)
    }
}

/// Numbers in places that follow from their hashes, or in the next free one.
#[derive(Default)]
struct Part {
    /// 0 is a free place: no number is 0.
    numbers: Vec<u64>,
    lines: Vec<u32>,
    taken: usize,
}

impl Part {
    fn first_line(&mut self, number: u64, line: u32, hash: u64, mixer: Mixer) -> Option<u32> {
        // At most four places in five are taken, so a free one is near.
        if self.taken * 5 >= self.numbers.len() * 4 {
            self.grow(mixer);
        }
        let place = self.place(number, hash);
        if self.numbers[place] == number {
            return Some(self.lines[place]);
        }
        (self.numbers[place], self.lines[place]) = (number, line);
        self.taken += 1;
        None
    }

    /// Where the number is, or would be.
    fn place(&self, number: u64, hash: u64) -> usize {
        let places = self.numbers.len();
        // The upper half of the hash, brought to the number of places.
        let mut place = ((u128::from(hash) * places as u128) >> u64::BITS) as usize;
        while self.numbers[place] != 0 && self.numbers[place] != number {
            place = if place + 1 == places { 0 } else { place + 1 };
        }
        place
    }

    fn grow(&mut self, mixer: Mixer) {
        let places = (self.numbers.len() + self.numbers.len() / 4).max(FIRST_PLACES);
        let numbers = std::mem::replace(&mut self.numbers, vec![0; places]);
        let lines = std::mem::replace(&mut self.lines, vec![0; places]);
        for (number, line) in numbers.into_iter().zip(lines).filter(|(number, _)| *number != 0) {
            let place = self.place(number, mixer.mix(number));
            (self.numbers[place], self.lines[place]) = (number, line);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_known_by_the_line_where_it_came_first() {
        let mut seen = SeenNumbers::default();
        let phone = |n: u64| PhoneNumber::parse(&format!("+1415{n:07}")).unwrap();
        for n in 0..20_000 {
            assert_eq!(seen.first_line(&phone(n), n + 1), None);
        }
        for n in (0..20_000).rev() {
            assert_eq!(seen.first_line(&phone(n), 1 << 40), Some(n + 1));
        }
        assert_eq!(seen.first_line(&phone(9_999_999), 1 << 40), None);
        assert_eq!(seen.first_line(&phone(9_999_999), 2), Some(u64::from(u32::MAX)));
    }

    #[test]
    fn numbers_are_mixed_by_chance_and_the_same_number_always_alike() {
        let mixer = Mixer { mask: 5, factor: 7 };
        assert_eq!(mixer.mix(1), mixer.mix(1));
        let mixed: std::collections::HashSet<u64> = (0..1_000).map(|n| mixer.mix(n)).collect();
        assert_eq!(mixed.len(), 1_000);
        let one = Mixer::default();
        let all: std::collections::HashSet<(u64, u64)> = (0..10_000)
            .map(|n| one.mix(n))
            .map(|hash| (hash % PARTS, hash >> 58))
            .collect();
        assert!(
            all.len() > 3_000,
            "both ends of it depend on the number: {}",
            all.len()
        );
    }

    #[test]
    fn a_part_grows_before_it_is_full_and_by_a_quarter() {
        let (mut part, mixer) = (Part::default(), Mixer::default());
        let mut places = Vec::new();
        for n in 1..=100_u64 {
            part.first_line(n, 1, mixer.mix(n), mixer);
            places.push(part.numbers.len());
        }
        assert_eq!((places[0], places[12], places[13], places[99]), (16, 16, 20, 140));
        assert_eq!((part.taken, part.lines.len()), (100, part.numbers.len()));
    }
}

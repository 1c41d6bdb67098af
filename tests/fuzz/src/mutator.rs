//! Samples, damaged by chance.

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

/// Largest input: more than any parser reads before it refuses.
const MAX_BYTES: usize = 64 * 1024;

/// What breaks parsers more often than noise.
const SPICE: [&[u8]; 22] = [
    b"\0",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"\"",
    b"'",
    b"\n",
    b"\r",
    b",",
    b";",
    b"\t",
    b"{",
    b"}",
    b"[",
    b"]",
    b"!Ref ",
    b"&a [*a,*a]",
    b"null",
    b"-1",
    b"1e999",
    b"9999999999999999999999",
    b"\xf0\x9f\x93\x9e",
    b"+",
];

/// Draws inputs from samples.
pub struct Mutator {
    chance: StdRng,
    samples: Vec<Vec<u8>>,
}

impl Mutator {
    /// Draws from `samples`, as `seed` decides.
    pub fn new(samples: Vec<Vec<u8>>, seed: u64) -> Self {
        Self {
            chance: StdRng::seed_from_u64(seed),
            samples,
        }
    }

    /// The next input.
    pub fn draw(&mut self) -> Vec<u8> {
        let mut input = match self.samples.is_empty() || self.chance.random_bool(0.02) {
            true => self.noise(),
            false => self.samples[self.chance.random_range(0..self.samples.len())].clone(),
        };
        for _ in 0..self.chance.random_range(1..=8) {
            self.damage(&mut input);
        }
        input.truncate(MAX_BYTES);
        input
    }

    fn noise(&mut self) -> Vec<u8> {
        let length = self.chance.random_range(0..512);
        (0..length).map(|_| self.chance.random()).collect()
    }

    fn damage(&mut self, input: &mut Vec<u8>) {
        let at = self.chance.random_range(0..=input.len());
        let until = (at + self.chance.random_range(0..=64)).min(input.len());
        match self.chance.random_range(0..9) {
            0 => drop(input.drain(at..until)),
            1 => {
                let piece = input[at..until].to_vec();
                input.splice(at..at, piece);
            }
            2 => {
                if let Some(byte) = input.get_mut(at) {
                    *byte ^= 1 << self.chance.random_range(0..8);
                }
            }
            3 => {
                if let Some(byte) = input.get_mut(at) {
                    *byte = self.chance.random();
                }
            }
            4 => input.truncate(at),
            5 => {
                let spice = SPICE[self.chance.random_range(0..SPICE.len())];
                input.splice(at..at, spice.iter().copied());
            }
            6 => self.mix(input, at, until),
            7 => self.swap_words(input),
            _ => {
                let spice = SPICE[self.chance.random_range(0..SPICE.len())];
                let many = spice.repeat(self.chance.random_range(1..200));
                input.splice(at..at, many);
            }
        }
    }

    /// A piece of another sample in the place of one of this.
    fn mix(&mut self, input: &mut Vec<u8>, at: usize, until: usize) {
        if self.samples.is_empty() {
            return;
        }
        let other = &self.samples[self.chance.random_range(0..self.samples.len())];
        let from = self.chance.random_range(0..=other.len());
        let to = (from + self.chance.random_range(0..=256)).min(other.len());
        input.splice(at..until, other[from..to].iter().copied());
    }

    /// One word in the place of another: the way to a name that refers to itself.
    fn swap_words(&mut self, input: &mut Vec<u8>) {
        let (mut words, mut begin) = (Vec::new(), 0);
        for (at, byte) in input.iter().chain(b" ").enumerate() {
            if !byte.is_ascii_alphanumeric() {
                if at > begin {
                    words.push(begin..at);
                }
                begin = at + 1;
            }
        }
        if words.is_empty() {
            return;
        }
        let word = input[words[self.chance.random_range(0..words.len())].clone()].to_vec();
        input.splice(words[self.chance.random_range(0..words.len())].clone(), word);
    }
}

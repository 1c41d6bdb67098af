//! Recordings: WAV that plays exactly as long as the call. 8,000 samples a second, 16 bits, one channel.

use std::sync::LazyLock;

use bytes::Bytes;

/// Samples a second.
const RATE: u32 = 8_000;
/// Bytes a second.
const BYTES_PER_SEC: u32 = RATE * 2;
/// Bytes before the sound.
const HEADER_BYTES: u32 = 44;

/// A second of the agent, and one of the person: two tones that swell and fade.
static SECONDS: LazyLock<[Bytes; 2]> = LazyLock::new(|| [second(400.0), second(300.0)]);

fn second(hertz: f64) -> Bytes {
    let sample = |n: u32| {
        let at = f64::from(n) / f64::from(RATE);
        let swell = (at * std::f64::consts::PI).sin();
        let value = (at * hertz * std::f64::consts::TAU).sin() * swell * 8_000.0;
        // Within the range of 16 bits by far.
        (value as i16).to_le_bytes()
    };
    (0..RATE).flat_map(sample).collect()
}

/// Seconds that a recording of Ultravox of so many bytes plays.
pub fn ultravox_recording_secs(bytes: usize) -> f64 {
    bytes.saturating_sub(HEADER_BYTES as usize) as f64 / f64::from(BYTES_PER_SEC)
}

/// A recording.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wav {
    data: u32,
}

impl Wav {
    /// One of so many seconds, or as large as asked for when that is more.
    pub(crate) fn of(secs: u32, bytes: Option<u64>) -> Self {
        let least = bytes.unwrap_or(0).saturating_sub(u64::from(HEADER_BYTES)) & !1;
        let data = (u64::from(secs) * u64::from(BYTES_PER_SEC)).max(least);
        // A file of this kind has a length of 32 bits.
        let data = u32::try_from(data).unwrap_or(u32::MAX - 1_000);
        Self { data: data & !1 }
    }

    pub(crate) fn bytes(self) -> u64 {
        u64::from(HEADER_BYTES) + u64::from(self.data)
    }

    /// The file in pieces, made as they are asked for.
    pub(crate) fn chunks(self) -> impl Iterator<Item = Bytes> + Send {
        let whole = self.data / BYTES_PER_SEC;
        let rest = (self.data % BYTES_PER_SEC) as usize;
        let sound = (0..whole).map(|n| SECONDS[(n % 2) as usize].clone());
        let end = SECONDS[0].slice(..rest);
        std::iter::once(self.header())
            .chain(sound)
            .chain(std::iter::once(end))
    }

    fn header(self) -> Bytes {
        let mut header = Vec::with_capacity(HEADER_BYTES as usize);
        header.extend(b"RIFF");
        header.extend((self.data + HEADER_BYTES - 8).to_le_bytes());
        header.extend(b"WAVEfmt ");
        header.extend(16_u32.to_le_bytes());
        // Plain samples, one channel.
        header.extend(1_u16.to_le_bytes());
        header.extend(1_u16.to_le_bytes());
        header.extend(RATE.to_le_bytes());
        header.extend(BYTES_PER_SEC.to_le_bytes());
        header.extend(2_u16.to_le_bytes());
        header.extend(16_u16.to_le_bytes());
        header.extend(b"data");
        header.extend(self.data.to_le_bytes());
        Bytes::from(header)
    }

    /// All of it at once; for short ones.
    pub(crate) fn whole(self) -> Bytes {
        self.chunks().flatten().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recording_plays_as_long_as_the_call_and_says_so() {
        for secs in [1, 2, 37, 1_900] {
            let wav = Wav::of(secs, None);
            let bytes: usize = wav.chunks().map(|chunk| chunk.len()).sum();
            assert_eq!(bytes as u64, wav.bytes());
            assert!((ultravox_recording_secs(bytes) - f64::from(secs)).abs() < 1e-9);
        }
        let file = Wav::of(3, None).whole();
        let number = |at: usize| u32::from_le_bytes(file[at..at + 4].try_into().unwrap());
        assert_eq!((&file[..4], &file[8..12]), (&b"RIFF"[..], &b"WAVE"[..]));
        assert_eq!(
            (number(4) as usize, number(40) as usize),
            (file.len() - 8, file.len() - 44)
        );
        assert_eq!((number(24), number(28)), (RATE, BYTES_PER_SEC));
    }

    #[test]
    fn a_large_recording_has_its_size() {
        assert_eq!(Wav::of(3, Some(3_000_000)).bytes(), 3_000_000);
        let bytes: usize = Wav::of(3, Some(3_000_001))
            .chunks()
            .map(|chunk| chunk.len())
            .sum();
        assert_eq!(bytes, 3_000_000);
    }
}

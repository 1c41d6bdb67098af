//! How long a recording plays: MP3, measured from its frames, and WAV, by its header and what is there.

use std::io::{self, Read};

/// Bit rates of MPEG-1 layer III in kbit/s, by header index.
const RATES_V1: [u32; 16] = [
    0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0,
];
/// Bit rates of MPEG-2 and 2.5 layer III in kbit/s, by header index.
const RATES_V2: [u32; 16] = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0];

/// Most bytes of a WAV file before its samples: tags of programs come first at times.
const MAX_WAV_HEADER: u64 = 1024 * 1024;

struct Frame {
    bytes: usize,
    secs: f64,
}

/// Seconds that the audio plays; none when it is neither WAV nor MP3. Reads in small pieces.
///
/// # Errors
/// When reading fails.
pub fn audio_duration_secs(mut audio: impl Read) -> io::Result<Option<f64>> {
    let mut start = Vec::with_capacity(12);
    audio.by_ref().take(12).read_to_end(&mut start)?;
    if start.starts_with(b"RIFF") && start.ends_with(b"WAVE") {
        return wav_duration_secs(audio);
    }
    mp3_duration_secs(start.chain(audio))
}

/// What is there counts, not what the header says of it: a WAV that is written as it comes says zero, or the
/// largest number there is.
fn wav_duration_secs(mut audio: impl Read) -> io::Result<Option<f64>> {
    let (mut bytes_per_sec, mut passed) = (0, 0);
    while passed < MAX_WAV_HEADER {
        let mut chunk = Vec::with_capacity(8);
        audio.by_ref().take(8).read_to_end(&mut chunk)?;
        let Some((name, Ok(size))) = chunk
            .split_at_checked(4)
            .map(|(name, size)| (name, size.try_into()))
        else {
            return Ok(None);
        };
        // What has an odd number of bytes is followed by one more.
        let size = u64::from(u32::from_le_bytes(size)).next_multiple_of(2);
        match name {
            b"data" => {
                let bytes = io::copy(&mut audio, &mut io::sink())?;
                let secs = bytes as f64 / f64::from(bytes_per_sec);
                return Ok((bytes_per_sec > 0).then_some(secs));
            }
            b"fmt " => {
                let mut format = Vec::new();
                audio.by_ref().take(size.min(64)).read_to_end(&mut format)?;
                let rate = format.get(8..12).and_then(|rate| rate.try_into().ok());
                bytes_per_sec = rate.map_or(0, u32::from_le_bytes);
                io::copy(&mut audio.by_ref().take(size.saturating_sub(64)), &mut io::sink())?;
            }
            _ => {
                io::copy(&mut audio.by_ref().take(size), &mut io::sink())?;
            }
        }
        passed += size + 8;
    }
    Ok(None)
}

fn mp3_duration_secs(mut audio: impl Read) -> io::Result<Option<f64>> {
    let mut secs = 0.0;
    let mut frames = 0u64;
    let mut buffer: Vec<u8> = Vec::with_capacity(64 * 1024);
    let mut at = 0;
    loop {
        if buffer.len() - at < 16 * 1024 {
            buffer.drain(..at);
            at = 0;
            let read = audio.by_ref().take(48 * 1024).read_to_end(&mut buffer)?;
            if read == 0 && buffer.len() < 4 {
                return Ok((frames > 0).then_some(secs));
            }
        }
        if frames == 0 && buffer[at..].starts_with(b"ID3") && buffer.len() - at >= 10 {
            let tag = id3_bytes(&buffer[at..at + 10]);
            let here = tag.min(buffer.len() - at);
            at += here;
            io::copy(&mut audio.by_ref().take((tag - here) as u64), &mut io::sink())?;
            continue;
        }
        match buffer.get(at..at + 4).map(frame) {
            Some(Some(frame)) => {
                secs += frame.secs;
                frames += 1;
                at = (at + frame.bytes).min(buffer.len());
            }
            Some(None) => at += 1,
            None => {
                // Fewer than four bytes are left.
                return Ok((frames > 0).then_some(secs));
            }
        }
    }
}

/// Bytes of an ID3 tag, header included; its size is written in sevens of bits.
fn id3_bytes(header: &[u8]) -> usize {
    header[6..10]
        .iter()
        .fold(0, |size, byte| (size << 7) | usize::from(byte & 0x7f))
        + 10
}

fn frame(header: &[u8]) -> Option<Frame> {
    let (&a, &b, &c) = (header.first()?, header.get(1)?, header.get(2)?);
    let is_layer_three = a == 0xff && b & 0xe0 == 0xe0 && (b >> 1) & 3 == 1;
    if !is_layer_three {
        return None;
    }
    let version = (b >> 3) & 3;
    let (rates, samples, divisor) = match version {
        3 => (RATES_V1, 1152u32, 1),
        2 => (RATES_V2, 576, 2),
        0 => (RATES_V2, 576, 4),
        _ => return None,
    };
    let kbit = rates[usize::from(c >> 4)];
    let hertz = [44_100u32, 48_000, 32_000].get(usize::from((c >> 2) & 3))? / divisor;
    if kbit == 0 {
        return None;
    }
    let padding = u32::from((c >> 1) & 1);
    let bytes = samples / 8 * kbit * 1_000 / hertz + padding;
    Some(Frame {
        bytes: bytes as usize,
        secs: f64::from(samples) / f64::from(hertz),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Frames of silence: MPEG-1, 128 kbit/s, 44,100 Hz, 417 bytes and 26.12 ms each.
    fn silence(frames: usize) -> Vec<u8> {
        let mut frame = vec![0xff, 0xfb, 0x90, 0x64];
        frame.resize(417, 0);
        frame.repeat(frames)
    }

    #[test]
    fn frames_add_up() {
        let secs = audio_duration_secs(silence(1_000).as_slice()).unwrap().unwrap();
        assert!((secs - 26.122).abs() < 0.01, "{secs}");
    }

    #[test]
    fn a_tag_in_front_does_not_count() {
        let mut tagged = b"ID3\x04\x00\x00\x00\x00\x02\x00".to_vec();
        tagged.extend(vec![0xff; 256]);
        tagged.extend(silence(10));
        let secs = audio_duration_secs(tagged.as_slice()).unwrap().unwrap();
        assert!((secs - 0.261).abs() < 0.001, "{secs}");
    }

    /// A second of 16-bit samples at 8,000 Hz, with a tag before them and `claimed` bytes in its header.
    fn wav(claimed: u32) -> Vec<u8> {
        let mut wav =
            b"RIFF\xff\xff\xff\xffWAVELIST\x04\x00\x00\x00tagsfmt \x10\x00\x00\x00\x01\x00\x01\x00".to_vec();
        wav.extend(8_000u32.to_le_bytes());
        wav.extend(16_000u32.to_le_bytes());
        wav.extend(b"\x02\x00\x10\x00data");
        wav.extend(claimed.to_le_bytes());
        wav.extend(vec![0; 16_000]);
        wav
    }

    #[test]
    fn a_wav_is_as_long_as_its_samples() {
        for claimed in [16_000, 0, u32::MAX] {
            assert_eq!(audio_duration_secs(wav(claimed).as_slice()).unwrap(), Some(1.0));
        }
        for cut in 0..56 {
            assert_eq!(audio_duration_secs(&wav(0)[..cut]).unwrap(), None, "{cut}");
        }
    }

    #[test]
    fn what_is_no_audio_has_no_length() {
        assert_eq!(audio_duration_secs(&b""[..]).unwrap(), None);
        assert_eq!(
            audio_duration_secs(&b"{\"detail\":\"Not Found\"}"[..]).unwrap(),
            None
        );
        assert_eq!(audio_duration_secs(vec![0u8; 100_000].as_slice()).unwrap(), None);
    }
}

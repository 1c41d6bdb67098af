//! Recordings: real MP3 that plays exactly as long as the call.

use bytes::Bytes;

use crate::{Behaviour, Conversation};

/// Bytes of one frame of the clips.
const FRAME_BYTES: usize = 108;
/// Milliseconds that one frame plays.
const FRAME_MS: u64 = 36;
/// Frames sent at a time.
const CHUNK_FRAMES: u64 = 600;
/// Frames of silence between two clips.
const PAUSE_FRAMES: usize = 12;

static AGENT: &[u8] = include_bytes!("../assets/agent.mp3");
static CALLER: &[u8] = include_bytes!("../assets/caller.mp3");
static VOICEMAIL: &[u8] = include_bytes!("../assets/voicemail.mp3");
static SILENCE: &[u8] = include_bytes!("../assets/silence-frame.mp3");

/// A clip that a voice's preview can be.
pub(crate) fn preview() -> Bytes {
    Bytes::from_static(AGENT)
}

/// Seconds that `bytes` of a simulated recording play.
pub fn recording_secs(bytes: usize) -> f64 {
    (bytes / FRAME_BYTES) as f64 * FRAME_MS as f64 / 1_000.0
}

/// What is heard, over and over: two voices with pauses.
fn pattern(behaviour: Behaviour) -> Vec<&'static [u8]> {
    let first = if behaviour == Behaviour::Voicemail {
        VOICEMAIL
    } else {
        AGENT
    };
    let second = if behaviour == Behaviour::Voicemail {
        AGENT
    } else {
        CALLER
    };
    let mut frames: Vec<&'static [u8]> = Vec::new();
    for clip in [first, second] {
        frames.extend(clip.chunks_exact(FRAME_BYTES));
        frames.extend(std::iter::repeat_n(SILENCE, PAUSE_FRAMES));
    }
    frames
}

/// The recording in pieces, made as they are asked for.
pub(crate) fn chunks(conversation: &Conversation) -> impl Iterator<Item = Bytes> + Send + use<> {
    let by_length = u64::from(conversation.length_of_talk()) * 1_000 / FRAME_MS;
    let by_size = conversation.audio_bytes.unwrap_or(0) / FRAME_BYTES as u64;
    frames(conversation.behaviour, by_length.max(by_size))
}

/// So many seconds of two voices.
pub(crate) fn spoken(secs: u32) -> impl Iterator<Item = Bytes> + Send + use<> {
    frames(Behaviour::Answers, u64::from(secs) * 1_000 / FRAME_MS)
}

fn frames(behaviour: Behaviour, total: u64) -> impl Iterator<Item = Bytes> + Send + use<> {
    let pattern = pattern(behaviour);
    (0..total.div_ceil(CHUNK_FRAMES)).map(move |chunk| {
        let frames = chunk * CHUNK_FRAMES..((chunk + 1) * CHUNK_FRAMES).min(total);
        let length = pattern.len() as u64;
        // The remainder is smaller than the pattern.
        let bytes: Vec<u8> = frames
            .flat_map(|frame| pattern[(frame % length) as usize].iter().copied())
            .collect();
        Bytes::from(bytes)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::elevenlabs::seed::test_conversation;

    #[test]
    fn a_recording_plays_as_long_as_the_call() {
        for secs in [1, 37, 90, 1_900] {
            let mut conversation = test_conversation("+14155550110");
            conversation.talk_secs = secs;
            let bytes: usize = chunks(&conversation).map(|chunk| chunk.len()).sum();
            assert!((recording_secs(bytes) - f64::from(secs)).abs() < 0.1, "{secs}");
        }
    }

    #[test]
    fn every_frame_is_a_frame() {
        let mut conversation = test_conversation("+14155550110");
        conversation.talk_secs = 20;
        for chunk in chunks(&conversation) {
            for frame in chunk.chunks(FRAME_BYTES) {
                assert_eq!((frame.len(), frame[0], frame[1]), (FRAME_BYTES, 0xff, 0xf3));
            }
        }
    }

    #[test]
    fn a_large_recording_has_its_size() {
        let mut conversation = test_conversation("+14155550110");
        conversation.audio_bytes = Some(3_000_000);
        let bytes: usize = chunks(&conversation).map(|chunk| chunk.len()).sum();
        assert!((2_999_000..=3_000_000).contains(&bytes));
    }
}

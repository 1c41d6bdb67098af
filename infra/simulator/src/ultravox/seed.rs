//! What the account has from the start.

use serde_json::{Value, json};

use super::template;

/// An agent of Ultravox that calls people by their name, in English.
pub const ULTRAVOX_SAMPLE_AGENT_ID: &str = "7b1e6f0a-51a0-4aaa-9c00-000000000001";
/// The same in Spanish.
pub const ULTRAVOX_SPANISH_AGENT_ID: &str = "7b1e6f0a-51a0-4aaa-9c00-000000000002";

/// When the account was made.
pub(crate) const BORN: &str = "2026-05-28T20:26:40.000Z";

pub(crate) fn agents() -> Vec<(String, Value)> {
    let make = |id: &str, name: &str, language: &str, voice: &str, first: &str, prompt: &str| {
        let given = json!({
            "systemPrompt": prompt, "languageHint": language, "voice": voice,
            "recordingEnabled": true, "maxDuration": "3600s", "joinTimeout": "30s",
            "firstSpeakerSettings": { "user": { "fallback": { "delay": "4s", "text": first } } },
            "selectedTools": [{ "toolName": "hangUp" }, { "toolName": "leaveVoicemail" }],
        });
        // Ours is right, and a test says so.
        let template = template::whole(&given, BORN, None).unwrap_or(given);
        let agent = json!({
            "agentId": id, "publishedRevisionId": id.replace("-4aaa-", "-4ccc-"),
            "name": name, "created": BORN, "callTemplate": template,
        });
        (id.to_owned(), agent)
    };
    vec![
        make(
            ULTRAVOX_SAMPLE_AGENT_ID,
            "Renewals",
            "en",
            VOICES[0].id,
            "Hello {{name}}, this is Clara from the renewals team. Do you have a minute?",
            "You call {{name}} of {{company}} about the contract that ends on {{renewal_date}}. Be brief and kind.",
        ),
        make(
            ULTRAVOX_SPANISH_AGENT_ID,
            "Renovaciones",
            "es",
            VOICES[3].id,
            "Hola {{name}}, soy Clara, del equipo de renovaciones. ¿Tiene un minuto?",
            "Llamas a {{name}} por su contrato. Sé breve y amable.",
        ),
    ]
}

/// A voice.
pub(crate) struct Voice {
    pub id: &'static str,
    pub name: &'static str,
    pub description: &'static str,
    pub language: &'static str,
    pub language_label: &'static str,
    pub provider: &'static str,
    pub ownership: &'static str,
    pub preview: Preview,
}

/// What comes of asking for a preview.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Preview {
    Audio,
    Elsewhere,
    Broken,
}

const fn voice(
    id: &'static str,
    name: &'static str,
    description: &'static str,
    language: [&'static str; 2],
    provider: &'static str,
) -> Voice {
    Voice {
        id,
        name,
        description,
        language: language[0],
        language_label: language[1],
        provider,
        ownership: "public",
        preview: Preview::Audio,
    }
}

/// The voices.
pub(crate) static VOICES: [Voice; 8] = [
    voice(
        "ab4eaa72-51a0-4bbb-8d00-000000000001",
        "Clara",
        "A young American voice.",
        ["en", "English"],
        "cartesia",
    ),
    voice(
        "ab4eaa72-51a0-4bbb-8d00-000000000002",
        "Mark",
        "A calm American voice.",
        ["en", "English"],
        "eleven_labs",
    ),
    Voice {
        preview: Preview::Elsewhere,
        ..voice(
            "ab4eaa72-51a0-4bbb-8d00-000000000003",
            "Olivia",
            "A British voice, middle-aged.",
            ["en-GB", "English (British)"],
            "inworld",
        )
    },
    voice(
        "ab4eaa72-51a0-4bbb-8d00-000000000004",
        "Lucía",
        "A young Spanish voice.",
        ["es", "Spanish"],
        "cartesia",
    ),
    voice(
        "ab4eaa72-51a0-4bbb-8d00-000000000005",
        "Chloé",
        "A young Parisian voice.",
        ["fr", "French"],
        "lmnt",
    ),
    voice(
        "ab4eaa72-51a0-4bbb-8d00-000000000006",
        "Lukas",
        "A clear German voice.",
        ["de", "German"],
        "google",
    ),
    voice(
        "ab4eaa72-51a0-4bbb-8d00-000000000007",
        "Beatriz",
        "A young Brazilian voice.",
        ["pt-BR", "Portuguese (Brazilian)"],
        "eleven_labs",
    ),
    Voice {
        ownership: "private",
        preview: Preview::Broken,
        ..voice(
            "ab4eaa72-51a0-4bbb-8d00-000000000008",
            "Our founder",
            "A clone whose provider has lost it.",
            ["en", "English"],
            "respeecher",
        )
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sample_agents_are_as_the_vendor_would_keep_them() {
        for (id, agent) in agents() {
            assert_eq!(agent["agentId"], id.as_str());
            assert_eq!(agent["publishedRevisionId"].as_str().unwrap().len(), 36);
            assert_eq!(agent["callTemplate"]["created"], BORN, "{agent}");
        }
    }
}

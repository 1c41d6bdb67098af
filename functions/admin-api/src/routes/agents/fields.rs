//! What can be wrong with the fields of an agent.

use std::collections::BTreeMap;

use serde_json::Value;
use switchboard_domain::{Agent, ProviderId, ProviderKind};
use switchboard_providers::{Voice, VoiceProvider, platform};
use switchboard_service::Problem;

use crate::api::Api;
use crate::checks::Checks;
use crate::limits::{MAX_NAME, MAX_PROMPT};
use crate::routes::voices::find_voice;

/// What every platform knows of an agent, as far as a request says it.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Texts<'a> {
    pub(super) name: Option<&'a str>,
    pub(super) prompt: Option<&'a str>,
    pub(super) first_message: Option<&'a str>,
    pub(super) language: Option<&'a str>,
}

impl Texts<'_> {
    pub(super) fn check(self, checks: &mut Checks) {
        for (field, text, chars) in [
            ("name", self.name, 1..=MAX_NAME),
            ("prompt", self.prompt, 1..=MAX_PROMPT),
            ("first_message", self.first_message, 0..=10_000),
            ("language", self.language, 2..=20),
        ] {
            if let Some(text) = text {
                checks.text(field, text, chars);
            }
        }
    }
}

/// The options must be ones of the platform, each within its bounds.
pub(super) fn check_options(checks: &mut Checks, kind: ProviderKind, options: &BTreeMap<String, Value>) {
    let known = platform(kind).agent_options();
    for (name, value) in options {
        let field = format!("options.{}", name.chars().take(100).collect::<String>());
        match known.iter().find(|option| option.name == name) {
            Some(option) => {
                if let Err(wrong) = option.check(value) {
                    checks.wrong(field, wrong);
                }
            }
            None if known.is_empty() => {
                checks.wrong(field, format!("{} has no options: leave it out", kind.name()));
            }
            None => {
                let names: Vec<&str> = known.iter().map(|option| option.name).collect();
                checks.wrong(
                    field,
                    format!(
                        "{} has no such option: choose from {}",
                        kind.name(),
                        names.join(", ")
                    ),
                );
            }
        }
    }
}

/// The voice must be there, and speak the agent's language as far as the platform tells. `before` is the agent as it
/// is; none: a new one.
pub(super) async fn check_voice(
    api: &Api,
    checks: &mut Checks,
    provider: &dyn VoiceProvider,
    voice_id: Option<&ProviderId>,
    language: Option<&str>,
    before: Option<&Agent>,
) -> Result<(), Problem> {
    let new = |id: &ProviderId| before.and_then(|agent| agent.voice_id.as_ref()) != Some(id);
    let voice_id = voice_id.filter(|id| new(id));
    let Some(id) = voice_id.or_else(|| {
        let is_new = language.is_some() && language != before.map(|agent| agent.language.as_str());
        before
            .filter(|_| is_new)
            .and_then(|agent| agent.voice_id.as_ref())
    }) else {
        return Ok(());
    };
    let name = provider.kind().name();
    let voice = match find_voice(api, provider, id).await {
        Ok(voice) => voice,
        Err(error) if error.is_passing() => return Err(Problem::of_provider(provider.kind())(error)),
        // A key may be for agents and not for voices: the platform itself looks at what it is sent.
        Err(_) => return Ok(()),
    };
    let Some(voice) = voice else {
        if voice_id.is_some() {
            checks.wrong(
                "voice_id",
                format!(
                    "{name} has no such voice: choose one of GET /api/voices?provider={}",
                    provider.kind().as_str()
                ),
            );
        }
        return Ok(());
    };
    let language = language.or(before.map(|agent| agent.language.as_str()));
    if let Some(language) = language.filter(|language| !speaks(&voice, language)) {
        let field = if voice_id.is_some() {
            "voice_id"
        } else {
            "language"
        };
        checks.wrong(
            field,
            format!(
                "the voice {} does not speak {language}, but {}: choose another voice, or another language",
                voice.name,
                voice.languages.join(", ")
            ),
        );
    }
    Ok(())
}

/// Whether a voice speaks a language, as far as is known. `en` and `en-US` are one language.
fn speaks(voice: &Voice, language: &str) -> bool {
    let of = |code: &str| primary(code).to_lowercase();
    let is_code = |code: &String| (2..=3).contains(&primary(code).len());
    voice.languages.is_empty()
        || !voice.languages.iter().all(is_code)
        || voice.languages.iter().any(|one| of(one) == of(language))
}

/// The language of a code, without its region.
pub(super) fn primary(code: &str) -> &str {
    code.split(['-', '_']).next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_voice_speaks_what_it_says_and_everything_where_it_does_not_say() {
        let voice = |languages: &[&str]| Voice {
            voice_id: ProviderId::parse("v").unwrap(),
            name: "V".to_owned(),
            category: None,
            description: None,
            labels: BTreeMap::new(),
            languages: languages.iter().map(ToString::to_string).collect(),
            has_preview: false,
        };
        for (languages, language, expected) in [
            (&["en", "de"][..], "de", true),
            (&["en-US"], "en", true),
            (&["en"], "en-GB", true),
            (&["en"], "EN", true),
            (&["en"], "es", false),
            (&[], "es", true),
            (&["English"], "es", true),
        ] {
            assert_eq!(
                speaks(&voice(languages), language),
                expected,
                "{languages:?} {language}"
            );
        }
    }
}

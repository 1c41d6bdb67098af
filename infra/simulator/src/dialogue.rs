//! Little dialogues between an agent and a person.

use crate::scenario::{between, chance};
use crate::{Behaviour, Conversation};

/// One turn: who, what, seconds into the call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Turn {
    pub role: &'static str,
    pub message: String,
    pub at_secs: u32,
}

/// How a talk went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    Success,
    Failure,
    Unknown,
}

impl Verdict {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Failure => "failure",
            Self::Unknown => "unknown",
        }
    }
}

type Lines = &'static [(&'static str, &'static str)];

const ENGLISH: [(Lines, Verdict, &str); 3] = [
    (
        &[
            (
                "agent",
                "Hello {name}, this is Clara from the renewals team. Do you have a minute?",
            ),
            ("user", "Yes, go ahead."),
            (
                "agent",
                "Your contract ends soon. Shall I renew it on the same terms?",
            ),
            ("user", "Yes please, that would be fine."),
            (
                "agent",
                "Done. You will have the confirmation by email today. Thank you!",
            ),
            ("user", "Thank you, bye."),
        ],
        Verdict::Success,
        "{name} agreed to renew on the same terms.",
    ),
    (
        &[
            (
                "agent",
                "Hello {name}, this is Clara from the renewals team. Do you have a minute?",
            ),
            ("user", "Sorry, I am not interested."),
            ("agent", "I understand. May I ask what you are missing?"),
            ("user", "It has become too expensive for us."),
            ("agent", "Thank you for telling me. I wish you a good day."),
        ],
        Verdict::Failure,
        "{name} does not want to renew because of the price.",
    ),
    (
        &[
            (
                "agent",
                "Hello {name}, this is Clara from the renewals team. Do you have a minute?",
            ),
            ("user", "I am driving, can you call me tomorrow?"),
            ("agent", "Of course, I will call tomorrow morning."),
            ("user", "Good, until then."),
        ],
        Verdict::Unknown,
        "{name} was driving and asked for a call tomorrow morning.",
    ),
];

const SPANISH: [(Lines, Verdict, &str); 2] = [
    (
        &[
            (
                "agent",
                "Hola {name}, soy Clara, del equipo de renovaciones. ¿Tiene un minuto?",
            ),
            ("user", "Sí, dígame."),
            (
                "agent",
                "Su contrato termina pronto. ¿Lo renovamos en las mismas condiciones?",
            ),
            ("user", "Sí, perfecto."),
            (
                "agent",
                "Listo. Hoy recibirá la confirmación por correo. ¡Gracias!",
            ),
        ],
        Verdict::Success,
        "{name} renueva en las mismas condiciones.",
    ),
    (
        &[
            (
                "agent",
                "Hola {name}, soy Clara, del equipo de renovaciones. ¿Tiene un minuto?",
            ),
            ("user", "Ahora no puedo, lo siento."),
            ("agent", "Entendido, que tenga un buen día."),
        ],
        Verdict::Failure,
        "{name} no podía hablar.",
    ),
];

const VOICEMAIL: (Lines, Verdict, &str) = (
    &[
        (
            "user",
            "You have reached a mailbox. Please leave a message after the tone.",
        ),
        (
            "agent",
            "Hello {name}, this is Clara. Please call us back. Thank you!",
        ),
    ],
    Verdict::Failure,
    "A mailbox answered; the agent left a message.",
);

const OPTS_OUT: (Lines, Verdict, &str) = (
    &[
        (
            "agent",
            "Hello {name}, this is Clara from the renewals team. Do you have a minute?",
        ),
        ("user", "Please take me off your list and do not call again."),
        (
            "agent",
            "I have taken your number off our lists. We will not call you again. Good bye.",
        ),
    ],
    Verdict::Failure,
    "{name} does not want to be called again.",
);

fn chosen(conversation: &Conversation) -> (Lines, Verdict, &'static str) {
    if conversation.behaviour == Behaviour::Voicemail {
        return VOICEMAIL;
    }
    if conversation.behaviour == Behaviour::OptsOut {
        return OPTS_OUT;
    }
    let part = chance(conversation.seed, &[&conversation.to, "dialogue"]);
    let of = |count: usize| ((part * count as f64) as usize).min(count - 1);
    match conversation.language.as_str() {
        "es" => SPANISH[of(SPANISH.len())],
        _ => ENGLISH[of(ENGLISH.len())],
    }
}

fn filled(text: &str, conversation: &Conversation) -> String {
    let name = conversation
        .variables
        .get("name")
        .and_then(|v| v.as_str())
        .unwrap_or("there");
    text.replace("{name}", name)
}

/// What is said, spread over the talk.
pub(crate) fn turns(conversation: &Conversation) -> Vec<Turn> {
    let (lines, _, _) = chosen(conversation);
    let step = conversation.talk_secs / u32::try_from(lines.len().max(1)).unwrap_or(1);
    let turn = |(index, (role, text)): (usize, &(&'static str, &str))| Turn {
        role,
        message: match &conversation.first_message {
            Some(first) if index == 0 && *role == "agent" => first.clone(),
            _ => filled(text, conversation),
        },
        at_secs: step * u32::try_from(index).unwrap_or(0),
    };
    let until = conversation.cut_at_secs.unwrap_or(u32::MAX);
    let said = |turn: &Turn| turn.at_secs < until;
    lines.iter().enumerate().map(turn).filter(said).collect()
}

/// How it went, and what is to be said of it.
pub(crate) fn summary(conversation: &Conversation) -> (Verdict, String, &'static str) {
    let (_, verdict, summary) = chosen(conversation);
    let title = match verdict {
        Verdict::Success => "Renewal agreed",
        Verdict::Failure => "No renewal",
        Verdict::Unknown => "Call again",
    };
    (verdict, filled(summary, conversation), title)
}

/// What the agent found out.
pub(crate) fn satisfaction(conversation: &Conversation) -> u32 {
    between((1, 5), conversation.seed, &[&conversation.to, "satisfaction"])
}

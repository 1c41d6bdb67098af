//! The scripts that are built in.

use serde_json::{Map, Value, json};

use super::{Script, ScriptTurn, Speaker, ToolUse};

/// Every script, and the last digits of the callers who come with it.
pub(super) const NAMES: [(&str, &str); 8] = [
    ("booking", "11"),
    ("emergency", "12"),
    ("billing", "13"),
    ("wrong_number", "14"),
    ("person", "15"),
    ("message", "16"),
    ("do_not_call", "17"),
    ("callback", "18"),
];

/// The script that a caller's number chooses.
pub(super) fn of_number(caller: &str) -> &'static str {
    let known = NAMES.iter().find(|(_, digits)| caller.ends_with(digits));
    known.map_or("booking", |(name, _)| name)
}

/// The script of everybody else.
pub(super) fn usual(language: &str) -> Script {
    script("booking", 1.0, booking(language))
}

/// The script of this name.
pub(super) fn named(name: &str, language: &str) -> Option<Script> {
    Some(match name {
        "booking" => usual(language),
        "emergency" => script("emergency", 15.0, emergency(language)),
        "billing" => script("billing", 1.0, billing()),
        "wrong_number" => script("wrong_number", 0.5, wrong_number()),
        "person" => script("person", 15.0, person()),
        "message" => script("message", 1.0, message()),
        "do_not_call" => script("do_not_call", 1.0, do_not_call()),
        "callback" => script("callback", 1.0, callback()),
        "outbound" => script("outbound", 1.0, outbound()),
        _ => return None,
    })
}

fn script(name: &str, waits_secs: f64, turns: Vec<ScriptTurn>) -> Script {
    Script {
        name: name.to_owned(),
        turns,
        waits_secs,
    }
}

fn agent(text: &str) -> ScriptTurn {
    ScriptTurn::of(Speaker::Agent, text)
}

fn caller(text: &str) -> ScriptTurn {
    ScriptTurn::of(Speaker::Caller, text)
}

/// The agent says this after it has used a tool.
fn with_tool(text: &str, name: &str, arguments: Value) -> ScriptTurn {
    let arguments = match arguments {
        Value::Object(arguments) => arguments,
        _ => Map::new(),
    };
    ScriptTurn {
        tool: Some(ToolUse {
            name: name.to_owned(),
            arguments,
        }),
        ..agent(text)
    }
}

/// The caller interrupts this.
fn cut(text: &str) -> ScriptTurn {
    ScriptTurn {
        interrupted: true,
        ..agent(text)
    }
}

fn booking(language: &str) -> Vec<ScriptTurn> {
    if language == "es" {
        return vec![
            agent("Buenos días, habla la recepción. ¿En qué puedo ayudarle? ({n})"),
            caller("Buenos días, soy Ana Ruiz. Quisiera una cita para la próxima semana. ({n})"),
            agent("Con gusto, señora Ruiz. ¿Le va bien el martes a las tres?"),
            caller("El martes a las tres está perfecto."),
            agent("Queda anotado: martes a las tres. ¿Algo más?"),
            caller("No, muchas gracias. Adiós."),
        ];
    }
    vec![
        agent("Good morning, this is the reception. How can I help you? ({n})"),
        caller("Hello, my name is Ana Ruiz. I would like an appointment next week. ({n})"),
        cut("Of course, Ms Ruiz. We have time on Monday at ten, on Tuesday at three, or on Friday morning."),
        caller("Tuesday at three is fine."),
        agent("Then it is Tuesday at three. Is there anything else?"),
        caller("No, that is all. Thank you, bye."),
    ]
}

fn emergency(language: &str) -> Vec<ScriptTurn> {
    if language == "es" {
        return vec![
            agent("Buenos días, habla la recepción. ¿En qué puedo ayudarle? ({n})"),
            caller("Es una urgencia: se me ha roto un diente y me duele mucho. ({n})"),
            with_tool(
                "Lo siento mucho. Lo he marcado como urgente y le paso con alguien.",
                "mark_urgent",
                json!({ "reason": "Diente roto, mucho dolor. ({n})" }),
            ),
            caller("Sí, por favor, rápido."),
            with_tool(
                "Le paso ahora mismo.",
                "transfer_to_person",
                json!({ "reason": "Diente roto" }),
            ),
        ];
    }
    vec![
        agent("Good morning, this is the reception. How can I help you? ({n})"),
        caller("This is an emergency: I have a broken tooth and it hurts a lot. My name is Ben Okoro. ({n})"),
        with_tool(
            "I am sorry to hear that, Mr Okoro. I have marked this as urgent. Shall I put you through to somebody?",
            "mark_urgent",
            json!({ "reason": "Broken tooth, strong pain. ({n})" }),
        ),
        caller("Yes please, quickly."),
        with_tool(
            "I am putting you through now.",
            "transfer_to_person",
            json!({ "reason": "Broken tooth, strong pain" }),
        ),
    ]
}

fn billing() -> Vec<ScriptTurn> {
    vec![
        agent("Good morning, this is the reception. How can I help you? ({n})"),
        caller("I have a question about my bill. I think I paid the invoice twice. ({n})"),
        with_tool(
            "Let me see. I have found your record. What is the number of the invoice?",
            "look_up_caller",
            json!({}),
        ),
        ScriptTurn {
            keys: Some("2041#".to_owned()),
            ..caller("It is two zero four one. My name is Carla Stein.")
        },
        agent("Thank you, Ms Stein. Our billing team will look at it and write to you."),
        caller("Good, thank you. Goodbye."),
    ]
}

fn wrong_number() -> Vec<ScriptTurn> {
    vec![
        agent("Good morning, this is the reception. How can I help you? ({n})"),
        caller("Oh, sorry, wrong number. ({n})"),
        agent("No problem. Goodbye."),
    ]
}

fn person() -> Vec<ScriptTurn> {
    vec![
        agent("Good morning, this is the reception. How can I help you? ({n})"),
        caller("I would like to speak to a real person, please. ({n})"),
        with_tool(
            "Of course. One moment, I am putting you through.",
            "transfer_to_person",
            json!({ "reason": "Asked for a person. ({n})" }),
        ),
    ]
}

fn message() -> Vec<ScriptTurn> {
    vec![
        agent("Good morning, this is the reception. How can I help you? ({n})"),
        caller("Can I leave a message for Dr Hall? ({n})"),
        agent("Certainly. What shall I tell her?"),
        caller("Please tell her that David Moss called about the results."),
        with_tool(
            "I have written that down. She will read it today.",
            "take_message",
            json!({ "name": "David Moss", "message": "David Moss called about the results. ({n})" }),
        ),
        caller("Thank you very much, bye."),
    ]
}

fn do_not_call() -> Vec<ScriptTurn> {
    vec![
        agent("Good morning, this is the reception. How can I help you? ({n})"),
        caller("You keep calling me. Please take me off your list and do not call again. ({n})"),
        with_tool(
            "I have taken your number off our lists. We will not call you again.",
            "add_to_do_not_call",
            json!({ "reason": "Asked not to be called. ({n})" }),
        ),
        caller("Good. Bye."),
    ]
}

fn callback() -> Vec<ScriptTurn> {
    vec![
        agent("Good morning, this is the reception. How can I help you? ({n})"),
        caller("I am on the road. Could somebody call me back tomorrow at ten? ({n})"),
        with_tool(
            "Gladly. Somebody will call you back tomorrow at ten.",
            "book_callback",
            json!({ "name": "Eva Lind", "reason": "Wants to be called back. ({n})" }),
        ),
        caller("Perfect, this is Eva Lind. Until tomorrow."),
    ]
}

/// We called them.
fn outbound() -> Vec<ScriptTurn> {
    vec![
        agent("Hello, this is Clara from the renewals team. Do you have a minute? ({n})"),
        caller("Yes, go ahead. ({n})"),
        agent("Your contract ends soon. Shall I renew it on the same terms?"),
        caller("Yes please, that would be fine."),
        agent("Done. You will have the confirmation by email today. Thank you!"),
        caller("Thank you, bye."),
    ]
}

/// So many numbered turns over so many seconds, agent and caller in turn; each fifth of the agent's is interrupted.
pub(super) fn numbered(count: u32, secs: f64) -> Script {
    let each = secs / f64::from(count.max(1));
    let turn = |index: u32| {
        let speaker = if index.is_multiple_of(2) {
            Speaker::Agent
        } else {
            Speaker::Caller
        };
        let who = if speaker == Speaker::Agent {
            "agent"
        } else {
            "caller"
        };
        ScriptTurn {
            interrupted: speaker == Speaker::Agent && index % 10 == 4 && index + 1 < count,
            seconds: Some(each),
            ..ScriptTurn::of(speaker, &format!("Call {{n}}, turn {index}, of the {who}."))
        }
    };
    script("numbered", 1.0, (0..count).map(turn).collect())
}

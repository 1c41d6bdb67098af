//! What Twilio is told to do with a call: the verbs that we use, written as XML.

use std::fmt::Write;

/// Longest text that is spoken.
const LONGEST_SAID: usize = 1_000;
/// Longest that Twilio takes as a document in a request.
pub const LONGEST_TWIML: usize = 4_000;

/// What Twilio does, in order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Twiml {
    verbs: Vec<Verb>,
}

/// One thing that Twilio does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verb {
    /// Says a text.
    Say {
        /// The text.
        text: String,
        /// Our code of its language, such as `en` or `pt-BR`.
        language: String,
    },
    /// Says nothing for a while.
    Pause {
        /// Seconds.
        secs: u32,
    },
    /// Records the caller, after a tone.
    Record(Record),
    /// Connects the caller with somebody, and goes on at `action` when that is over.
    Dial(Dial),
    /// Connects the caller with an agent's platform; what follows is done when the platform has hung up.
    Stream {
        /// The platform's address: `wss`, without a query.
        url: String,
    },
    /// Asks another address what to do.
    Redirect {
        /// The address.
        url: String,
    },
    /// Takes the call not at all. Only as the first one.
    Reject {
        /// Whether the caller hears that the line is busy; else that nobody can be reached.
        busy: bool,
    },
    /// Ends the call.
    Hangup,
}

/// A message that the caller leaves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Where it goes on afterwards.
    pub action: String,
    /// Who is told when the recording is there.
    pub recording_callback: String,
    /// Longest message, in seconds.
    pub max_secs: u32,
}

/// Somebody whom the caller is connected with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dial {
    /// Who.
    pub to: DialTo,
    /// Where it goes on when that is over, whatever became of it.
    pub action: String,
    /// Seconds that it rings.
    pub timeout_secs: u32,
    /// Longest call, in seconds; none: Twilio's own, four hours.
    pub time_limit_secs: Option<u32>,
    /// Who is told when the recording is there; none: it is not recorded.
    pub recording_callback: Option<String>,
    /// The number that a person sees; none: the caller's own.
    pub caller_id: Option<String>,
}

/// Whom to dial.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DialTo {
    /// A phone.
    Number(String),
    /// A SIP address with headers of ours; their names begin with `X-`.
    Sip {
        /// The address, such as `sip:proj_1@sip.api.openai.com;transport=tls`.
        address: String,
        /// Names and values. Values are letters, digits, `-` and `_`: others are left out.
        headers: Vec<(String, String)>,
    },
}

impl Twiml {
    /// Nothing yet: as it is, Twilio ends the call.
    pub fn new() -> Self {
        Self::default()
    }

    /// The same, and then this.
    #[must_use]
    pub fn then(mut self, verb: Verb) -> Self {
        self.verbs.push(verb);
        self
    }

    /// The verbs.
    pub fn verbs(&self) -> &[Verb] {
        &self.verbs
    }

    /// The document.
    pub fn to_xml(&self) -> String {
        let mut xml = Xml(String::from(
            r#"<?xml version="1.0" encoding="UTF-8"?><Response>"#,
        ));
        for verb in &self.verbs {
            xml.verb(verb);
        }
        xml.0.push_str("</Response>");
        xml.0
    }
}

struct Xml(String);

impl Xml {
    fn verb(&mut self, verb: &Verb) {
        match verb {
            Verb::Say { text, language } => {
                self.open("Say", &[("language", voice_language(language))]);
                let text: String = text.chars().take(LONGEST_SAID).collect();
                self.text(&text);
                self.close("Say");
            }
            Verb::Pause { secs } => self.empty("Pause", &[("length", Some(&secs.to_string()))]),
            Verb::Record(record) => self.empty(
                "Record",
                &[
                    ("action", Some(&record.action)),
                    ("method", Some("POST")),
                    ("maxLength", Some(&record.max_secs.to_string())),
                    ("playBeep", Some("true")),
                    ("recordingStatusCallback", Some(&record.recording_callback)),
                    ("recordingStatusCallbackMethod", Some("POST")),
                ],
            ),
            Verb::Dial(dial) => self.dial(dial),
            Verb::Stream { url } => {
                self.open("Connect", &[]);
                self.empty("Stream", &[("url", Some(url))]);
                self.close("Connect");
            }
            Verb::Redirect { url } => {
                self.open("Redirect", &[("method", Some("POST"))]);
                self.text(url);
                self.close("Redirect");
            }
            Verb::Reject { busy } => {
                let reason = if *busy { "busy" } else { "rejected" };
                self.empty("Reject", &[("reason", Some(reason))]);
            }
            Verb::Hangup => self.empty("Hangup", &[]),
        }
    }

    fn dial(&mut self, dial: &Dial) {
        let (timeout, limit) = (
            dial.timeout_secs.to_string(),
            dial.time_limit_secs.map(|secs| secs.to_string()),
        );
        let recorded = dial.recording_callback.as_deref();
        self.open(
            "Dial",
            &[
                // The caller hears it ring, and is not charged, until somebody answers.
                ("answerOnBridge", Some("true")),
                ("action", Some(&dial.action)),
                ("method", Some("POST")),
                ("timeout", Some(&timeout)),
                ("timeLimit", limit.as_deref()),
                ("callerId", dial.caller_id.as_deref()),
                ("record", recorded.map(|_| "record-from-answer-dual")),
                ("recordingStatusCallback", recorded),
                ("recordingStatusCallbackMethod", recorded.map(|_| "POST")),
            ],
        );
        match &dial.to {
            DialTo::Number(number) => {
                self.open("Number", &[]);
                self.text(number);
                self.close("Number");
            }
            DialTo::Sip { address, headers } => {
                self.open("Sip", &[]);
                self.text(address);
                let plain = |value: &str| {
                    value
                        .bytes()
                        .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
                };
                let sent = headers.iter().filter(|(name, value)| plain(name) && plain(value));
                for (at, (name, value)) in sent.enumerate() {
                    self.text(if at == 0 { "?" } else { "&" });
                    self.text(&format!("{name}={value}"));
                }
                self.close("Sip");
            }
        }
        self.close("Dial");
    }

    fn open(&mut self, name: &str, attributes: &[(&str, Option<&str>)]) {
        self.start(name, attributes);
        self.0.push('>');
    }

    fn empty(&mut self, name: &str, attributes: &[(&str, Option<&str>)]) {
        self.start(name, attributes);
        self.0.push_str("/>");
    }

    fn start(&mut self, name: &str, attributes: &[(&str, Option<&str>)]) {
        // Writing into a text cannot fail.
        let _ = write!(self.0, "<{name}");
        for (name, value) in attributes {
            if let Some(value) = value {
                let _ = write!(self.0, " {name}=\"");
                self.text(value);
                self.0.push('"');
            }
        }
    }

    fn close(&mut self, name: &str) {
        let _ = write!(self.0, "</{name}>");
    }

    /// Text that can end neither an attribute nor an element. What XML cannot hold is left out.
    fn text(&mut self, text: &str) {
        for letter in text.chars() {
            match letter {
                '&' => self.0.push_str("&amp;"),
                '<' => self.0.push_str("&lt;"),
                '>' => self.0.push_str("&gt;"),
                '"' => self.0.push_str("&quot;"),
                '\'' => self.0.push_str("&apos;"),
                '\t' | '\n' | '\r' => self.0.push(' '),
                '\u{fffe}' | '\u{ffff}' => {}
                letter if letter.is_control() => {}
                letter => self.0.push(letter),
            }
        }
    }
}

/// The code of a language as Twilio's voices know it: with a region. None where no voice is known to us: then Twilio's
/// own English one speaks.
fn voice_language(language: &str) -> Option<&'static str> {
    const VOICES: [&str; 33] = [
        "en-US", "en-GB", "en-AU", "en-IN", "es-ES", "es-MX", "es-US", "fr-FR", "fr-CA", "de-DE", "it-IT",
        "pt-BR", "pt-PT", "nl-NL", "pl-PL", "sv-SE", "nb-NO", "da-DK", "fi-FI", "is-IS", "ro-RO", "ru-RU",
        "tr-TR", "cy-GB", "ca-ES", "ja-JP", "ko-KR", "zh-CN", "hi-IN", "el-GR", "cs-CZ", "hu-HU", "uk-UA",
    ];
    let matches = |voice: &&&str| voice.eq_ignore_ascii_case(language);
    let speaks = |voice: &&&str| {
        voice
            .split('-')
            .next()
            .is_some_and(|known| known.eq_ignore_ascii_case(language))
    };
    let voice = VOICES.iter().find(matches).or_else(|| VOICES.iter().find(speaks));
    voice
        .or_else(|| {
            // A region that no voice has: the language's first one.
            let (language, _) = language.split_once('-')?;
            VOICES.iter().find(|voice| {
                voice
                    .split('-')
                    .next()
                    .is_some_and(|known| known.eq_ignore_ascii_case(language))
            })
        })
        .copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn inner(verb: Verb) -> String {
        let xml = Twiml::new().then(verb).to_xml();
        let rest = xml
            .strip_prefix(r#"<?xml version="1.0" encoding="UTF-8"?><Response>"#)
            .unwrap();
        rest.strip_suffix("</Response>").unwrap().to_owned()
    }

    #[test]
    fn an_agent_at_openai_is_dialled_with_our_reference() {
        let dial = Dial {
            to: DialTo::Sip {
                address: "sip:proj_demo@sip.api.openai.com;transport=tls".to_owned(),
                headers: vec![
                    ("X-Call-Ref".to_owned(), "ref_0001".to_owned()),
                    ("X-Odd".to_owned(), "a=b&c".to_owned()),
                    ("X-More".to_owned(), "1".to_owned()),
                ],
            },
            action: "https://x.test/dial?call=call_1&at=0".to_owned(),
            timeout_secs: 20,
            time_limit_secs: Some(3_000),
            recording_callback: Some("https://x.test/recording".to_owned()),
            caller_id: None,
        };
        assert_eq!(
            inner(Verb::Dial(dial)),
            "<Dial answerOnBridge=\"true\" action=\"https://x.test/dial?call=call_1&amp;at=0\" method=\"POST\" \
             timeout=\"20\" timeLimit=\"3000\" record=\"record-from-answer-dual\" \
             recordingStatusCallback=\"https://x.test/recording\" recordingStatusCallbackMethod=\"POST\">\
             <Sip>sip:proj_demo@sip.api.openai.com;transport=tls?X-Call-Ref=ref_0001&amp;X-More=1</Sip></Dial>"
        );
    }

    #[test]
    fn a_person_is_dialled_and_not_recorded() {
        let dial = Dial {
            to: DialTo::Number("+15005550142".to_owned()),
            action: "https://x.test/dial".to_owned(),
            timeout_secs: 15,
            time_limit_secs: None,
            recording_callback: None,
            caller_id: Some("+15005550199".to_owned()),
        };
        assert_eq!(
            inner(Verb::Dial(dial)),
            "<Dial answerOnBridge=\"true\" action=\"https://x.test/dial\" method=\"POST\" timeout=\"15\" \
             callerId=\"+15005550199\"><Number>+15005550142</Number></Dial>"
        );
    }

    #[test]
    fn the_other_verbs_are_written_as_twilio_reads_them() {
        let record = Record {
            action: "https://x.test/dial".to_owned(),
            recording_callback: "https://x.test/recording".to_owned(),
            max_secs: 180,
        };
        assert_eq!(
            inner(Verb::Record(record)),
            "<Record action=\"https://x.test/dial\" method=\"POST\" maxLength=\"180\" playBeep=\"true\" \
             recordingStatusCallback=\"https://x.test/recording\" recordingStatusCallbackMethod=\"POST\"/>"
        );
        let url = "wss://x.test/join/1".to_owned();
        assert_eq!(
            inner(Verb::Stream { url }),
            "<Connect><Stream url=\"wss://x.test/join/1\"/></Connect>"
        );
        let url = "https://x.test/dial".to_owned();
        assert_eq!(
            inner(Verb::Redirect { url }),
            "<Redirect method=\"POST\">https://x.test/dial</Redirect>"
        );
        assert_eq!(inner(Verb::Reject { busy: true }), "<Reject reason=\"busy\"/>");
        assert_eq!(
            inner(Verb::Reject { busy: false }),
            "<Reject reason=\"rejected\"/>"
        );
        assert_eq!(inner(Verb::Pause { secs: 2 }), "<Pause length=\"2\"/>");
        assert_eq!(inner(Verb::Hangup), "<Hangup/>");
        assert!(Twiml::new().to_xml().ends_with("<Response></Response>"));
    }

    #[test]
    fn a_language_becomes_one_of_a_voice() {
        for (language, voice) in [
            ("en", Some("en-US")),
            ("EN-gb", Some("en-GB")),
            ("pt", Some("pt-BR")),
            ("es-AR", Some("es-ES")),
            ("tlh", None),
            ("", None),
        ] {
            assert_eq!(voice_language(language), voice, "{language}");
        }
        let said = |text: &str, language: &str| {
            inner(Verb::Say {
                text: text.to_owned(),
                language: language.to_owned(),
            })
        };
        assert_eq!(
            said("Hi & <bye>\u{0}", "de"),
            "<Say language=\"de-DE\">Hi &amp; &lt;bye&gt;</Say>"
        );
        assert_eq!(said("\"It's\"", "tlh"), "<Say>&quot;It&apos;s&quot;</Say>");
    }

    proptest! {
        #[test]
        fn whatever_is_said_stays_inside_of_its_element(text in any::<String>(), language in "\\PC{0,8}") {
            let xml = inner(Verb::Say { text, language });
            prop_assert_eq!(xml.matches('<').count(), 2);
            prop_assert_eq!(xml.matches('>').count(), 2);
        }
    }
}

//! A small tree of a TwiML document: elements, their attributes and their text.

use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

use super::twiml::TwimlFault;

/// Deepest nesting: `Response`, `Connect`, `Stream`, `Parameter`, and one to spare.
const DEEPEST: usize = 5;

/// One element.
#[derive(Debug, Default)]
pub(super) struct Element {
    pub name: String,
    pub attributes: Vec<(String, String)>,
    pub children: Vec<Element>,
    /// Its own text, without white space around it.
    pub text: String,
}

impl Element {
    /// The only element of a document.
    ///
    /// # Errors
    /// When the document is not well-formed.
    pub(super) fn read(document: &str) -> Result<Self, TwimlFault> {
        let mut reader = Reader::from_str(document);
        // The first is the document itself, whose one child is the root.
        let mut open = vec![Self::default()];
        loop {
            match reader.read_event().map_err(|error| broken(&error.to_string()))? {
                Event::Start(start) => {
                    if open.len() > DEEPEST {
                        return Err(broken("it is nested too deep"));
                    }
                    open.push(Self::of(&start)?);
                }
                Event::Empty(start) => {
                    let element = Self::of(&start)?;
                    parent(&mut open)?.children.push(element);
                }
                Event::End(_) => {
                    let mut closed = open.pop().ok_or_else(|| broken("it ends too often"))?;
                    closed.text = closed.text.trim().to_owned();
                    parent(&mut open)?.children.push(closed);
                }
                Event::Text(text) => parent(&mut open)?.text.push_str(&text),
                Event::CData(text) => parent(&mut open)?.text.push_str(&text),
                Event::GeneralRef(name) => {
                    let character = match name.resolve_char_ref() {
                        Ok(Some(character)) => character,
                        Ok(None) => predefined(&name).ok_or_else(|| broken("an entity is not known"))?,
                        Err(error) => return Err(broken(&error.to_string())),
                    };
                    parent(&mut open)?.text.push(character);
                }
                Event::Decl(_) | Event::Comment(_) | Event::PI(_) => {}
                Event::DocType(_) => return Err(broken("a document type is not allowed")),
                Event::Eof => break,
            }
        }
        let mut document = match (open.pop(), open.is_empty()) {
            (Some(document), true) => document,
            _ => return Err(broken("an element is not closed")),
        };
        if !document.text.trim().is_empty() || document.children.len() != 1 {
            return Err(broken("it must be one element"));
        }
        document.children.pop().ok_or_else(|| broken("it is empty"))
    }

    fn of(start: &BytesStart<'_>) -> Result<Self, TwimlFault> {
        let mut attributes: Vec<(String, String)> = Vec::new();
        for attribute in start.attributes() {
            let attribute = attribute.map_err(|error| broken(&error.to_string()))?;
            let value = attribute
                .normalized_value(XmlVersion::Implicit1_0)
                .map_err(|error| broken(&error.to_string()))?;
            let name: &str = attribute.key.as_ref();
            attributes.push((name.to_owned(), value.into_owned()));
        }
        let name = start.name();
        let name: &str = name.as_ref();
        Ok(Self {
            name: name.to_owned(),
            attributes,
            ..Self::default()
        })
    }

    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str())
    }
}

fn parent(open: &mut [Element]) -> Result<&mut Element, TwimlFault> {
    open.last_mut().ok_or_else(|| broken("it ends too often"))
}

fn predefined(name: &str) -> Option<char> {
    Some(match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        _ => return None,
    })
}

fn broken(why: &str) -> TwimlFault {
    TwimlFault::new(12_100, &format!("The document is not well-formed: {why}"))
}

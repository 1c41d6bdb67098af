//! Ids of the lines that calls are placed from. Ultravox has none of its own: a line is a number of the
//! account's Twilio, or a number behind a SIP domain, and its id says which.
//!
//! An id may hold no dots and no colons, so in a domain `_` stands for `.` and `__` for the `:` before a
//! port; a domain itself has no `_`.
//!
//! ```
//! use switchboard_domain::PhoneNumber;
//! use switchboard_providers::ultravox::lines::{UltravoxLine, ultravox_line_id};
//!
//! let number = PhoneNumber::parse("+15550100199")?;
//! let id = ultravox_line_id(&number, Some("sip.example.com:5061"))?;
//! assert_eq!(id.as_str(), "line_15550100199_sip_example_com__5061");
//! let line = UltravoxLine::parse(&id).unwrap();
//! assert_eq!((line.number, line.sip_domain.as_deref()), (number, Some("sip.example.com:5061")));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use switchboard_domain::{PhoneNumber, ProviderId};

const PREFIX: &str = "line_";
const LONGEST_DOMAIN: usize = 100;
const LONGEST_LABEL: usize = 63;

/// Text that is not the domain of a SIP trunk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "not a SIP domain: write the host name of the trunk, at most 100 characters, and its port if it has one, \
     e.g. sip.example.com or sip.example.com:5061"
)]
pub struct InvalidSipDomain;

/// What a line's id says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UltravoxLine {
    /// The number that calls come from.
    pub number: PhoneNumber,
    /// Domain of the SIP trunk, with its port if it has one; none: the number is one of the account's Twilio.
    pub sip_domain: Option<String>,
}

impl UltravoxLine {
    /// Reads a line's id; none if it is not one of ours.
    pub fn parse(id: &ProviderId) -> Option<Self> {
        let rest = id.as_str().strip_prefix(PREFIX)?;
        let (digits, domain) = match rest.split_once('_') {
            Some((digits, domain)) => (digits, Some(domain)),
            None => (rest, None),
        };
        let number = PhoneNumber::parse(&format!("+{digits}")).ok()?;
        let sip_domain = match domain {
            Some(domain) => Some(sip_domain(&domain.replace("__", ":").replace('_', ".")).ok()?),
            None => None,
        };
        Some(Self { number, sip_domain })
    }
}

/// The id of the line with this number: of the account's Twilio, or of the SIP trunk at this domain.
///
/// # Errors
/// When the domain is not one.
pub fn ultravox_line_id(number: &PhoneNumber, domain: Option<&str>) -> Result<ProviderId, InvalidSipDomain> {
    let digits = number.digits();
    let id = match domain {
        Some(domain) => {
            let domain = sip_domain(domain)?.replace(':', "__").replace('.', "_");
            format!("{PREFIX}{digits}_{domain}")
        }
        None => format!("{PREFIX}{digits}"),
    };
    ProviderId::parse(&id).map_err(|_| InvalidSipDomain)
}

/// A host name and perhaps a port, in lower case.
fn sip_domain(text: &str) -> Result<String, InvalidSipDomain> {
    let text = text.to_ascii_lowercase();
    let (host, port) = match text.split_once(':') {
        Some((host, port)) => (host, Some(port)),
        None => (text.as_str(), None),
    };
    let is_label = |label: &str| {
        (1..=LONGEST_LABEL).contains(&label.len())
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let is_port = |port: &str| {
        port.bytes().all(|b| b.is_ascii_digit()) && port.parse::<u16>().is_ok_and(|number| number > 0)
    };
    let is_domain = text.len() <= LONGEST_DOMAIN && host.split('.').all(is_label) && port.is_none_or(is_port);
    is_domain.then_some(text).ok_or(InvalidSipDomain)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn number() -> PhoneNumber {
        PhoneNumber::parse("+15550100199").unwrap()
    }

    #[test]
    fn a_line_of_twilio_is_its_number() {
        let id = ultravox_line_id(&number(), None).unwrap();
        assert_eq!(id.as_str(), "line_15550100199");
        assert_eq!(
            UltravoxLine::parse(&id),
            Some(UltravoxLine {
                number: number(),
                sip_domain: None
            })
        );
    }

    #[test]
    fn what_is_no_domain_is_refused() {
        for text in [
            "",
            ".",
            "a..b",
            "-a.example",
            "a_b.example",
            "a/b",
            "user@a.example",
            "a.example:",
            "a.example:0",
            "a.example:70000",
            "a.example:+1",
            "[::1]",
            &"a".repeat(101),
        ] {
            assert_eq!(
                ultravox_line_id(&number(), Some(text)),
                Err(InvalidSipDomain),
                "{text}"
            );
        }
        assert!(ultravox_line_id(&number(), Some("PBX.Example.COM")).is_ok());
    }

    #[test]
    fn ids_that_are_not_ours_are_none() {
        for text in [
            "phnum_1",
            "line_",
            "line_x",
            "line_15550100199_",
            "line_15550100199_a___b",
            "line_0123456789",
        ] {
            assert_eq!(
                UltravoxLine::parse(&ProviderId::parse(text).unwrap()),
                None,
                "{text}"
            );
        }
    }

    proptest! {
        #[test]
        fn an_id_says_what_it_was_made_of(
            digits in "[1-9][0-9]{6,14}",
            host in "[a-z0-9]([a-z0-9-]{0,8}[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]{0,8}[a-z0-9])?){0,3}",
            port in proptest::option::of(1u16..),
        ) {
            let number = PhoneNumber::parse(&format!("+{digits}")).unwrap();
            let domain = port.map_or(host.clone(), |port| format!("{host}:{port}"));
            let id = ultravox_line_id(&number, Some(&domain)).unwrap();
            let read = UltravoxLine::parse(&id).unwrap();
            prop_assert_eq!(read, UltravoxLine { number, sip_domain: Some(domain) });
        }

        #[test]
        fn any_id_is_survived(text in "(line_)?[A-Za-z0-9_-]{1,40}") {
            UltravoxLine::parse(&ProviderId::parse(&text).unwrap());
        }
    }
}

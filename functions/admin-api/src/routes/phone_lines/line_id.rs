//! Ids of lines that are entered here: the platform has none for them, so the id says what the platform has to know.

use switchboard_domain::{PhoneNumber, ProviderId};

/// Longest name of a SIP trunk's host, so that the id is not too long.
const MAX_DOMAIN: usize = 100;

/// Text that is no address of a SIP trunk.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "not a SIP domain: write the host name of the trunk, at most 100 characters, and its port if it has one, \
     e.g. sip.example.com or sip.example.com:5061"
)]
pub(super) struct InvalidSipDomain;

/// The id of the line with this number: of the account's Twilio, or of the SIP trunk at this domain. An id has no
/// dots and no colons: `_` stands for the one and `__` for the other, and a domain has neither.
pub(super) fn line_id(
    number: &PhoneNumber,
    sip_domain: Option<&str>,
) -> Result<ProviderId, InvalidSipDomain> {
    let digits = number.digits();
    let id = match sip_domain {
        Some(domain) => {
            let domain = checked(domain)?.replace(':', "__").replace('.', "_");
            format!("line_{digits}_{domain}")
        }
        None => format!("line_{digits}"),
    };
    ProviderId::parse(&id).map_err(|_| InvalidSipDomain)
}

fn checked(domain: &str) -> Result<String, InvalidSipDomain> {
    let domain = domain.to_ascii_lowercase();
    let (host, port) = match domain.split_once(':') {
        Some((host, port)) => (host, Some(port)),
        None => (domain.as_str(), None),
    };
    let is_label = |label: &str| {
        let plain = label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        (1..=63).contains(&label.len()) && plain && !label.starts_with('-') && !label.ends_with('-')
    };
    let is_port = |port: &str| port.parse::<u16>().is_ok_and(|number| number.to_string() == port);
    let fits = domain.len() <= MAX_DOMAIN && host.contains('.');
    if fits && host.split('.').all(is_label) && port.is_none_or(is_port) {
        Ok(domain)
    } else {
        Err(InvalidSipDomain)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_says_number_and_trunk_and_nothing_else_is_taken() {
        let number = PhoneNumber::parse("+15550100199").unwrap();
        let id = |domain| line_id(&number, domain).map(|id| id.to_string());
        assert_eq!(id(None).as_deref(), Ok("line_15550100199"));
        assert_eq!(
            id(Some("SIP.Example.com:5061")).as_deref(),
            Ok("line_15550100199_sip_example_com__5061")
        );
        for wrong in [
            "",
            "example",
            "a..b",
            "a_b.example",
            "-a.example",
            "sip.example.com:0x1",
            "sip.example.com:99999",
            "a.b/c",
            &format!("{}.example", "a.".repeat(60)),
        ] {
            assert_eq!(id(Some(wrong)), Err(InvalidSipDomain), "{wrong}");
        }
    }
}

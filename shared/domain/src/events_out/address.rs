//! Which addresses events may be sent to.
//!
//! An address comes from a person, and our functions stand inside a network: nobody may use us to
//! reach what is not public. The URL is checked when it is entered; the addresses that its host
//! resolves to are checked at every attempt, by whoever connects.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

use url::{Host, Url};

/// Longest URL, in bytes.
const MAX_URL_BYTES: usize = 2_000;

/// Which ports may be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ports {
    /// Any.
    Any,
    /// These.
    These(Vec<u16>),
}

impl Default for Ports {
    fn default() -> Self {
        Self::These(vec![443, 8443])
    }
}

/// Text that names no ports.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected `any`, or ports separated by commas")]
pub struct InvalidPorts;

impl FromStr for Ports {
    type Err = InvalidPorts;

    fn from_str(text: &str) -> Result<Self, InvalidPorts> {
        if text.trim().eq_ignore_ascii_case("any") {
            return Ok(Self::Any);
        }
        let ports = text
            .split(',')
            .map(|port| port.trim().parse().map_err(|_| InvalidPorts));
        ports.collect::<Result<_, _>>().map(Self::These)
    }
}

impl std::fmt::Display for Ports {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Any => f.write_str("any"),
            Self::These(ports) => {
                let ports: Vec<String> = ports.iter().map(ToString::to_string).collect();
                f.write_str(&ports.join(" or "))
            }
        }
    }
}

/// Why an address is refused. The words say what would be right.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidAddress {
    /// Not a URL.
    #[error("write a whole address, such as https://example.com/events")]
    NotAUrl,
    /// Too long.
    #[error("write at most {MAX_URL_BYTES} characters")]
    TooLong,
    /// Not https.
    #[error("the address must begin with https://")]
    NotHttps,
    /// User name or password in it.
    #[error("leave user name and password out of the address; check the signature instead")]
    Credentials,
    /// A fragment, which is never sent.
    #[error("leave out what comes after #; it is never sent")]
    Fragment,
    /// A port that is not allowed.
    #[error("use port {0}")]
    Port(Ports),
    /// An address that is not public.
    #[error("the address must be a public one; private and local networks are not reached from here")]
    NotPublic,
}

/// What this deployment allows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AddressRules {
    /// Ports.
    pub ports: Ports,
    /// Plain http to 127.0.0.1 is fine: on one machine, for trying things out.
    pub allow_loopback: bool,
}

impl AddressRules {
    /// Reads a URL and checks what can be known without resolving its host.
    ///
    /// # Errors
    /// With what is wrong with it.
    pub fn check(&self, text: &str) -> Result<Url, InvalidAddress> {
        if text.len() > MAX_URL_BYTES {
            return Err(InvalidAddress::TooLong);
        }
        let url = Url::parse(text.trim()).map_err(|_| InvalidAddress::NotAUrl)?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(InvalidAddress::Credentials);
        }
        if url.fragment().is_some() {
            return Err(InvalidAddress::Fragment);
        }
        let host = url.host().ok_or(InvalidAddress::NotAUrl)?;
        if self.allow_loopback && url.scheme() == "http" && host == Host::<&str>::Ipv4(Ipv4Addr::LOCALHOST) {
            return Ok(url);
        }
        if url.scheme() != "https" {
            return Err(InvalidAddress::NotHttps);
        }
        let port = url.port_or_known_default().unwrap_or(443);
        if let Ports::These(ports) = &self.ports
            && !ports.contains(&port)
        {
            return Err(InvalidAddress::Port(self.ports.clone()));
        }
        let is_public = match host {
            Host::Ipv4(address) => is_public(IpAddr::V4(address)),
            Host::Ipv6(address) => is_public(IpAddr::V6(address)),
            Host::Domain(name) => is_public_name(name),
        };
        if is_public {
            Ok(url)
        } else {
            Err(InvalidAddress::NotPublic)
        }
    }
}

/// Names that never mean anything public (RFC 6761, 6762, 8375). What any other name resolves to is
/// checked when we connect.
fn is_public_name(name: &str) -> bool {
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    let private = [
        "localhost",
        "local",
        "internal",
        "home.arpa",
        "test",
        "invalid",
        "onion",
    ];
    let ends = |end: &str| name == end || name.ends_with(&format!(".{end}"));
    !name.is_empty() && !private.iter().any(|end| ends(end))
}

/// Whether an address is one of the public internet: everything that is set aside for something else by
/// the IANA registries of special addresses is not, nor are the clouds' own services.
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, d] = address.octets();
    let set_aside = match (a, b, c) {
        // this network, private, loopback
        (0 | 10 | 127, _, _) => true,
        // shared between carrier and customer (CGNAT); one cloud's metadata
        (100, 64..=127, _) => true,
        // link-local; most clouds' metadata
        (169, 254, _) => true,
        // private
        (172, 16..=31, _) | (192, 168, _) => true,
        // protocol assignments, documentation, the old 6to4 relay
        (192, 0, 0 | 2) | (192, 88, 99) | (198, 51, 100) | (203, 0, 113) => true,
        // benchmarks
        (198, 18..=19, _) => true,
        // a cloud's own services behind a public-looking address
        (168, 63, 129) => d == 16,
        // multicast, reserved, broadcast
        (224..=255, _, _) => true,
        _ => false,
    };
    !set_aside
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let [a, b, ..] = address.segments();
    // Everything public lies in 2000::/3. That leaves out loopback, unspecified, IPv4-mapped and
    // -compatible, NAT64, unique local (with it a cloud's metadata), link-local, site-local, multicast.
    if a & 0xe000 != 0x2000 {
        return false;
    }
    let set_aside = match (a, b) {
        // protocol assignments, Teredo and ORCHID among them
        (0x2001, 0x0000..=0x01ff) => true,
        // documentation
        (0x2001, 0x0db8) | (0x3fff, 0x0000..=0x0fff) => true,
        // 6to4: an IPv4 address inside
        (0x2002, _) => true,
        _ => false,
    };
    !set_aside
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rules() -> AddressRules {
        AddressRules::default()
    }

    #[test]
    fn plain_public_addresses_are_fine() {
        for text in [
            "https://example.com/events",
            "https://example.com:8443/a?b=c",
            "https://EXAMPLE.com",
            "https://93.184.215.14/hook",
            "https://[2606:4700:4700::1111]/",
            " https://hooks.example.co.uk/x ",
            "https://xn--bcher-kva.example/",
        ] {
            assert!(rules().check(text).is_ok(), "{text}");
        }
    }

    #[test]
    fn what_is_wrong_with_an_address_is_said() {
        use InvalidAddress as E;
        for (text, error) in [
            ("", E::NotAUrl),
            ("example.com/events", E::NotAUrl),
            ("https://", E::NotAUrl),
            ("http://example.com/", E::NotHttps),
            ("ftp://example.com/", E::NotHttps),
            ("http://127.0.0.1:9/", E::NotHttps),
            ("https://user@example.com/", E::Credentials),
            ("https://:pass@example.com/", E::Credentials),
            ("https://example.com/#x", E::Fragment),
            ("https://example.com:22/", E::Port(Ports::default())),
        ] {
            assert_eq!(rules().check(text), Err(error), "{text}");
        }
        let long = format!("https://example.com/{}", "a".repeat(MAX_URL_BYTES));
        assert_eq!(rules().check(&long), Err(E::TooLong));
        assert_eq!(E::Port(Ports::default()).to_string(), "use port 443 or 8443");
    }

    #[test]
    fn hosts_that_are_not_public_are_refused_however_they_are_spelled() {
        for host in [
            "127.0.0.1",
            "127.1",
            "2130706433",
            "0x7f000001",
            "0177.0.0.1",
            "0.0.0.0",
            "10.0.0.1",
            "10.255.255.255",
            "100.64.0.1",
            "100.100.100.200",
            "169.254.169.254",
            "169.254.170.2",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.192",
            "192.168.1.1",
            "198.18.0.1",
            "168.63.129.16",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "[::]",
            "[::1]",
            "[::ffff:127.0.0.1]",
            "[::ffff:93.184.215.14]",
            "[::127.0.0.1]",
            "[64:ff9b::10.0.0.1]",
            "[fd00:ec2::254]",
            "[fc00::1]",
            "[fe80::1]",
            "[fec0::1]",
            "[ff02::1]",
            "[2001:db8::1]",
            "[2001::1]",
            "[2002:7f00:1::]",
            "localhost",
            "LOCALHOST.",
            "a.localhost",
            "printer.local",
            "metadata.google.internal",
            "router.home.arpa",
        ] {
            let text = format!("https://{host}/");
            assert_eq!(rules().check(&text), Err(InvalidAddress::NotPublic), "{text}");
        }
    }

    #[test]
    fn neighbours_of_what_is_set_aside_are_public() {
        for text in [
            "9.255.255.255",
            "11.0.0.0",
            "100.63.255.255",
            "100.128.0.0",
            "126.255.255.255",
            "128.0.0.0",
            "169.253.255.255",
            "169.255.0.0",
            "172.15.255.255",
            "172.32.0.0",
            "192.0.1.0",
            "192.0.3.0",
            "192.167.255.255",
            "192.169.0.0",
            "198.17.255.255",
            "198.20.0.0",
            "168.63.129.17",
            "223.255.255.255",
            "1.1.1.1",
            "2606:4700::1",
            "2a00::1",
            "2001:200::",
            "3fff:1000::",
        ] {
            assert!(is_public(text.parse().unwrap()), "{text}");
        }
    }

    #[test]
    fn this_machine_may_be_allowed_and_nothing_else_with_it() {
        let rules = AddressRules {
            allow_loopback: true,
            ..AddressRules::default()
        };
        assert!(rules.check("http://127.0.0.1:4999/events").is_ok());
        for text in [
            "http://127.0.0.2:4999/",
            "http://localhost:4999/",
            "http://[::1]:4999/",
            "http://10.0.0.1/",
            "http://example.com/",
            "https://127.0.0.1/",
        ] {
            assert!(rules.check(text).is_err(), "{text}");
        }
    }

    #[test]
    fn ports_are_read() {
        assert_eq!("any".parse(), Ok(Ports::Any));
        assert_eq!("443, 9000".parse(), Ok(Ports::These(vec![443, 9000])));
        assert_eq!("443;".parse::<Ports>(), Err(InvalidPorts));
        let any = AddressRules {
            ports: Ports::Any,
            ..AddressRules::default()
        };
        assert!(any.check("https://example.com:9999/").is_ok());
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in ".{0,60}") {
            let _ = rules().check(&text);
            let _ = rules().check(&format!("https://{text}"));
        }

        /// No spelling of a private address gets through inside an IPv6 one.
        #[test]
        fn an_ipv4_address_inside_an_ipv6_one_is_never_public(bits in any::<u32>()) {
            let v4 = Ipv4Addr::from(bits);
            prop_assert!(!is_public(IpAddr::V6(v4.to_ipv6_mapped())));
            prop_assert!(!is_public(IpAddr::V6(v4.to_ipv6_compatible())));
            prop_assert_eq!(is_public(IpAddr::V4(v4)), is_public_v4(v4));
        }
    }
}

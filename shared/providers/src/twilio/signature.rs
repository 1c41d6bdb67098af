//! `X-Twilio-Signature`: that a webhook is Twilio's.
//!
//! The signature is an HMAC over the address exactly as Twilio asked for it and, of a form, over its names and values
//! in order. It has no time in it: a request that comes twice must do no harm.

use std::collections::BTreeSet;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use reqwest::header::HeaderMap;
use sha1::Sha1;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use url::Url;

use super::account::{TwilioAccount, WebhookKey};
use super::form::Form;
use crate::{Secret, SignatureError};

/// The header of the signature.
pub const SIGNATURE_HEADER: &str = "x-twilio-signature";
/// The header that names the key and the algorithm, where an account uses a key of its own for webhooks.
pub const SETTINGS_HEADER: &str = "x-twilio-webhooks-signature-settings";

/// The one algorithm that a key of its own is used with.
const ALGORITHM: &str = "HMAC_SHA256";
/// In the query of a request whose body is no form: SHA-256 of the body, hexadecimal.
const BODY_DIGEST: &str = "bodySHA256";

/// What was asked for besides the address.
#[derive(Debug, Clone, Copy)]
pub enum SignedBody<'a> {
    /// Nothing: everything is in the query.
    None,
    /// A form.
    Form(&'a Form),
    /// Anything else, such as JSON: the query holds its digest.
    Raw(&'a [u8]),
}

/// Checks that Twilio signed a request to `url` for this account. `url` is the public address with scheme, host, path
/// and query, byte for byte as it was asked for.
///
/// An account with a key of its own for webhooks takes that key only; one without takes its token, or the one before
/// it during a rotation. The header decides nothing: it has to fit what is set up.
///
/// # Errors
/// [`SignatureError::Missing`] without a signature, [`SignatureError::Malformed`] when it or its settings are none,
/// else [`SignatureError::Mismatch`].
pub fn verify(
    account: &TwilioAccount,
    headers: &HeaderMap,
    url: &str,
    body: SignedBody<'_>,
) -> Result<(), SignatureError> {
    let given = text(headers, SIGNATURE_HEADER).ok_or(SignatureError::Missing)?;
    let given = STANDARD.decode(given).map_err(|_| SignatureError::Malformed)?;
    let told = headers.contains_key(SETTINGS_HEADER);
    match account.webhook_key() {
        Some(key) if told => names(headers, key)?,
        Some(_) => return Err(SignatureError::Mismatch),
        None if told => return Err(SignatureError::Mismatch),
        None => {}
    }
    let form = match body {
        SignedBody::Form(form) => Some(form),
        SignedBody::Raw(raw) => {
            is_digest_of(url, raw)?;
            None
        }
        SignedBody::None => None,
    };
    for url in with_and_without_port(url) {
        let message = message(&url, form);
        let fits = match account.webhook_key() {
            Some(key) => fits::<Hmac<Sha256>>(&key.secret, &message, &given),
            None => account
                .signing_tokens()
                .any(|token| fits::<Hmac<Sha1>>(token, &message, &given)),
        };
        if fits {
            return Ok(());
        }
    }
    Err(SignatureError::Mismatch)
}

/// The signature that Twilio makes with a token.
pub fn sign(token: &Secret, url: &str, form: Option<&Form>) -> String {
    let tag = Hmac::<Sha1>::new_from_slice(token.open().as_bytes()).map(|mut mac| {
        mac.update(message(url, form).as_bytes());
        mac.finalize().into_bytes()
    });
    // A key of any length is one.
    tag.map_or_else(|_| String::new(), |tag| STANDARD.encode(tag))
}

fn fits<M: Mac + KeyInit>(key: &Secret, message: &str, given: &[u8]) -> bool {
    <M as KeyInit>::new_from_slice(key.open().as_bytes()).is_ok_and(|mut mac| {
        mac.update(message.as_bytes());
        mac.verify_slice(given).is_ok()
    })
}

/// Whether the settings name the key that is set up, and the algorithm that it is for.
fn names(headers: &HeaderMap, key: &WebhookKey) -> Result<(), SignatureError> {
    let settings = text(headers, SETTINGS_HEADER).ok_or(SignatureError::Malformed)?;
    let value = |name: &str| {
        let mut named = settings.split(',').filter_map(|part| part.trim().split_once('='));
        named.find(|(known, _)| *known == name).map(|(_, value)| value)
    };
    match (value("key"), value("algorithm")) {
        (Some(id), Some(ALGORITHM)) if id == key.id => Ok(()),
        (Some(_), Some(_)) => Err(SignatureError::Mismatch),
        _ => Err(SignatureError::Malformed),
    }
}

fn message(url: &str, form: Option<&Form>) -> String {
    let mut message = url.to_owned();
    // Each value once, in the order of names and then of values.
    let values: BTreeSet<_> = form.map(Form::values).unwrap_or_default().iter().collect();
    for (name, value) in values {
        message.push_str(name);
        message.push_str(value);
    }
    message
}

/// Twilio signs some addresses with the usual port written and some without it, whatever was set up.
fn with_and_without_port(url: &str) -> [String; 2] {
    let Some((scheme, rest)) = url.split_once("://") else {
        return [url.to_owned(), url.to_owned()];
    };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, tail) = rest.split_at(end);
    // A colon inside of brackets belongs to an address.
    let colon = authority
        .rfind(':')
        .filter(|at| !authority[*at..].contains(']') && !authority[*at..].contains('@'));
    let host = colon.map_or(authority, |at| &authority[..at]);
    let usual = match scheme {
        "https" | "wss" => "443",
        _ => "80",
    };
    let port = colon.map_or(usual, |at| &authority[at + 1..]);
    [
        format!("{scheme}://{host}{tail}"),
        format!("{scheme}://{host}:{port}{tail}"),
    ]
}

fn is_digest_of(url: &str, raw: &[u8]) -> Result<(), SignatureError> {
    let digest = Url::parse(url).ok().and_then(|url| {
        let mut named = url.query_pairs().filter(|(name, _)| name == BODY_DIGEST);
        named.next().map(|(_, digest)| digest.into_owned())
    });
    let digest = digest.ok_or(SignatureError::Malformed)?;
    let expected = hex::encode(Sha256::digest(raw));
    match bool::from(expected.as_bytes().ct_eq(digest.as_bytes())) {
        true => Ok(()),
        false => Err(SignatureError::Mismatch),
    }
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const TOKEN: &str = "0123456789abcdef0123456789abcdef";
    const URL: &str = "https://voice.example.test/twilio/voice?tenant=t_42";
    const SIGNED: &str = "cPCoN2cEMvND2fur/SYKkLY+kSk=";
    const SIGNED_WITH_PORT: &str = "WKM7F7sZBIzdifjojqQrgig4YaA=";
    const JSON_URL: &str = "https://voice.example.test/twilio/json?bodySHA256=\
                            2c0666189e06a136563bd761c2f72f38f9bac28ae28ac660caca87f3e6e3fa6f";
    const JSON: &[u8] = br#"{"event":"demo","n":1}"#;
    const JSON_SIGNED: &str = "PLqfysQXIXrhNF/DEaKn9DCEgn0=";

    fn account() -> TwilioAccount {
        TwilioAccount::new("AC00000000000000000000000000000001", Secret::new(TOKEN)).unwrap()
    }

    /// In an order that is not the signature's.
    fn form() -> Form {
        [
            ("To", "+15005550199"),
            ("AccountSid", "AC00000000000000000000000000000001"),
            ("CallSid", "CA00000000000000000000000000000002"),
            ("CallStatus", "ringing"),
            ("ApiVersion", "2010-04-01"),
            ("FromCity", ""),
            ("From", "+15005550100"),
            ("Direction", "inbound"),
        ]
        .into_iter()
        .collect()
    }

    fn headers(signature: &str) -> HeaderMap {
        HeaderMap::from_iter([(SIGNATURE_HEADER.parse().unwrap(), signature.parse().unwrap())])
    }

    #[test]
    fn the_vendors_examples_are_accepted_with_the_port_and_without() {
        let form = form();
        let body = SignedBody::Form(&form);
        assert_eq!(sign(&Secret::new(TOKEN), URL, Some(&form)), SIGNED);
        let with_port = URL.replace(".test/", ".test:443/");
        for url in [URL, &with_port] {
            for signature in [SIGNED, SIGNED_WITH_PORT] {
                assert_eq!(
                    verify(&account(), &headers(signature), url, body),
                    Ok(()),
                    "{url}"
                );
            }
        }
        let raw = SignedBody::Raw(JSON);
        assert_eq!(verify(&account(), &headers(JSON_SIGNED), JSON_URL, raw), Ok(()));
    }

    #[test]
    fn what_was_changed_on_the_way_is_refused() {
        let check = |url: &str, form: &Form| {
            verify(&account(), &headers(SIGNED), url, SignedBody::Form(form)).unwrap_err()
        };
        let mut more = form().values().to_vec();
        more.push(("Extra".to_owned(), String::new()));
        let fewer = form()
            .values()
            .iter()
            .filter(|(name, _)| name != "FromCity")
            .cloned()
            .collect();
        for changed in [more.into_iter().collect(), fewer, Form::default()] {
            assert_eq!(check(URL, &changed), SignatureError::Mismatch);
        }
        for url in [
            "http://voice.example.test/twilio/voice?tenant=t_42",
            "https://voice.example.test/twilio/voice",
            "https://voice.example.test/twilio/voice?tenant=t%5F42",
            "https://voice.example.test:8443/twilio/voice?tenant=t_42",
            "https://other.example.test/twilio/voice?tenant=t_42",
        ] {
            // Another port than the usual one is left out by some of Twilio's servers as well.
            let refused = verify(&account(), &headers(SIGNED), url, SignedBody::Form(&form()));
            assert_eq!(refused.is_ok(), url.contains(":8443"), "{url}");
        }
        for body in [&b"{}"[..], b""] {
            let raw = verify(&account(), &headers(JSON_SIGNED), JSON_URL, SignedBody::Raw(body));
            assert_eq!(raw, Err(SignatureError::Mismatch));
        }
        let none = verify(&account(), &headers(SIGNED), URL, SignedBody::Raw(JSON));
        assert_eq!(
            none,
            Err(SignatureError::Malformed),
            "a body that nobody vouches for"
        );
    }

    #[test]
    fn a_signature_that_is_none_is_told_apart() {
        let form = form();
        let check = |headers: &HeaderMap| verify(&account(), headers, URL, SignedBody::Form(&form));
        assert_eq!(check(&HeaderMap::new()), Err(SignatureError::Missing));
        for odd in ["%%%", "cPCoN2", "sha1=cPCoN2cEMvND2fur/SYKkLY+kSk="] {
            assert_eq!(check(&headers(odd)), Err(SignatureError::Malformed), "{odd}");
        }
        assert_eq!(check(&headers("")), Err(SignatureError::Mismatch));
        assert_eq!(check(&headers("AAAA")), Err(SignatureError::Mismatch));
    }

    #[test]
    fn during_a_rotation_both_tokens_are_good() {
        let form = form();
        let rotated = TwilioAccount::new(account().sid(), Secret::new("another")).unwrap();
        let check = |account: &TwilioAccount| verify(account, &headers(SIGNED), URL, SignedBody::Form(&form));
        assert_eq!(check(&rotated), Err(SignatureError::Mismatch));
        assert_eq!(check(&rotated.with_previous_token(Secret::new(TOKEN))), Ok(()));
    }

    #[test]
    fn a_key_of_its_own_is_taken_only_as_it_is_set_up() {
        let form = form();
        let key = WebhookKey {
            id: "WK01".to_owned(),
            secret: Secret::new("shared"),
        };
        let with_key = account().with_webhook_key(key);
        let mut mac = Hmac::<Sha256>::new_from_slice(b"shared").unwrap();
        mac.update(message(URL, Some(&form)).as_bytes());
        let signed = STANDARD.encode(mac.finalize().into_bytes());
        let told = |signature: &str, settings: &str| {
            let mut headers = headers(signature);
            headers.insert(SETTINGS_HEADER, settings.parse().unwrap());
            headers
        };
        let check = |account: &TwilioAccount, headers: &HeaderMap| {
            verify(account, headers, URL, SignedBody::Form(&form))
        };
        let right = told(&signed, "key=WK01,algorithm=HMAC_SHA256");
        assert_eq!(check(&with_key, &right), Ok(()));
        // Neither does the header choose an algorithm, nor does its absence fall back to the token.
        for (signature, settings) in [
            (&*signed, "key=WK02,algorithm=HMAC_SHA256"),
            (&*signed, "key=WK01,algorithm=HMAC_MD5"),
            (SIGNED, "key=WK01,algorithm=HMAC_SHA1"),
            (&*signed, "WK01"),
            (&*signed, ""),
        ] {
            assert!(
                check(&with_key, &told(signature, settings)).is_err(),
                "{settings}"
            );
        }
        assert_eq!(check(&with_key, &headers(SIGNED)), Err(SignatureError::Mismatch));
        assert_eq!(check(&account(), &right), Err(SignatureError::Mismatch));
        let weak = told(SIGNED, "key=WK01,algorithm=HMAC_SHA1");
        assert_eq!(check(&account(), &weak), Err(SignatureError::Mismatch));
    }

    #[test]
    fn repeated_names_count_each_value_once() {
        let once: Form = [("a", "1"), ("a", "2"), ("B", "0")].into_iter().collect();
        let twice: Form = [("a", "2"), ("B", "0"), ("a", "1"), ("a", "2")]
            .into_iter()
            .collect();
        assert_eq!(message("u", Some(&once)), "uB0a1a2");
        assert_eq!(message("u", Some(&twice)), "uB0a1a2");
    }

    #[test]
    fn ports_are_added_and_taken_away() {
        let both = |url| with_and_without_port(url);
        assert_eq!(both("http://[::1]/x"), ["http://[::1]/x", "http://[::1]:80/x"]);
        assert_eq!(both("http://[::1]:90"), ["http://[::1]", "http://[::1]:90"]);
        assert_eq!(both("wss://h?a=:1"), ["wss://h?a=:1", "wss://h:443?a=:1"]);
        assert_eq!(both("https://u:p@h/"), ["https://u:p@h/", "https://u:p@h:443/"]);
        assert_eq!(both("nothing"), ["nothing", "nothing"]);
    }

    proptest! {
        #[test]
        fn anything_is_survived(url in "\\PC{0,60}", signature in "\\PC{0,40}", raw in prop::collection::vec(any::<u8>(), 0..50)) {
            let mut headers = HeaderMap::new();
            if let Ok(value) = signature.parse() {
                headers.insert(SIGNATURE_HEADER, value);
            }
            let form = Form::parse(&raw).unwrap();
            for body in [SignedBody::None, SignedBody::Form(&form), SignedBody::Raw(&raw)] {
                prop_assert!(verify(&account(), &headers, &url, body).is_err());
            }
        }
    }
}

//! The signature of the Standard Webhooks specification (<https://www.standardwebhooks.com>).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// What a secret begins with.
const PREFIX: &str = "whsec_";

/// A secret that cannot sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a secret is whsec_ and base64")]
pub struct InvalidSecret;

/// The value of `webhook-signature`: one signature for each secret, so that a receiver can check with
/// the old or the new one while a secret is exchanged. `timestamp` is in seconds of Unix time.
///
/// # Errors
/// When a secret is not of its form, or there is none.
pub fn sign(secrets: &[&str], id: &str, timestamp: i64, body: &str) -> Result<String, InvalidSecret> {
    if secrets.is_empty() {
        return Err(InvalidSecret);
    }
    let signatures = secrets.iter().map(|secret| {
        let key = secret.strip_prefix(PREFIX).ok_or(InvalidSecret)?;
        let key = STANDARD.decode(key).map_err(|_| InvalidSecret)?;
        let mut mac = Hmac::<Sha256>::new_from_slice(&key).map_err(|_| InvalidSecret)?;
        mac.update(format!("{id}.{timestamp}.").as_bytes());
        mac.update(body.as_bytes());
        Ok(format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes())))
    });
    Ok(signatures.collect::<Result<Vec<_>, InvalidSecret>>()?.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const ID: &str = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    const BODY: &str = r#"{"test": 2432232314}"#;

    #[test]
    fn the_specifications_own_example_has_the_specifications_signature() {
        assert_eq!(
            sign(&[SECRET], ID, 1_614_265_330, BODY).unwrap(),
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
        );
    }

    #[test]
    fn each_secret_has_its_signature_and_the_newest_comes_first() {
        let old = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
        let both = sign(&[SECRET, old], ID, 1_614_265_330, BODY).unwrap();
        let parts: Vec<&str> = both.split(' ').collect();
        assert_eq!(parts[0], sign(&[SECRET], ID, 1_614_265_330, BODY).unwrap());
        assert_eq!(parts[1], sign(&[old], ID, 1_614_265_330, BODY).unwrap());
    }

    #[test]
    fn id_time_and_body_are_all_part_of_it() {
        let signature = sign(&[SECRET], ID, 1, BODY).unwrap();
        assert_ne!(signature, sign(&[SECRET], "msg_2", 1, BODY).unwrap());
        assert_ne!(signature, sign(&[SECRET], ID, 2, BODY).unwrap());
        assert_ne!(signature, sign(&[SECRET], ID, 1, "{}").unwrap());
    }

    #[test]
    fn what_is_no_secret_signs_nothing() {
        for secret in ["", "secret", "whsec_%", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"] {
            assert_eq!(sign(&[secret], ID, 1, BODY), Err(InvalidSecret), "{secret}");
        }
        assert_eq!(sign(&[], ID, 1, BODY), Err(InvalidSecret));
    }
}

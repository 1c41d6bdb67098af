//! The issuer's key: made at the first start, then kept.

use std::path::Path;

use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rsa::{KeyPair, KeySize, PublicKeyComponents};
use aws_lc_rs::signature::KeyPair as _;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::EncodingKey;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// The key could not be made, read or kept.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The file could not be read or written.
    #[error("the sign-in key at {path} could not be read or written: {cause}")]
    File {
        /// Where it is kept.
        path: String,
        /// What happened.
        cause: std::io::Error,
    },
    /// Not a key, or none could be made.
    #[error("the sign-in key is damaged: delete it and start again ({0})")]
    Damaged(String),
}

/// The issuer's key.
#[derive(Clone)]
pub struct SigningKey {
    pub(crate) encoding: EncodingKey,
    pub(crate) id: String,
    jwk: Value,
}

impl SigningKey {
    /// The key kept below `data_dir`, made when there is none.
    ///
    /// # Errors
    /// When it cannot be read, made or written.
    pub fn open(data_dir: &Path) -> Result<Self, KeyError> {
        let path = data_dir.join("oidc").join("key.der");
        let file = |cause| KeyError::File {
            path: path.display().to_string(),
            cause,
        };
        match std::fs::read(&path) {
            Ok(der) => Self::from_der(&der),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let damaged = |_| KeyError::Damaged("no key could be made".to_owned());
                let pair = KeyPair::generate(KeySize::Rsa2048).map_err(damaged)?;
                let der = AsDer::<aws_lc_rs::encoding::Pkcs8V1Der<'_>>::as_der(&pair).map_err(damaged)?;
                if let Some(parent) = path.parent() {
                    std::fs::create_dir_all(parent).map_err(file)?;
                }
                // Whole or not at all, and the first one stays: another process may make one as well.
                let partial = path.with_extension(format!("{}.tmp", std::process::id()));
                std::fs::write(&partial, der.as_ref()).map_err(file)?;
                let linked = std::fs::hard_link(&partial, &path);
                std::fs::remove_file(&partial).map_err(file)?;
                match linked {
                    Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
                        return Self::from_der(&std::fs::read(&path).map_err(file)?);
                    }
                    linked => linked.map_err(file)?,
                }
                Self::from_der(der.as_ref())
            }
            Err(error) => Err(file(error)),
        }
    }

    fn from_der(pkcs8: &[u8]) -> Result<Self, KeyError> {
        let damaged = |why: &str| KeyError::Damaged(why.to_owned());
        let pair = KeyPair::from_pkcs8(pkcs8).map_err(|_| damaged("it is not a PKCS#8 RSA key"))?;
        let parts: PublicKeyComponents<Vec<u8>> = PublicKeyComponents::from(pair.public_key());
        let (n, e) = (URL_SAFE_NO_PAD.encode(&parts.n), URL_SAFE_NO_PAD.encode(&parts.e));
        let id = hex::encode(&Sha256::digest(n.as_bytes())[..8]);
        let jwk = json!({ "kty": "RSA", "use": "sig", "alg": "RS256", "kid": id, "n": n, "e": e });
        let pem = pem_of(pkcs8);
        let encoding =
            EncodingKey::from_rsa_pem(pem.as_bytes()).map_err(|e| KeyError::Damaged(e.to_string()))?;
        Ok(Self { encoding, id, jwk })
    }

    /// The public half, as a key set.
    pub fn jwks(&self) -> Value {
        json!({ "keys": [self.jwk] })
    }
}

fn pem_of(der: &[u8]) -> String {
    let text = base64::engine::general_purpose::STANDARD.encode(der);
    let mut pem = String::from("-----BEGIN PRIVATE KEY-----\n");
    for line in text.as_bytes().chunks(64) {
        // Base64 is ASCII.
        pem.push_str(&String::from_utf8_lossy(line));
        pem.push('\n');
    }
    pem + "-----END PRIVATE KEY-----\n"
}

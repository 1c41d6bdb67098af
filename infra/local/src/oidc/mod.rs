//! A local OIDC issuer: sign-in for development, with tokens that are really signed and verified.

mod code;
mod keys;
mod routes;
mod tokens;

pub use keys::{KeyError, SigningKey};
pub use tokens::{Role, TokenRequest, issue};

pub(crate) use routes::oidc_routes;

/// Path of the issuer below the API's address.
pub const ISSUER_PATH: &str = "/local/oidc";

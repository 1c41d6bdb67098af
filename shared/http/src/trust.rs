//! Whom a TLS connection trusts.

use std::sync::Arc;

use rustls::RootCertStore;

/// The environment variable that says whose certificates are trusted: `machine` for those that this machine trusts, which is for a
/// network that opens TLS and signs it anew. Anything else: those that are built in.
pub const TRUSTED_CERTIFICATES: &str = "TRUSTED_CERTIFICATES";

/// Whether the machine's certificates are asked for ([`TRUSTED_CERTIFICATES`]).
#[must_use]
pub fn trusts_the_machine() -> bool {
    std::env::var_os(TRUSTED_CERTIFICATES).is_some_and(|whose| whose == "machine")
}

/// Mozilla's authorities, as they were when this was built. They are there without being read: a machine's file of
/// them takes longer to read than all else that a function does when it starts.
pub(crate) fn built_in() -> Arc<RootCertStore> {
    Arc::new(RootCertStore {
        roots: webpki_roots::TLS_SERVER_ROOTS.to_vec(),
    })
}

/// What this machine trusts. What cannot be read is left out; with none at all no connection succeeds, and each says so.
pub(crate) fn of_the_machine() -> Arc<RootCertStore> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    Arc::new(roots)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn authorities_are_built_in() {
        assert!(built_in().len() > 100);
    }

    #[test]
    fn nobody_asks_for_the_machines_by_default() {
        assert!(!trusts_the_machine());
    }
}

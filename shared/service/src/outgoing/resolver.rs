//! Resolves a host and lets through public addresses only.
//!
//! The client connects to exactly the addresses that come from here, so a name that is resolved to
//! something else a moment later changes nothing.

use std::net::SocketAddr;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use switchboard_domain::is_public;

/// A host that is not to be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the host resolves to an address that is not public; it is not contacted")]
pub(crate) struct NotPublic;

/// The machine's resolver, with everything refused that is not public.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PublicOnly;

impl Resolve for PublicOnly {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            // The client puts the port in itself.
            let found: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            let addresses = all_public(found)?;
            Ok(Box::new(addresses.into_iter()) as Addrs)
        })
    }
}

/// All of them, or none: a host that has one private address is not one that we were meant to reach.
fn all_public(found: Vec<SocketAddr>) -> Result<Vec<SocketAddr>, NotPublic> {
    match found.iter().all(|address| is_public(address.ip())) {
        true => Ok(found),
        false => Err(NotPublic),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn addresses(texts: &[&str]) -> Vec<SocketAddr> {
        texts
            .iter()
            .map(|text| SocketAddr::new(text.parse().unwrap(), 0))
            .collect()
    }

    #[test]
    fn one_private_address_among_public_ones_refuses_them_all() {
        assert!(all_public(addresses(&["1.1.1.1", "2606:4700::1"])).is_ok());
        for private in [
            "127.0.0.1",
            "10.1.2.3",
            "169.254.169.254",
            "::1",
            "::ffff:10.0.0.1",
        ] {
            assert_eq!(all_public(addresses(&["1.1.1.1", private])), Err(NotPublic));
        }
    }

    #[tokio::test]
    async fn a_name_of_this_machine_is_refused() {
        let name = "localhost".parse().unwrap();
        let Err(error) = PublicOnly.resolve(name).await else {
            panic!()
        };
        assert!(error.is::<NotPublic>());
    }
}

//! What all AWS clients share.

use std::time::Duration;

use aws_config::environment::EnvironmentVariableCredentialsProvider;
use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_smithy_http_client::HttpClientError;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore};
use switchboard_http::trusts_the_machine;

/// The authorities whose certificates AWS's services show, by <https://www.amazontrust.com/repository/>.
const AMAZONS_AUTHORITIES: &str = include_str!("amazons_authorities.pem");
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
const READ_TIMEOUT: Duration = Duration::from_secs(20);
const MAX_ATTEMPTS: u32 = 4;

/// The SDK's configuration for `region`: one HTTP client for all services, credentials from the
/// environment. Lambda sets them there; looking anywhere else (profiles, instance metadata) would
/// only cost time.
pub async fn sdk_config(region: &str) -> SdkConfig {
    let mut http_client =
        aws_smithy_http_client::Builder::new().tls_provider(Provider::Rustls(CryptoMode::Ring));
    // Without it the SDK's own default stands, which is what the machine trusts.
    if let Ok(tls) = tls(region) {
        http_client = http_client.tls_context(tls);
    }
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        .read_timeout(READ_TIMEOUT)
        .build();
    aws_config::defaults(BehaviorVersion::latest())
        .region(Region::new(region.to_owned()))
        .credentials_provider(EnvironmentVariableCredentialsProvider::new())
        .http_client(http_client.build_https())
        .timeout_config(timeouts)
        .retry_config(RetryConfig::standard().with_max_attempts(MAX_ATTEMPTS))
        .load()
        .await
}

/// Whom the SDK trusts. Every client of a service reads the whole of it anew, so it is the five that are needed, and not the
/// hundred and more of a machine; but where AWS has authorities of its own, what the machine trusts.
fn tls(region: &str) -> Result<TlsContext, HttpClientError> {
    let trusted = if trusts_the_machine() || has_its_own_authorities(region) {
        TrustStore::default()
    } else {
        TrustStore::empty().with_pem_certificate(AMAZONS_AUTHORITIES)
    };
    TlsContext::builder().with_trust_store(trusted).build()
}

/// Partitions that stand alone: China, the European sovereign cloud, and those without the internet.
fn has_its_own_authorities(region: &str) -> bool {
    region.starts_with("cn-") || region.starts_with("eusc-") || region.contains("-iso")
}

#[cfg(test)]
mod tests {
    use rustls::RootCertStore;
    use rustls::pki_types::CertificateDer;
    use rustls::pki_types::pem::PemObject;

    use super::*;

    #[test]
    fn amazons_authorities_are_five_of_mozillas() {
        let mut roots = RootCertStore::empty();
        for one in CertificateDer::pem_slice_iter(AMAZONS_AUTHORITIES.as_bytes()) {
            roots.add(one.unwrap()).unwrap();
        }
        assert_eq!(roots.len(), 5);
        for one in &roots.roots {
            assert!(webpki_roots::TLS_SERVER_ROOTS.contains(one), "{one:?}");
        }
    }

    #[test]
    fn partitions_that_stand_alone_have_their_own_authorities() {
        for alone in [
            "cn-north-1",
            "eusc-de-east-1",
            "us-iso-east-1",
            "us-isob-east-1",
            "eu-isoe-west-1",
        ] {
            assert!(has_its_own_authorities(alone), "{alone}");
        }
        for usual in [
            "us-east-1",
            "eu-west-1",
            "us-gov-west-1",
            "me-central-1",
            "mx-central-1",
        ] {
            assert!(!has_its_own_authorities(usual), "{usual}");
        }
    }

    #[tokio::test]
    async fn the_region_is_the_one_given() {
        let config = sdk_config("eu-west-1").await;
        assert_eq!(config.region().unwrap().as_ref(), "eu-west-1");
        assert!(config.http_client().is_some());
    }
}

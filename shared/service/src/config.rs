//! What every function is told by its environment.

use switchboard_domain::ProviderKind;
use switchboard_providers::twilio::TWILIO_ADDRESS;
use switchboard_providers::usual_address;
use switchboard_store::StoreConfig;
use url::Url;

use crate::secrets::{CARRIER_ARN, Names};
use crate::settings::Settings;
use crate::telemetry::LogLevel;

/// Something beyond tables and bucket that a function cannot do without.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// The dial queue.
    DialQueue,
    /// The dial queue's dead letters.
    DeadLetterQueue,
    /// The dialer and its event source mapping, to change how many calls may run.
    DialerControl,
    /// The campaign scheduler, to wake it.
    Scheduler,
    /// The conversation sync, to start it.
    Sync,
    /// The call exporter, to start it.
    Exporter,
    /// The upload parser, to start it.
    Parser,
    /// The voice provider and its key.
    Provider,
    /// The secrets with which webhooks are signed.
    WebhookSecrets,
}

/// What every function is told by its environment.
#[derive(Debug, Clone)]
pub struct ServiceConfig {
    /// The AWS region.
    pub region: String,
    /// How much is logged.
    pub log_level: LogLevel,
    /// Where everything is kept.
    pub store: StoreConfig,
    /// Address of the carrier's API.
    pub carrier_url: Url,
    /// Secret with the account at the carrier, where it is not set directly.
    pub carrier_secret_arn: Option<String>,
    /// Where this deployment is reached from outside, such as `https://api.example.com`, where that is set.
    pub public_url: Option<Url>,
    /// Where each provider is, in the order of [`ProviderKind::ALL`].
    providers: [ProviderConfig; ProviderKind::ALL.len()],
}

/// Where a provider is.
#[derive(Debug, Clone)]
pub struct ProviderConfig {
    /// Address of its API.
    pub base_url: Url,
    /// Secret with its API key and webhook secrets, where they are not set directly.
    pub secret_arn: Option<String>,
}

/// What of a provider's a function needs, the variable that holds it, and an example.
type Wanted = (Need, fn(&Names) -> String, &'static str);

impl ServiceConfig {
    /// Reads the settings; problems stay with `settings`.
    pub fn read(settings: &mut Settings, needs: &[Need]) -> Self {
        let config = Self {
            region: settings.required("AWS_REGION", "us-east-1"),
            log_level: settings.parsed("LOG_LEVEL", LogLevel::Info, "info"),
            store: store_config(settings, needs),
            carrier_url: address(settings, "TWILIO_BASE_URL", TWILIO_ADDRESS),
            carrier_secret_arn: settings.optional(CARRIER_ARN),
            public_url: public_url(settings),
            providers: ProviderKind::ALL.map(|kind| ProviderConfig {
                base_url: address(settings, &Names::of(kind).base_url(), usual_address(kind)),
                secret_arn: settings.optional(&Names::of(kind).secret_arn()),
            }),
        };
        let wanted: [Wanted; 2] = [
            (Need::Provider, Names::api_key, "sk_..."),
            (Need::WebhookSecrets, Names::webhook_secret, "wsec_..."),
        ];
        for (_, direct, example) in wanted.into_iter().filter(|(need, ..)| needs.contains(need)) {
            let is_given = |kind| {
                let given = config.provider(kind).secret_arn.is_some();
                given || settings.optional(&direct(&Names::of(kind))).is_some()
            };
            // One provider is enough.
            if !ProviderKind::ALL.into_iter().any(is_given) {
                let names = Names::of(ProviderKind::ALL[0]);
                let problem = format!(
                    "is not set, and neither is {}, nor those of another provider",
                    names.secret_arn()
                );
                settings.problem(&direct(&names), &problem, example);
            }
        }
        config
    }

    /// Where a provider is.
    pub fn provider(&self, kind: ProviderKind) -> &ProviderConfig {
        &self.providers[kind as usize]
    }
}

fn store_config(settings: &mut Settings, needs: &[Need]) -> StoreConfig {
    let if_needed = |settings: &mut Settings, need: Need, name: &'static str, example: &'static str| {
        if needs.contains(&need) {
            Some(settings.required(name, example))
        } else {
            settings.optional(name)
        }
    };
    StoreConfig {
        calls_table: settings.required("CALLS_TABLE", "switchboard-calls"),
        campaigns_table: settings.required("CAMPAIGNS_TABLE", "switchboard-campaigns"),
        contacts_table: settings.required("CONTACTS_TABLE", "switchboard-contacts"),
        agents_table: settings.required("AGENTS_TABLE", "switchboard-agents"),
        system_table: settings.required("SYSTEM_TABLE", "switchboard-system"),
        data_bucket: settings.required("DATA_BUCKET", "switchboard-data-111122223333-us-east-1"),
        dial_queue_url: if_needed(
            settings,
            Need::DialQueue,
            "DIAL_QUEUE_URL",
            "https://sqs.us-east-1.amazonaws.com/111122223333/dial",
        ),
        dead_letter_queue_url: if_needed(
            settings,
            Need::DeadLetterQueue,
            "DEAD_LETTER_QUEUE_URL",
            "https://sqs.us-east-1.amazonaws.com/111122223333/dial-dead-letters",
        ),
        failed_events_queue_url: settings.optional("FAILED_EVENTS_QUEUE_URL"),
        event_queue_url: settings.optional("EVENT_QUEUE_URL"),
        dialer_function: if_needed(
            settings,
            Need::DialerControl,
            "DIALER_FUNCTION",
            "switchboard-dialer",
        ),
        dialer_mapping_id: if_needed(
            settings,
            Need::DialerControl,
            "DIALER_MAPPING_ID",
            "14e0db71-5d35-4eb5-b481-8945cf9d10c2",
        ),
        scheduler_function: if_needed(
            settings,
            Need::Scheduler,
            "SCHEDULER_FUNCTION",
            "switchboard-scheduler",
        ),
        sync_function: if_needed(settings, Need::Sync, "SYNC_FUNCTION", "switchboard-sync"),
        exporter_function: if_needed(
            settings,
            Need::Exporter,
            "EXPORTER_FUNCTION",
            "switchboard-exporter",
        ),
        parser_function: if_needed(settings, Need::Parser, "PARSER_FUNCTION", "switchboard-parser"),
        receptionist_function: settings.optional("RECEPTIONIST_FUNCTION"),
        reserve_concurrency: settings.parsed("RESERVE_CONCURRENCY", true, "true"),
    }
}

fn public_url(settings: &mut Settings) -> Option<Url> {
    const NAME: &str = "PUBLIC_URL";
    let url = Url::parse(&settings.optional(NAME)?).ok();
    let url = url.filter(|url| matches!(url.scheme(), "http" | "https") && url.host().is_some());
    if url.is_none() {
        settings.problem(
            NAME,
            "is not the address of an HTTP server",
            "https://api.example.com",
        );
    }
    url
}

fn address(settings: &mut Settings, name: &str, usual: &'static str) -> Url {
    #[expect(clippy::expect_used, reason = "the usual addresses are some, as a test shows")]
    let url = settings.parsed(name, Url::parse(usual).expect("an address"), usual);
    if !matches!(url.scheme(), "http" | "https") || url.host().is_none() {
        settings.problem(name, "is not the address of an HTTP server", usual);
    }
    url
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLES: [(&str, &str); 7] = [
        ("AWS_REGION", "us-east-1"),
        ("CALLS_TABLE", "calls"),
        ("CAMPAIGNS_TABLE", "campaigns"),
        ("CONTACTS_TABLE", "contacts"),
        ("AGENTS_TABLE", "agents"),
        ("SYSTEM_TABLE", "system"),
        ("DATA_BUCKET", "data"),
    ];

    #[test]
    fn what_a_function_does_not_need_may_be_missing() {
        let mut settings = Settings::from_pairs(TABLES);
        let config = ServiceConfig::read(&mut settings, &[]);
        settings.finish().unwrap();
        assert_eq!(config.store.calls_table, "calls");
        assert_eq!(config.store.dial_queue_url, None);
        let address = |kind| config.provider(kind).base_url.as_str();
        assert_eq!(address(ProviderKind::Elevenlabs), "https://api.elevenlabs.io/");
        assert_eq!(address(ProviderKind::Ultravox), "https://api.ultravox.ai/");
        assert_eq!(config.carrier_url.as_str(), "https://api.twilio.com/");
        assert!(config.store.reserve_concurrency);
    }

    #[test]
    fn everything_that_is_needed_and_missing_is_named() {
        let mut settings = Settings::from_pairs([("ELEVENLABS_BASE_URL", "ftp://x"), ("LOG_LEVEL", "loud")]);
        ServiceConfig::read(
            &mut settings,
            &[Need::DialQueue, Need::DialerControl, Need::Provider],
        );
        let problems = settings.finish().unwrap_err().problems;
        let names: Vec<&str> = problems.iter().map(|p| p.name.as_str()).collect();
        assert_eq!(
            names,
            [
                "AWS_REGION",
                "LOG_LEVEL",
                "CALLS_TABLE",
                "CAMPAIGNS_TABLE",
                "CONTACTS_TABLE",
                "AGENTS_TABLE",
                "SYSTEM_TABLE",
                "DATA_BUCKET",
                "DIAL_QUEUE_URL",
                "DIALER_FUNCTION",
                "DIALER_MAPPING_ID",
                "ELEVENLABS_BASE_URL",
                "ELEVENLABS_API_KEY",
            ]
        );
    }
}

//! Which addresses this deployment sends events to.

use switchboard_domain::{AddressRules, Ports};

use crate::settings::Settings;

/// Reads `EVENT_PORTS` (`any`, or ports separated by commas) and `EVENT_ALLOW_LOOPBACK`, which only the
/// local runner sets.
pub fn address_rules(settings: &mut Settings) -> AddressRules {
    AddressRules {
        ports: settings.parsed("EVENT_PORTS", Ports::default(), "443,8443"),
        allow_loopback: settings.parsed("EVENT_ALLOW_LOOPBACK", false, "true"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_settings_only_https_on_its_usual_ports_is_allowed() {
        let mut settings = Settings::from_pairs([]);
        assert_eq!(address_rules(&mut settings), AddressRules::default());
        let mut settings = Settings::from_pairs([("EVENT_PORTS", "any"), ("EVENT_ALLOW_LOOPBACK", "true")]);
        let rules = address_rules(&mut settings);
        assert!(rules.allow_loopback && rules.ports == Ports::Any);
        settings.finish().unwrap();
        let mut settings = Settings::from_pairs([("EVENT_PORTS", "all"), ("EVENT_ALLOW_LOOPBACK", "1")]);
        address_rules(&mut settings);
        assert_eq!(settings.finish().unwrap_err().problems.len(), 2);
    }
}

//! Phone numbers, which we call phone lines.

use serde::Deserialize;
use switchboard_domain::{Carrier, PhoneLine, ProviderId, ProviderKind};

use crate::lenient::lenient;

#[derive(Debug, Deserialize)]
pub(in crate::elevenlabs) struct PhoneNumberItem {
    phone_number_id: String,
    provider: String,
    #[serde(default, deserialize_with = "lenient")]
    phone_number: String,
    #[serde(default, deserialize_with = "lenient")]
    label: String,
    /// Old items lack it, and could be called from.
    #[serde(default, deserialize_with = "lenient")]
    supports_outbound: Option<bool>,
}

impl PhoneNumberItem {
    /// The line, or none if its carrier is one that we cannot call through.
    pub(in crate::elevenlabs) fn into_line(self) -> Option<PhoneLine> {
        let carrier = match self.provider.as_str() {
            "twilio" => Carrier::Twilio,
            "sip_trunk" => Carrier::SipTrunk,
            _ => return None,
        };
        Some(PhoneLine {
            phone_line_id: ProviderId::parse(&self.phone_number_id).ok()?,
            provider: ProviderKind::Elevenlabs,
            phone_number: self.phone_number,
            label: self.label,
            carrier,
            supports_outbound: self.supports_outbound.unwrap_or(true),
        })
    }
}

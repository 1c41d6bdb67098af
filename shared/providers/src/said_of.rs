//! Of whom a sentence for people is.

use switchboard_domain::ProviderKind;

/// A platform as a sentence names it.
pub(crate) struct SaidOf {
    /// At its beginning.
    pub(crate) begin: &'static str,
    /// Inside of it.
    pub(crate) who: &'static str,
}

impl SaidOf {
    /// One that is not named.
    pub(crate) const SOME: Self = Self {
        begin: "The provider",
        who: "the provider",
    };

    /// The carrier.
    pub(crate) const CARRIER: Self = Self {
        begin: "Twilio",
        who: "Twilio",
    };

    /// One by its name.
    pub(crate) fn provider(kind: ProviderKind) -> Self {
        Self {
            begin: kind.name(),
            who: kind.name(),
        }
    }
}

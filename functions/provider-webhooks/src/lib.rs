//! Post-call webhooks of every provider.

//! A file, or folder, per resource.

pub(crate) mod agents;
pub(crate) mod alerts;
pub(crate) mod attention;
pub(crate) mod call_manager;
pub(crate) mod calling_rules;
pub(crate) mod calls;
pub(crate) mod campaigns;
pub(crate) mod carrier_settings;
pub(crate) mod contact_lists;
pub(crate) mod contacts;
pub(crate) mod dead_letters;
pub(crate) mod dial_settings;
pub(crate) mod do_not_call;
pub(crate) mod event_targets;
pub(crate) mod exports;
pub(crate) mod live;
pub(crate) mod monitoring;
pub(crate) mod people;
pub(crate) mod phone_lines;
pub(crate) mod platforms;
pub(crate) mod provider_settings;
pub(crate) mod queue;
pub(crate) mod system;
pub(crate) mod uploads;
pub(crate) mod voices;
pub(crate) mod webhooks;

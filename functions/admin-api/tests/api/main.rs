//! The API as its callers see it: over the local engines and a provider in memory, without a socket.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod harness;

mod access;
mod agents;
mod agents_of_all;
mod attention;
mod call_list;
mod call_manager;
mod callbacks;
mod calls;
mod campaigns;
mod capacity;
mod carrier;
mod contacts;
mod control;
mod dialling;
mod do_not_call;
mod document;
mod drift;
mod ending;
mod event_targets;
mod events;
mod exports;
mod idempotency;
mod inbound;
mod live;
mod monitoring;
mod people;
mod phone_lines;
mod privacy;
mod proof;
mod provider_settings;
mod queue;
mod raw_events;
mod recipients;
mod report;
mod requests;
mod routing_rules;
mod system;
mod tools;
mod uploads;
mod voices;

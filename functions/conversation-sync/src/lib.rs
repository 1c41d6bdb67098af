//! Hourly and on demand: pull conversations and missing recordings.

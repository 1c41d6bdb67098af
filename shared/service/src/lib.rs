//! Start-up of a function: configuration, secrets, tracing, problem documents.

//! HTTP API of the admin site and of scripts.

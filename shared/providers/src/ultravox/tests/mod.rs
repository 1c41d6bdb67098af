//! The provider against a server that is told what to answer.

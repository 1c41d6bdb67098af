//! Plays the voice providers: same wire protocol, scripted callers, a ledger of every dial.

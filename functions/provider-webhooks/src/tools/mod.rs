//! What an agent may do during a call: tools that the provider calls in its name.
//!
//! A tool acts only on the person of a call that we know, never on a number that it names: whoever gets hold
//! of the secret, or talks an agent into something, can put nobody else onto the list.

mod do_not_call;
mod signature;

pub(crate) use do_not_call::do_not_call;

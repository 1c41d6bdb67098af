//! Every minute: start campaigns, lay out their recipients, top up the dial queue, finish, recover.
//!
//! One tick works for most of its minute, a step a second while there is something to do, so that
//! a due recipient and a free slot meet within seconds. A lease keeps two ticks from doing the
//! same. The truth is in the tables: a tick that dies at any point loses nothing. Calls on the carrier's own line, those
//! that come in before all, are looked after as well.

mod auto_pause;
mod capacity;
mod dead_letters;
mod inbound;
mod layout;
mod lifecycle;
mod lines;
mod monitoring;
mod new_call;
mod providers;
mod recover;
mod step;
mod sweep;
mod tick;
mod top_up;
mod webhooks;

pub use inbound::PhoneLines;
pub use tick::{Pace, Scheduler, TickSummary};

//! Stays with a call that an OpenAI agent speaks in, and concludes every call that came in.
//!
//! Audio runs between the carrier and OpenAI. Somebody has to sit on the sideband all the same: to let the
//! agent greet, to run its tools, and to write down what is said, as no API tells that afterwards. One
//! invocation stays with one call, and hands over to a successor before its time is up.
//!
//! When the carrier says that the call is over, another invocation finds out what came of it: a summary, what
//! was wanted, how urgent it is. The recording comes by a third one.

mod conclude;
mod event;
mod hold;
mod pace;
mod receptionist;
mod recording;
mod socket;
mod tools;
mod web_socket;

pub use event::{Hold, Recorded, Request};
pub use pace::Pace;
pub use receptionist::{Failure, Needs, Receptionist};
pub use socket::{Closed, ConnectError, Heard, Sideband, Socket};
pub use web_socket::WebSockets;

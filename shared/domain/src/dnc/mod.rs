//! Numbers never to be dialled: the entries of the list, and the registers that they are imported from.

mod entry;
mod register;

pub use entry::{DoNotCallEntry, OptOutWay};
pub use register::{
    DoNotCallImport, DoNotCallRegister, MAX_REGISTER_AGE_DAYS, outdated_registers, register_warning,
};

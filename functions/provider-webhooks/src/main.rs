//! Wires the function; the work is in the library.
fn main() {}

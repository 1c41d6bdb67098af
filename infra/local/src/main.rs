//! `switchboard-local`: the whole system on this machine.

use std::process::ExitCode;

use clap::Parser;
use switchboard_local::Command;

#[tokio::main]
async fn main() -> ExitCode {
    match Command::parse().run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            #[expect(
                clippy::print_stderr,
                reason = "the one sentence that says why it does not start"
            )]
            {
                eprintln!("switchboard: {error:#}");
            }
            ExitCode::FAILURE
        }
    }
}

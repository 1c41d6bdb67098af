//! `make chaos`: ten thousand people called while everything that can go wrong does.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "the table is what this is for"
)]

use switchboard_tests::chaos::{ChaosPlan, run_chaos};

#[tokio::main]
async fn main() -> std::process::ExitCode {
    let plan = match ChaosPlan::default().with_arguments(std::env::args().skip(1)) {
        Ok(plan) => plan,
        Err(wrong) => {
            eprintln!("{wrong}");
            return std::process::ExitCode::from(2);
        }
    };
    match run_chaos(&plan, |line| eprintln!("{line}")).await {
        Ok(verdict) => {
            println!("{}", verdict.table);
            std::process::ExitCode::from(u8::from(!verdict.holds))
        }
        Err(error) => {
            eprintln!("the run did not come to its end: {error:#}");
            std::process::ExitCode::from(2)
        }
    }
}

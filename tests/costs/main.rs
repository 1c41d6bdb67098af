//! `make costs`: what calls, contacts and a month without any cost, from quantities counted in a local run and AWS's
//! list prices. What each number means and what is left out is in docs/costs.md.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "the table is what this is for"
)]

use anyhow::bail;
use switchboard_tests::costs::{Plan, Prices, measure, print};
use switchboard_tests::root;

/// The shortest call that can be measured, in seconds: a dialer asks the platform about a call for the first time after
/// fifteen, which writes the call once more. A line through a shorter one would take that for a cost of each second.
const SHORTEST_TALK: u32 = 20;

/// `--people=200`, `--limit=40`, `--talks=20,50`, `--callers=10`, `--contacts=10000` and `--idle-minutes=3`.
fn plan() -> anyhow::Result<Plan> {
    let mut plan = Plan {
        people: 200,
        limit: 40,
        talks: (20, 50),
        callers: 10,
        contacts: 10_000,
        idle_minutes: 3,
    };
    for argument in std::env::args().skip(1) {
        match argument.split_once('=') {
            Some(("--people", people)) => plan.people = people.parse()?,
            Some(("--limit", limit)) => plan.limit = limit.parse()?,
            Some(("--talks", talks)) => {
                let Some((short, long)) = talks.split_once(',') else {
                    bail!("--talks has two lengths in seconds: --talks=20,50");
                };
                plan.talks = (short.parse()?, long.parse()?);
            }
            Some(("--callers", callers)) => plan.callers = callers.parse()?,
            Some(("--contacts", contacts)) => plan.contacts = contacts.parse()?,
            Some(("--idle-minutes", minutes)) => plan.idle_minutes = minutes.parse()?,
            _ => bail!(
                "{argument} is unknown: say --people, --limit, --talks, --callers, --contacts or --idle-minutes"
            ),
        }
    }
    if plan.talks.0 >= plan.talks.1 {
        bail!("the second campaign's calls must be longer: --talks=20,50");
    }
    if plan.talks.0 < SHORTEST_TALK {
        bail!("calls must last {SHORTEST_TALK} s or longer: --talks=20,50");
    }
    Ok(plan)
}

/// Alarms of the templates.
fn alarms() -> anyhow::Result<usize> {
    let mut alarms = 0;
    for file in ["template.yaml", "infra/watching.yaml"] {
        let text = std::fs::read_to_string(root().join(file))?;
        alarms += text.matches("Type: AWS::CloudWatch::Alarm").count();
    }
    Ok(alarms)
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let (plan, prices) = (plan()?, Prices::read()?);
    let measured = Box::pin(measure(plan, |next| eprintln!("costs: {next}"))).await?;
    println!("{}", print(&measured, &prices, alarms()?));
    Ok(())
}

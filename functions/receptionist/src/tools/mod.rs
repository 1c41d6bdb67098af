//! Tools that the agent uses during a call: each runs once, whoever holds the sideband and however often it is
//! asked for.

mod arguments;
mod callback;
mod custom;
mod look_up;
mod message;
mod opt_out;
mod say;
mod transfer;
mod urgent;

use std::time::Duration;

use serde_json::{Value, json};
use switchboard_domain::{
    Agent, Call, InboundCall, Measurement, PhoneNumber, ReceptionEvent, ReceptionSettings, ToolResult,
    ToolRun,
};
use switchboard_service::Causes;
use switchboard_store::{StoreError, ToolClaim};
use tokio::time::{Instant, sleep};

pub(crate) use self::arguments::Arguments;
use self::say::{failed, unknown};
use crate::receptionist::Receptionist;

/// Longest answer that the agent is given, in bytes.
const MAX_OUTPUT_BYTES: usize = 60 * 1024;
/// How often a tool is looked at that somebody else runs.
const LOOK: Duration = Duration::from_millis(500);

/// A tool that the agent asks for.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Asked {
    /// OpenAI's id of the request; no id of a phone call.
    pub(crate) run_id: String,
    /// The tool's name.
    pub(crate) name: String,
    /// What it is called with: JSON, as the model wrote it.
    pub(crate) arguments: String,
}

/// Whose call it is.
#[derive(Clone)]
pub(crate) struct About {
    pub(crate) inbound: InboundCall,
    pub(crate) agent: Agent,
    pub(crate) settings: ReceptionSettings,
}

/// What is to be done when the agent has said its last words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Afterwards {
    /// Go on talking.
    GoOn,
    /// Put the caller through.
    Transfer {
        /// To whom.
        to: PhoneNumber,
        /// Seconds that it rings.
        ring_secs: u32,
    },
    /// End the call.
    End,
}

/// What came of a tool.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Ran {
    /// Which request it was.
    pub(crate) run_id: String,
    /// What the agent is told: JSON.
    pub(crate) output: String,
    /// What is to be done then.
    pub(crate) afterwards: Afterwards,
    /// Whether somebody else ran it, who may have told the agent already.
    pub(crate) by_another: bool,
}

/// What a tool answers.
pub(crate) struct Answer {
    pub(crate) output: Value,
    pub(crate) afterwards: Afterwards,
}

impl From<Value> for Answer {
    fn from(output: Value) -> Self {
        Self {
            output,
            afterwards: Afterwards::GoOn,
        }
    }
}

impl Receptionist {
    /// Runs a tool, unless somebody has. Always answers something that the agent can go on with.
    pub(crate) async fn run_tool(&self, about: &About, asked: &Asked) -> Ran {
        let call_id = &about.inbound.call_id;
        let run = ToolRun {
            run_id: asked.run_id.clone(),
            tool: asked.name.clone(),
            output: None,
            began_at: self.clock.now(),
        };
        match self.store.claim_tool_run(call_id, &run).await {
            Ok(ToolClaim::New) => self.run_claimed(about, asked).await,
            Ok(ToolClaim::Done(output)) => {
                // Whoever ran it may be about to tell the agent: that is waited for.
                sleep(LOOK.min(self.pace.tool)).await;
                self.ran_before(about, asked, output)
            }
            Ok(ToolClaim::Running { .. }) => self.wait_for_another(about, asked, &run).await,
            Err(error) => {
                tracing::error!(call.id = %call_id, error = %Causes(&error), "a tool could not be noted and did not run");
                self.observe(ToolResult::Failed);
                ran(asked, &failed(), Afterwards::GoOn)
            }
        }
    }

    fn observe(&self, result: ToolResult) {
        let event = ReceptionEvent::ToolRan(result);
        self.store.observe(&Measurement::Reception(event));
    }

    async fn run_claimed(&self, about: &About, asked: &Asked) -> Ran {
        let call_id = &about.inbound.call_id;
        let answer = match self.run_named(about, asked).await {
            Ok(answer) => answer,
            Err(error) => {
                tracing::error!(call.id = %call_id, tool = asked.name, error = %Causes(&error), "a tool failed");
                failed().into()
            }
        };
        let ran = ran(asked, &answer.output, answer.afterwards);
        let result = match say::is_failure(&ran.output) {
            true => ToolResult::Failed,
            false => ToolResult::Done,
        };
        self.observe(result);
        tracing::info!(call.id = %call_id, tool = asked.name, "a tool ran");
        if let Err(error) = self
            .store
            .finish_tool_run(call_id, &asked.run_id, &ran.output)
            .await
        {
            tracing::warn!(call.id = %call_id, error = %Causes(&error), "what a tool answered could not be kept");
        }
        ran
    }

    async fn run_named(&self, about: &About, asked: &Asked) -> Result<Answer, StoreError> {
        let arguments = Arguments::read(&asked.arguments);
        match asked.name.as_str() {
            "transfer_to_person" => self.transfer(about).await,
            "take_message" => self.take_message(about, &arguments).await,
            "book_callback" => self.book_callback(about, &arguments).await,
            "look_up_caller" => self.look_up_caller(about).await,
            "mark_urgent" => self.mark_urgent(about, &arguments).await,
            "add_to_do_not_call" => self.opt_out(about).await,
            "end_call" => Ok(Answer {
                output: json!({ "result": "done", "say": "Say goodbye in one short sentence, even if you have; the call ends then." }),
                afterwards: Afterwards::End,
            }),
            _ => {
                let tools = self.store.agent_tools(&about.agent.agent_id).await?;
                match tools.iter().find(|tool| tool.name == asked.name) {
                    Some(tool) => Ok(self.ask_customer(about, tool, asked).await.into()),
                    None => Ok(unknown().into()),
                }
            }
        }
    }

    /// Somebody else began it: another holder, or one that is dead by now.
    async fn wait_for_another(&self, about: &About, asked: &Asked, run: &ToolRun) -> Ran {
        let until = Instant::now() + self.pace.tool;
        while Instant::now() < until {
            sleep(LOOK.min(self.pace.tool)).await;
            if let Ok(ToolClaim::Done(output)) = self.store.claim_tool_run(&about.inbound.call_id, run).await
            {
                // It is about to tell the agent: that is waited for.
                sleep(LOOK.min(self.pace.tool)).await;
                return self.ran_before(about, asked, output);
            }
        }
        // It may have done its work: nobody knows, and it must not be done twice.
        self.observe(ToolResult::InDoubt);
        let mut ran = ran(asked, &say::in_doubt(), Afterwards::GoOn);
        ran.by_another = true;
        ran
    }

    /// What was decided before still follows: whoever ran it may be gone.
    fn ran_before(&self, about: &About, asked: &Asked, output: String) -> Ran {
        let read: Value = serde_json::from_str(&output).unwrap_or_default();
        let afterwards = match (asked.name.as_str(), read["result"].as_str()) {
            ("transfer_to_person", Some("done")) => transfer::afterwards(about),
            ("end_call", Some("done")) => Afterwards::End,
            _ => Afterwards::GoOn,
        };
        Ran {
            run_id: asked.run_id.clone(),
            output,
            afterwards,
            by_another: true,
        }
    }

    /// The call as it is now; none when there is none, which only a deletion explains.
    pub(crate) async fn call_of(&self, about: &About) -> Result<Option<Call>, StoreError> {
        self.store.find_call(&about.inbound.call_id).await
    }
}

fn ran(asked: &Asked, output: &Value, afterwards: Afterwards) -> Ran {
    let mut output = output.to_string();
    if output.len() > MAX_OUTPUT_BYTES {
        output = say::too_long().to_string();
    }
    Ran {
        run_id: asked.run_id.clone(),
        output,
        afterwards,
        by_another: false,
    }
}

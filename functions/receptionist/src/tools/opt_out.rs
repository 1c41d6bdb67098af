//! `add_to_do_not_call`: the person does not want to be called.

use serde_json::json;
use switchboard_domain::OptOutWay;
use switchboard_store::{OptedOut, StoreError};

use super::say::no_call;
use super::{About, Answer};
use crate::receptionist::Receptionist;

impl Receptionist {
    /// Puts the number of the call itself on the list: never one that the model names.
    pub(super) async fn opt_out(&self, about: &About) -> Result<Answer, StoreError> {
        let Some(call) = self.call_of(about).await? else {
            return Ok(no_call().into());
        };
        let outcome = self
            .store
            .opt_out_of_call(&call, OptOutWay::Tool, self.clock.now())
            .await?;
        Ok(match outcome {
            OptedOut::Now { .. } | OptedOut::Before => {
                json!({ "result": "done", "say": "The number is off all lists. We will not call it again." })
                    .into()
            }
            OptedOut::NoNumber => {
                let say = "The caller's number is not shown: ask which number it is and take a message.";
                json!({ "result": "failed", "say": say }).into()
            }
        })
    }
}

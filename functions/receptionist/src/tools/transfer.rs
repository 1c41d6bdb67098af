//! `transfer_to_person`: the caller is put through to somebody.

use serde_json::json;
use switchboard_domain::{InboundCall, PhoneNumber, RouteTarget};
use switchboard_store::StoreError;

use super::{About, Afterwards, Answer};
use crate::receptionist::Receptionist;

/// Seconds that a person's phone rings where no rule says it.
const RING_SECS: u32 = 25;

impl Receptionist {
    /// Notes whom the caller is put through to. From then on that person is next, should the agent fail on the
    /// way; the caller is sent there when the agent has said so.
    pub(super) async fn transfer(&self, about: &About) -> Result<Answer, StoreError> {
        let Some((to, ring_secs)) = person(about) else {
            let say = "Nobody can take calls now. Offer to take a message or to book a callback.";
            return Ok(json!({ "result": "nobody", "say": say }).into());
        };
        let next = RouteTarget::Person {
            phone_number: to.clone(),
            ring_secs,
        };
        self.store
            .update_inbound(&about.inbound.call_id, |inbound| put_next(inbound, &next))
            .await?;
        Ok(Answer {
            output: json!({ "result": "done", "say": "Tell the caller in one short sentence that you are putting them through." }),
            afterwards: Afterwards::Transfer { to, ring_secs },
        })
    }
}

/// Whom a caller is put through to: the next person of the rule, else the reception's.
fn person(about: &About) -> Option<(PhoneNumber, u32)> {
    let later = about.inbound.targets.iter().skip(about.inbound.at_target + 1);
    let of_rule = later.filter_map(|target| match target {
        RouteTarget::Person {
            phone_number,
            ring_secs,
        } => Some((phone_number.clone(), *ring_secs)),
        _ => None,
    });
    let of_reception = about.settings.person.clone().map(|number| (number, RING_SECS));
    of_rule.chain(of_reception).next()
}

/// What follows once it was answered that the caller is put through.
pub(super) fn afterwards(about: &About) -> Afterwards {
    match person(about) {
        Some((to, ring_secs)) => Afterwards::Transfer { to, ring_secs },
        None => Afterwards::GoOn,
    }
}

/// Makes a target the next one; answers whether that changes anything.
fn put_next(inbound: &mut InboundCall, next: &RouteTarget) -> bool {
    let at = inbound.at_target + 1;
    if !inbound.is_open() || inbound.targets.get(at) == Some(next) || at > inbound.targets.len() {
        return false;
    }
    inbound.targets.insert(at, next.clone());
    true
}

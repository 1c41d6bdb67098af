//! Campaigns: an agent, a phone line, people, and when and how to call them.

mod act;
mod answer;
mod confirmed;
mod copy;
mod create;
mod creation;
mod defaults;
mod dependents;
mod edit;
mod new_agent;
mod overrides;
mod people;
mod preflight;
mod progress;
mod proof;
mod read;
mod recipient;
mod recipients;
mod report;
mod rules;
mod templates;
mod whom;

use crate::route_set::{RouteSet, routes};

pub(crate) use act::act;
pub(crate) use answer::CampaignAnswer;
pub(crate) use create::{other_platform, usable_agent, usable_line};
pub(crate) use creation::{Begin, Plan, create};
pub(crate) use dependents::{campaigns_of, unfinished_campaigns};
pub(crate) use overrides::NewOverrides;
pub(crate) use people::{NewRecipient, read_people};

pub(crate) fn routes<R: RouteSet>() -> R {
    R::new()
        .routes(routes!(read::list_campaigns, create::create_campaign))
        .routes(routes!(read::get_campaign, edit::update_campaign))
        .routes(routes!(
            defaults::get_campaign_defaults,
            defaults::put_campaign_defaults
        ))
        .routes(routes!(act::start_campaign))
        .routes(routes!(preflight::get_preflight))
        .routes(routes!(preflight::rehearse))
        .routes(routes!(preflight::test_call))
        .routes(routes!(act::pause_campaign))
        .routes(routes!(act::resume_campaign))
        .routes(routes!(act::cancel_campaign))
        .routes(routes!(act::retry_failed))
        .routes(routes!(act::stop_all_campaigns))
        .routes(routes!(copy::clone_campaign))
        .routes(routes!(recipients::list_recipients, recipients::add_recipients))
        .routes(routes!(
            recipient::get_recipient,
            recipient::update_recipient,
            recipient::remove_recipient
        ))
        .routes(routes!(recipient::remove_recipients))
        .routes(routes!(
            templates::list_campaign_templates,
            templates::create_campaign_template
        ))
        .routes(routes!(
            templates::get_campaign_template,
            templates::delete_campaign_template
        ))
        .routes(routes!(progress::get_progress))
        .routes(routes!(proof::get_proof))
        .routes(routes!(proof::get_proof_ledger))
        .routes(routes!(report::get_report))
        .routes(routes!(report::get_report_table))
}

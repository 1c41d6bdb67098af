//! What the OpenAPI document says of a type that is written as ids.

use utoipa::openapi::schema::{ArrayBuilder, ObjectBuilder, OneOfBuilder, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use crate::RuleChoice;

impl PartialSchema for RuleChoice {
    fn schema() -> RefOr<Schema> {
        let text = || ObjectBuilder::new().schema_type(Type::String);
        let auto = text()
            .description(Some("Those of the country and the state of each number."))
            .enum_values(Some(["auto"]));
        let only = ObjectBuilder::new()
            .description(Some(
                "These for everybody. None at all leaves only the campaign's windows.",
            ))
            .property("only", ArrayBuilder::new().items(text()))
            .required("only");
        let either = OneOfBuilder::new()
            .item(auto)
            .item(only)
            .description(Some("Which rules hold for a campaign."));
        either.into()
    }
}

impl ToSchema for RuleChoice {
    fn name() -> std::borrow::Cow<'static, str> {
        "RuleChoice".into()
    }
}

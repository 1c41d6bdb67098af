//! Phone numbers in requests, in any spelling.

use switchboard_contacts::{NumberParser, NumberProblem, Region, UnknownRegion};
use switchboard_domain::PhoneNumber;
use switchboard_service::Problem;

/// The region that a request names.
pub(crate) fn region(code: Option<&str>) -> Result<Option<Region>, UnknownRegion> {
    code.map(Region::parse).transpose()
}

/// The number in E.164; the region is that of spellings without a country code.
pub(crate) fn parse(text: &str, region: Option<Region>) -> Result<PhoneNumber, NumberProblem> {
    NumberParser::parse(text, region)
}

/// The number that a query asks for.
pub(crate) fn of_query(text: &str, code: Option<&str>) -> Result<PhoneNumber, Problem> {
    let region = region(code).map_err(|error| Problem::invalid_field("default_region", error.to_string()))?;
    parse(text, region).map_err(|error| Problem::invalid_field("phone_number", error.to_string()))
}

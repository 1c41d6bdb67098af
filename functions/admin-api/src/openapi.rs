//! The document that describes the API.

use switchboard_service::{FieldError, Problem};
use utoipa::openapi::schema::{ArrayItems, Schema};
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
use utoipa::openapi::{OpenApi as Document, Ref, RefOr};
use utoipa::{Modify, OpenApi};

use crate::router::routes;

/// What the routes themselves do not say.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Switchboard",
        description = "AI phone calls: campaigns of outbound ones, a receptionist for those that come in, and what came of every call.\n\nErrors are problem \
                       documents (RFC 9457). Lists have pages: pass `next_cursor` as `cursor`. A POST with an \
                       `Idempotency-Key` happens once and can be repeated for 24 hours; a repeated answer has the \
                       header `Idempotent-Replayed: true`. Roles are `viewer`, `operator` and `admin`.",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0"),
    ),
    components(schemas(Problem, FieldError)),
    modifiers(&Token),
    security(("token" = [])),
    tags(
        (name = "agents", description = "Voice agents, their voices and phone lines"),
        (name = "contacts", description = "Uploads, contact lists, contacts, do-not-call list"),
        (name = "campaigns", description = "Who is called by whom, when and how often"),
        (name = "calls", description = "Every call and what came of it"),
        (name = "exports", description = "The call log as CSV"),
        (name = "inbound", description = "Calls that come in: where they go, and what is to be done about them"),
        (name = "queue", description = "The dial queue: start, stop, limit"),
        (name = "events", description = "Your own systems, told what happens by signed webhooks"),
        (name = "privacy", description = "Everything that is kept about one person: shown, and erased"),
        (name = "system", description = "State of the service and its providers"),
        (name = "call-manager", description = "The routes of the call-manager service that this replaces"),
    ),
)]
pub(crate) struct Base;

struct Token;

impl Modify for Token {
    fn modify(&self, document: &mut Document) {
        let mut http = Http::new(HttpAuthScheme::Bearer);
        http.bearer_format = Some("JWT".to_owned());
        let components = document.components.get_or_insert_default();
        components.add_security_scheme("token", SecurityScheme::Http(http));
    }
}

/// The OpenAPI 3.1 document of the API.
pub fn openapi() -> Document {
    let mut document = routes().into_openapi();
    name_rows(&mut document);
    document
}

/// Lets the pages of lists name the schema of their rows: utoipa writes it out in each of them.
fn name_rows(document: &mut Document) {
    let schemas = document
        .components
        .iter_mut()
        .flat_map(|components| components.schemas.iter_mut());
    for (name, schema) in schemas {
        let (Some(row), RefOr::T(Schema::Object(page))) = (name.strip_prefix("List_"), schema) else {
            continue;
        };
        if let Some(RefOr::T(Schema::Array(items))) = page.properties.get_mut("items") {
            items.items = ArrayItems::RefOrSchema(Box::new(Ref::from_schema_name(row).into()));
        }
    }
}

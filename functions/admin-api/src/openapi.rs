//! The document that describes the API.

use http::StatusCode;
use switchboard_domain::{
    AgentId, AuditId, CallId, CallbackId, CampaignId, CampaignTemplateId, EventId, EventTargetId, ExportId,
    ListId, RecipientId, RegisterId, RoutingRuleId, UploadId,
};
use switchboard_service::{FieldError, Problem, ProblemCode};
use utoipa::openapi::schema::{ArrayItems, Schema};
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
use utoipa::openapi::{ContentBuilder, Header, OpenApi as Document, Ref, RefOr, Response, ResponseBuilder};
use utoipa::{Modify, OpenApi, ToSchema};
use utoipa_axum::router::OpenApiRouter;

use crate::answer::component;
use crate::documented::statuses;
use crate::router::routes;

/// The one way to say who is asking.
pub(crate) const SCHEME: &str = "token";

/// What the routes themselves do not say.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Switchboard",
        description = "AI phone calls: campaigns of outbound ones, a receptionist for those that come in, and what came of every call.\n\nErrors are problem \
                       documents (RFC 9457). Lists have pages: pass `next_cursor` as `cursor`. A POST with an \
                       `Idempotency-Key` happens once and can be repeated for 24 hours; a repeated answer has the \
                       header `Idempotent-Replayed: true`. Roles are `viewer`, `operator` and `admin`, each with all \
                       rights of those before it; the least one that an operation needs is named in its `security`.",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0"),
    ),
    components(schemas(Problem, FieldError, GatewayMessage)),
    modifiers(&Token, &Refused),
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
struct Base;

struct Token;

impl Modify for Token {
    fn modify(&self, document: &mut Document) {
        let mut http = Http::new(HttpAuthScheme::Bearer);
        http.bearer_format = Some("JWT".to_owned());
        let components = document.components.get_or_insert_default();
        components.add_security_scheme(SCHEME, SecurityScheme::Http(http));
    }
}

/// What API Gateway says when it turns a request away before it reaches us.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "only its description is used")]
struct GatewayMessage {
    /// In its words.
    #[schema(example = "Too Many Requests")]
    message: String,
}

/// Describes once what each status means that a route refuses with.
struct Refused;

impl Modify for Refused {
    fn modify(&self, document: &mut Document) {
        let components = document.components.get_or_insert_default();
        for (status, codes) in statuses() {
            let refusal = described(status, &codes);
            components.responses.insert(component(status), RefOr::T(refusal));
        }
    }
}

fn described(status: StatusCode, codes: &[ProblemCode]) -> Response {
    let kinds: Vec<String> = codes
        .iter()
        .map(|code| format!("`/problems/{}`: {}.", code.as_str(), code.title()))
        .collect();
    let json = |schema| {
        let schema = Ref::from_schema_name(schema);
        ContentBuilder::new().schema(Some(schema)).build()
    };
    let mut response = ResponseBuilder::new()
        .description(kinds.join(" "))
        .content("application/problem+json", json("Problem"));
    // The gateway's own answers are none of ours, and may come for any of these.
    let of_gateway = [
        StatusCode::UNAUTHORIZED,
        StatusCode::FORBIDDEN,
        StatusCode::TOO_MANY_REQUESTS,
        StatusCode::INTERNAL_SERVER_ERROR,
        StatusCode::SERVICE_UNAVAILABLE,
    ];
    if of_gateway.contains(&status) {
        response = response.content("application/json", json("GatewayMessage"));
    }
    if [StatusCode::TOO_MANY_REQUESTS, StatusCode::SERVICE_UNAVAILABLE].contains(&status) {
        let mut wait = Header::default();
        wait.description = Some("Seconds after which to try again, where they are known.".to_owned());
        response = response.header("Retry-After", wait);
    }
    response.build()
}

/// The OpenAPI 3.1 document of the API.
pub fn openapi() -> Document {
    let router = OpenApiRouter::with_openapi(Base::openapi()).nest("/api", routes());
    let mut document = router.into_openapi();
    name_rows(&mut document);
    say_how_ids_look(&mut document);
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

/// Our own ids, by the names of their schemas; any one shows how all of a kind begin.
fn ids() -> [(&'static str, String); 14] {
    const OF: &[&str] = &["document"];
    [
        ("AgentId", AgentId::derived(OF).to_string()),
        ("AuditId", AuditId::derived(OF).to_string()),
        ("CallId", CallId::derived(OF).to_string()),
        ("CallbackId", CallbackId::derived(OF).to_string()),
        ("CampaignId", CampaignId::derived(OF).to_string()),
        ("CampaignTemplateId", CampaignTemplateId::derived(OF).to_string()),
        ("EventId", EventId::derived(OF).to_string()),
        ("EventTargetId", EventTargetId::derived(OF).to_string()),
        ("ExportId", ExportId::derived(OF).to_string()),
        ("ListId", ListId::derived(OF).to_string()),
        ("RecipientId", RecipientId::derived(OF).to_string()),
        ("RegisterId", RegisterId::derived(OF).to_string()),
        ("RoutingRuleId", RoutingRuleId::derived(OF).to_string()),
        ("UploadId", UploadId::derived(OF).to_string()),
    ]
}

/// Gives ids the form that they have: what looks otherwise is none.
fn say_how_ids_look(document: &mut Document) {
    let Some(components) = &mut document.components else {
        return;
    };
    let ours = ids().map(|(name, id)| {
        let prefix = id.split_inclusive('_').next().unwrap_or_default();
        (name, format!("^{prefix}[0-9a-z]{{26}}$"))
    });
    let of_platforms = ("ProviderId", "^[A-Za-z0-9_-]{1,128}$".to_owned());
    for (name, pattern) in ours.into_iter().chain([of_platforms]) {
        if let Some(RefOr::T(Schema::Object(id))) = components.schemas.get_mut(name) {
            id.pattern = Some(pattern);
        }
    }
}

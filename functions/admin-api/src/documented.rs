//! What the document says of a route that its handler's arguments say already: the role that it needs, and what it
//! can be refused with. So the two cannot differ.

use axum::handler::Handler;
use http::{HeaderMap, StatusCode};
use serde::de::DeserializeOwned;
use switchboard_domain::Role;
use switchboard_service::ProblemCode;
use utoipa::openapi::path::{HttpMethod, Operation, PathItem, Paths};
use utoipa::openapi::security::SecurityRequirement;
use utoipa::openapi::{Ref, RefOr, Required, Response};

use crate::answer::component;
use crate::api::AppState;
use crate::body::{self, JsonBody};
use crate::openapi::SCHEME;
use crate::paging::{Paged, Params};
use crate::path::{Id, Ids, Number, Path};
use crate::roles::{Admin, Operator, Viewer};

/// A first argument: the role that a handler needs.
pub(crate) trait NeedsRole {
    const ROLE: Role;
}

impl NeedsRole for Viewer {
    const ROLE: Role = Role::Viewer;
}
impl NeedsRole for Operator {
    const ROLE: Role = Role::Operator;
}
impl NeedsRole for Admin {
    const ROLE: Role = Role::Admin;
}

/// Every other argument: what it refuses, and with which status.
pub(crate) trait Argument {
    const REFUSALS: &'static [StatusCode];

    /// Whether it is a body that may be left out of a POST.
    fn may_be_empty() -> bool {
        false
    }
}

const MALFORMED: &[StatusCode] = &[StatusCode::BAD_REQUEST];
const MISSING: &[StatusCode] = &[StatusCode::NOT_FOUND];
const BODY: &[StatusCode] = &[
    StatusCode::BAD_REQUEST,
    StatusCode::PAYLOAD_TOO_LARGE,
    StatusCode::UNSUPPORTED_MEDIA_TYPE,
];
const NUMBER: &[StatusCode] = &[StatusCode::BAD_REQUEST, StatusCode::NOT_FOUND];

impl<T> Argument for Id<T> {
    const REFUSALS: &'static [StatusCode] = MISSING;
}
impl<T, U> Argument for Ids<T, U> {
    const REFUSALS: &'static [StatusCode] = MISSING;
}
impl<T> Argument for Path<T> {
    const REFUSALS: &'static [StatusCode] = MISSING;
}
impl Argument for Number {
    const REFUSALS: &'static [StatusCode] = NUMBER;
}
impl<F> Argument for Paged<F> {
    const REFUSALS: &'static [StatusCode] = MALFORMED;
}
impl<T> Argument for Params<T> {
    const REFUSALS: &'static [StatusCode] = MALFORMED;
}
impl<T: DeserializeOwned> Argument for JsonBody<T> {
    const REFUSALS: &'static [StatusCode] = BODY;

    fn may_be_empty() -> bool {
        body::may_be_empty::<T>()
    }
}
impl Argument for HeaderMap {
    const REFUSALS: &'static [StatusCode] = &[];
}

/// All arguments of a handler, as axum has them: a marker of its own comes first.
pub(crate) trait Arguments {
    const ROLE: Role;
    const REFUSALS: &'static [&'static [StatusCode]];

    /// Whether the body may be left out of a POST.
    fn may_be_empty() -> bool;
}

macro_rules! arguments {
    ($($argument:ident),*) => {
        impl<M, R: NeedsRole, $($argument: Argument),*> Arguments for (M, R, $($argument),*) {
            const ROLE: Role = R::ROLE;
            const REFUSALS: &'static [&'static [StatusCode]] = &[$($argument::REFUSALS),*];

            fn may_be_empty() -> bool {
                false $(|| $argument::may_be_empty())*
            }
        }
    };
}
arguments!();
arguments!(A);
arguments!(A, B);
arguments!(A, B, C);

/// Adds to the description of one handler what follows from its arguments and its method.
pub(crate) fn describe<H, T>(paths: &mut Paths, handler: &str, _: &H)
where
    H: Handler<T, AppState>,
    T: Arguments,
{
    let name = handler.rsplit("::").next().unwrap_or(handler).trim();
    for item in paths.paths.values_mut() {
        for (operation, method, of_method) in operations(item) {
            if operation.operation_id.as_deref() == Some(name) {
                let role = SecurityRequirement::new(SCHEME, [T::ROLE.as_str()]);
                operation.security = Some(vec![role]);
                let of_arguments = T::REFUSALS.iter().copied().flatten();
                for status in of_method.iter().chain(of_arguments) {
                    refuse(operation, *status);
                }
                if let Some(RefOr::T(body)) = &mut operation.request_body {
                    let needed = method != HttpMethod::Post || !T::may_be_empty();
                    body.required = Some(if needed { Required::True } else { Required::False });
                }
            }
        }
    }
}

/// The operations of a path, and what their method can be refused with: a change can meet another one, and a POST can
/// have an `Idempotency-Key`.
fn operations(item: &mut PathItem) -> Vec<(&mut Operation, HttpMethod, &'static [StatusCode])> {
    const LOOK: &[StatusCode] = &[];
    const CHANGE: &[StatusCode] = &[StatusCode::CONFLICT];
    const POST: &[StatusCode] = &[
        StatusCode::BAD_REQUEST,
        StatusCode::CONFLICT,
        StatusCode::PAYLOAD_TOO_LARGE,
        StatusCode::UNPROCESSABLE_ENTITY,
    ];
    let methods = [
        (&mut item.get, HttpMethod::Get, LOOK),
        (&mut item.post, HttpMethod::Post, POST),
        (&mut item.put, HttpMethod::Put, CHANGE),
        (&mut item.patch, HttpMethod::Patch, CHANGE),
        (&mut item.delete, HttpMethod::Delete, CHANGE),
    ];
    let given = methods.into_iter();
    given
        .filter_map(|(operation, method, refusals)| Some((operation.as_mut()?, method, refusals)))
        .collect()
}

fn refuse(operation: &mut Operation, status: StatusCode) {
    let answers = &mut operation.responses.responses;
    answers
        .entry(status.as_str().to_owned())
        .or_insert_with(|| refusal(status));
}

/// The description of what a status means, which all routes share.
pub(crate) fn refusal(status: StatusCode) -> RefOr<Response> {
    RefOr::Ref(Ref::from_response_name(component(status)))
}

/// The statuses of all problems, with the problems of each.
pub(crate) fn statuses() -> Vec<(StatusCode, Vec<ProblemCode>)> {
    let mut statuses: Vec<(StatusCode, Vec<ProblemCode>)> = Vec::new();
    for code in ProblemCode::ALL {
        match statuses.iter_mut().find(|(status, _)| *status == code.status()) {
            Some((_, codes)) => codes.push(code),
            None => statuses.push((code.status(), vec![code])),
        }
    }
    statuses
}

//! One list of routes for two ends: the function mounts their handlers only, and only the document is made of their
//! descriptions. So no cold start describes the API, and the deployed binary has no descriptions in it.

use axum::Router;
use axum::handler::Handler;
use axum::routing::MethodRouter;
use utoipa_axum::PathItemExt;
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouter};

use crate::api::AppState;
use crate::documented::Arguments;

/// What routes are collected in.
pub(crate) trait RouteSet {
    fn new() -> Self;

    fn routes<D>(self, endpoint: Endpoint<D>) -> Self
    where
        D: FnOnce() -> UtoipaMethodRouter<AppState>;

    fn merge(self, other: Self) -> Self;
}

/// Without descriptions.
impl RouteSet for Router<AppState> {
    fn new() -> Self {
        Self::new()
    }

    fn routes<D>(self, endpoint: Endpoint<D>) -> Self
    where
        D: FnOnce() -> UtoipaMethodRouter<AppState>,
    {
        self.route(&endpoint.path, endpoint.methods)
    }

    fn merge(self, other: Self) -> Self {
        self.merge(other)
    }
}

/// With descriptions.
impl RouteSet for OpenApiRouter<AppState> {
    fn new() -> Self {
        Self::new()
    }

    fn routes<D>(self, endpoint: Endpoint<D>) -> Self
    where
        D: FnOnce() -> UtoipaMethodRouter<AppState>,
    {
        self.routes((endpoint.document)())
    }

    fn merge(self, other: Self) -> Self {
        self.merge(other)
    }
}

/// The handlers of one path, and how they are described if anybody asks.
pub(crate) struct Endpoint<D> {
    path: String,
    methods: MethodRouter<AppState>,
    document: D,
}

impl<D> Endpoint<D>
where
    D: FnOnce() -> UtoipaMethodRouter<AppState>,
{
    pub(crate) fn new(document: D) -> Self {
        Self {
            path: String::new(),
            methods: MethodRouter::new(),
            document,
        }
    }

    /// Adds a handler at the path and methods of its operation.
    pub(crate) fn with<P, T>(mut self, handler: impl Handler<T, AppState>) -> Self
    where
        P: utoipa::Path,
        T: Arguments + 'static,
    {
        let path = P::path();
        debug_assert!(
            self.path.is_empty() || self.path == path,
            "{path} is another path"
        );
        self.path = path;
        for method in P::methods() {
            self.methods = self.methods.on(method.to_method_filter(), handler.clone());
        }
        self
    }
}

/// The endpoint of the handlers of one path; its description has their roles and refusals. A handler whose first
/// argument is no role does not compile.
macro_rules! routes {
    ($($($handler:ident)::+),+ $(,)?) => {
        $crate::route_set::Endpoint::new(|| {
            let (schemas, mut paths, router) = utoipa_axum::routes!($($($handler)::+),+);
            $($crate::documented::describe(&mut paths, stringify!($($handler)::+), &$($handler)::+);)+
            (schemas, paths, router)
        })
        $(.with::<$crate::route_set::operation!([] $($handler)::+), _>($($handler)::+))+
    };
}
pub(crate) use routes;

/// The type that `utoipa::path` writes next to a handler.
macro_rules! operation {
    ([$($module:ident)*] $handler:ident) => {
        utoipa_axum::paste!($($module ::)* [<__path_ $handler>])
    };
    ([$($module:ident)*] $next:ident :: $($rest:tt)+) => {
        $crate::route_set::operation!([$($module)* $next] $($rest)+)
    };
}
pub(crate) use operation;

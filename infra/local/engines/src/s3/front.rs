use std::future::Future;
use std::pin::Pin;

use http::header::{
    ACCESS_CONTROL_REQUEST_HEADERS, ACCESS_CONTROL_REQUEST_METHOD, CONTENT_TYPE, HeaderName, ORIGIN,
};
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode};
use hyper::body::Incoming;
use hyper::service::Service;
use s3s::service::S3Service;
use s3s::{Body, HttpError};

use super::backend::Buckets;
use crate::meter::{self, Meter, Metered, Usage};

/// S3 with what `s3s` leaves to others: cross-origin requests of browsers.
#[derive(Clone)]
pub(super) struct Front {
    pub(super) s3: S3Service,
    pub(super) buckets: Buckets,
    pub(super) meter: Meter,
}

impl Front {
    async fn answer(self, request: Request<Incoming>) -> Result<Response<Body>, HttpError> {
        self.count(&request);
        let origin = text(request.headers(), &ORIGIN);
        if let (true, Some(origin)) = (request.method() == Method::OPTIONS, &origin) {
            return Ok(self.preflight(&request, origin));
        }
        let cors = origin.and_then(|origin| {
            let bucket = self.buckets.of_path(request.uri().path())?;
            bucket.cors().answer(&origin, request.method().as_str())
        });
        let mut response = Service::call(&self.s3, request).await?;
        response.headers_mut().extend(cors.unwrap_or_default());
        Ok(response)
    }

    fn count(&self, request: &Request<Incoming>) {
        let lists = request
            .uri()
            .query()
            .is_some_and(|query| query.contains("list-type="));
        let what = Metered {
            service: "s3",
            caller: meter::caller(request.headers()),
            operation: if lists { "LIST" } else { request.method().as_str() }.to_owned(),
            resource: String::new(),
        };
        let one = Usage {
            requests: 1,
            ..Usage::default()
        };
        self.meter.count(what, one);
    }

    fn preflight(&self, request: &Request<Incoming>, origin: &str) -> Response<Body> {
        let method = text(request.headers(), &ACCESS_CONTROL_REQUEST_METHOD).unwrap_or_default();
        let headers = text(request.headers(), &ACCESS_CONTROL_REQUEST_HEADERS).unwrap_or_default();
        let allowed = self
            .buckets
            .of_path(request.uri().path())
            .and_then(|bucket| bucket.cors().preflight(origin, &method, &headers));
        let mut response = Response::new(Body::empty());
        match allowed {
            Some(headers) => response.headers_mut().extend(headers),
            None => {
                let refusal = "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Error><Code>AccessForbidden</Code>\
                               <Message>CORSResponse: This CORS request is not allowed.</Message></Error>";
                response = Response::new(Body::from(refusal.to_owned()));
                *response.status_mut() = StatusCode::FORBIDDEN;
                response
                    .headers_mut()
                    .insert(CONTENT_TYPE, HeaderValue::from_static("application/xml"));
            }
        }
        response
    }
}

impl Service<Request<Incoming>> for Front {
    type Response = Response<Body>;
    type Error = HttpError;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Body>, HttpError>> + Send>>;

    fn call(&self, request: Request<Incoming>) -> Self::Future {
        Box::pin(self.clone().answer(request))
    }
}

fn text(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    headers.get(name)?.to_str().ok().map(ToOwned::to_owned)
}

use http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, VARY,
};
use http::{HeaderMap, HeaderName, HeaderValue};
use serde::Deserialize;
use serde_json::Value;

/// The rules of a bucket's `CorsConfiguration`; the first that matches decides, as at S3.
#[derive(Debug, Clone, Default)]
pub(super) struct Cors {
    rules: Vec<Rule>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Rule {
    allowed_origins: Vec<String>,
    allowed_methods: Vec<String>,
    allowed_headers: Vec<String>,
    exposed_headers: Vec<String>,
    max_age: Option<Value>,
}

impl Cors {
    /// Reads the properties of an `AWS::S3::Bucket`.
    pub(super) fn parse(properties: &Value) -> Result<Self, serde_json::Error> {
        let rules = match properties.pointer("/CorsConfiguration/CorsRules") {
            Some(rules) => Vec::<Rule>::deserialize(rules)?,
            None => Vec::new(),
        };
        Ok(Self { rules })
    }

    /// The headers that allow a browser's question beforehand; `None` is a no.
    pub(super) fn preflight(&self, origin: &str, method: &str, headers: &str) -> Option<HeaderMap> {
        let asked: Vec<&str> = headers
            .split(',')
            .map(str::trim)
            .filter(|header| !header.is_empty())
            .collect();
        let rule = self
            .rules
            .iter()
            .find(|rule| rule.allows(origin, method) && rule.allows_headers(&asked))?;
        let mut answer = rule.origin(origin);
        set(
            &mut answer,
            ACCESS_CONTROL_ALLOW_METHODS,
            &rule.allowed_methods.join(", "),
        );
        if !asked.is_empty() {
            set(
                &mut answer,
                ACCESS_CONTROL_ALLOW_HEADERS,
                &asked.join(", ").to_ascii_lowercase(),
            );
        }
        match &rule.max_age {
            Some(Value::Number(seconds)) => set(&mut answer, ACCESS_CONTROL_MAX_AGE, &seconds.to_string()),
            Some(Value::String(seconds)) => set(&mut answer, ACCESS_CONTROL_MAX_AGE, seconds),
            _ => {}
        }
        Some(answer)
    }

    /// The headers for the answer to a request from a page of this origin.
    pub(super) fn answer(&self, origin: &str, method: &str) -> Option<HeaderMap> {
        let rule = self.rules.iter().find(|rule| rule.allows(origin, method))?;
        Some(rule.origin(origin))
    }
}

impl Rule {
    fn allows(&self, origin: &str, method: &str) -> bool {
        self.allowed_methods.iter().any(|allowed| allowed == method)
            && self.allowed_origins.iter().any(|allowed| fits(allowed, origin))
    }

    fn allows_headers(&self, asked: &[&str]) -> bool {
        asked.iter().all(|header| {
            let header = header.to_ascii_lowercase();
            self.allowed_headers
                .iter()
                .any(|allowed| fits(&allowed.to_ascii_lowercase(), &header))
        })
    }

    fn origin(&self, origin: &str) -> HeaderMap {
        let mut answer = HeaderMap::new();
        if self.allowed_origins.iter().any(|allowed| allowed == "*") {
            set(&mut answer, ACCESS_CONTROL_ALLOW_ORIGIN, "*");
        } else {
            set(&mut answer, ACCESS_CONTROL_ALLOW_ORIGIN, origin);
            set(&mut answer, ACCESS_CONTROL_ALLOW_CREDENTIALS, "true");
        }
        if !self.exposed_headers.is_empty() {
            set(
                &mut answer,
                ACCESS_CONTROL_EXPOSE_HEADERS,
                &self.exposed_headers.join(", "),
            );
        }
        set(
            &mut answer,
            VARY,
            "Origin, Access-Control-Request-Headers, Access-Control-Request-Method",
        );
        answer
    }
}

fn set(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}

/// A pattern may hold one `*`.
fn fits(pattern: &str, text: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == text,
        Some((start, end)) => {
            text.len() >= start.len() + end.len() && text.starts_with(start) && text.ends_with(end)
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn cors() -> Cors {
        Cors::parse(&json!({"CorsConfiguration": {"CorsRules": [{
            "AllowedOrigins": ["http://*.example.com"],
            "AllowedMethods": ["PUT", "GET"],
            "AllowedHeaders": ["content-*"],
            "ExposedHeaders": ["ETag"],
            "MaxAge": 300,
        }]}}))
        .unwrap()
    }

    #[test]
    fn a_preflight_needs_origin_method_and_every_header() {
        let cors = cors();
        let yes = cors
            .preflight("http://a.example.com", "PUT", "Content-Type")
            .unwrap();
        assert_eq!(yes[ACCESS_CONTROL_ALLOW_ORIGIN], "http://a.example.com");
        assert_eq!(yes[ACCESS_CONTROL_ALLOW_HEADERS], "content-type");
        assert_eq!(yes[ACCESS_CONTROL_MAX_AGE], "300");
        assert!(cors.preflight("http://a.example.org", "PUT", "").is_none());
        assert!(cors.preflight("http://a.example.com", "DELETE", "").is_none());
        assert!(
            cors.preflight("http://a.example.com", "PUT", "content-type, x-other")
                .is_none()
        );
    }

    #[test]
    fn answers_expose_the_headers_that_the_rule_names() {
        let answer = cors().answer("http://a.example.com", "GET").unwrap();
        assert_eq!(answer[ACCESS_CONTROL_EXPOSE_HEADERS], "ETag");
        assert!(Cors::default().answer("http://a.example.com", "GET").is_none());
    }
}

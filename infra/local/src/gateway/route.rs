//! Which route a request belongs to.

use std::collections::BTreeMap;

use crate::template::RouteSpec;

/// The route of a request, and its path parameters.
#[derive(Debug, PartialEq)]
pub(crate) struct Matched<'a> {
    pub route: &'a RouteSpec,
    pub parameters: BTreeMap<String, String>,
}

/// Finds the most specific route: a full match before parameters, those before `{name+}`, and a
/// named method before `ANY`.
pub(crate) fn find<'a>(routes: &'a [RouteSpec], method: &str, path: &str) -> Option<Matched<'a>> {
    routes
        .iter()
        .filter(|route| route.method == "ANY" || route.method == method)
        .filter_map(|route| {
            let (parameters, wild) = fit(&route.path, path)?;
            Some((
                (wild, parameters.len(), route.method == "ANY"),
                Matched { route, parameters },
            ))
        })
        .min_by_key(|(order, _)| *order)
        .map(|(_, matched)| matched)
}

/// The parameters of a path that fits a pattern, and whether the pattern takes the rest of it.
fn fit(pattern: &str, path: &str) -> Option<(BTreeMap<String, String>, bool)> {
    let mut parameters = BTreeMap::new();
    let mut wanted = pattern.trim_matches('/').split('/');
    let mut given = path.trim_start_matches('/').split('/');
    loop {
        match (wanted.next(), given.next()) {
            (None, None) => return Some((parameters, false)),
            (Some(want), Some(part)) => {
                let name = want.strip_prefix('{').and_then(|w| w.strip_suffix('}'));
                match name.map(|name| (name.strip_suffix('+'), name)) {
                    Some((Some(greedy), _)) => {
                        let rest: Vec<&str> = std::iter::once(part).chain(given).collect();
                        let rest = rest.join("/");
                        parameters.insert(greedy.to_owned(), rest.clone());
                        return (!rest.is_empty()).then_some((parameters, true));
                    }
                    Some((None, _)) if part.is_empty() => return None,
                    Some((None, name)) => {
                        parameters.insert(name.to_owned(), part.to_owned());
                    }
                    None if want == part => {}
                    None => return None,
                }
            }
            _ => return None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn route(method: &str, path: &str) -> RouteSpec {
        RouteSpec {
            method: method.into(),
            path: path.into(),
            function: path.into(),
            authorized: true,
        }
    }

    #[test]
    fn the_most_specific_route_wins() {
        let routes = [
            route("ANY", "/api/{proxy+}"),
            route("GET", "/api/openapi.json"),
            route("GET", "/api/calls/{id}"),
            route("GET", "/health"),
        ];
        let found = |method, path| find(&routes, method, path).map(|m| m.route.path.as_str());
        assert_eq!(found("GET", "/api/openapi.json"), Some("/api/openapi.json"));
        assert_eq!(found("POST", "/api/openapi.json"), Some("/api/{proxy+}"));
        assert_eq!(found("GET", "/api/calls/1"), Some("/api/calls/{id}"));
        assert_eq!(found("GET", "/api/calls/1/2"), Some("/api/{proxy+}"));
        assert_eq!(found("GET", "/health"), Some("/health"));
        assert_eq!(found("GET", "/api/"), None);
        assert_eq!(found("GET", "/nothing"), None);
        assert_eq!(
            find(&routes, "GET", "/api/a/b").unwrap().parameters["proxy"],
            "a/b"
        );
    }
}

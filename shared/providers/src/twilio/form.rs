//! What Twilio posts: names and values, as a form.

use url::form_urlencoded;

/// Most values that are read; Twilio sends some thirty.
const MOST_VALUES: usize = 500;

/// A form, decoded. Empty values are kept: the signature is over them too.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Form {
    values: Vec<(String, String)>,
}

/// A form with more values than anybody sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the form has more than 500 values")]
pub struct TooManyValues;

impl Form {
    /// Reads a form. Whoever calls it has bounded the size of `raw`.
    ///
    /// # Errors
    /// When there are more than 500 values.
    pub fn parse(raw: &[u8]) -> Result<Self, TooManyValues> {
        let mut values = Vec::new();
        for (name, value) in form_urlencoded::parse(raw) {
            if values.len() == MOST_VALUES {
                return Err(TooManyValues);
            }
            values.push((name.into_owned(), value.into_owned()));
        }
        Ok(Self { values })
    }

    /// The first value of this name that is not empty.
    pub fn get(&self, name: &str) -> Option<&str> {
        let named = self.values.iter().filter(|(known, _)| known == name);
        named
            .map(|(_, value)| value.as_str())
            .find(|value| !value.is_empty())
    }

    /// A value of this name, as a number.
    pub fn number(&self, name: &str) -> Option<u64> {
        self.get(name)?.parse().ok()
    }

    /// Whether any of these names is there, even if it is empty.
    pub fn has(&self, name: &str) -> bool {
        self.values.iter().any(|(known, _)| known == name)
    }

    /// Every name and value, in the order in which they came.
    pub fn values(&self) -> &[(String, String)] {
        &self.values
    }

    /// The form as it is written on the wire.
    pub fn encoded(&self) -> String {
        let mut text = form_urlencoded::Serializer::new(String::new());
        text.extend_pairs(&self.values).finish()
    }
}

impl<N: Into<String>, V: Into<String>> FromIterator<(N, V)> for Form {
    fn from_iter<T: IntoIterator<Item = (N, V)>>(values: T) -> Self {
        let values = values.into_iter();
        Self {
            values: values.map(|(name, value)| (name.into(), value.into())).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn blanks_are_kept_and_count_as_nothing() {
        let form = Form::parse(b"From=%2B15005550100&FromCity=&To=a+b&To=&From=x").unwrap();
        assert_eq!(form.get("From"), Some("+15005550100"));
        assert_eq!((form.get("FromCity"), form.has("FromCity")), (None, true));
        assert_eq!((form.get("To"), form.get("Nothing")), (Some("a b"), None));
        assert_eq!(form.values().len(), 5);
        let twice: Form = [("CallDuration", "12")].into_iter().collect();
        assert_eq!(twice.number("CallDuration"), Some(12));
    }

    #[test]
    fn a_form_without_an_end_is_refused() {
        let raw = "a=1&".repeat(501);
        assert_eq!(Form::parse(raw.as_bytes()), Err(TooManyValues));
    }

    proptest! {
        #[test]
        fn whatever_is_written_is_read(values in prop::collection::vec(("\\PC{1,20}", "\\PC{0,20}"), 0..20)) {
            let form: Form = values.into_iter().collect();
            prop_assert_eq!(Form::parse(form.encoded().as_bytes()).unwrap(), form);
        }

        #[test]
        fn any_bytes_are_survived(raw in prop::collection::vec(any::<u8>(), 0..300)) {
            let _ = Form::parse(&raw);
        }
    }
}

use s3s::dto::{ETag, ETagCondition};

/// Why a conditional request is not carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refusal {
    /// 412
    PreconditionFailed,
    /// 304, for reads only
    NotModified,
    /// 404: a write that needs an object found none.
    NoSuchKey,
}

/// Judges a write by the ETag of the object that is there now.
pub(super) fn of_a_write(
    there: Option<&str>,
    if_match: Option<&ETagCondition>,
    if_none_match: Option<&ETagCondition>,
) -> Option<Refusal> {
    match (if_match, there) {
        (Some(_), None) => return Some(Refusal::NoSuchKey),
        (Some(condition), Some(etag)) if !matches(condition, etag) => {
            return Some(Refusal::PreconditionFailed);
        }
        _ => {}
    }
    match (if_none_match, there) {
        (Some(condition), Some(etag)) if matches(condition, etag) => Some(Refusal::PreconditionFailed),
        _ => None,
    }
}

/// Judges a read of an object with this ETag.
pub(super) fn of_a_read(
    etag: &str,
    if_match: Option<&ETagCondition>,
    if_none_match: Option<&ETagCondition>,
) -> Option<Refusal> {
    if if_match.is_some_and(|condition| !matches(condition, etag)) {
        return Some(Refusal::PreconditionFailed);
    }
    if_none_match
        .is_some_and(|condition| matches(condition, etag))
        .then_some(Refusal::NotModified)
}

fn matches(condition: &ETagCondition, etag: &str) -> bool {
    match condition {
        ETagCondition::Any => true,
        ETagCondition::ETag(ETag::Strong(wanted) | ETag::Weak(wanted)) => wanted == etag,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn etag(value: &str) -> Option<ETagCondition> {
        Some(ETagCondition::ETag(ETag::Strong(value.to_owned())))
    }

    #[test]
    fn a_write_may_create_once_or_replace_exactly_one_version() {
        let any = Some(ETagCondition::Any);
        assert_eq!(of_a_write(None, None, any.as_ref()), None);
        assert_eq!(
            of_a_write(Some("1"), None, any.as_ref()),
            Some(Refusal::PreconditionFailed)
        );
        assert_eq!(of_a_write(Some("1"), etag("1").as_ref(), None), None);
        assert_eq!(
            of_a_write(Some("2"), etag("1").as_ref(), None),
            Some(Refusal::PreconditionFailed)
        );
        assert_eq!(
            of_a_write(None, etag("1").as_ref(), None),
            Some(Refusal::NoSuchKey)
        );
    }

    #[test]
    fn a_read_answers_304_or_412() {
        assert_eq!(
            of_a_read("1", None, etag("1").as_ref()),
            Some(Refusal::NotModified)
        );
        assert_eq!(of_a_read("1", None, etag("2").as_ref()), None);
        assert_eq!(
            of_a_read("1", etag("2").as_ref(), None),
            Some(Refusal::PreconditionFailed)
        );
    }
}

//! Sizes that fit into a record of ours, whatever a provider sends.

/// `text`, cut at a character so that it has at most `max_bytes`.
pub(crate) fn cut(mut text: String, max_bytes: usize) -> String {
    if text.len() > max_bytes {
        let end = (0..=max_bytes)
            .rev()
            .find(|at| text.is_char_boundary(*at))
            .unwrap_or(0);
        text.truncate(end);
    }
    text
}

/// The first entries whose sizes add up to at most `max_bytes`.
pub(crate) fn within<K, V>(
    entries: impl IntoIterator<Item = (K, V)>,
    size: impl Fn(&K, &V) -> usize,
    max_bytes: usize,
) -> impl Iterator<Item = (K, V)> {
    let mut used = 0usize;
    entries.into_iter().take_while(move |(key, value)| {
        used = used.saturating_add(size(key, value));
        used <= max_bytes
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_cut_between_characters() {
        assert_eq!(cut("año".into(), 2), "a");
        assert_eq!(cut("año".into(), 3), "añ");
        assert_eq!(cut("año".into(), 9), "año");
    }

    #[test]
    fn entries_beyond_the_bound_are_left_out() {
        let kept: Vec<_> = within([(1, "aa"), (2, "bb"), (3, "c")], |_, v| v.len(), 4).collect();
        assert_eq!(kept, [(1, "aa"), (2, "bb")]);
    }
}

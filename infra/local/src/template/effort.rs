//! How much a template may ask for, so that one that refers to itself ends with a sentence.

use std::cell::Cell;

use super::TemplateError;

/// Functions and lists inside each other. YAML itself ends at 128; each function takes up to three.
const MAX_DEPTH: u32 = 120;
/// Values looked at for the whole template; the product's own needs some thousands.
const MAX_STEPS: u32 = 1_000_000;
/// Bytes of a text that functions put together.
const MAX_TEXT_BYTES: usize = 64 * 1024;

/// What was asked for so far.
#[derive(Default)]
pub(crate) struct Effort {
    depth: Cell<u32>,
    steps: Cell<u32>,
}

/// One step deeper, until this is dropped.
pub(crate) struct Deeper<'a>(&'a Cell<u32>);

impl Drop for Deeper<'_> {
    fn drop(&mut self) {
        self.0.set(self.0.get().saturating_sub(1));
    }
}

impl Effort {
    /// Goes one step deeper.
    pub(crate) fn deeper(&self, at: &str) -> Result<Deeper<'_>, TemplateError> {
        let (depth, steps) = (self.depth.get() + 1, self.steps.get() + 1);
        if depth > MAX_DEPTH || steps > MAX_STEPS {
            return Err(TemplateError::Circle(at.to_owned()));
        }
        self.depth.set(depth);
        self.steps.set(steps);
        Ok(Deeper(&self.depth))
    }
}

/// The text, unless it is longer than anything that AWS takes as a name, an ARN or a setting.
pub(crate) fn bounded(text: String, at: &str) -> Result<String, TemplateError> {
    if text.len() > MAX_TEXT_BYTES {
        return Err(TemplateError::invalid(
            at,
            "a text becomes longer than 64 KiB: shorten it",
        ));
    }
    Ok(text)
}

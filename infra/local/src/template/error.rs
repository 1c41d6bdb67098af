//! What can be wrong with a template.

/// Something in the template that cannot be understood; one clear sentence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TemplateError {
    /// Not YAML.
    #[error("template.yaml is not valid YAML: {0}")]
    Yaml(String),
    /// No resources.
    #[error("template.yaml has no `Resources`")]
    NotATemplate,
    /// A parameter without default was not given.
    #[error("the parameter {0} of template.yaml has no default and was given no value")]
    NoValue(String),
    /// A parameter that the template does not have.
    #[error("template.yaml has no parameter {0}")]
    UnknownParameter(String),
    /// A reference to nothing.
    #[error("template.yaml, {at}: there is no `{name}` to refer to")]
    UnknownReference {
        /// Where.
        at: String,
        /// To what.
        name: String,
    },
    /// A name or a condition that needs itself, or nesting without end.
    #[error(
        "template.yaml, {0}: it refers to itself, directly or through others, or is nested too deeply: break the \
         circle"
    )]
    Circle(String),
    /// An intrinsic function that this runner does not know, or that is used wrongly.
    #[error("template.yaml, {at}: {problem}")]
    Invalid {
        /// Where.
        at: String,
        /// What is wrong.
        problem: String,
    },
}

impl TemplateError {
    pub(crate) fn invalid(at: impl Into<String>, problem: impl Into<String>) -> Self {
        Self::Invalid {
            at: at.into(),
            problem: problem.into(),
        }
    }
}

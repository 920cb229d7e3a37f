//! A YAML event → a step of building the tree.

use std::borrow::Cow;

use granit_parser::{ScalarStyle, Tag};

use super::scalar;
use crate::evidence::document::Value;

/// One event, without what only its source can tell.
#[derive(Clone)]
pub(super) enum Step {
    Scalar { value: Value, merge: bool },
    ListStart,
    MapStart,
    End,
    Alias(usize),
}

impl Step {
    /// Of the text it copies.
    pub(super) fn bytes(&self) -> u64 {
        match self {
            Self::Scalar {
                value: Value::String(text),
                ..
            } => text.len() as u64,
            _ => 0,
        }
    }
}

/// Of a scalar as it is written.
///
/// # Errors
/// A tag that YAML 1.1 has not, or that its text does not fit.
pub(super) fn scalar_step(
    text: &str,
    style: ScalarStyle,
    tag: Option<Cow<'_, Tag>>,
) -> Result<Step, String> {
    let uri = tag.map(|tag| format!("{}{}", tag.handle(), tag.suffix()));
    let merge = text == "<<"
        && match &uri {
            None => style == ScalarStyle::Plain,
            Some(uri) => uri == "!" || scalar::is_merge_tag(uri),
        };
    let value = match uri {
        Some(uri) => scalar::resolve_tagged(text, &uri)?,
        None if style == ScalarStyle::Plain => scalar::resolve_plain(text),
        None => Value::String(text.to_owned()),
    };
    Ok(Step::Scalar { value, merge })
}

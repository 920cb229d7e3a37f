//! A regular expression over bytes, built when it is first asked for.

use std::sync::OnceLock;

use regex::bytes::{Regex, RegexBuilder};

/// One expression. What it finds first is also the longest there: alternatives in it are written so.
pub(super) struct MaskPattern {
    text: &'static str,
    built: OnceLock<Option<Regex>>,
}

impl MaskPattern {
    pub(super) const fn of(text: &'static str) -> Self {
        Self {
            text,
            built: OnceLock::new(),
        }
    }

    fn regex(&self) -> Option<&Regex> {
        let build = || {
            let mut builder = RegexBuilder::new(self.text);
            builder.unicode(false).dot_matches_new_line(true);
            builder.build().ok()
        };
        self.built.get_or_init(build).as_ref()
    }

    #[cfg(test)]
    pub(super) fn is_sound(&self) -> bool {
        self.regex().is_some()
    }

    pub(super) fn is_in(&self, text: &[u8]) -> bool {
        self.regex().is_some_and(|regex| regex.is_match(text))
    }

    /// Where its first match begins and ends.
    pub(super) fn find(&self, text: &[u8]) -> Option<(usize, usize)> {
        self.find_from(text, 0)
    }

    /// The same, looked for from a place on.
    pub(super) fn find_from(&self, text: &[u8], from: usize) -> Option<(usize, usize)> {
        let found = self.regex()?.find_at(text, from)?;
        Some((found.start(), found.end()))
    }

    /// The length of its match at the start of a text.
    pub(super) fn at_start(&self, text: &[u8]) -> Option<usize> {
        self.find(text)
            .and_then(|(start, end)| (start == 0).then_some(end))
    }

    /// Where its first group is in its first match from a place on.
    pub(super) fn group_from(&self, text: &[u8], from: usize) -> Option<(usize, usize)> {
        let found = self.regex()?.captures_at(text, from)?;
        let group = found.get(1)?;
        Some((group.start(), group.end()))
    }
}

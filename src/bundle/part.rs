//! Members that stand inside others: a file that a scanner wrote into its report.

use std::sync::OnceLock;

use super::{Attributes, Content, Member};

impl Member {
    /// What stands at a pointer inside this member: its bytes, where they are there, and what is
    /// said of the file that they are of. Its digest is that of what was handed in.
    #[must_use]
    pub fn part(&self, pointer: &str, bytes: Option<Vec<u8>>, of: Option<Attributes>) -> Self {
        let digest = self.sha256().map(str::to_owned);
        Self {
            name: format!("{}#{pointer}", self.name),
            size: bytes.as_ref().map_or(0, Vec::len) as u64,
            content: bytes.map_or(Content::Passed, Content::Kept),
            copies: self.copies,
            attributes: of.map(Box::new),
            sha256: digest.map_or_else(OnceLock::new, OnceLock::from),
        }
    }
}

//! What is known of a text while its lines are masked one after the other.

use std::collections::BTreeMap;

use super::names::Kind;
use super::{MaskForm, REDACTED};
use crate::evidence::ps::Columns;

/// One text under way.
#[derive(Default)]
pub(super) struct Masker<'t> {
    pub(super) form: MaskForm,
    /// How often something of a kind was masked.
    pub(super) counts: BTreeMap<Kind, u64>,
    /// The lines of a text of several; those of other forms do not look around.
    pub(super) lines: Vec<&'t [u8]>,
    /// Ids of the components' processes.
    pub(super) pids: &'t [u32],
    /// It speaks of k3s or RKE2, whose `-t` is a token.
    pub(super) is_rancher: bool,
    /// It is a kubeconfig.
    pub(super) has_users: bool,
    /// It is a Secret.
    pub(super) has_secret: bool,
    /// The value of an argument on the line before is awaited.
    pub(super) awaited: Option<Kind>,
    /// It is awaited in the next item of a list.
    pub(super) is_listed: bool,
    /// A masked block goes on below this column.
    pub(super) block: Option<usize>,
    /// The column of a map of annotations.
    pub(super) annotations: Option<usize>,
    /// A masked text in quotes goes on.
    pub(super) open_quote: Option<u8>,
    /// Brackets of a masked value that are open.
    pub(super) depth: i64,
    /// A masked value goes on behind a backslash.
    pub(super) is_continued: bool,
    /// A key of its own line began.
    pub(super) is_complex: bool,
    /// The value of a key in brackets is on the next line.
    pub(super) flow_awaited: Option<Kind>,
    /// Columns of a process list, and the one with the process id.
    pub(super) columns: usize,
    pub(super) pid_column: Option<usize>,
    /// The same, where it is a list as ps prints it.
    pub(super) header: Option<Columns>,
}

/// As much of a line as its keys are looked for in: so many bytes times so many keys.
const STEPS_PER_LINE: usize = 64 << 20;

impl Masker<'_> {
    /// Counts something that is masked, and writes the mark in its place.
    pub(super) fn hit(&mut self, kind: Kind, out: &mut Vec<u8>) {
        *self.counts.entry(kind).or_default() += 1;
        out.extend_from_slice(REDACTED.as_bytes());
    }

    pub(super) fn is_yaml(&self) -> bool {
        self.form == MaskForm::Text
    }

    /// A line without secrets; `line` is its number in the text, none where values end with it.
    pub(super) fn plain(&mut self, s: &[u8], line: Option<usize>) -> Vec<u8> {
        let s = self.shapes(s);
        let s = self.flags(&s);
        self.pairs(&s, line)
    }

    /// How many keys are looked for in a line of such a length. Behind them it is masked whole.
    pub(super) fn most_keys(length: usize) -> usize {
        (STEPS_PER_LINE / length.max(1)).max(64)
    }
}

/// Blanks at the start of a text.
pub(super) fn blanks(s: &[u8]) -> usize {
    s.iter().take_while(|b| b" \t".contains(b)).count()
}

/// The column in which a line's text begins, from 1 on.
pub(super) fn indent(s: &[u8]) -> usize {
    blanks(s) + 1
}

/// How many brackets a text opens and does not close.
pub(super) fn balance(s: &[u8]) -> i64 {
    s.iter().fold(0, |sum, b| match b {
        b'{' | b'[' => sum + 1,
        b'}' | b']' => sum - 1,
        _ => sum,
    })
}

/// The length of a text in quotes up to its closing one.
pub(super) fn closing(s: &[u8], quote: u8) -> Option<usize> {
    let mut at = 1;
    while let Some(byte) = s.get(at).copied() {
        if quote == b'"' && byte == b'\\' {
            at += 1;
        } else if byte == quote {
            if quote == b'\'' && s.get(at + 1) == Some(&b'\'') {
                at += 1;
            } else {
                return Some(at + 1);
            }
        }
        at += 1;
    }
    None
}

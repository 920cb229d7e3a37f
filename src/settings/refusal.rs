//! Why a component does not start with what is written down for it.

use super::Doubt;
use crate::evidence::citation::Citation;
use crate::problem::Code;

/// Why a component does not start.
#[derive(Clone, Debug)]
pub(super) struct StartRefusal {
    /// A sentence.
    pub why: String,
    /// Where what it refuses stands.
    pub citations: Vec<Citation>,
    /// Nothing but arguments has a part in it.
    pub by_line: bool,
}

impl StartRefusal {
    pub fn by_line(why: String) -> Self {
        Self {
            why,
            citations: Vec::new(),
            by_line: true,
        }
    }

    pub fn by_file(why: String, citation: &Citation) -> Self {
        Self {
            why,
            citations: vec![citation.clone()],
            by_line: false,
        }
    }

    /// As the reason why nothing is decided.
    pub fn doubt(&self, name: &str, line: &Citation) -> Doubt {
        let mut citations = self.citations.clone();
        if !citations.contains(line) {
            citations.push(line.clone());
        }
        let why = format!("{name} refuses this: {}", self.why);
        Doubt::new(Code::WouldNotStart, why, citations)
    }
}

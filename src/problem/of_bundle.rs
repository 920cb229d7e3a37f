//! What is wrong with a bundle or a member, as a value that flows to the end of the run.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One thing about a bundle that a reader of the report must know.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Problem {
    /// The bundle, as the `bundle` column names it.
    pub bundle: String,
    /// The member concerned; `None` when it is the bundle as a whole.
    pub member: Option<String>,
    /// What is wrong.
    pub what: String,
    /// What to do next.
    pub next: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.bundle)?;
        if let Some(member) = &self.member {
            write!(f, "{member}: ")?;
        }
        write!(f, "{}; {}", self.what, self.next)
    }
}

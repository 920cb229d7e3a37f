//! What ends a run before its end, and the exit code that this gives.

use std::io;

use super::{Exit, message};
use crate::export::target::Lost;

/// Why a run ends early.
#[derive(Debug)]
pub enum CliError {
    /// What was typed, or a file that it names, is wrong: a sentence a line.
    Usage(Vec<String>),
    /// An output cannot be opened: a sentence.
    Output(String),
    /// An output, or a temporary file, cannot be written.
    Lost(Lost),
}

impl From<String> for CliError {
    fn from(why: String) -> Self {
        Self::Usage(vec![why])
    }
}

impl From<Lost> for CliError {
    fn from(lost: Lost) -> Self {
        Self::Lost(lost)
    }
}

impl From<io::Error> for CliError {
    fn from(error: io::Error) -> Self {
        Self::Lost(error.into())
    }
}

impl CliError {
    /// Says why on stderr, and gives the code. Whoever closed a pipe knows, as `| head` does.
    pub fn report(self) -> Exit {
        let (lines, exit) = match self {
            Self::Usage(lines) => (lines, Exit::Usage),
            Self::Output(why) => (vec![why], Exit::Output),
            Self::Lost(lost) if lost.is_refused() => (vec![lost.to_string()], Exit::Usage),
            Self::Lost(lost) => (lost.message().into_iter().collect(), Exit::Output),
        };
        let mut lines = lines.into_iter();
        lines.next().into_iter().for_each(message::fatal);
        lines.for_each(message::say);
        exit
    }
}

//! What the program says beside its output: to stderr, one line each.

use std::fmt::Display;
use std::io::Write as _;

/// Says something. A closed stderr is no reason to stop.
pub fn say(text: impl Display) {
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}

/// Says what ends the run.
pub fn fatal(text: impl Display) {
    say(format_args!("nodeproof: {text}"));
}

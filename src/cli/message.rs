//! What the program says: to stderr beside its output, one line each, and to stdout where a text is
//! all there is. Everything goes through the one writer for terminals.

use std::fmt::Display;
use std::io::{self, Write as _};

use super::Exit;
use crate::export::terminal;

/// Says something. A closed stderr is no reason to stop.
pub fn say(text: impl Display) {
    let text = text.to_string();
    let _ = writeln!(io::stderr().lock(), "{}", terminal::line(&text));
}

/// Says what ends the run.
pub fn fatal(text: impl Display) {
    say(format_args!("nodeproof: {text}"));
}

/// Says something of several lines, whose breaks are ours.
pub fn say_lines(text: &str) {
    let _ = write!(io::stderr().lock(), "{}", terminal::lines(text));
}

/// Prints a text for people: never what steers a terminal, wherever it goes.
pub fn print(text: &str) -> Exit {
    print_for_tools(&terminal::lines(text))
}

/// Prints a document for tools: its own bytes, unless stdout is a terminal.
pub fn print_for_tools(text: &str) -> Exit {
    print_bytes(text.as_bytes())
}

/// Prints bytes as they are.
pub fn print_bytes(bytes: &[u8]) -> Exit {
    let written = terminal::stdout().and_then(|mut out| {
        out.write_all(bytes)?;
        out.flush()
    });
    match written {
        Ok(()) => Exit::Fine,
        Err(e) => {
            // Whoever closed it knows, as `| head` does.
            if e.kind() != io::ErrorKind::BrokenPipe {
                fatal(format_args!("stdout: cannot be written: {e}"));
            }
            Exit::Output
        }
    }
}

//! The one writer for terminals. Names and values come from evidence, and none of them steers a
//! terminal, turns a line round or begins one: what is no visible text is written as its code.

use std::borrow::Cow;
use std::io::{self, IsTerminal, Write};

/// What moves the cursor, changes colours or the direction of text, or cannot be seen: C0, DEL, C1,
/// and Unicode's format characters and fillers.
#[must_use]
pub fn is_hidden(c: char) -> bool {
    c.is_control() || is_invisible(c)
}

/// Characters beyond ASCII that show nothing: marks of direction and joining, zero-width blanks,
/// fillers, separators of lines, tags.
#[must_use]
pub fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{ad}'
            | '\u{34f}'
            | '\u{61c}'
            | '\u{115f}'..='\u{1160}'
            | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180e}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{3164}'
            | '\u{feff}'
            | '\u{ffa0}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e0fff}'
    )
}

/// One line: a line break in it is written as its code too.
#[must_use]
pub fn line(text: &str) -> Cow<'_, str> {
    escaped(text, is_hidden)
}

/// Several lines, whose breaks are ours.
#[must_use]
pub fn lines(text: &str) -> Cow<'_, str> {
    escaped(text, |c| c != '\n' && is_hidden(c))
}

fn escaped(text: &str, is_hidden: impl Fn(char) -> bool) -> Cow<'_, str> {
    if !text.chars().any(&is_hidden) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '\n' if is_hidden(c) => safe.push_str("\\n"),
            '\t' if is_hidden(c) => safe.push_str("\\t"),
            '\r' if is_hidden(c) => safe.push_str("\\r"),
            c if is_hidden(c) => safe.push_str(&code(c)),
            c => safe.push(c),
        }
    }
    Cow::Owned(safe)
}

/// As JSON and C write it.
fn code(c: char) -> String {
    match u32::from(c) {
        code @ 0..=0xffff => format!("\\u{code:04x}"),
        code => format!("\\U{code:08x}"),
    }
}

/// Stdout: as it is where a program reads on, made safe where a person does.
///
/// # Errors
/// It was closed by whoever started this run.
pub fn stdout() -> io::Result<Box<dyn Write + Send>> {
    if is_closed() {
        let why = "it is closed; redirect it to a file, or give -o where there is one";
        return Err(io::Error::other(why));
    }
    Ok(safe(io::stdout()))
}

/// The same of anything that may be a terminal.
#[must_use]
pub fn safe(to: impl Write + IsTerminal + Send + 'static) -> Box<dyn Write + Send> {
    if to.is_terminal() {
        Box::new(Terminal::new(to))
    } else {
        Box::new(to)
    }
}

/// Where stdout is closed, Rust opens `/dev/null` in its place before a program begins, for reading
/// and writing, and every write would seem to succeed. A whole daemon's three streams are so too,
/// and those were meant.
#[cfg(unix)]
fn is_closed() -> bool {
    use rustix::fs::{OFlags, fcntl_getfl, fstat, stat};
    let is_stand_in = |file: std::os::fd::BorrowedFd<'_>| {
        let flags = fcntl_getfl(file);
        let opened = flags.is_ok_and(|flags| {
            flags & OFlags::RWMODE == OFlags::RDWR && !flags.contains(OFlags::CLOEXEC)
        });
        let of = |stat: rustix::fs::Stat| (stat.st_dev, stat.st_ino);
        let null = stat("/dev/null").map(of);
        opened && null.is_ok() && null == fstat(file).map(of)
    };
    use std::os::fd::AsFd as _;
    is_stand_in(io::stdout().as_fd())
        && !(is_stand_in(io::stdin().as_fd()) && is_stand_in(io::stderr().as_fd()))
}

#[cfg(not(unix))]
fn is_closed() -> bool {
    false
}

/// Makes what is written through it safe; lines may be split between writes anywhere.
struct Terminal<W> {
    to: W,
    /// The first bytes of a character whose others are still to come.
    begun: Vec<u8>,
}

impl<W: Write> Terminal<W> {
    fn new(to: W) -> Self {
        Self {
            to,
            begun: Vec::new(),
        }
    }
}

impl<W: Write> Write for Terminal<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let all = [std::mem::take(&mut self.begun).as_slice(), bytes].concat();
        let mut rest = all.as_slice();
        while !rest.is_empty() {
            let (text, wrong) = match std::str::from_utf8(rest) {
                Ok(text) => (text, Some(0)),
                Err(error) => {
                    let valid = rest.get(..error.valid_up_to()).unwrap_or_default();
                    let text = std::str::from_utf8(valid).unwrap_or_default();
                    (text, error.error_len())
                }
            };
            self.to.write_all(lines(text).as_bytes())?;
            rest = rest.get(text.len()..).unwrap_or_default();
            match wrong {
                None => {
                    self.begun = rest.to_vec();
                    break;
                }
                Some(0) => {}
                Some(count) => {
                    self.to.write_all("\u{fffd}".as_bytes())?;
                    rest = rest.get(count..).unwrap_or_default();
                }
            }
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_steers_a_terminal_or_hides_is_written_as_its_code() {
        for (given, one, many) in [
            ("a\u{1b}[31mb", "a\\u001b[31mb", "a\\u001b[31mb"),
            ("a\nb\tc\rd", "a\\nb\\tc\\rd", "a\nb\\tc\\rd"),
            ("\u{9b}2J\u{7f}", "\\u009b2J\\u007f", "\\u009b2J\\u007f"),
            ("\u{202e}x\u{2066}", "\\u202ex\\u2066", "\\u202ex\\u2066"),
            ("\u{200b}\u{feff}", "\\u200b\\ufeff", "\\u200b\\ufeff"),
            ("\u{2028}", "\\u2028", "\\u2028"),
            ("\u{e0041}", "\\U000e0041", "\\U000e0041"),
            ("é 日本 → …", "é 日本 → …", "é 日本 → …"),
        ] {
            assert_eq!(line(given), one);
            assert_eq!(lines(given), many);
        }
    }

    #[test]
    fn a_character_may_be_split_between_writes() {
        let text = "é\u{9b}日\n\u{202e}→".as_bytes();
        for cut in 0..=text.len() {
            let mut terminal = Terminal::new(Vec::new());
            let (head, tail) = text.split_at(cut);
            terminal.write_all(head).unwrap();
            terminal.write_all(tail).unwrap();
            let written = String::from_utf8(terminal.to).unwrap();
            assert_eq!(written, "é\\u009b日\n\\u202e→", "{cut}");
        }
        let mut terminal = Terminal::new(Vec::new());
        terminal.write_all(b"a\xffb\x9bc").unwrap();
        assert_eq!(terminal.to, "a\u{fffd}b\u{fffd}c".as_bytes());
    }
}

//! What k3s writes into its journal when it starts a component inside itself → the component's words.
//! logrus quotes the message as Go does, and the words in it are joined by blanks.

use super::Evidence;
use super::layout::Kind;
use super::process::{Process, split};

/// A component's arguments as a program logged them that has it inside.
#[derive(Clone, Debug)]
pub struct Logged {
    /// The component as a process of its own, its name the first word.
    pub process: Process,
    /// The process that wrote the line; `None` where the line does not say.
    pub by: Option<u32>,
}

/// One such line.
#[derive(Debug, PartialEq, Eq)]
struct Running {
    line: u32,
    by: Option<u32>,
    words: String,
    cut: bool,
}

impl Evidence<'_> {
    /// The last start of the component inside this process that the journal saw.
    #[must_use]
    pub fn logged(&self, component: &str, inside: &Process) -> Option<Logged> {
        let index = self.first(&Kind::Journal)?;
        let bytes = match self.bytes(index) {
            Ok(bytes) => bytes,
            Err(what) => {
                let next = "the arguments of what runs inside k3s are not known; collect again";
                self.report(index, what, next);
                return None;
            }
        };
        let running = last(&String::from_utf8_lossy(bytes), component)?;
        let mut words = vec![component.to_owned()];
        let (line, over) = self.bounded(index, running.words.as_bytes(), b' ', true);
        words.extend(split(&String::from_utf8_lossy(line)));
        Some(Logged {
            process: Process {
                words,
                exact: false,
                cut: running.cut || over,
                citation: self.cite(index).line(running.line),
                ..inside.clone()
            },
            by: running.by,
        })
    }
}

/// The last line of its kind since the last start of the machine.
fn last(text: &str, component: &str) -> Option<Running> {
    let mark = format!("msg=\"Running {component} ");
    let mut found = None;
    for (line, number) in text.lines().zip(1..) {
        if line.starts_with("-- Boot ") || line.starts_with("-- Reboot") {
            found = None;
        }
        let Some((before, message)) = line.split_once(&mark) else {
            continue;
        };
        let (words, closed) = unquote(message);
        found = Some(Running {
            line: number,
            by: writer(before),
            words,
            cut: !closed,
        });
    }
    found
}

/// The process id of `host k3s[72179]: `.
fn writer(before: &str) -> Option<u32> {
    let (head, _) = before.split_once("]: ")?;
    head.rsplit_once('[')?.1.parse().ok()
}

/// Undoes Go's quoting up to the closing quote, and says whether there is one.
fn unquote(text: &str) -> (String, bool) {
    let mut plain = String::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '"' => return (plain, true),
            '\\' => match chars.next() {
                Some('n') => plain.push('\n'),
                Some('t') => plain.push('\t'),
                Some('r') => plain.push('\r'),
                Some(quoted @ ('"' | '\\')) => plain.push(quoted),
                Some(other) => plain.extend(['\\', other]),
                None => {}
            },
            c => plain.push(c),
        }
    }
    (plain, false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_line_since_the_start_counts() {
        let line = |pid: u32, words: &str| {
            format!(
                "May 06 11:05:07 h k3s[{pid}]: time=\"x\" level=info msg=\"Running kubelet {words}"
            )
        };
        let (a, b) = (line(7, "--a=1\""), line(8, "--b=\\\"2\\\" --c\""));
        let expect = |line, by, words: &str, cut| {
            Some(Running {
                line,
                by,
                words: words.to_owned(),
                cut,
            })
        };
        for (text, expected) in [
            (a.clone(), expect(1, Some(7), "--a=1", false)),
            (
                format!("{a}\n{b}\n"),
                expect(2, Some(8), "--b=\"2\" --c", false),
            ),
            (format!("{a}\n-- Boot 0f --\nx"), None),
            (
                line(7, "--a=1 --con>"),
                expect(1, Some(7), "--a=1 --con>", true),
            ),
            (line(7, "--a=1\\"), expect(1, Some(7), "--a=1", true)),
            (
                "level=info msg=\"Running kubelet --a\"".to_owned(),
                expect(1, None, "--a", false),
            ),
            ("msg=\"Running kube-proxy --a\"".to_owned(), None),
            ("sudo: grep Running kubelet --a".to_owned(), None),
        ] {
            assert_eq!(last(&text, "kubelet"), expected, "{text}");
        }
    }
}

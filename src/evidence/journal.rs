//! What k3s writes into its journal when it starts a component inside itself → the component's words.
//! logrus writes `time="…" level=info msg="Running kubelet …"`, quoted as Go does, and the words in
//! it are joined by blanks. A text of that kind within another message, or by another program, is
//! not k3s speaking.

mod entry;

use super::kind::Kind;
use super::process::{Process, split};
use super::{Evidence, epoch_seconds};
use entry::{JournalEntry, entries};

/// A component's arguments as a program logged them that has it inside.
#[derive(Clone, Debug)]
pub struct Logged {
    /// The component as a process of its own, its name the first word.
    pub process: Process,
    /// The process that wrote the line; `None` where the line does not say.
    pub by: Option<u32>,
}

/// One such line.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Running {
    line: u32,
    by: Option<u32>,
    /// When it was written, in seconds since 1970.
    at: Option<i64>,
    words: String,
    cut: bool,
}

impl Evidence<'_> {
    /// The last start of the component inside this process that a journal saw.
    #[must_use]
    pub fn logged(&self, component: &str, inside: &Process) -> Option<Logged> {
        let mut found: Option<(usize, Running)> = None;
        for (_, index) in self.all(|kind| *kind == Kind::Journal) {
            match self.bytes(index) {
                Ok(bytes) => {
                    let running = last(&super::text(bytes), component);
                    let later = |running: &Running| {
                        let held = found.as_ref().map(|(_, held)| held);
                        held.is_none_or(|held| running.follows(held))
                    };
                    if let Some(running) = running.filter(later) {
                        found = Some((index, running));
                    }
                }
                Err(what) => {
                    let next = "the arguments of what runs inside k3s are not known; collect again";
                    self.report(index, what, next);
                }
            }
        }
        let (index, running) = found?;
        let mut words = vec![component.to_owned()];
        let (line, over) = self.bounded(index, running.words.as_bytes(), b' ', true);
        words.extend(split(&String::from_utf8_lossy(line)));
        Some(Logged {
            process: Process {
                words,
                exact: false,
                cut: running.cut || over,
                surely_cut: running.cut,
                citation: self.cite(index).line(running.line),
                ..inside.clone()
            },
            by: running.by,
        })
    }
}

impl Running {
    /// Whether it was written after the other, which stands before it.
    fn follows(&self, other: &Self) -> bool {
        match (self.at, other.at) {
            (Some(here), Some(there)) => here >= there,
            _ => true,
        }
    }
}

/// Whether the first bytes of a member are a journal in which k3s speaks.
#[must_use]
pub fn looks_like_k3s(head: &[u8]) -> bool {
    let text = super::text(head);
    entries(&text).any(|entry| speaks(&entry))
}

fn speaks(entry: &JournalEntry<'_>) -> bool {
    entry.is_of_k3s() && message(&entry.message).is_some()
}

/// The last start since the last start of the machine.
fn last(text: &str, component: &str) -> Option<Running> {
    let mark = format!("Running {component} ");
    let mut found: Option<Running> = None;
    // Of the start of the machine before: the later one where the journal runs backwards.
    let mut before: Option<Running> = None;
    let mut boot: Option<String> = None;
    let (mut host, mut is_mixed) = (None, false);
    // A journal whose other lines say who wrote them has none that does not.
    let names_writers = entries(text).any(|entry| entry.names_writer() && speaks(&entry));
    for entry in entries(text) {
        let other_boot = entry.boot.is_some() && boot.is_some() && entry.boot != boot;
        if entry.is_boot || other_boot {
            before = found.take().or(before);
            host = None;
        }
        boot = entry.boot.clone().or(boot);
        if !entry.is_of_k3s() || names_writers && !entry.names_writer() {
            continue;
        }
        let Some((at, message)) = message(&entry.message) else {
            continue;
        };
        let Some(rest) = message.strip_prefix(&mark) else {
            continue;
        };
        // Of two machines' starts nothing shows which is this one's.
        is_mixed |= host.is_some() && entry.host != host;
        host = entry.host;
        let (words, closed) = unquote(rest);
        let running = Running {
            line: entry.line,
            by: entry.pid,
            at: at.or(entry.at),
            words,
            cut: !closed,
        };
        if found.as_ref().is_none_or(|held| running.follows(held)) {
            found = Some(running);
        }
    }
    let is_older = |before: &Running| match (before.at, found.as_ref().and_then(|f| f.at)) {
        (Some(there), Some(here)) => there > here,
        _ => false,
    };
    let last = before.filter(is_older).or(found);
    last.map(|last| Running {
        cut: last.cut || is_mixed,
        ..last
    })
}

/// The time and the quoted text of a line of logrus, from behind its opening quote.
fn message(line: &str) -> Option<(Option<i64>, &str)> {
    let mut rest = line;
    let (mut time, mut is_info) = (None, false);
    loop {
        let (key, value) = rest.split_once('=')?;
        if key.is_empty() || !key.bytes().all(|b| b.is_ascii_lowercase() || b == b'_') {
            return None;
        }
        let quoted = value.strip_prefix('"');
        if key == "msg" {
            return quoted.filter(|_| is_info).map(|text| (time, text));
        }
        let (value, after) = match quoted {
            Some(text) => text.split_once('"')?,
            None => value.split_at(value.find(' ')?),
        };
        match key {
            "time" => time = epoch_seconds(value),
            "level" => is_info = value == "info",
            _ => {}
        }
        rest = after.strip_prefix(' ')?;
    }
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

    fn start(pid: u32, time: &str, words: &str) -> String {
        format!(
            "May 06 11:05:07 h k3s[{pid}]: time=\"{time}\" level=info msg=\"Running kubelet {words}"
        )
    }

    fn words(text: &str) -> Option<String> {
        last(text, "kubelet").map(|running| running.words)
    }

    #[test]
    fn the_last_line_since_the_start_counts() {
        let line = |pid: u32, words: &str| start(pid, "x", words);
        let (a, b) = (line(7, "--a=1\""), line(8, "--b=\\\"2\\\" --c\""));
        let expect = |line, by, words: &str, cut| {
            Some(Running {
                line,
                by,
                at: None,
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

    #[test]
    fn the_latest_counts_in_whatever_order_they_stand() {
        let (early, late) = (
            start(7, "2026-05-06T11:00:00Z", "--a=1\""),
            start(7, "2026-05-06T12:00:00Z", "--a=2\""),
        );
        for text in [
            format!("{early}\n{late}\n"),
            format!("{late}\n{early}\n"),
            format!("{late}\n-- Boot 0f --\n{early}\n"),
            format!("{early}\n-- Boot 0f --\n{late}\n"),
        ] {
            assert_eq!(words(&text).as_deref(), Some("--a=2"), "{text}");
        }
    }

    #[test]
    fn k3s_alone_speaks_and_in_its_own_form() {
        let own = start(7, "2026-05-06T11:00:00Z", "--a=1\"");
        for other in [
            "May 06 12:00:00 h k3s[7]: E1120 http: error from 10.0.0.9: msg=\"Running kubelet --b\"",
            "May 06 12:00:00 h k3s[7]: time=\"2026-05-06T12:00:00Z\" level=info msg=\"said: msg=\\\"Running kubelet --b\\\"\"",
            "May 06 12:00:00 h k3s[7]: time=\"2026-05-06T12:00:00Z\" level=info msg=\"a\" x=\"Running kubelet --b\"",
            "May 06 12:00:00 h k3s[7]: msg=\"Running kubelet --b\"",
            "May 06 12:00:00 h k3s[7]: time=\"x\" level=error msg=\"Running kubelet --b\"",
            "May 06 12:00:00 h k3s[7]: Running kubelet --b",
            "               May 06 h k3s[7]: time=\"2026-05-06T12:00:00Z\" level=info msg=\"Running kubelet --b\"",
            "               time=\"2026-05-06T12:00:00Z\" level=info msg=\"Running kubelet --b\"",
            "May 06 12:00:00 h x k3s[7][9]: time=\"2026-05-06T12:00:00Z\" level=info msg=\"Running kubelet --b\"",
            "May 06 12:00:00 h sshd[9]: time=\"2026-05-06T12:00:00Z\" level=info msg=\"Running kubelet --b\"",
            "May 06 12:00:00 h k3s-evil[9]: time=\"2026-05-06T12:00:00Z\" level=info msg=\"Running kubelet --b\"",
            "May 06 12:00:00 h alice[9]: k3s[7]: time=\"2026-05-06T12:00:00Z\" level=info msg=\"Running kubelet --b\"",
            "{\"SYSLOG_IDENTIFIER\":\"k3s\",\"_COMM\":\"logger\",\"_PID\":\"7\",\"MESSAGE\":\"time=\\\"2026-05-06T12:00:00Z\\\" level=info msg=\\\"Running kubelet --b\\\"\"}",
        ] {
            let text = format!("{own}\n{other}\n");
            assert_eq!(words(&text).as_deref(), Some("--a=1"), "{other}");
            assert_eq!(words(other), None, "{other}");
        }
    }

    #[test]
    fn every_form_of_journalctl_is_read() {
        let message = "time=\"2026-05-06T11:00:00Z\" level=info msg=\"Running kubelet --a=1\"";
        let json = serde_json::json!({
            "SYSLOG_IDENTIFIER": "k3s", "_PID": "7", "_UID": "0", "_COMM": "k3s-server",
            "_SYSTEMD_UNIT": "k3s.service", "_BOOT_ID": "b", "MESSAGE": message,
        });
        let bytes = serde_json::json!({"SYSLOG_IDENTIFIER": "k3s", "_PID": "7", "MESSAGE": message.as_bytes()});
        let pretty = serde_json::to_string_pretty(&json).unwrap();
        for (text, pid) in [
            (message.to_owned(), None),
            (format!("2026-05-06T11:00:00.123456789Z {message}"), None),
            (
                format!("2026-05-06T11:00:00.123456789Z stderr F {message}"),
                None,
            ),
            (
                format!("2026-05-06T11:00:00.123456+00:00 h k3s[7]: {message}"),
                Some(7),
            ),
            (format!("May 06 11:00:00 h k3s[7]: {message}"), Some(7)),
            (format!("May 06 11:00:00 k3s[7]: {message}"), Some(7)),
            (
                format!("2026-05-06T11:00:00+0000 h k3s[7]: {message}"),
                Some(7),
            ),
            (format!("[   12.345678] h k3s[7]: {message}"), Some(7)),
            (
                format!("May 06 11:00:00 h k3s-agent[7]: {message}"),
                Some(7),
            ),
            (
                format!("May 06 11:00:00 h k3s.service[7]: {message}"),
                Some(7),
            ),
            (format!("{json}\n{{\"MESSAGE\": \"cut"), Some(7)),
            (bytes.to_string(), Some(7)),
            (format!("{pretty}\n{pretty}\n"), Some(7)),
        ] {
            let running = last(&text, "kubelet").unwrap_or_else(|| panic!("{text}"));
            assert_eq!(
                (running.words.as_str(), running.by),
                ("--a=1", pid),
                "{text}"
            );
            assert!(looks_like_k3s(text.as_bytes()), "{text}");
        }
        let other = json
            .to_string()
            .replace("\"b\"", "\"c\"")
            .replace("Running", "Started");
        assert_eq!(words(&format!("{json}\n{other}\n")), None);
        assert!(!looks_like_k3s(
            b"May 06 11:00:00 h kubelet[7]: I0506 x.go:1] y\n{}\n"
        ));
    }

    #[test]
    fn a_journal_that_names_writers_and_its_host_has_no_other_lines() {
        let own = start(7, "2026-05-06T11:00:00Z", "--a=1\"");
        let alone = "time=\"2026-05-06T12:00:00Z\" level=info msg=\"Running kubelet --b\"";
        for text in [format!("{own}\n{alone}\n"), format!("{alone}\n{own}\n")] {
            assert_eq!(words(&text).as_deref(), Some("--a=1"), "{text}");
        }
        let elsewhere = own.replace(" h k3s", " i k3s");
        let cut = |text: &str| last(text, "kubelet").map(|running| running.cut);
        assert_eq!(cut(&format!("{own}\n{elsewhere}\n")), Some(true));
        assert_eq!(
            cut(&format!("{elsewhere}\n-- Boot 0f --\n{own}\n")),
            Some(false)
        );
    }
}

//! The text that `journalctl` printed → its entries: who wrote, and what. Knows the forms of a line
//! per entry, the message alone, and JSON.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::Value;

use crate::evidence::epoch_seconds;

/// One entry.
#[derive(Debug, Default)]
pub(super) struct JournalEntry<'t> {
    /// Its line in the text, from 1.
    pub(super) line: u32,
    /// What calls itself its writer; `None` where the form shows no such thing.
    identifier: Option<Cow<'t, str>>,
    /// The machine that it names.
    pub(super) host: Option<&'t str>,
    /// The name of the process, and its user, as the journal itself knows them.
    name: Option<String>,
    user: Option<String>,
    /// The process that wrote it.
    pub(super) pid: Option<u32>,
    /// The start of the machine it belongs to.
    pub(super) boot: Option<String>,
    /// When it was written, in seconds since 1970.
    pub(super) at: Option<i64>,
    /// What was written.
    pub(super) message: Cow<'t, str>,
    /// It is the mark of another start of the machine.
    pub(super) is_boot: bool,
}

impl JournalEntry<'_> {
    /// Whether its form shows who wrote it.
    pub(super) fn names_writer(&self) -> bool {
        self.identifier.is_some()
    }

    /// Whether k3s wrote it, as far as the form tells: by its identifier, which any program can
    /// choose, and by what no program can.
    pub(super) fn is_of_k3s(&self) -> bool {
        let is_k3s = |name: &str| matches!(name, "k3s" | "k3s-agent" | "k3s-server");
        let calls_itself = self
            .identifier
            .as_deref()
            .is_none_or(|name| is_k3s(name.strip_suffix(".service").unwrap_or(name)));
        calls_itself
            && self.name.as_deref().is_none_or(is_k3s)
            && self.user.as_deref().is_none_or(|user| user == "0")
    }
}

/// The entries, in the order in which they stand.
pub(super) fn entries(text: &str) -> Box<dyn Iterator<Item = JournalEntry<'_>> + '_> {
    let first = text.trim_start().lines().next().unwrap_or_default();
    // An object of several lines, one after the other.
    if first.trim_end() == "{" {
        return Box::new(objects(text));
    }
    Box::new(text.lines().zip(1..).map(|(line, number)| {
        let entry = match line.starts_with('{') {
            true => of_json(line),
            false => of_line(line),
        };
        JournalEntry {
            line: number,
            ..entry
        }
    }))
}

fn objects(text: &str) -> impl Iterator<Item = JournalEntry<'_>> {
    let mut objects = serde_json::Deserializer::from_str(text).into_iter::<Fields>();
    let (mut at, mut line) = (0, 1);
    std::iter::from_fn(move || {
        let from = objects.byte_offset();
        let object = objects.next()?.ok()?;
        let before = text.get(at..from).unwrap_or_default();
        line += u32::try_from(before.matches('\n').count()).unwrap_or(u32::MAX);
        at = from;
        // The line break between two objects stands before the second.
        let gap = text.get(from..).unwrap_or_default();
        let gap = gap.len() - gap.trim_start().len();
        let blank = text.get(from..from + gap).unwrap_or_default();
        let skipped = u32::try_from(blank.matches('\n').count()).unwrap_or_default();
        Some(JournalEntry {
            line: line.saturating_add(skipped),
            ..object.entry()
        })
    })
}

/// The fields of an entry that tell who wrote it. Those that begin with `_` are the journal's own.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Fields {
    #[serde(rename = "SYSLOG_IDENTIFIER")]
    identifier: Value,
    #[serde(rename = "_COMM")]
    name: Value,
    #[serde(rename = "_UID")]
    user: Value,
    #[serde(rename = "_PID")]
    pid: Value,
    #[serde(rename = "_BOOT_ID")]
    boot: Value,
    #[serde(rename = "__REALTIME_TIMESTAMP")]
    at: Value,
    #[serde(rename = "MESSAGE")]
    message: Value,
}

impl Fields {
    fn entry<'t>(self) -> JournalEntry<'t> {
        let micros = text(&self.at).and_then(|text| text.parse::<i64>().ok());
        JournalEntry {
            // Without one the journal does not say who wrote.
            identifier: Some(text(&self.identifier).unwrap_or_default().into()),
            name: text(&self.name),
            user: text(&self.user),
            pid: text(&self.pid).and_then(|text| text.parse().ok()),
            boot: text(&self.boot),
            at: micros.map(|micros| micros / 1_000_000),
            message: text(&self.message).unwrap_or_default().into(),
            ..JournalEntry::default()
        }
    }
}

/// A field's text. What is no text is a list of its bytes.
fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Array(bytes) => {
            let bytes = bytes.iter().map(|byte| u8::try_from(byte.as_u64()?).ok());
            let bytes: Vec<u8> = bytes.collect::<Option<_>>()?;
            Some(String::from_utf8_lossy(&bytes).into_owned())
        }
        _ => None,
    }
}

fn of_json<'t>(line: &str) -> JournalEntry<'t> {
    let fields: Fields = serde_json::from_str(line).unwrap_or_default();
    fields.entry()
}

/// Without what the log of a container has before each line: a time, and which stream it is of.
fn without_time(line: &str) -> &str {
    match line.split_once(' ') {
        Some((time, rest)) if epoch_seconds(time).is_some() => {
            let of_stream = ["stderr F ", "stdout F "];
            let streams = of_stream.iter().find_map(|mark| rest.strip_prefix(mark));
            streams.unwrap_or(rest)
        }
        _ => line,
    }
}

/// `May 06 11:05:07 host k3s[72179]: message`, with another time, without one, or the message alone.
fn of_line(line: &str) -> JournalEntry<'_> {
    if line.starts_with("-- Boot ") || line.starts_with("-- Reboot") {
        return JournalEntry {
            is_boot: true,
            ..JournalEntry::default()
        };
    }
    // The rest of a message of several lines, which the journal sets in.
    if line.starts_with([' ', '\t']) {
        return JournalEntry {
            identifier: Some("".into()),
            ..JournalEntry::default()
        };
    }
    let alone = without_time(line);
    if ["time=", "level="].iter().any(|key| alone.starts_with(key)) {
        return JournalEntry {
            message: alone.into(),
            ..JournalEntry::default()
        };
    }
    let (head, message) = line.split_once(": ").unwrap_or((line, ""));
    let mut words = head.rsplit(' ');
    let writer = words.next().unwrap_or_default();
    let numbered = writer.strip_suffix(']').and_then(|w| w.rsplit_once('['));
    let (name, pid) = match numbered {
        Some((name, pid)) => (name, pid.parse().ok()),
        None => (writer, None),
    };
    JournalEntry {
        identifier: Some(name.into()),
        host: words.next(),
        pid,
        message: message.into(),
        ..JournalEntry::default()
    }
}

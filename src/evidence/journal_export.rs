//! A journal as JSON, one entry a line → the kubelet that systemd ran last. Fields that begin with an
//! underscore are journald's own: no program can write them.

use memchr::memmem;
use serde_json::{Map, Value};

use super::ps::{Listing, PsProcess};

/// What journald takes of an argument line.
const LONGEST: usize = 4096;

/// The kubelet as the last entry of the last boot shows it; `None` where this is no such journal.
pub(super) fn parse(bytes: &[u8]) -> Option<Listing> {
    if !bytes.trim_ascii_start().starts_with(b"{") {
        return None;
    }
    let mut is_journal = false;
    let mut last: Option<(u64, PsProcess)> = None;
    for (line, number) in bytes.split(|byte| *byte == b'\n').zip(1..) {
        is_journal = is_journal || memmem::find(line, b"\"__REALTIME_TIMESTAMP\"").is_some();
        if memmem::find(line, b"\"_CMDLINE\"").is_none() || memmem::find(line, b"kubelet").is_none()
        {
            continue;
        }
        let Ok(Value::Object(entry)) = serde_json::from_slice(line) else {
            continue;
        };
        let Some((at, process)) = kubelet(&entry, number) else {
            continue;
        };
        if last.as_ref().is_none_or(|(before, _)| at >= *before) {
            last = Some((at, process));
        }
    }
    is_journal.then(|| Listing {
        processes: last.into_iter().map(|(_, process)| process).collect(),
        header: String::new(),
        names_only: false,
        of_several: false,
    })
}

/// When an entry was written, and the kubelet that wrote it.
fn kubelet(entry: &Map<String, Value>, line: u32) -> Option<(u64, PsProcess)> {
    let text = |key: &str| entry.get(key).and_then(Value::as_str);
    let unit = text("_SYSTEMD_UNIT");
    if text("_COMM") != Some("kubelet") || unit.is_some_and(|unit| unit != "kubelet.service") {
        return None;
    }
    let command = text("_CMDLINE")?;
    let process = PsProcess {
        pid: text("_PID")?.parse().ok(),
        ppid: None,
        user: text("_UID").map(str::to_owned),
        started: None,
        line,
        command: command.to_owned(),
        cut: command.len() >= LONGEST,
        surely_cut: false,
    };
    Some((text("__REALTIME_TIMESTAMP")?.parse().ok()?, process))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(pid: u32, comm: &str, at: u64, command: &str) -> String {
        serde_json::json!({
            "_SYSTEMD_UNIT": "kubelet.service", "_COMM": comm, "_PID": pid.to_string(), "_UID": "0",
            "_CMDLINE": command, "__REALTIME_TIMESTAMP": at.to_string(), "MESSAGE": "x",
        })
        .to_string()
    }

    #[test]
    fn the_last_kubelet_speaks() {
        let journal = [
            entry(7, "kubelet", 20, "/usr/bin/kubelet --v=2"),
            entry(6, "kubelet", 10, "/usr/bin/kubelet --v=1"),
            entry(8, "mount", 30, "mount kubelet"),
            r#"{"MESSAGE":"\"_CMDLINE\": kubelet --v=9","__REALTIME_TIMESTAMP":"40","_COMM":"x"}"#
                .to_owned(),
            "cut {".to_owned(),
        ];
        let listing = parse(journal.join("\n").as_bytes()).unwrap();
        let commands = listing
            .processes
            .iter()
            .map(|p| (p.line, p.command.as_str()));
        assert_eq!(
            commands.collect::<Vec<_>>(),
            [(1, "/usr/bin/kubelet --v=2")]
        );
        assert!(parse(b"UID PID CMD").is_none());
        assert!(parse(b"{\"kind\":\"List\"}").is_none());
    }
}

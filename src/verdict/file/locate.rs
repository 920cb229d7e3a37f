//! A file's role × a node → where to look for it: what a running process names wins, then the
//! platform's own list, then the general one.

use crate::benchmark::files::{NamedBy, Role};
use crate::evidence::File;
use crate::evidence::citation::Citation;
use crate::evidence::document::Value;
use crate::evidence::folder::tidy;
use crate::evidence::process::Process;
use crate::node::platform::Platform;
use crate::problem::Code;
use crate::settings::config_file::REDACTED;
use crate::settings::disk::Disk;
use crate::settings::kubelet::Setting;
use crate::settings::value::SettingValue;
use crate::verdict::subject::Subject;

/// Where a role's file is.
pub enum Located {
    /// The first of these that is on the node; the process that names it.
    Paths(Vec<String>, Option<Citation>),
    /// A process was seen, and it names none: how that is known.
    NotNamed(String, Citation),
    /// Nodes of this platform have none.
    ByDesign,
    /// It cannot be told: code, sentence, evidence.
    Doubt(Code, String, Vec<Citation>),
}

/// What one process says of the file.
enum Named {
    Path(String),
    Nothing,
    /// Its arguments are cut off.
    CutOff,
    Doubt(Code, String, Vec<Citation>),
}

/// Where to look: one place, or one per process of the component.
#[must_use]
pub fn locate(role: &Role, subject: &Subject<'_>, family: &str) -> Vec<Located> {
    let listed = || {
        let own = role.families.get(platform_family(subject, family));
        match own.unwrap_or(&role.paths).as_slice() {
            [] => Located::ByDesign,
            paths => Located::Paths(paths.to_vec(), None),
        }
    };
    let mut places: Vec<Located> = Vec::new();
    for by in &role.named_by {
        for (process, named) in named(by, subject) {
            let at = || process.citation.clone();
            let place = match named {
                Named::Path(path) => absolute(process, &path)
                    .map_or_else(|doubt| doubt, |path| Located::Paths(vec![path], Some(at()))),
                Named::CutOff => listed(),
                Named::Nothing if role.families.contains_key(platform_family(subject, family)) => {
                    listed()
                }
                Named::Nothing => {
                    let what = by.flag.as_deref().or(by.setting.as_deref());
                    let why = format!(
                        "the {} that runs names no file with {}",
                        by.component,
                        what.unwrap_or_default()
                    );
                    Located::NotNamed(why, at())
                }
                Named::Doubt(code, why, citations) => Located::Doubt(code, why, citations),
            };
            places.push(place);
        }
    }
    if places.is_empty() {
        places.push(listed());
    }
    places
}

/// The platform's name in the table of files; the benchmark's where the node shows none.
fn platform_family<'f>(subject: &Subject<'_>, family: &'f str) -> &'f str {
    match subject.platform {
        None | Some(Platform::Generic) => family,
        Some(Platform::Aliyun) => "ack",
        Some(Platform::Vmware) => "tkgi",
        Some(platform) => platform.as_str(),
    }
}

fn named<'s>(by: &NamedBy, subject: &'s Subject<'_>) -> Vec<(&'s Process, Named)> {
    match by.component.as_str() {
        "kubelet" => {
            let of = |disk: &'s Disk| (disk.process(), by_kubelet(by, disk, subject));
            subject.disks.iter().map(of).collect()
        }
        _ => subject
            .processes
            .iter()
            .filter(|process| is_kube_proxy(process))
            .map(|process| (process, by_kube_proxy(by, process, subject)))
            .collect(),
    }
}

fn by_kubelet(by: &NamedBy, disk: &Disk, subject: &Subject<'_>) -> Named {
    if let Some(flag) = &by.flag {
        return match disk.line.text(flag.trim_start_matches('-')) {
            // A later one may stand in the part that is missing; the last one counts.
            _ if disk.process().cut => Named::CutOff,
            Some(path) => Named::Path(path.to_owned()),
            None => Named::Nothing,
        };
    }
    let Some(setting) = by.setting.as_deref().and_then(Setting::named) else {
        return Named::Nothing;
    };
    let statement = match (disk.setting(setting), &subject.live) {
        (Ok(in_force), _) => in_force.winner,
        (Err(doubt), live) => match live.as_ref().and_then(|live| live.setting(setting, None)) {
            Some(Ok(statement)) => statement,
            _ if doubt.code == Code::ArgumentsCutOff => return Named::CutOff,
            _ => return Named::Doubt(doubt.code, doubt.why, doubt.citations),
        },
    };
    match &statement.value {
        SettingValue::Text(path) if path.starts_with('/') => Named::Path(path.clone()),
        SettingValue::Text(path) if !path.is_empty() => match disk.folder_of(&statement) {
            Ok(Some(folder)) => Named::Path(format!("{folder}/{path}")),
            Ok(None) => Named::Path(path.clone()),
            Err(doubt) => Named::Doubt(doubt.code, doubt.why, doubt.citations),
        },
        _ => Named::Nothing,
    }
}

fn is_kube_proxy(process: &Process) -> bool {
    let base = |word: &String| word.rsplit('/').next().unwrap_or_default().to_owned();
    let mut words = process.words.iter().map(base);
    match words.next().as_deref() {
        Some("kube-proxy" | "kube-proxy.exe") => true,
        Some("hyperkube") => matches!(words.next().as_deref(), Some("kube-proxy" | "proxy")),
        _ => false,
    }
}

/// kube-proxy with `--config` takes its kubeconfig from that file alone.
fn by_kube_proxy(by: &NamedBy, process: &Process, subject: &Subject<'_>) -> Named {
    if process.cut {
        return Named::CutOff;
    }
    let config = argument(&process.words, "config");
    if by.flag.is_some() {
        return config.map_or(Named::Nothing, |path| Named::Path(path.to_owned()));
    }
    let Some(config) = config else {
        let named = argument(&process.words, "kubeconfig");
        return named.map_or(Named::Nothing, |path| Named::Path(path.to_owned()));
    };
    let path = match absolute(process, config) {
        Ok(path) => path,
        Err(Located::Doubt(code, why, at)) => return Named::Doubt(code, why, at),
        Err(_) => return Named::Nothing,
    };
    let doubt = |code, why: String| {
        Named::Doubt(
            code,
            format!("kube-proxy names {path}: {why}"),
            vec![process.citation.clone()],
        )
    };
    let Some(evidence) = subject.evidence else {
        return Named::Nothing;
    };
    let document = match evidence.file(&path) {
        File::Here(member, _) => match evidence.document(member) {
            Ok(document) => document,
            Err(e) => return doubt(Code::ConfigFileUnparseable, e.what),
        },
        File::Unusable(why, _) => return doubt(Code::ConfigFileUnparseable, why),
        File::Absent(_) => {
            return doubt(Code::ConfigFileMissing, "it is not on the node".to_owned());
        }
        File::NotCollected(why) => return doubt(Code::FileNotCollected, why),
    };
    let entry = document.root.at("clientConnection.kubeconfig");
    match entry.map(|entry| &entry.node.value) {
        Some(Value::String(path)) if !path.is_empty() => Named::Path(path.clone()),
        _ => Named::Nothing,
    }
}

/// The last `--name=value` or `--name value`; an empty one counts as not given.
fn argument<'w>(words: &'w [String], name: &str) -> Option<&'w str> {
    let mut found = None;
    for (at, word) in words.iter().enumerate() {
        let Some(rest) = word.strip_prefix("--").and_then(|w| w.strip_prefix(name)) else {
            continue;
        };
        match rest.strip_prefix('=') {
            Some(value) => found = Some(value),
            None if rest.is_empty() => found = words.get(at + 1).map(String::as_str),
            None => {}
        }
    }
    found.filter(|value| !value.is_empty())
}

fn absolute(process: &Process, path: &str) -> Result<String, Located> {
    let doubt = |code, why: String| Located::Doubt(code, why, vec![process.citation.clone()]);
    if path.contains(REDACTED) {
        let why = "the path is masked in the evidence".to_owned();
        return Err(doubt(Code::ValueRedacted, why));
    }
    match &process.cwd {
        _ if path.starts_with('/') => Ok(tidy(path)),
        Some(cwd) => Ok(tidy(&format!("{cwd}/{path}"))),
        None => Err(doubt(
            Code::FileNotCollected,
            format!(
                "{path} is relative, and the working directory of the process is not in the bundle"
            ),
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::argument;

    #[test]
    fn the_last_argument_counts() {
        for (line, expected) in [
            ("kube-proxy --config=/a --config /b", Some("/b")),
            ("kube-proxy --config /b --config=/a", Some("/a")),
            ("kube-proxy --config-sync-period=1m", None),
            ("kube-proxy --config=", None),
            ("kube-proxy --config", None),
        ] {
            let words: Vec<String> = line.split(' ').map(str::to_owned).collect();
            assert_eq!(argument(&words, "config"), expected, "{line}");
        }
    }
}

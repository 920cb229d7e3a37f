//! `sos report`: one machine, as root, its files at their own paths. While it packs, sos looks every
//! file up on the machine and writes mode, owner and time of change into the header.

use serde_json::Value;

use super::{
    Import, Layout, MemberNames, files, hostname_override, json, node_name, rfc3339, small_text,
};
use crate::bundle::{Bundle, Content, Member};
use crate::evidence::kind::Kind;
use crate::evidence::layout;
use crate::evidence::manifest::Command;
use crate::evidence::{head, text};

pub(super) static LAYOUT: Layout = Layout {
    name: "sos-report",
    tool: "sos report (sosreport), and each report of sos collect",
    decides: "arguments, configuration files, modes and owners of files",
    looks_for: "sos_commands/ beside version.txt, sos_reports/ or sos_logs/",
    is_it,
    gives_way: false,
    wants,
    read,
};

const MANIFEST: &str = "sos_reports/manifest.json";
const HOSTNAME: &str = "sos_commands/host/hostname";
const DATE: &str = "sos_commands/date/date";
const DATE_IN_UTC: &str = "sos_commands/date/date_--utc";
const MACHINE_ID: &str = "etc/machine-id";
/// In seconds, of an hour.
const QUARTER: i64 = 15 * 60;

fn is_it(names: &MemberNames<'_>) -> bool {
    names.has_below("sos_commands/")
        && (names.has("version.txt")
            || names.has_below("sos_reports/")
            || names.has_below("sos_logs/"))
}

fn wants(name: &str) -> bool {
    let own = [MANIFEST, HOSTNAME, DATE, DATE_IN_UTC, MACHINE_ID];
    own.contains(&name) || name == "version.txt"
}

fn read(bundle: &Bundle) -> Vec<Import> {
    let log = json(bundle, MANIFEST);
    let mut import = Import::of(&LAYOUT, "sos report", version(bundle, log.as_ref()));
    let report = log
        .as_ref()
        .and_then(|log| log.pointer("/components/report"));
    let sysroot = report.and_then(|report| report.get("sysroot")?.as_str());
    let is_cleaned = log
        .as_ref()
        .is_some_and(|log| log.pointer("/components/cleaner").is_some())
        || bundle
            .top
            .as_deref()
            .is_some_and(|top| top.ends_with("-obfuscated"));
    let names = MemberNames(bundle);
    // Somebody may have put a folder around the files of the machine, and around nothing else.
    let has_files = ["etc/", "usr/", "var/"]
        .iter()
        .any(|root| names.has_below(root));
    let mut around = ["host/", "rootfs/"].into_iter();
    let around = around.find(|folder| !has_files && names.has_below(folder));
    import.own_paths = Some(around.unwrap_or_default());
    let ended = log.as_ref().and_then(ended);
    // Versions before 4.3 log no times of commands. What sos writes has no time of change in its header
    // as long as nobody unpacks and packs it again.
    let is_original =
        files(bundle).any(|(_, member)| member.name == MANIFEST && member.attributes.is_none());
    for (index, member) in files(bundle) {
        let Some(kind) = kind(member, around.unwrap_or_default()) else {
            continue;
        };
        // With another root sos may have looked at a file of its own container.
        let is_real = match (&kind, sysroot) {
            _ if is_cleaned => false,
            (Kind::File(_), Some("/")) => true,
            (Kind::File(path), Some(_)) => {
                path.starts_with("/etc/kubernetes/") || path.starts_with("/var/lib/kubelet/")
            }
            _ => false,
        };
        // A copy that somebody unpacked and packed again was changed after sos had ended.
        let attributes = member.attributes.as_ref().filter(|_| is_real);
        let is_unchanged = attributes.is_some_and(|attributes| match (attributes.ctime, ended) {
            (Some(ctime), Some(ended)) => ctime <= ended,
            (ctime, None) => ctime.is_some() && is_original,
            (None, Some(_)) => false,
        });
        if is_unchanged && member.copies == 1 {
            import.real.push(index);
        }
        import.kinds.insert(index, kind);
    }
    let lists: Vec<_> = import
        .kinds
        .iter()
        .filter(|(_, kind)| **kind == Kind::ProcessList)
        .filter_map(|(index, _)| bundle.members.get(*index))
        .filter_map(|member| match &member.content {
            Content::Kept(bytes) => Some(text(bytes)),
            _ => None,
        })
        .collect();
    let own = lists.iter().find_map(|list| hostname_override(list));
    let hostname = || small_text(bundle, HOSTNAME).and_then(|name| node_name(&name));
    import.manifest.node = own.or_else(hostname).filter(|_| !is_cleaned);
    // With another root it may be that of a container.
    let is_own = !is_cleaned && sysroot == Some("/");
    let machine = small_text(bundle, MACHINE_ID).filter(|_| is_own);
    import.manifest.host.machine_id = machine.filter(|id| is_machine_id(id));
    // The tool itself is in its list: as root, or what others run was not shown to it.
    let is_own = |line: &str| line.starts_with("root ") && line.contains(" ps auxwwwm");
    if lists.iter().any(|list| list.lines().any(is_own)) {
        import.manifest.uid = Some(0);
    }
    import.utc_offset = utc_offset(bundle);
    import.manifest.commands = log.iter().flat_map(commands).filter_map(command).collect();
    import.manifest.collected_at = import
        .manifest
        .commands
        .iter()
        .filter_map(|command| command.at.clone())
        .max()
        .or_else(|| ended_in_utc(bundle, log.as_ref()?));
    vec![import]
}

/// Whether it is as machine-id(5) has it.
fn is_machine_id(text: &str) -> bool {
    text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// When the last of its commands ended, in seconds since 1970.
fn ended(log: &Value) -> Option<i64> {
    let times = commands(log).filter_map(|entry| entry.get("end_time")?.as_f64());
    times.map(|time| time.ceil() as i64).max()
}

/// How many seconds the machine's clock is before UTC. Where it changes for the summer, what
/// happened before may have another one.
fn utc_offset(bundle: &Bundle) -> Option<i64> {
    let written = |name: &str| small_text(bundle, name);
    let local = written(DATE)?;
    if local.split_whitespace().any(|word| word == "UTC") {
        return Some(0);
    }
    let between = seconds(&local)? - seconds(&written(DATE_IN_UTC)?)?;
    // One was asked for right after the other; clocks differ by quarters of an hour.
    let offset = between.div_euclid(QUARTER) + between.rem_euclid(QUARTER) * 2 / QUARTER;
    Some(offset * QUARTER).filter(|offset| offset.abs() <= 14 * 4 * QUARTER)
}

/// What `date` prints, in seconds, as if it were UTC: `Wed Nov 25 20:04:11 CET 2026`.
fn seconds(date: &str) -> Option<i64> {
    let words: Vec<&str> = date.split_whitespace().collect();
    let [_, month, day, time, _, year] = words.as_slice() else {
        return None;
    };
    let time = [*month, day, time, year].join(" ");
    let time = jiff::civil::DateTime::strptime("%b %d %H:%M:%S %Y", time).ok()?;
    let time = time.to_zoned(jiff::tz::TimeZone::UTC).ok()?;
    Some(time.timestamp().as_second())
}

/// When it ended, where a version says that in the time of its machine, and this is UTC.
fn ended_in_utc(bundle: &Bundle, log: &Value) -> Option<String> {
    let date = small_text(bundle, DATE)?;
    date.split_whitespace().find(|word| *word == "UTC")?;
    let written = log.get("end_time")?.as_str()?;
    let (written, _) = written.split_once('.').unwrap_or((written, ""));
    let time = format!("{}Z", written.replace(' ', "T"));
    time.parse::<jiff::Timestamp>().ok()?;
    Some(time)
}

/// What its log says of each command.
fn commands(log: &Value) -> impl Iterator<Item = &Value> {
    let plugins = log.pointer("/components/report/plugins");
    let plugins = plugins.and_then(Value::as_object);
    let plugins = plugins.into_iter().flat_map(|plugins| plugins.values());
    let commands = plugins.filter_map(|plugin| plugin.get("commands")?.as_array());
    commands.flatten()
}

fn version(bundle: &Bundle, log: Option<&Value>) -> Option<String> {
    let logged = log.and_then(|log| log.get("version")?.as_str());
    logged.map(str::to_owned).or_else(|| {
        let line = small_text(bundle, "version.txt")?;
        let (_, version) = line.lines().next()?.split_once(": ")?;
        Some(version.to_owned())
    })
}

/// What a member is: what a command of sos printed, or a file at its own path.
fn kind(member: &Member, around: &str) -> Option<Kind> {
    let name = member.name.as_str();
    if let Some(command) = name
        .strip_prefix("sos_commands/process/")
        .or_else(|| name.strip_prefix("sos_commands/selinux/"))
    {
        // Names of programs without their arguments.
        let names_only = command.contains("_comm_") || command.contains("auxcww");
        let is_list = command.starts_with("ps_") && !names_only;
        let kind = layout::classify(name, head(member));
        return (is_list && kind == Kind::ProcessList).then_some(kind);
    }
    if name.starts_with("sos_") {
        return None;
    }
    match layout::classify(name, head(member)) {
        Kind::File(path) if path.strip_prefix('/') == name.strip_prefix(around) => {
            Some(Kind::File(path))
        }
        _ => None,
    }
}

/// A command that sos ran, as its log has it.
fn command(entry: &Value) -> Option<Command> {
    let text = |key: &str| entry.get(key).and_then(Value::as_str);
    let is_cut = entry.get("truncated").and_then(Value::as_bool) == Some(true);
    let exit = entry.get("return_code").and_then(Value::as_i64);
    Some(Command {
        argv: text("exec")?.to_owned(),
        member: text("filepath")?.to_owned(),
        // What sos cut off is no whole list.
        exit: if is_cut { Some(-1) } else { exit },
        at: entry
            .get("end_time")
            .and_then(Value::as_f64)
            .and_then(rfc3339),
    })
}

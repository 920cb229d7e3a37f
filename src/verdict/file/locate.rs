//! A file's role × a node → where to look for it: what a running process names wins, then the
//! platform's own list, then the general one.

mod data_dir;
mod folder;
mod units;

use std::rc::Rc;

use crate::benchmark::files::{NamedBy, Role};
use crate::evidence::args_file::microk8s;
use crate::evidence::citation::Citation;
use crate::evidence::folder::tidy;
use crate::evidence::masks::mask_in;
use crate::evidence::process::Process;
use crate::node::platform::Platform;
use crate::problem::Code;
use crate::settings::component::{Component, Instance};
use crate::settings::kubelet::Setting;
use crate::settings::pflag::CommandLine;
use crate::settings::value::SettingValue;
use crate::verdict::located::Located;
use crate::verdict::subject::Subject;

/// What one process says of the file.
enum NamedPath {
    Path(String),
    /// A folder of such files.
    Folder(String),
    Nothing,
    /// Its arguments are cut off.
    CutOff,
    Doubt(Code, String, Vec<Citation>),
}

/// Where to look: one place, or one per process of the component, or per file of a unit.
#[must_use]
pub fn locate(role: &Role, subject: &Subject<'_>, family: &str) -> Rc<[Located]> {
    let family = platform_family(subject, family);
    let own = role.families.get(family);
    let family = own.map(|_| family);
    let located = &subject.located;
    located.get(&role.name, family, || find(role, own, subject))
}

fn find(role: &Role, own: Option<&Vec<String>>, subject: &Subject<'_>) -> Vec<Located> {
    let usual = data_dir::below_own(own.unwrap_or(&role.paths), subject);
    let usual: &[String] = &usual;
    let listed = || match usual {
        [] => vec![Located::ByDesign],
        paths => units::files(paths, component(role), subject)
            .unwrap_or_else(|| vec![Located::Paths(paths.to_vec(), None)]),
    };
    let mut places: Vec<Located> = Vec::new();
    for by in &role.named_by {
        for (process, named) in named(by, subject) {
            let at = || process.citation.clone();
            let args_file = args_file(usual, process, subject);
            let named = contradicted(by, process, named);
            // A folder that nobody names is the usual one, and some platforms use none.
            if !by.names.is_empty() {
                let NamedPath::Path(folder) = named else {
                    continue;
                };
                if own.is_some() {
                    continue;
                }
                let within = |name: &String| format!("{}/{name}", folder.trim_end_matches('/'));
                let paths = by.names.iter().map(within).collect();
                places.push(Located::Paths(paths, Some(at())));
                continue;
            }
            // The last one counts, and one more may stand in the part that is missing: what is known
            // may fail, and never passes.
            if process.cut && !matches!(named, NamedPath::Doubt(..)) {
                let missing = match (&by.flag, &by.setting) {
                    (Some(flag), _) => flag.clone(),
                    (None, Some(setting)) => format!("what sets {setting}"),
                    (None, None) => "what names it".to_owned(),
                };
                let cut = process.cut_off();
                let why = format!("{cut}, so {missing} may stand in the part that is missing");
                places.push(Located::Doubt(Code::ArgumentsCutOff, why, vec![at()]));
            }
            match named {
                NamedPath::Path(path) => places.push(
                    absolute(process, &path)
                        .map_or_else(|doubt| doubt, |path| Located::Paths(vec![path], Some(at()))),
                ),
                NamedPath::Folder(path) => match absolute(process, &path) {
                    Ok(folder) => places.extend(folder::files(&folder, usual, process, subject)),
                    Err(doubt) => places.push(doubt),
                },
                NamedPath::Nothing if args_file.is_some() => {
                    places.extend(args_file.map(|path| Located::Paths(vec![path], Some(at()))));
                }
                NamedPath::CutOff => places.extend(listed()),
                NamedPath::Nothing if own.is_some() => places.extend(listed()),
                NamedPath::Nothing => {
                    let what = by.flag.as_deref().or(by.setting.as_deref());
                    let why = format!(
                        "the {} that runs names no file with {}",
                        by.component,
                        what.unwrap_or_default()
                    );
                    places.push(Located::NotNamed(why, at()));
                }
                NamedPath::Doubt(code, why, citations) => {
                    places.push(Located::Doubt(code, why, citations));
                }
            }
        }
    }
    if places.is_empty() {
        places = listed();
    }
    places
}

/// The file of arguments of a kubelet that has no arguments of its own, where such a one is meant.
fn args_file(usual: &[String], process: &Process, subject: &Subject<'_>) -> Option<String> {
    let meant = usual.contains(&microk8s(Component::Kubelet.as_str()));
    let mut kubelets = subject.kubelets.iter().filter(|_| meant);
    let kubelet = kubelets.find(|kubelet| kubelet.process().pid == process.pid)?;
    kubelet.args_file().map(str::to_owned)
}

/// What two captures of a process name, if they name the same.
fn contradicted(by: &NamedBy, process: &Process, named: NamedPath) -> NamedPath {
    let Some(other) = &process.otherwise else {
        return named;
    };
    let flags = [by.flag.as_deref(), by.folder.as_deref()];
    let is_flag = |word: &str| {
        let name = word.split_once('=').map_or(word, |(name, _)| name);
        flags.contains(&Some(name))
    };
    let mut words = other.words.iter();
    let agree = match &named {
        NamedPath::Path(path) | NamedPath::Folder(path) => {
            words.any(|word| word.contains(path.as_str()))
        }
        NamedPath::Nothing => !words.any(|word| is_flag(word)),
        NamedPath::CutOff | NamedPath::Doubt(..) => true,
    };
    if agree {
        return named;
    }
    let why = format!(
        "{} and {} show one process with different arguments",
        process.citation.spoken(),
        other.citation.spoken()
    );
    let places = vec![process.citation.clone(), other.citation.clone()];
    NamedPath::Doubt(Code::ContradictoryEvidence, why, places)
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

/// The component whose file it is.
#[must_use]
pub fn component(role: &Role) -> Component {
    let named_by = role.named_by.first().map(|by| &by.component);
    let own = role.component.as_ref().or(named_by);
    own.and_then(|name| Component::named(name))
        .unwrap_or(Component::Kubelet)
}

fn named<'s>(by: &NamedBy, subject: &'s Subject<'_>) -> Vec<(&'s Process, NamedPath)> {
    let Some(component) = Component::named(&by.component) else {
        return Vec::new();
    };
    if let Some(flag) = &by.flag {
        let flag = flag.trim_start_matches('-');
        let folder = by.folder.as_deref().map(|f| f.trim_start_matches('-'));
        let of = |process: &'s Process, line: &CommandLine| {
            (process, by_flag(flag, folder, process, line))
        };
        return match component {
            Component::Described(described) => {
                let others = subject.others.iter().filter(|o| o.described() == described);
                others
                    .map(|other| of(other.process(), &other.line))
                    .collect()
            }
            Component::Kubelet => {
                let kubelets = subject.kubelets.iter();
                kubelets
                    .map(|kubelet| of(kubelet.process(), &kubelet.line))
                    .collect()
            }
        };
    }
    let setting = by.setting.as_deref().unwrap_or_default();
    let Ok(setting) = component.setting(setting, None) else {
        return Vec::new();
    };
    let instances = subject.instances(component).into_iter();
    instances
        .map(|instance| {
            let named = by_setting(setting, component, instance, subject);
            (instance.process(), named)
        })
        .collect()
}

fn by_flag(flag: &str, folder: Option<&str>, process: &Process, line: &CommandLine) -> NamedPath {
    if let Some(mask) = &line.mask {
        let why = format!("arguments are masked as {mask}, and any of them may name it");
        return NamedPath::Doubt(Code::ValueRedacted, why, vec![process.citation.clone()]);
    }
    match (line.text(flag), folder.and_then(|flag| line.text(flag))) {
        (Some(path), _) => NamedPath::Path(path.to_owned()),
        (None, Some(folder)) => NamedPath::Folder(folder.to_owned()),
        (None, None) if process.cut => NamedPath::CutOff,
        (None, None) => NamedPath::Nothing,
    }
}

fn by_setting(
    setting: &Setting,
    component: Component,
    instance: &dyn Instance,
    subject: &Subject<'_>,
) -> NamedPath {
    let statement = match instance.setting(setting) {
        Ok(in_force) => in_force.winner,
        Err(doubt) => match subject.live_value(component, setting) {
            Some(Ok(statement)) => statement,
            _ if doubt.code == Code::ArgumentsCutOff => return NamedPath::CutOff,
            _ => return NamedPath::Doubt(doubt.code, doubt.why, doubt.citations),
        },
    };
    match &statement.value {
        SettingValue::Text(path) if path.starts_with('/') => NamedPath::Path(path.clone()),
        SettingValue::Text(path) if !path.is_empty() => match instance.folder_of(&statement) {
            Ok(Some(folder)) => NamedPath::Path(format!("{folder}/{path}")),
            Ok(None) => NamedPath::Path(path.clone()),
            Err(doubt) => NamedPath::Doubt(doubt.code, doubt.why, doubt.citations),
        },
        _ => NamedPath::Nothing,
    }
}

fn absolute(process: &Process, path: &str) -> Result<String, Located> {
    let doubt = |code, why: String| Located::Doubt(code, why, vec![process.citation.clone()]);
    if let Some(why) = process.elsewhere {
        return Err(doubt(
            Code::FileNotCollected,
            format!("the process names {path}: {why}"),
        ));
    }
    if let Some(mask) = mask_in(path) {
        let why = format!("the path is masked as {mask} in the evidence");
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

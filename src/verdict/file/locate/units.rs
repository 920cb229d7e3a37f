//! The paths of a unit → all files that make it: what systemd says it made it of, else what the unit
//! folders show.

use super::Located;
use crate::evidence::{Evidence, NodeFolder, stat};
use crate::problem::Code;
use crate::settings::component::Component;
use crate::verdict::subject::Subject;

/// Where systemd looks for units, in its order; the last two are one where `/lib` is a link.
const FOLDERS: [&str; 5] = [
    "/etc/systemd/system",
    "/run/systemd/system",
    "/usr/local/lib/systemd/system",
    "/lib/systemd/system",
    "/usr/lib/systemd/system",
];

/// The files of the first unit of these paths that is on the node; `None` where they are no unit's,
/// or none is there.
pub(super) fn files(
    paths: &[String],
    component: Component,
    subject: &Subject<'_>,
) -> Option<Vec<Located>> {
    let evidence = subject.evidence?;
    let mut units: Vec<&str> = paths.iter().filter_map(|path| unit_of(path)).collect();
    units.dedup();
    if units.is_empty() {
        return None;
    }
    by_systemd(&units, component, subject, evidence)
        .or_else(|| units.iter().find_map(|unit| on_disk(unit, paths, evidence)))
}

/// `kubelet.service` of `/lib/systemd/system/kubelet.service`, and of what lies in `kubelet.service.d`.
fn unit_of(path: &str) -> Option<&str> {
    let (folder, name) = path.rsplit_once('/')?;
    let name = match name.ends_with(".service") {
        true => name,
        false => folder.rsplit('/').next()?.strip_suffix(".d")?,
    };
    name.ends_with(".service").then_some(name)
}

fn by_systemd(
    units: &[&str],
    component: Component,
    subject: &Subject<'_>,
    evidence: &Evidence<'_>,
) -> Option<Vec<Located>> {
    let running = subject.instances(component).into_iter();
    let running = running.filter_map(|instance| evidence.unit_of_process(instance.process().pid?));
    let named = units.iter().filter_map(|unit| evidence.unit(unit).ok());
    let is_loaded = |text: &str| text != "not-found";
    let mut loaded = running.chain(named).filter(|unit| {
        unit.property("LoadState")
            .is_none_or(|(text, _)| is_loaded(text))
    });
    let (unit, (files, citation)) = loaded.find_map(|unit| {
        let files = unit.files()?;
        Some((unit, files))
    })?;
    let mut places: Vec<Located> = Vec::new();
    // What is on disk by now is what the next start takes, and all there is where nobody asked.
    let is_whole = unit.is_loaded_from_disk() && unit.property("DropInPaths").is_some();
    if !is_whole && let Some(name) = files.first().and_then(|path| unit_of(path)) {
        places.extend(on_disk(name, &files, evidence).into_iter().flatten());
    }
    let same = |path: &String| match path.strip_prefix("/lib/") {
        Some(rest) => vec![path.clone(), format!("/usr/lib/{rest}")],
        None => match path.strip_prefix("/usr/lib/") {
            Some(rest) => vec![path.clone(), format!("/lib/{rest}")],
            None => vec![path.clone()],
        },
    };
    places.extend(files.iter().map(|path| {
        // Where one of the two is a link to the other's folder, the rows may be of either.
        let names = same(path);
        let there = names
            .iter()
            .find(|path| is_there(path, evidence))
            .unwrap_or(path);
        Located::Paths(vec![there.clone()], Some(citation.clone()))
    }));
    Some(places)
}

fn is_there(path: &str, evidence: &Evidence<'_>) -> bool {
    let hops = evidence.hops(path);
    let first = hops.first().map(|(row, _)| row.kind);
    first.is_some_and(|kind| kind != stat::FileType::Absent)
}

/// The fragment that systemd would take, and the drop-ins beside it.
fn on_disk(unit: &str, paths: &[String], evidence: &Evidence<'_>) -> Option<Vec<Located>> {
    let in_folders = FOLDERS.map(|folder| format!("{folder}/{unit}"));
    let own = paths
        .iter()
        .filter(|path| path.ends_with(&format!("/{unit}")));
    let mut fragments: Vec<&String> = Vec::new();
    for path in own.chain(&in_folders) {
        if !fragments.contains(&path) && is_there(path, evidence) {
            fragments.push(path);
        }
    }
    // Which of the two folders of the distribution counts depends on how systemd was built.
    let first = fragments.first().copied();
    let is_vendor = |path: &&&String| path.starts_with("/lib/") || path.starts_with("/usr/lib/");
    let counts: Vec<String> = match first.filter(|path| is_vendor(&path)) {
        Some(_) => fragments
            .iter()
            .filter(is_vendor)
            .map(|path| (*path).clone())
            .collect(),
        None => first.into_iter().cloned().collect(),
    };
    let mut places: Vec<Located> = counts
        .into_iter()
        .map(|path| Located::Paths(vec![path], None))
        .collect();
    let mut names: Vec<String> = Vec::new();
    for folder in &in_folders {
        let folder = format!("{folder}.d");
        let below = match evidence.folder(&folder) {
            NodeFolder::Listed(below) => below,
            NodeFolder::NotCollected(why) if is_there(&folder, evidence) => {
                let why = format!("{folder}, which may change the unit: {why}");
                places.push(Located::Doubt(Code::FileNotCollected, why, Vec::new()));
                Vec::new()
            }
            NodeFolder::Absent | NodeFolder::NotCollected(_) => Vec::new(),
        };
        let mut here = Vec::new();
        for path in below {
            let name = path.strip_prefix(&folder).unwrap_or_default().to_owned();
            let is_drop_in = name.ends_with(".conf") && name.rfind('/') == Some(0);
            // One of the same name in a folder before it stands in its place.
            if is_drop_in && !names.contains(&name) {
                places.push(Located::Paths(vec![path], None));
                here.push(name);
            }
        }
        if !folder.starts_with("/lib/") {
            names.extend(here);
        }
    }
    if places.is_empty() {
        return None;
    }
    if evidence.has_some_metadata_alone() {
        let why = format!("{unit} may have files beside these, and nobody listed the folders");
        places.push(Located::Doubt(Code::FileNotCollected, why, Vec::new()));
    }
    Some(places)
}

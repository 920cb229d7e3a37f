//! `config.yaml` and `<benchmark>/*.yaml` of a folder → its benchmarks, as kube-bench loads them
//! (cmd/common.go, cmd/util.go).

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use super::check::AuditControls;
use super::tree::Tree;
use crate::bundle::sha256_hex;

/// A folder of kube-bench.
#[derive(Debug, Default)]
pub struct KubeBenchFolder {
    /// Its benchmarks, by id.
    pub benchmarks: BTreeMap<String, FolderBenchmark>,
    /// SHA-256 of the sorted `digest  path` lines of its files.
    pub digest: String,
    /// Which benchmark a version of Kubernetes or of a platform has.
    pub versions: BTreeMap<String, String>,
}

/// One benchmark.
#[derive(Debug, Default)]
pub struct FolderBenchmark {
    /// The name of its folder.
    pub id: String,
    /// Its files, in the order in which kube-bench runs them.
    pub sections: Vec<Section>,
}

/// One file of checks.
#[derive(Debug, Default)]
pub struct Section {
    /// `master`, `node`, `etcd`, `controlplane`, `policies`, `managedservices`.
    pub name: String,
    /// Its checks.
    pub controls: AuditControls,
    /// The components whose names and files stand in its scripts.
    pub components: Vec<ComponentPaths>,
    /// The variables that stand anywhere in the file.
    pub text: String,
}

/// Where `config.yaml` says a component is.
#[derive(Clone, Debug, Default)]
pub struct ComponentPaths {
    /// Its name.
    pub name: String,
    /// It need not run.
    pub optional: bool,
    /// Its programs, in order.
    pub bins: Vec<String>,
    /// Its files by the ending of their variable: candidates in order, and what stands for them where
    /// none is there.
    pub files: Vec<(&'static str, Vec<String>, Option<String>)>,
}

/// The endings of variables of files, with the keys of their candidates and of what stands for them.
const FILES: [(&str, &str, &str); 5] = [
    ("conf", "confs", "defaultconf"),
    ("svc", "svc", "defaultsvc"),
    ("kubeconfig", "kubeconfig", "defaultkubeconfig"),
    ("cafile", "cafile", "defaultcafile"),
    ("datadir", "datadirs", "defaultdatadir"),
];

/// The sections, in the order in which kube-bench runs them.
const SECTIONS: [&str; 6] = [
    "master",
    "etcd",
    "controlplane",
    "node",
    "policies",
    "managedservices",
];

/// Bytes of one file that are read.
const MOST: u64 = 4 * 1024 * 1024;

impl KubeBenchFolder {
    /// Reads a folder.
    ///
    /// # Errors
    /// What cannot be read, with its file and line.
    pub fn read(path: &Path) -> Result<Self, String> {
        let config = path.join("config.yaml");
        if !config.is_file() {
            return Err(format!(
                "{}: it has no config.yaml; name the folder that kube-bench calls cfg",
                path.display()
            ));
        }
        let main = yaml(&config)?;
        let mut folder = Self::default();
        let mut read = vec![digest_line("config.yaml", &main.0)];
        if let Some(versions) = get(&main.1, "version_mapping") {
            for (version, id) in versions.entries() {
                let id = id.text().unwrap_or_default();
                folder.versions.insert(version.clone(), id.to_owned());
            }
        }
        let wrong = |error: std::io::Error| format!("{}: {error}", path.display());
        let mut names = Vec::new();
        for entry in fs::read_dir(path).map_err(wrong)? {
            let entry = entry.map_err(wrong)?;
            if entry.path().is_dir() {
                names.push(entry.file_name().to_string_lossy().into_owned());
            }
        }
        names.sort();
        for id in names {
            let below = path.join(&id);
            let (benchmark, own) = FolderBenchmark::read(&id, &below, &main.1)?;
            read.extend(own.map(|text| digest_line(&format!("{id}/config.yaml"), &text)));
            for section in &benchmark.sections {
                read.push(digest_line(
                    &format!("{id}/{}.yaml", section.name),
                    &section.text,
                ));
            }
            if !benchmark.sections.is_empty() {
                folder.benchmarks.insert(id, benchmark);
            }
        }
        read.sort();
        folder.digest = sha256_hex(read.concat().as_bytes());
        match folder.benchmarks.is_empty() {
            true => Err(format!(
                "{}: no folder in it has a file of checks (master.yaml, node.yaml …)",
                path.display()
            )),
            false => Ok(folder),
        }
    }
}

impl FolderBenchmark {
    /// The benchmark, and the text of its own configuration where it has one.
    fn read(id: &str, path: &Path, main: &Tree) -> Result<(Self, Option<String>), String> {
        let own = path.join("config.yaml");
        let (own, config) = match own.exists() {
            true => {
                let (text, tree) = yaml(&own)?;
                (Some(text), merged(main, &tree))
            }
            false => (None, main.clone()),
        };
        let mut sections = Vec::new();
        for name in SECTIONS {
            let file = path.join(format!("{name}.yaml"));
            if !file.exists() {
                continue;
            }
            let (text, tree) = yaml(&file)?;
            let controls =
                AuditControls::of(&tree).map_err(|what| format!("{}: {what}", file.display()))?;
            sections.push(Section {
                name: name.to_owned(),
                controls,
                components: components(&config, name),
                text,
            });
        }
        let benchmark = Self {
            id: id.to_owned(),
            sections,
        };
        Ok((benchmark, own))
    }
}

fn digest_line(name: &str, text: &str) -> String {
    format!("{}  {name}\n", sha256_hex(text.as_bytes()))
}

fn yaml(path: &Path) -> Result<(String, Tree), String> {
    let named = |what: String| format!("{}: {what}", path.display());
    let size = fs::metadata(path).map_err(|e| named(e.to_string()))?.len();
    if size > MOST {
        return Err(named(format!("it has more than {MOST} bytes")));
    }
    let text = fs::read_to_string(path).map_err(|e| named(e.to_string()))?;
    let tree = Tree::parse(&text).map_err(named)?;
    Ok((text, tree))
}

/// A key whatever its case, as viper looks for it.
fn get<'t>(tree: &'t Tree, key: &str) -> Option<&'t Tree> {
    let mut entries = tree.entries().iter();
    let entry = entries.find(|(name, _)| name.eq_ignore_ascii_case(key));
    entry.map(|(_, value)| value)
}

/// One configuration over another: maps key by key, all else whole.
fn merged(below: &Tree, above: &Tree) -> Tree {
    match (below, above) {
        (Tree::Map(entries), Tree::Map(over)) => {
            let mut all = entries.clone();
            for (key, value) in over {
                match all
                    .iter_mut()
                    .find(|(name, _)| name.eq_ignore_ascii_case(key))
                {
                    Some((_, known)) => *known = merged(known, value),
                    None => all.push((key.clone(), value.clone())),
                }
            }
            Tree::Map(all)
        }
        (below, above) if above.is_null() => below.clone(),
        (_, above) => above.clone(),
    }
}

fn components(config: &Tree, section: &str) -> Vec<ComponentPaths> {
    let Some(of) = get(config, section) else {
        return Vec::new();
    };
    let names = texts(get(of, "components"));
    let known = names.into_iter().filter_map(|name| {
        let own = get(of, &name)?;
        let files = FILES.map(|(ending, key, usual)| {
            let usual = get(own, usual).map(|tree| tree.text().unwrap_or_default().to_owned());
            (ending, texts(get(own, key)), usual)
        });
        Some(ComponentPaths {
            optional: get(own, "optional").and_then(Tree::as_bool) == Some(true),
            bins: texts(get(own, "bins")),
            files: files.to_vec(),
            name,
        })
    });
    known.collect()
}

fn texts(list: Option<&Tree>) -> Vec<String> {
    let items = list.map_or(&[][..], Tree::items);
    items
        .iter()
        .filter_map(Tree::text)
        .map(str::to_owned)
        .collect()
}

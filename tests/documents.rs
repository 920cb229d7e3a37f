//! What the documents say is so: their commands run in the order in which they stand, print what is
//! shown below them and end as they say; their links lead somewhere.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::*;

/// Commands that need a cluster, other hosts or a package: by document, the first line.
const NOT_RUN: [(&str, &str); 4] = [
    (
        "docs/collecting.md",
        "sh collect-fleet.sh --hosts hosts.txt --cluster prod-eu --sudo --out bundles/",
    ),
    ("docs/collecting.md", "kubectl create namespace nodeproof"),
    (
        "docs/collecting.md",
        "sh collect-cluster.sh --cluster prod-eu --out bundles/",
    ),
    (
        "docs/fleet.md",
        "sh collect-fleet.sh --hosts hosts.txt --cluster prod-eu --sudo --out november/",
    ),
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A block of a document: the words behind its fence, and its text.
pub struct Block {
    words: Vec<String>,
    pub text: String,
}

impl Block {
    pub fn is(&self, language: &str) -> bool {
        self.words.first().is_some_and(|word| word == language)
    }

    /// The file that it shows.
    fn file(&self) -> Option<&str> {
        let name = self.words.get(1).filter(|_| !self.is("sh"))?;
        Some(name)
    }

    /// The exit code that its commands end with.
    fn code(&self) -> i32 {
        let told = self.words.iter().find_map(|w| w.strip_prefix("exits-"));
        told.map_or(0, |code| code.parse().unwrap())
    }

    pub fn is_run(&self) -> bool {
        !self.words.iter().any(|word| word == "not-run")
    }
}

pub fn blocks(text: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut open: Option<(String, Block)> = None;
    for line in text.lines() {
        let indent = &line[..line.len() - line.trim_start().len()];
        match (line.trim().strip_prefix("```"), &mut open) {
            (Some(words), None) => {
                let words = words.split_whitespace().map(str::to_owned).collect();
                let text = String::new();
                open = Some((indent.to_owned(), Block { words, text }));
            }
            (Some(_), Some(_)) => blocks.extend(open.take().map(|(_, block)| block)),
            (None, Some((indent, block))) => {
                block.text += line.strip_prefix(indent.as_str()).unwrap_or(line);
                block.text.push('\n');
            }
            (None, None) => {}
        }
    }
    assert!(open.is_none(), "a block without an end");
    blocks
}

/// Every document, by its path from the root.
fn documents() -> Vec<PathBuf> {
    let listed = fs::read_dir(root().join("docs")).unwrap();
    let mut all: Vec<PathBuf> = listed
        .map(|entry| Path::new("docs").join(entry.unwrap().file_name()))
        .filter(|path| path.extension().is_some_and(|ending| ending == "md"))
        .collect();
    all.sort();
    all
}

fn read(path: &Path) -> String {
    fs::read_to_string(root().join(path)).unwrap()
}

/// A folder with the sample bundles, as every document begins in.
pub fn with_samples() -> Lab {
    let lab = Lab::new();
    for entry in fs::read_dir(root().join("sample-bundles")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        lab.put(&format!("sample-bundles/{name}"), &fs::read(&path).unwrap());
    }
    lab
}

/// What the commands print, and their exit code, with this program as `nodeproof`.
fn ran(lab: &Lab, commands: &str) -> (String, i32) {
    let program = Path::new(env!("CARGO_BIN_EXE_nodeproof"));
    let path = std::env::var("PATH").unwrap();
    let path = format!("{}:{path}", program.parent().unwrap().display());
    let out = Command::new("sh")
        .args(["-euc", commands])
        .current_dir(lab.folder.path())
        .env("PATH", path)
        .env("HOME", lab.folder.path())
        .output()
        .unwrap();
    let printed = String::from_utf8([out.stdout, out.stderr].concat()).unwrap();
    (printed, out.status.code().unwrap())
}

/// Lines that are shown are among those printed, in that order.
fn lacks<'s>(printed: &str, shown: &'s str) -> Option<&'s str> {
    let mut printed = printed.lines().map(str::trim_end);
    let mut shown = shown.lines().map(str::trim_end);
    shown.find(|line| !printed.any(|other| other == *line))
}

#[test]
fn the_commands_of_every_document_run_and_print_what_is_shown() {
    let missing = |program: &&str| {
        let looked = Command::new("sh")
            .args(["-c", &format!("command -v {program}")])
            .output();
        !looked.unwrap().status.success()
    };
    if let Some(program) = ["ssh-keygen", "tar", "sha256sum"]
        .iter()
        .find(|p| missing(p))
    {
        skipped(&format!("{program} is not installed"));
        return;
    }
    let mut not_run = BTreeSet::new();
    for document in documents() {
        let name = document.display().to_string();
        let lab = with_samples();
        let mut printed = None;
        for block in blocks(&read(&document)) {
            let first = block.text.lines().next().unwrap_or_default();
            if let Some(file) = block.file() {
                lab.put(file, block.text.as_bytes());
            } else if block.is("sh") && !block.is_run() {
                not_run.insert((name.clone(), first.to_owned()));
                printed = None;
            } else if block.is("sh") {
                let (text, code) = ran(&lab, &block.text);
                assert_eq!(code, block.code(), "{name}: {}\n{text}", block.text);
                printed = Some(text);
            } else if block.is("text") {
                let printed = printed
                    .as_ref()
                    .unwrap_or_else(|| panic!("{name}: {first}"));
                let lacks = lacks(printed, &block.text);
                assert_eq!(lacks, None, "{name} shows it, of\n{printed}");
            }
        }
    }
    let told = NOT_RUN.map(|(name, first)| (name.to_owned(), first.to_owned()));
    assert_eq!(not_run, BTreeSet::from(told));
}

#[test]
fn what_is_shown_is_looked_for_in_its_order() {
    assert_eq!(lacks("a\nb  \nc\n", "b\nc\n"), None);
    assert_eq!(lacks("a\nb\nc\n", "c\nb\n"), Some("b"));
    assert_eq!(lacks("a\n", "a b\n"), Some("a b"));
}

/// Where a heading is found: its words in small letters, joined.
fn anchors(text: &str) -> BTreeSet<String> {
    let headings = text.lines().filter(|line| line.starts_with('#'));
    let anchor = |line: &str| -> String {
        let words = line.trim_start_matches('#').trim().to_lowercase();
        let kept = words
            .chars()
            .filter(|c| c.is_alphanumeric() || " -_".contains(*c));
        kept.map(|c| if c == ' ' { '-' } else { c }).collect()
    };
    headings.map(anchor).collect()
}

/// The links of a document within the project: what is written, where it leads, and the heading.
fn links(document: &Path, text: &str) -> Vec<(String, PathBuf, String)> {
    let links = text
        .split("](")
        .skip(1)
        .filter_map(|rest| rest.split_once(')'));
    let own = links.filter(|(link, _)| !link.contains("://"));
    let settled = own.map(|(link, _)| {
        let (path, anchor) = link.split_once('#').unwrap_or((link, ""));
        let mut to = document.parent().unwrap().to_owned();
        for part in path.split('/') {
            match part {
                ".." => assert!(to.pop(), "{link}"),
                part => to.push(part),
            }
        }
        if path.is_empty() {
            to = document.to_owned();
        }
        (link.to_owned(), to, anchor.to_owned())
    });
    settled.collect()
}

#[test]
fn every_link_leads_somewhere_and_the_first_page_to_every_document() {
    let mut from_first = BTreeSet::new();
    for document in [documents(), vec![PathBuf::from("README.md")]].concat() {
        for (link, to, anchor) in links(&document, &read(&document)) {
            let at = document.display();
            assert!(root().join(&to).exists(), "{at}: {link}");
            let leads = anchor.is_empty() || anchors(&read(&to)).contains(&anchor);
            assert!(leads, "{at}: {link}");
            if document == Path::new("README.md") {
                from_first.insert(to);
            }
        }
    }
    for document in documents() {
        assert!(from_first.contains(&document), "{}", document.display());
    }
}

#[test]
fn the_debian_package_holds_what_its_documents_link_to() {
    let manifest: toml::Table = read(Path::new("Cargo.toml")).parse().unwrap();
    let assets = manifest["package"]["metadata"]["deb"]["assets"]
        .as_array()
        .unwrap();
    let mut held = BTreeSet::new();
    for asset in assets {
        let (from, to) = (asset[0].as_str().unwrap(), asset[1].as_str().unwrap());
        let Some(below) = to.strip_prefix("usr/share/doc/nodeproof/") else {
            continue;
        };
        let name = from.strip_suffix("/*").map(str::to_owned);
        let own = name.unwrap_or_else(|| match from.rsplit_once('/') {
            Some((_, name)) => format!("{below}{name}"),
            None => format!("{below}{from}"),
        });
        // Documents keep their places towards each other.
        let is_made = from.starts_with("target/");
        let kept = from.trim_end_matches("/*");
        assert!(is_made || own == kept, "{from} becomes {own}");
        assert!(is_made || root().join(kept).exists(), "{from}");
        held.insert(PathBuf::from(own));
    }
    for document in [documents(), vec![PathBuf::from("README.md")]].concat() {
        for (link, to, _) in links(&document, &read(&document)) {
            let is_held = to.ancestors().any(|part| held.contains(part));
            assert!(is_held, "{}: {link}", document.display());
        }
    }
}

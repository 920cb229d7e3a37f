//! What the program tells of itself: help with commands that run, manual pages, completions, version.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use nodeproof::benchmark::built_in;

use crate::support::*;

/// The subcommands, as the program's help lists them.
fn listed(lab: &Lab) -> Vec<String> {
    let help = nodeproof(lab.folder.path(), &["--help"]).stdout;
    let (_, listed) = help.split_once("Commands:\n").unwrap();
    let lines = listed.lines().take_while(|line| !line.is_empty());
    // What goes on from the line before is indented further.
    let own = lines.filter_map(|line| {
        line.strip_prefix("  ")
            .filter(|line| !line.starts_with(' '))
    });
    let names = own.map(|line| line.split(' ').next().unwrap());
    names
        .filter(|name| *name != "help")
        .map(str::to_owned)
        .collect()
}

fn subcommands(lab: &Lab) -> BTreeSet<String> {
    listed(lab).into_iter().collect()
}

/// A public key that nobody has signed with.
const KEY: &str =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIL7dZj85rxIfBB41l8YFL7WsYlUSyXxyDDVTLQGiOCot";

/// A folder with all that the examples name.
fn with_evidence() -> Lab {
    let lab = Lab::new();
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-bundles");
    for name in ["kubeadm-cp-1.tar.gz", "cluster-prod-eu.tar.gz"] {
        let bytes = fs::read(samples.join(name)).unwrap();
        for folder in ["bundles", "october", "november"] {
            lab.put(&format!("{folder}/{name}"), &bytes);
        }
    }
    lab.put("waivers.yaml", b"waivers: []\nattestations: []\n");
    lab.put("nodes.txt", b"kubeadm-cp-1\n");
    lab.put("signers", format!("ann@example.org {KEY}\n").as_bytes());
    for number in ["1", "2"] {
        let (shard, file) = (format!("{number}/2"), format!("{number}.shard"));
        let asked = ["analyze", "bundles", "--as-of", "2026-11-21"];
        let typed = [&asked[..], &["--shard", &shard, "-o", &file]].concat();
        let ran = nodeproof(lab.folder.path(), &typed);
        assert_eq!(ran.code, 0, "{}", ran.stderr);
    }
    lab.put("names", b"bundles/kubeadm-cp-1.tar.gz\n");
    for month in ["october", "november"] {
        let report = format!("{month}.json");
        let ran = nodeproof(lab.folder.path(), &["analyze", month, "-o", &report]);
        assert_eq!(ran.code, 0, "{}", ran.stderr);
    }
    lab
}

#[test]
fn the_examples_of_every_subcommand_run() {
    let lab = with_evidence();
    for subcommand in subcommands(&lab) {
        let help = nodeproof(lab.folder.path(), &[&subcommand, "--help"]).stdout;
        let (_, examples) = help
            .split_once("\nExamples:\n")
            .unwrap_or_else(|| panic!("{subcommand} has none"));
        let commands = examples
            .lines()
            .filter_map(|line| line.trim_start().strip_prefix("nodeproof "));
        let mut count = 0;
        for command in commands {
            // What the shell does with its output is the shell's.
            let own = command
                .split(' ')
                .take_while(|word| !["|", ">"].contains(word));
            let own: Vec<&str> = own.collect();
            assert_eq!(own[0], subcommand, "{command}");
            let ran = nodeproof(lab.folder.path(), &own);
            assert!(
                [0, 1, 3].contains(&ran.code),
                "{command}: {} {}",
                ran.code,
                ran.stderr
            );
            count += 1;
        }
        assert!(count > 0, "{subcommand}");
    }
}

/// To accept a change on purpose: `NODEPROOF_ACCEPT=1 cargo test reference_of_commands`.
#[test]
fn the_reference_of_commands_is_what_help_prints() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/commands.md");
    let lab = Lab::new();
    let mut pages = String::new();
    for name in listed(&lab) {
        let help = nodeproof(lab.folder.path(), &[&name, "--help"]);
        assert_eq!(help.code, 0, "{name}");
        pages += &format!("\n## nodeproof {name}\n\n```\n{}```\n", help.stdout);
    }
    let kept = fs::read_to_string(&path).unwrap();
    let (first, _) = kept.split_once("\n## nodeproof ").unwrap();
    let wanted = format!("{first}{pages}");
    if std::env::var_os("NODEPROOF_ACCEPT").is_some() {
        fs::write(path, wanted).unwrap();
        return;
    }
    assert_eq!(kept, wanted);
}

#[test]
fn there_is_a_manual_page_of_the_program_and_of_every_subcommand() {
    let lab = Lab::new();
    let ran = nodeproof(lab.folder.path(), &["man", "--out", "man1"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let listed = fs::read_dir(lab.path("man1")).unwrap();
    let files: BTreeSet<String> = listed
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    let of = |name: &str| format!("nodeproof-{name}.1");
    let mut wanted: BTreeSet<String> = subcommands(&lab).iter().map(|name| of(name)).collect();
    wanted.insert("nodeproof.1".to_owned());
    assert_eq!(files, wanted);
    let page = |name: &str| fs::read_to_string(lab.path(&format!("man1/{name}"))).unwrap();
    assert!(page("nodeproof.1").contains("nodeproof\\-analyze(1)"));
    let analyze = page("nodeproof-analyze.1");
    for told in [
        "\\-\\-fail\\-on",
        "Exit codes",
        "nodeproof analyze bundles/",
    ] {
        assert!(analyze.contains(told), "{told}");
    }
    for (arguments, file) in [
        (&["man"][..], "nodeproof.1"),
        (&["man", "analyze"], "nodeproof-analyze.1"),
    ] {
        let ran = nodeproof(lab.folder.path(), arguments);
        assert_eq!((ran.code, ran.stdout), (0, page(file)));
    }
    let ran = nodeproof(lab.folder.path(), &["man", "judge"]);
    assert_eq!(ran.code, 2);
    assert!(
        ran.stderr.contains("no subcommand `judge`"),
        "{}",
        ran.stderr
    );
}

#[test]
fn each_shell_has_completions_of_every_subcommand() {
    let lab = Lab::new();
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let ran = nodeproof(lab.folder.path(), &["completions", shell]);
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        for name in subcommands(&lab) {
            assert!(ran.stdout.contains(&name), "{shell} {name}");
        }
        assert!(ran.stdout.contains("require-signature"), "{shell}");
    }
    assert_eq!(
        nodeproof(lab.folder.path(), &["completions", "cmd"]).code,
        2
    );
}

#[test]
fn the_version_names_the_program_and_the_catalog() {
    let lab = Lab::new();
    for flag in ["--version", "-V"] {
        let ran = nodeproof(lab.folder.path(), &[flag]);
        let mut lines = ran.stdout.lines();
        let program = lines.next().unwrap();
        assert!(program.starts_with(concat!("nodeproof ", env!("CARGO_PKG_VERSION"))));
        let catalog = format!("catalog sha256 {}", built_in::digest());
        assert_eq!((lines.next(), lines.next()), (Some(catalog.as_str()), None));
    }
}

#[test]
fn documents_name_this_version_and_the_oldest_rust_that_builds_it() {
    let read = |name: &str| fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name));
    let changes = read("docs/CHANGELOG.md").unwrap();
    let versions = changes.lines().filter_map(|line| line.strip_prefix("## "));
    let mut versions = versions.filter(|title| title.starts_with(|c: char| c.is_ascii_digit()));
    let newest = versions.next().unwrap().split(' ').next();
    assert_eq!(newest, Some(env!("CARGO_PKG_VERSION")));
    let rust = env!("CARGO_PKG_RUST_VERSION");
    assert!(changes.contains(&format!("(now {rust})")));
    assert!(
        read("README.md")
            .unwrap()
            .contains(&format!("needs Rust {rust} or newer"))
    );
}

//! No name and no value steers a terminal, whatever way it takes there: every message, every text
//! and every format on a terminal, with hostile names.

use std::process::{Command, Stdio};

use serde_json::json;

use crate::support::*;

/// Escape, C1, direction, invisible, line breaks and a tag.
const EVIL: &str = "e\u{1b}[31m\u{9b}2J\u{202e}\u{2066}\u{200b}\u{feff}\u{2028}\u{7f}\u{e0041}\rx\nwarning: forged";

/// The same as a file's name may have it.
fn file(name: &str) -> String {
    format!("{EVIL}{name}")
}

fn is_hidden(c: char) -> bool {
    c != '\n' && nodeproof::export::terminal::is_hidden(c)
}

fn node(name: &str, on: bool) -> Bundle {
    Bundle::node(name)
        .with("cluster", EVIL)
        .kubelet(&["--config=/c.yaml"])
        .version("v1.33.1")
        .file(
            "/c.yaml",
            config(&format!("makeIPTablesUtilChains: {on}\n")),
        )
}

/// Evidence with such a name, or such words, in every place that something may be told of.
fn evidence(lab: &Lab) {
    lab.add(&format!("in/{}", file(".tgz")), &node(EVIL, true));
    lab.add("in/b.tgz", &node(&format!("b{EVIL}"), false));
    lab.put(&format!("in/{}", file("broken.tgz")), b"broken");
    let loose = Bundle::loose(EVIL)
        .member("ps.txt", format!("UID PID PPID C STIME TTY TIME CMD\nroot 7 1 0 1:00 ? 0:00 /usr/bin/kubelet --config=/{EVIL}\n"))
        .file("/etc/x", EVIL);
    lab.add("in/loose.tgz", &loose);
    // Settings, members, versions and paths that messages and reasons quote.
    let quoted = node("q", true)
        .process(
            50,
            &[
                "/usr/bin/kubelet",
                &format!("--make-iptables-util-chains={EVIL}"),
            ],
        )
        .member(&format!("files/{EVIL}"), "x")
        .member("commands/kubelet-version.txt", EVIL)
        .member(&format!("configz/{EVIL}.json"), "{")
        .member("configz/q.json", format!("{{\"kubeletconfig\": \"{EVIL}\""))
        .member("stat.tsv", format!("path\ttype\n/{EVIL}\t{EVIL}\n"))
        .with(
            "commands",
            json!([{"argv": EVIL, "member": EVIL, "exit": 1, "at": EVIL}]),
        )
        .with("skipped", json!([{"path": EVIL, "reason": EVIL}]))
        .with("uid", EVIL)
        .with("collected_at", EVIL);
    lab.add("in/q.tgz", &quoted);
    let cluster = Bundle::cluster(EVIL).member(
        "api/nodes.json",
        json!({"items": [{"metadata": {"name": format!("api{EVIL}")}}]}).to_string(),
    );
    lab.add("in/cluster.tgz", &cluster);
}

const WAIVERS: &str = "waivers:\n  - control: \"4.2.6\"\n    nodes: [\"EVIL\"]\n    justification: \"EVIL\"\n    owner: \"EVIL\"\n    expires: 2020-01-31\n";

fn yaml(text: &str) -> String {
    let quoted = serde_json::to_string(EVIL).unwrap();
    text.replace("\"EVIL\"", &quoted)
}

/// What a run writes, of both streams, at a terminal or elsewhere.
fn streams(lab: &Lab, arguments: &[&str]) -> String {
    let ran = Command::new(env!("CARGO_BIN_EXE_nodeproof"))
        .args(arguments)
        .current_dir(lab.folder.path())
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    assert_ne!(ran.status.code(), None, "{arguments:?}");
    let of_tools = arguments
        .iter()
        .any(|word| ["csv", "json", "jsonl"].contains(word))
        || arguments.first() == Some(&"analyze");
    let stdout = if of_tools {
        String::new()
    } else {
        text(&ran.stdout)
    };
    stdout + &text(&ran.stderr)
}

#[test]
fn no_message_steers_a_terminal() {
    let lab = Lab::new();
    evidence(&lab);
    lab.put("w.yaml", yaml(WAIVERS).as_bytes());
    lab.put(
        "wrong.yaml",
        yaml("waivers:\n  - \"EVIL\": \"EVIL\"\n").as_bytes(),
    );
    lab.put(&file("w.yaml"), b"waivers: [");
    lab.put(
        "list.txt",
        format!("{}\n", EVIL.replace(['\n', '\r'], "")).as_bytes(),
    );
    lab.put("list.csv", format!("\"{EVIL}\",{EVIL},x\n").as_bytes());
    lab.put(
        "cat/rules/x.toml",
        format!("\"{}\" = 1\n", EVIL.replace('\n', "")).as_bytes(),
    );
    lab.put(
        "cat2/benchmarks/x.toml",
        b"id=\"x-1\"\nfamily=\"cis\"\npublisher=\"p\"\ntitle=\"t\"\nnumbers_from=\"n\"\n[[control]]\nnumber=\"1\"\nrule=\"\\u001b[31m\"\nassessment=\"automated\"\n",
    );
    lab.put("r.json", format!("{{\"schema\":\"{EVIL}\"}}").as_bytes());
    lab.put(&file("r.json"), b"{");
    lab.put(&file("r.csv"), b"cluster,node,benchmark\n");
    let (evil_yaml, evil_json, evil_csv) = (file("w.yaml"), file("r.json"), file("r.csv"));
    let option = format!("--x{EVIL}");
    let assigned = format!("--limit={EVIL}");
    let cell = format!("{EVIL}/{EVIL}");
    let into_nowhere = format!("{EVIL}/x.csv");
    let into_nothing = format!("{EVIL}/x.json");
    let finding = "0".repeat(32);
    let runs: &[&[&str]] = &[
        &["analyze", "in", "-o", "a.csv", "-o", "a.json"],
        &[
            "analyze",
            "in",
            "-o",
            "a.csv",
            "--waivers",
            "w.yaml",
            "--expect",
            "list.txt",
        ],
        &["analyze", "in", "--waivers", "wrong.yaml"],
        &["analyze", "in", "--waivers", &evil_yaml],
        &["analyze", "in", "--waivers", EVIL],
        &["analyze", "in", "--expect", "list.csv"],
        &["analyze", "in", "--expect", EVIL],
        &["analyze", EVIL],
        &["analyze", &evil_yaml],
        &["analyze", "in", "-o", &into_nowhere],
        &["analyze", "in", "-o", EVIL],
        &["analyze", "in", "-b", EVIL],
        &["analyze", "in", "-c", EVIL],
        &["analyze", "in", "--limit", EVIL],
        &["analyze", "in", "--format", EVIL],
        &["analyze", "in", "--as-of", EVIL],
        &["analyze", "in", "--max-age", EVIL],
        &["analyze", "in", "--layout", EVIL],
        &["analyze", "in", "-j", EVIL],
        &["analyze", "in", "--catalog", EVIL],
        &["analyze", "in", "--catalog", "cat"],
        &["analyze", "in", "--catalog", "cat2"],
        &["analyze", &option],
        &["analyze", &assigned, "in"],
        &[EVIL],
        &["explain", "in", "--node", EVIL, "--control", "4.2.6"],
        &["explain", "in", "--node", &cell, "--control", "4.2.6"],
        &["explain", "in", "--node", "q", "--control", "4.2.6"],
        &["explain", "in", "--node", "no-such", "--control", "4.2.6"],
        &["explain", "in", "--node", "q", "--control", EVIL],
        &["explain", "in", "--finding", &finding],
        &["explain", "in", "--finding", EVIL],
        &["explain", EVIL, "--node", "q", "--control", "4.2.6"],
        &["controls", "-b", EVIL],
        &["schema", EVIL],
        &["diff", "in", "in/b.tgz"],
        &["diff", "in", "in/b.tgz", "--format", "text"],
        &["diff", "a.json", "r.json"],
        &["diff", &evil_json, "a.json"],
        &["diff", &evil_csv, "a.json"],
        &["diff", "in", EVIL],
        &["diff", "in", "in", "-o", &into_nothing],
        &["diff", "in", "in", "--format", EVIL],
        &["collector", EVIL],
        &["collector", &evil_yaml],
    ];
    let mut wrong = Vec::new();
    let mut shows = 0;
    for arguments in runs {
        let text = streams(&lab, arguments);
        assert!(!text.is_empty() || arguments[0] == "diff", "{arguments:?}");
        shows += usize::from(text.contains("\\u001b[31m"));
        if let Some(c) = text.chars().find(|c| is_hidden(*c)) {
            wrong.push(format!("{arguments:?} writes {c:?}: {text:?}"));
        }
        if text.lines().any(|line| line.starts_with("warning: forged")) {
            wrong.push(format!("{arguments:?} lets a line be forged: {text}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
    assert!(
        shows > runs.len() / 2,
        "the names are shown, as codes: {shows}"
    );
}

/// Runs with a terminal for stdout and stderr; what reaches it.
fn at_terminal(lab: &Lab, command: &str) -> Option<String> {
    let whole = format!("{} {command}", env!("CARGO_BIN_EXE_nodeproof"));
    let ran = Command::new("script")
        .args(["-qec", &whole, "/dev/null"])
        .current_dir(lab.folder.path())
        .env("NO_COLOR", "1")
        .stdin(Stdio::null())
        .output();
    match ran {
        Ok(ran) => Some(String::from_utf8(ran.stdout).unwrap()),
        Err(_) => {
            skipped("script is not here: install the package bsdutils");
            None
        }
    }
}

#[test]
fn formats_for_tools_are_made_safe_at_a_terminal_alone() {
    let lab = Lab::new();
    evidence(&lab);
    let to = ["", " -o /dev/stdout", " -o /dev/tty"];
    let formats = ["csv", "json", "jsonl", "html"].map(|format| (format, ""));
    for (format, to) in formats.into_iter().chain(to.map(|to| ("csv", to))) {
        let command = format!("analyze in -q --format {format}{to}");
        let Some(text) = at_terminal(&lab, &command) else {
            return;
        };
        // The terminal itself puts a CR before each line break.
        let text = text.replace("\r\n", "\n");
        let hidden = text.chars().find(|c| is_hidden(*c));
        assert_eq!(hidden, None, "{format}");
        assert!(text.contains("u001b[31m") || format == "html", "{format}");
    }
    let csv = lab.run(&["analyze", "in", "-q"]).stdout;
    assert!(
        csv.contains(EVIL),
        "a file or pipe has the names as they are"
    );
}

#[test]
fn a_cell_is_no_formula_whatever_hides_it() {
    let lab = Lab::new();
    let names = [
        "=1",
        "\u{ff1d}1",
        "\u{ff0b}1",
        "\u{ff0d}1",
        "\u{ff20}1",
        "\n=1",
        " =1",
        "\u{a0}=1",
        "\u{feff}=1",
        "\u{200b}=1",
        "\u{feff}\u{a0}\u{200d}\u{ff1d}1",
        "\u{2060}@1",
        "\u{3000}-1",
    ];
    for (at, name) in names.iter().enumerate() {
        lab.add(
            &format!("in/{at:02}.tgz"),
            &node(name, true).with("cluster", *name).of_machine(at),
        );
    }
    for arguments in [
        &["analyze", "in", "-b", "cis-1.12"][..],
        &["analyze", "in", "-b", "cis-1.12", "--layout", "wide"],
    ] {
        let ran = lab.run(arguments);
        let mut reader = csv::Reader::from_reader(ran.stdout.as_bytes());
        let mut seen = 0;
        for record in reader.records() {
            for cell in &record.unwrap() {
                let bare = cell.trim_start_matches(|c: char| {
                    c.is_whitespace() || nodeproof::export::terminal::is_hidden(c)
                });
                assert!(
                    !bare.starts_with([
                        '=', '+', '-', '@', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}'
                    ]),
                    "{cell:?}"
                );
                seen += usize::from(cell.starts_with('\''));
            }
        }
        assert_eq!(seen, 2 * names.len(), "{arguments:?}");
    }
}

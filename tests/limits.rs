//! Every limit that `--limit` takes is passed by a case, whose message names the flag, and which is
//! judged as if nothing were limited once the flag is raised.

use std::collections::BTreeSet;
use std::io::{Read as _, Write as _};

use nodeproof::limits::Limits;
use serde_json::json;

use crate::nested::tar_of;
use crate::support::*;

const PASS: &str = "pass config-file-sets-it";
const REFUSED: &str = "error limit-passed";
const UNREAD: &str = "error config-file-unparseable";

struct Case {
    limit: &'static str,
    /// A value that the case passes, and one that it does not.
    passed: u64,
    enough: u64,
    lab: Lab,
    /// Where it is not the reference control.
    control: Option<&'static str>,
    /// The first row under each.
    beyond: &'static str,
    within: &'static str,
}

fn case(
    limit: &'static str,
    passed: u64,
    enough: u64,
    bundle: &Bundle,
    beyond: &'static str,
) -> Case {
    let lab = Lab::new();
    lab.add("in/n.tgz", bundle);
    Case {
        limit,
        passed,
        enough,
        lab,
        control: None,
        beyond,
        within: PASS,
    }
}

/// A kubelet with these arguments, whose file of configuration has these lines beside.
fn node(arguments: &[&str], lines: &str) -> Bundle {
    unseen(lines).kubelet(&[arguments, &["--config=/c.yaml"]].concat())
}

fn with(lines: &str) -> Bundle {
    node(&[], lines)
}

fn unseen(lines: &str) -> Bundle {
    let text = config(&format!("makeIPTablesUtilChains: true\n{lines}"));
    Bundle::node("n").version("v1.33.1").file("/c.yaml", text)
}

/// A bundle with a member of zeros that nobody reads, past what the ratio leaves alone.
fn bomb() -> Vec<u8> {
    let size = 70 << 20;
    let mut tar = with("").tar();
    tar.truncate(tar.len() - 1024);
    let mut header = tar::Header::new_gnu();
    header.set_path("n/var/zeros").unwrap();
    header.set_size(size);
    header.set_cksum();
    tar.extend(header.as_bytes());
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(&tar).unwrap();
    let zeros = &mut std::io::repeat(0).take(size + 1024);
    std::io::copy(zeros, &mut encoder).unwrap();
    encoder.finish().unwrap()
}

/// Of a node that runs.
fn of_nodes() -> Vec<Case> {
    let values = with("x: [1, 2, 3, 4, 5, 6, 7, 8, 9]\n");
    let aliases = with("a: &a xxxxxxxxxx\nb: [*a, *a, *a, *a]\n");
    let deep = with(&format!("x: {}1{}\n", "[".repeat(40), "]".repeat(40)));
    let large = with(&format!("#{}\n", "x".repeat(700)));
    let long = with("").file(&format!("/{}/x", "d".repeat(60)), "");
    let drop_ins = (0..4).fold(
        node(&["--config-dir=/d"], "").stat_row("/d", "dir", 1),
        |bundle, n| bundle.file(&format!("/d/{n}.conf"), CONFIG),
    );
    let metadata = (0..9).fold(with(""), |b, n| b.stat_row(&format!("/s{n}"), "file", 1));
    let kubelets = unseen("").ps(&["kubelet --make-iptables-util-chains=true"; 5]);
    let listed = unseen("").ps(&["a", "b", "kubelet --config=/c.yaml"]);
    let label = format!("--node-labels={}", "x".repeat(300));
    let units = with("").member(
        "commands/systemctl-show.txt",
        "Id=kubelet.service\nMainPID=42\nFragmentPath=/u\nNeedDaemonReload=no\nDropInPaths=\n",
    );
    let crowd = "error too-much-evidence";
    let cut = "unknown arguments-cut-off";
    vec![
        case("members", 4, 100, &with(""), REFUSED),
        case("kept-bytes", 300, 1 << 20, &with(""), REFUSED),
        case("inflated-bytes", 2_000, 1 << 20, &with(""), REFUSED),
        case("member-bytes", 700, 5_000, &large, UNREAD),
        case("path-length", 50, 200, &long, "error checksum-mismatch"),
        case("depth", 20, 60, &deep, UNREAD),
        case("document-values", 12, 40, &values, UNREAD),
        case("bundle-values", 12, 40, &values, UNREAD),
        case("alias-bytes", 30, 40, &aliases, UNREAD),
        case("alias-nodes", 3, 4, &aliases, UNREAD),
        case("drop-ins", 3, 4, &drop_ins, crowd),
        Case {
            within: "pass argument-sets-it",
            ..case("processes", 4, 5, &kubelets, crowd)
        },
        case(
            "listed-processes",
            3,
            9,
            &listed,
            "unknown file-not-tied-to-process",
        ),
        case("argument-words", 3, 4, &node(&["--v=2"], ""), cut),
        case("argument-bytes", 200, 400, &node(&[&label], ""), cut),
        case("metadata-rows", 8, 9, &metadata, PASS),
        case("unit-lines", 4, 5, &units, PASS),
    ]
}

/// Of clusters, and of archives that hold several bundles or much of nothing.
fn of_others() -> Vec<Case> {
    let pod = |name: &str| {
        json!({"kind": "Pod", "metadata": {"name": name, "namespace": "shop"}, "spec": {
            "containers": [{"name": "app", "securityContext": {"privileged": true}}]}})
    };
    let pods = json!({"kind": "List", "items": [pod("a"), pod("b"), pod("c")]}).to_string();
    let of_cluster = |limit, passed, enough, beyond| Case {
        control: Some("5.2.2"),
        within: "fail objects-show",
        ..case(
            limit,
            passed,
            enough,
            &Bundle::cluster("c").member("api/pods.json", &pods),
            beyond,
        )
    };
    let nodes = ["a", "b", "c"];
    let nodes = nodes
        .iter()
        .fold(Bundle::cluster("c"), |b, n| b.live(n, false));
    let (nested, bombs) = (Lab::new(), Lab::new());
    nested.put("in/all.tar", &tar_of(&[("n.tgz", &with("").tar_gz())]));
    bombs.put("in/n.tgz", &bomb());
    vec![
        of_cluster("api-bytes", 60, 4_000, "error objects-unreadable"),
        of_cluster("api-values", 3, 100, "error objects-unreadable"),
        of_cluster("offenders", 2, 3, "fail objects-show"),
        Case {
            within: "fail configz-sets-it",
            ..case("nodes", 2, 3, &nodes, REFUSED)
        },
        Case {
            lab: nested,
            ..case("nested-bytes", 200, 1 << 20, &with(""), REFUSED)
        },
        Case {
            lab: bombs,
            ..case("ratio", 200, 5_000, &with(""), REFUSED)
        },
    ]
}

#[test]
fn each_limit_names_its_flag_and_can_be_raised() {
    let cases: Vec<Case> = of_nodes().into_iter().chain(of_others()).collect();
    let reached: BTreeSet<&str> = cases.iter().map(|case| case.limit).collect();
    assert_eq!(
        reached,
        BTreeSet::from(Limits::NAMES),
        "each limit has a case"
    );
    let mut wrong = Vec::new();
    for case in cases {
        let name = case.limit;
        let flag = format!("--limit {name}=N");
        for (value, wanted, is_told) in [
            (case.passed, case.beyond, true),
            (case.enough, case.within, false),
        ] {
            let limit = format!("{name}={value}");
            let mut arguments = vec!["analyze", "in", "-b", "cis-1.12", "--format", "jsonl"];
            arguments.extend(["--limit", &limit]);
            arguments.extend(case.control.into_iter().flat_map(|control| ["-c", control]));
            let ran = case.lab.run(&arguments);
            let first = rows(&ran.stdout).first().map(outcome);
            let said = format!("{}{}", ran.stdout, ran.stderr);
            if first.as_deref() != Some(wanted) || said.contains(&flag) != is_told {
                wrong.push(format!("{limit}: {first:?}\n{said}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

//! Nobody removes a finding by editing a bundle: by its kind, its checksums, what stat.tsv says of
//! a file, or what somebody else's bundle says of the node.

use crate::support::*;
use serde_json::{Value, json};

const FILE: &str = "/c.yaml";

fn setting(on: bool) -> String {
    config(&format!("makeIPTablesUtilChains: {on}\n"))
}

/// A node whose configuration file decides.
fn node(on: bool) -> Bundle {
    Bundle::node("n")
        .kubelet(&["--config=/c.yaml"])
        .file(FILE, setting(on))
}

fn pack(files: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (name, bytes) in files {
        append(&mut builder, &format!("n/{name}"), bytes);
    }
    gzip(&builder.into_inner().unwrap())
}

fn run(bundles: &[(&str, &[u8])]) -> (Vec<Value>, Ran) {
    let lab = Lab::new();
    for (name, bytes) in bundles {
        lab.put(name, bytes);
    }
    let more = ["--format", "jsonl", "--fail-on", "fail"];
    let ran = lab.run(&[&["analyze", ".", "-b", "cis-1.12"], &more[..]].concat());
    (rows(&ran.stdout), ran)
}

/// `node outcome`
fn told(rows: &[Value]) -> Vec<String> {
    let told = rows.iter();
    told.map(|row| format!("{} {}", row["node"].as_str().unwrap(), outcome(row)))
        .collect()
}

#[test]
fn a_kind_takes_no_finding_away() {
    for kind in [
        json!("cluster"),
        json!("Cluster"),
        json!(" CLUSTER "),
        json!("clusters"),
        json!("NODE"),
        json!(""),
        Value::Null,
        json!(7),
        json!(["cluster"]),
    ] {
        for (on, wanted, code) in [
            (true, "n pass config-file-sets-it", 0),
            (false, "n fail config-file-sets-it", 1),
        ] {
            let bundle = node(on).with("kind", kind.clone());
            let (rows, ran) = run(&[("n.tgz", &bundle.tar_gz())]);
            assert_eq!(told(&rows), [wanted], "{kind:?}: {}", ran.stderr);
            assert_eq!(ran.code, code, "{kind}");
            let kind = kind.as_str().map(|kind| kind.trim().to_lowercase());
            let is_odd = kind.as_deref() == Some("cluster");
            assert_eq!(
                ran.stderr.contains("judged as both"),
                is_odd,
                "{kind:?}: {}",
                ran.stderr
            );
        }
    }
}

#[test]
fn each_kind_of_evidence_shows_a_node() {
    let of = |bundle: Bundle| bundle.with("kind", "cluster");
    let file = Bundle::node("n").file("/var/lib/kubelet/config.yaml", setting(false));
    let stat = Bundle::node("n").stat_row("/etc/kubernetes/kubelet.conf", "file", 0);
    for (about, bundle, wanted) in [
        (
            "ps",
            Bundle::node("n").ps(&["/usr/bin/kubelet --make-iptables-util-chains=false"]),
            "n fail argument-sets-it",
        ),
        (
            "cmdline",
            Bundle::node("n").kubelet(&["--make-iptables-util-chains=false"]),
            "n fail argument-sets-it",
        ),
        ("a file", file, "n unknown file-not-tied-to-process"),
        ("metadata", stat, "n unknown component-not-seen"),
        (
            "its own configz beside",
            node(true).live("n", false),
            "n fail configz-sets-it",
        ),
    ] {
        let (rows, ran) = run(&[("n.tgz", &of(bundle).tar_gz())]);
        assert_eq!(told(&rows), [wanted], "{about}: {}", ran.stderr);
    }
}

#[test]
fn a_bundle_of_both_kinds_is_judged_as_both_and_lends_still() {
    let nodes = json!({"items": [{"metadata": {"name": "n"}}, {"metadata": {"name": "p"}}]});
    let both = node(false)
        .with("kind", "cluster")
        .live("m", false)
        .live("o", false)
        .member("api/nodes.json", nodes.to_string());
    let borrower = Bundle::node("o").kubelet(&["--make-iptables-util-chains=true"]);
    let newest = Bundle::cluster("test")
        .with("collected_at", "2026-11-20T13:00:00Z")
        .live("n", true);
    let (rows, ran) = run(&[
        ("a.tgz", &both.tar_gz()),
        ("b.tgz", &borrower.tar_gz()),
        ("c.tgz", &newest.tar_gz()),
    ]);
    let wanted = [
        "m fail configz-sets-it",
        "n fail config-file-sets-it",
        "p unknown component-not-seen",
        "o fail configz-sets-it",
        "n pass configz-sets-it",
    ];
    assert_eq!(told(&rows), wanted, "{}", ran.stderr);
    assert_eq!(ran.code, 1);
}

#[test]
fn a_cluster_bundle_that_calls_itself_a_node_keeps_what_fails() {
    for kind in [json!("node"), json!("x"), Value::Null] {
        for name in [Value::Null, json!("m")] {
            let bundle = Bundle::cluster("test").live("m", false).live("o", false);
            let bundle = bundle.with("kind", kind.clone()).with("node", name.clone());
            let (rows, ran) = run(&[("a.tgz", &bundle.tar_gz())]);
            let wanted = ["m fail configz-sets-it", "o fail configz-sets-it"];
            assert_eq!(told(&rows), wanted, "{kind} {name}: {}", ran.stderr);
        }
    }
}

#[test]
fn a_second_or_late_description_takes_no_finding_away() {
    let files = node(false).files();
    let manifest = |kind: &str| {
        node(false)
            .with("kind", kind)
            .manifest
            .to_string()
            .into_bytes()
    };
    for kinds in [["node", "cluster"], ["cluster", "node"]] {
        let mut twice = files.clone();
        twice.remove(0);
        let named = kinds.map(|kind| ("bundle.json".to_owned(), manifest(kind)));
        let twice = [named.to_vec(), twice].concat();
        let (rows, ran) = run(&[("n.tgz", &pack(&twice))]);
        assert_eq!(rows.len(), 1, "{}", ran.stderr);
        assert_eq!((rows[0]["verdict"].as_str(), ran.code), (Some("error"), 3));
    }
    for kind in ["node", "cluster"] {
        let mut late = node(false).with("kind", kind).files();
        late.rotate_left(1);
        let (rows, ran) = run(&[("n.tgz", &pack(&late))]);
        assert_eq!(
            told(&rows),
            ["n fail config-file-sets-it"],
            "{}",
            ran.stderr
        );
    }
}

#[test]
fn explain_finds_a_node_behind_the_word_cluster() {
    let lab = Lab::new();
    lab.add("n.tgz", &node(false).with("kind", "cluster"));
    let arguments = ["explain", ".", "--node", "n", "--control", "cis-1.12:4.2.6"];
    let ran = lab.run(&arguments);
    assert!(
        ran.stdout.contains("config-file-sets-it") || ran.stdout.contains("fail"),
        "{}",
        ran.stderr
    );
}

/// A bundle's files with its checksums replaced.
fn summed(on: bool, sums: &[(&str, &str)]) -> Vec<(String, Vec<u8>)> {
    let mut files = node(on).files();
    files.retain(|(name, _)| name != "SHA256SUMS");
    let sums = sums
        .iter()
        .map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec()));
    files.extend(sums);
    files
}

#[test]
fn checksums_that_are_gone_or_odd_are_a_mismatch() {
    let files = node(true).files();
    let whole = String::from_utf8(files.last().unwrap().1.clone()).unwrap();
    let zeros = |digits: usize| {
        let lines = whole.lines().filter_map(|line| line.split_once("  "));
        lines
            .map(|(_, name)| format!("{}  {name}\n", "0".repeat(digits)))
            .collect::<String>()
    };
    let tagged: String = whole
        .lines()
        .filter_map(|line| line.split_once("  "))
        .map(|(digest, name)| format!("SHA1 ({name}) = {digest}\n"))
        .collect();
    let twice = format!("{whole}{}  files/c.yaml\n", "0".repeat(64));
    let (sha1, sha512) = (zeros(40), zeros(128));
    for (about, sums) in [
        ("a signature alone", &[("SHA256SUMS.sig", "x")][..]),
        ("another signature alone", &[("SHA256SUMS.asc", "x")]),
        ("moved away", &[("SHA256SUMS.old", &whole)]),
        ("empty", &[("SHA256SUMS", "")]),
        ("blank", &[("SHA256SUMS", "\n\n")]),
        ("of SHA-1", &[("SHA256SUMS", &sha1)]),
        ("of SHA-512", &[("SHA256SUMS", &sha512)]),
        ("tagged as another", &[("SHA256SUMS", &tagged)]),
        ("a member twice", &[("SHA256SUMS", &twice)]),
    ] {
        let (rows, ran) = run(&[("n.tgz", &pack(&summed(true, sums)))]);
        assert_eq!(told(&rows), ["n error checksum-mismatch"], "{about}");
        assert_eq!(
            (&rows[0]["integrity"], ran.code),
            (&json!("mismatch"), 3),
            "{about}"
        );
        // The same unpacked.
        let lab = Lab::new();
        for (name, bytes) in summed(true, sums) {
            lab.put(&format!("n/{name}"), &bytes);
        }
        let ran = lab.run(&["analyze", ".", "-b", "cis-1.12", "--format", "jsonl"]);
        assert_eq!(
            told(&rows_of(&ran)),
            ["n error checksum-mismatch"],
            "{about}"
        );
    }
    // None at all is said, and no accusation.
    let (rows, _) = run(&[("n.tgz", &pack(&summed(true, &[])))]);
    assert_eq!(told(&rows), ["n pass config-file-sets-it"]);
    assert_eq!(rows[0]["integrity"], "no-sums");
    let (rows, _) = run(&[(
        "n.tgz",
        &pack(&summed(
            true,
            &[("SHA256SUMS", &whole), ("SHA256SUMS.sig", "x")],
        )),
    )]);
    assert_eq!(told(&rows), ["n error signature-bad"]);
    assert_eq!(rows[0]["integrity"], "signature-bad");
}

fn rows_of(ran: &Ran) -> Vec<Value> {
    rows(&ran.stdout)
}

#[test]
fn a_cluster_bundle_with_a_signature_alone_lends_nothing_that_passes() {
    let mut files = Bundle::cluster("test").live("n", true).files();
    files.retain(|(name, _)| name != "SHA256SUMS");
    files.push(("SHA256SUMS.sig".to_owned(), b"x".to_vec()));
    let own = Bundle::node("n")
        .kubelet(&["--make-iptables-util-chains=true"])
        .tar_gz();
    let (rows, _) = run(&[("a.tgz", &own), ("z.tgz", &pack(&files))]);
    assert_eq!(told(&rows), ["n error checksum-mismatch"]);
}

/// stat.tsv: path, type, mode, size, digest, target.
fn stat(rows: &[[&str; 6]]) -> String {
    let mut text =
        "path\ttype\tmode\tuid\tgid\towner\tgroup\tsize\tmtime\tctime\tsha256\ttarget\n".to_owned();
    for [path, kind, mode, size, sha256, target] in rows {
        text.push_str(&format!(
            "{path}\t{kind}\t{mode}\t0\t0\troot\troot\t{size}\t1\t1\t{sha256}\t{target}\n"
        ));
    }
    text
}

#[test]
fn what_stat_says_of_a_file_must_fit_what_is_there() {
    let other = "0".repeat(64);
    let unknown = "unknown metadata-contradicts";
    let error = "error checksum-mismatch";
    let fits = "pass config-file-sets-it";
    for on in [true, false] {
        let text = setting(on);
        let own = sha256_of(&text);
        let upper = own.to_uppercase();
        let size = text.len().to_string();
        let row = |kind, size, sha256, target| ["/c.yaml", kind, "600", size, sha256, target];
        let end = |kind, sha256| ["/d.yaml", kind, "600", "", sha256, ""];
        let elsewhere = ["/x", "file", "600", "1", other.as_str(), ""];
        for (about, rows, wanted) in [
            ("right", &[row("file", &size, &own, "")][..], fits),
            (
                "right, in capitals",
                &[row("file", &size, &upper, "")],
                fits,
            ),
            ("not looked at", &[elsewhere], fits),
            ("another digest", &[row("file", &size, &other, "")], error),
            (
                "another digest in one of two rows",
                &[row("file", &size, &own, ""), row("file", &size, &other, "")],
                error,
            ),
            (
                "another size",
                &[row("file", "7", "", ""), elsewhere],
                error,
            ),
            (
                "another size, and no digest anywhere",
                &[row("file", "7", "", "")],
                fits,
            ),
            (
                "a size of a pseudo file",
                &[row("file", "0", "", ""), elsewhere],
                fits,
            ),
            ("absent", &[row("absent", "", "", "")], unknown),
            ("unreadable", &[row("unreadable", "", "", "")], unknown),
            ("a folder", &[row("dir", "", "", "")], unknown),
            (
                "there and absent",
                &[row("file", &size, &own, ""), row("absent", "", "", "")],
                unknown,
            ),
            (
                "a link to it",
                &[row("symlink", "", "", "/d.yaml"), end("file", &own)],
                fits,
            ),
            (
                "a link elsewhere",
                &[row("symlink", "", "", "/d.yaml"), end("file", &other)],
                error,
            ),
            (
                "a relative link elsewhere",
                &[row("symlink", "", "", "d.yaml"), end("file", &other)],
                error,
            ),
            (
                "a link to nothing",
                &[row("symlink", "", "", "/d.yaml"), end("absent", "")],
                unknown,
            ),
            (
                "a link to a folder",
                &[row("symlink", "", "", "/d.yaml"), end("dir", "")],
                unknown,
            ),
            (
                "a link nobody followed",
                &[row("symlink", "", "", "/d.yaml")],
                fits,
            ),
            (
                "a mode of another type",
                &[["/c.yaml", "file", "040755", &size, &own, ""]],
                fits,
            ),
        ] {
            let (rows, _) = run(&[("n.tgz", &node(on).member("stat.tsv", stat(rows)).tar_gz())]);
            let noted = has_note(&rows[0], "metadata-contradicts");
            match on {
                true => assert_eq!(outcome(&rows[0]), wanted, "{about}: {}", rows[0]["reason"]),
                // A failure stays one, whatever a row says.
                false => {
                    assert_eq!(outcome(&rows[0]), "fail config-file-sets-it", "{about}");
                    assert_eq!(noted, wanted != fits, "{about}");
                }
            }
        }
    }
}

fn sha256_of(text: &str) -> String {
    nodeproof::bundle::sha256_hex(text.as_bytes())
}

#[test]
fn a_link_and_what_it_leads_to_hold_the_same() {
    let rows = [
        ["/c.yaml", "symlink", "777", "", "", "/d.yaml"],
        ["/d.yaml", "file", "600", "", "", ""],
    ];
    for (on, wanted) in [
        (true, "pass config-file-sets-it"),
        (false, "error checksum-mismatch"),
    ] {
        let bundle = node(true)
            .file("/d.yaml", setting(on))
            .member("stat.tsv", stat(&rows));
        let (rows, _) = run(&[("n.tgz", &bundle.tar_gz())]);
        assert_eq!(outcome(&rows[0]), wanted);
    }
}

#[test]
fn a_masked_file_has_another_size() {
    let other = "0".repeat(64);
    let rows = [
        ["/c.yaml", "file", "600", "7", "", ""],
        ["/x", "file", "600", "1", other.as_str(), ""],
    ];
    let masked = json!([{"member": "files/c.yaml", "kind": "token", "count": 1}]);
    let bundle = node(true)
        .with("redactions", masked)
        .member("stat.tsv", stat(&rows));
    let (rows, _) = run(&[("n.tgz", &bundle.tar_gz())]);
    assert_eq!(outcome(&rows[0]), "pass config-file-sets-it");
}

#[test]
fn modes_of_a_file_that_is_another_are_none() {
    let own = sha256_of(&setting(true));
    let other = "0".repeat(64);
    let judged = |rows: &[[&str; 6]], control: &str, bundle: Bundle| {
        let lab = Lab::new();
        lab.add("n.tgz", &bundle.member("stat.tsv", stat(rows)));
        let arguments = [
            "analyze", ".", "-b", "cis-1.10", "-c", control, "--format", "jsonl",
        ];
        outcome(&rows_of(&lab.run(&arguments))[0])
    };
    let file = |mode, sha256| ["/c.yaml", "file", mode, "", sha256, ""];
    let link = ["/c.yaml", "symlink", "777", "", "", "/good"];
    let good = ["/good", "file", "600", "", other.as_str(), ""];
    for (rows, wanted) in [
        (&[file("600", &own)][..], "pass file-metadata-shows"),
        (&[file("666", &own)], "fail file-metadata-shows"),
        (&[link, good], "error checksum-mismatch"),
        (&[file("600", &other)], "error checksum-mismatch"),
        (&[file("666", &other)], "fail file-metadata-shows"),
        (
            &[["/c.yaml", "dir", "600", "", "", ""]],
            "unknown file-not-on-node",
        ),
        (&[file("100600", &own)], "unknown file-not-collected"),
    ] {
        assert_eq!(judged(rows, "4.1.9", node(true)), wanted, "{rows:?}");
    }
    // What is in the bundle is on the node.
    let proxy = node(true).file("/etc/kubernetes/proxy.conf", "x");
    let absent = ["/etc/kubernetes/proxy.conf", "absent", "", "", "", ""];
    assert_eq!(
        judged(&[absent], "4.1.3", proxy),
        "unknown metadata-contradicts"
    );
}

#[test]
fn what_the_api_says_of_a_system_takes_nothing_from_what_the_node_shows() {
    let words = "/usr/bin/kubelet --make-iptables-util-chains=false";
    let argument = "--make-iptables-util-chains=false";
    let unix = ["/x", "file", "600", "1", "", ""];
    let nodes = |system: &str, image: &str| {
        json!({"items": [{"metadata": {"name": "n", "labels": {"kubernetes.io/os": system}},
            "status": {"nodeInfo": {"operatingSystem": system, "osImage": image}}}]})
        .to_string()
    };
    let linux = [
        ("a whole list", Bundle::node("n").ps(&[words])),
        ("a path of Unix", Bundle::node("n").kubelet(&[argument])),
        (
            "a name of Unix",
            Bundle::node("n").process(42, &["kubelet", argument]),
        ),
        (
            "its own name of itself",
            Bundle::node("n")
                .with("host", json!({"os": "Debian GNU/Linux 12 (bookworm)"}))
                .live("n", false),
        ),
        (
            "owners by number",
            Bundle::node("n")
                .process(42, &["kubelet.exe", argument])
                .member("stat.tsv", stat(&[unix])),
        ),
    ];
    for (about, own) in &linux {
        let lender = Bundle::cluster("test")
            .member("api/nodes.json", nodes("windows", "Windows Server 2022"));
        let (rows, ran) = run(&[("a.tgz", &own.tar_gz()), ("z.tgz", &lender.tar_gz())]);
        assert_eq!(rows[0]["verdict"], "fail", "{about}");
        assert!(
            ran.stderr.contains("calls a node of Windows"),
            "{about}: {}",
            ran.stderr
        );
    }
    // One that shows nothing else is what the API calls it.
    let windows = Bundle::node("n").process(42, &["C:\\k\\kubelet.exe", argument]);
    let lender =
        Bundle::cluster("test").member("api/nodes.json", nodes("windows", "Windows Server 2022"));
    let (rows, ran) = run(&[("a.tgz", &windows.tar_gz()), ("z.tgz", &lender.tar_gz())]);
    assert_eq!(
        told(&rows),
        ["n not-applicable not-on-this-system"],
        "{}",
        ran.stderr
    );
    // A distribution that the node's own name of itself contradicts.
    for (image, os, wanted) in [
        (
            "Talos (v1.11.2)",
            "Ubuntu 24.04.1 LTS",
            "fail file-metadata-shows",
        ),
        (
            "Talos (v1.11.2)",
            "Talos (v1.11.2)",
            "not-applicable not-on-this-system",
        ),
    ] {
        let lab = Lab::new();
        let unit = "/etc/systemd/system/kubelet.service.d/10-kubeadm.conf";
        let own = Bundle::node("n")
            .with("host", json!({"os": os}))
            .kubelet(&[argument])
            .member("stat.tsv", stat(&[[unit, "file", "666", "1", "", ""]]));
        lab.add("a.tgz", &own);
        lab.add(
            "z.tgz",
            &Bundle::cluster("test").member("api/nodes.json", nodes("linux", image)),
        );
        let arguments = [
            "analyze", ".", "-b", "cis-1.10", "-c", "4.1.1", "--format", "jsonl",
        ];
        assert_eq!(
            outcome(&rows_of(&lab.run(&arguments))[0]),
            wanted,
            "{image} {os}"
        );
    }
}

#[test]
fn every_shared_case_of_this_kind_is_right() {
    for (case, code) in [
        ("wp-kind-cluster", 1),
        ("wp-sig-without-sums", 3),
        ("wp-superseded-future", 1),
        ("wp-lent-windows", 1),
    ] {
        let Some(path) = shared(&format!("cases/hostile/{case}")) else {
            return;
        };
        let lab = Lab::new();
        let path = path.to_string_lossy().into_owned();
        let ran = nodeproof(
            lab.folder.path(),
            &[
                "analyze",
                &path,
                "-b",
                "cis-1.10",
                "-c",
                "4.2.1",
                "--format",
                "jsonl",
                "--fail-on",
                "fail",
            ],
        );
        let rows = rows_of(&ran);
        assert_eq!((rows.len(), ran.code), (1, code), "{case}: {}", ran.stderr);
        assert!(rows.iter().all(|row| row["verdict"] != "pass"), "{case}");
    }
}

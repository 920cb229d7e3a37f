//! Which files are a component's: those it names, before those of the usual places, and none of a
//! host for a kubelet in a container.

use crate::support::cases::{Cases, ROOT, metadata};
use crate::support::*;
use nodeproof::bundle::sha256_hex;

const GOOD: &str = "authentication: {anonymous: {enabled: false}}\n";
const BAD: &str = "authentication: {anonymous: {enabled: true}}\n";
const PASS: &str = "pass file-metadata-shows";
const FAIL: &str = "fail file-metadata-shows";

/// A `stat.tsv`: path, type, mode, target.
/// Path, type, mode and target of a link.
type Row = (&'static str, &'static str, &'static str, &'static str);

fn stat(rows: &[(&str, &str, &str, &str)]) -> String {
    let rows: Vec<_> = rows
        .iter()
        .map(|(path, kind, mode, target)| {
            let owner = if *kind == "absent" { "" } else { ROOT };
            (*path, *kind, *mode, owner, *target)
        })
        .collect();
    metadata(&rows)
}

fn k3s_names(words: &str) -> Bundle {
    let line = format!(
        "Nov 20 11:05:00 h k3s[40]: time=\"2026-11-20T11:05:00Z\" level=info msg=\"Running kubelet {words}\"\n"
    );
    Bundle::node("n")
        .version("v1.31.4+k3s1")
        .ps(&["/usr/local/bin/k3s agent"])
        .member("commands/journal-k3s.txt", line)
}

#[test]
fn the_folder_that_a_kubelet_names_holds_its_configuration() {
    const USUAL: &str = "/var/lib/rancher/k3s/agent/etc/kubelet.conf.d/00-k3s-defaults.conf";
    const RKE2: &str = "/var/lib/rancher/rke2/agent/etc/kubelet.conf.d/00-rke2-defaults.conf";
    let mut cases = Cases::default();
    for (own, other, wanted) in [("600", "666", PASS), ("666", "600", FAIL)] {
        let rows = |file: &str, usual: &str| {
            let folder = file.rsplit_once('/').unwrap().0;
            stat(&[
                (folder, "dir", "700", ""),
                (file, "file", own, ""),
                (usual, "file", other, ""),
            ])
        };
        let file = "/app/k3s/agent/etc/kubelet.conf.d/00-k3s-defaults.conf";
        let bundle = k3s_names("--config-dir=/app/k3s/agent/etc/kubelet.conf.d --v=2")
            .member("stat.tsv", rows(file, USUAL));
        cases.add("k3s", "k3s-cis-1.11:4.1.9", bundle, wanted);
        let file = "/app/rke2/agent/etc/kubelet.conf.d/00-rke2-defaults.conf";
        let bundle = Bundle::node("n")
            .version("v1.31.4+rke2r1")
            .kubelet(&["--config-dir=/app/rke2/agent/etc/kubelet.conf.d"])
            .member("stat.tsv", rows(file, RKE2));
        cases.add("RKE2", "rke2-cis-1.11:4.1.9", bundle, wanted);
        // k3s shows nothing of its kubelet, but where it keeps its files.
        let file = "/app/k3s/agent/etc/kubelet.conf.d/00-k3s-defaults.conf";
        for words in ["--data-dir=/app/k3s", "--data-dir /app/k3s/", "-d /app/k3s"] {
            let bundle = Bundle::node("n")
                .version("v1.31.4+k3s1")
                .ps(&[&format!("/usr/local/bin/k3s server {words}")])
                .member("stat.tsv", rows(file, USUAL));
            cases.add(words, "k3s-cis-1.11:4.1.9", bundle, wanted);
        }
        let bundle = Bundle::node("n")
            .version("v1.31.4+k3s1")
            .ps(&["/usr/local/bin/k3s server"])
            .file("/etc/rancher/k3s/config.yaml", "data-dir: /app/k3s\n")
            .member("stat.tsv", rows(file, USUAL));
        cases.add("config.yaml", "k3s-cis-1.11:4.1.9", bundle, wanted);
    }
    let other_owner = metadata(&[
        ("/app/d", "dir", "700", ROOT, ""),
        (
            "/app/d/00-k3s-defaults.conf",
            "file",
            "600",
            "7:7:kube:kube",
            "",
        ),
        (USUAL, "file", "600", ROOT, ""),
    ]);
    let bundle = k3s_names("--config-dir=/app/d").member("stat.tsv", other_owner);
    cases.add("its owner", "k3s-cis-1.11:4.1.10", bundle, FAIL);
    // Nobody looked at it, whatever the usual one is like.
    let unseen =
        k3s_names("--config-dir=/app/d").member("stat.tsv", stat(&[(USUAL, "file", "600", "")]));
    cases.add(
        "not collected",
        "k3s-cis-1.11:4.1.9",
        unseen,
        "unknown file-not-collected",
    );
    cases.judge();
}

#[test]
fn a_kubelet_with_a_folder_alone_names_its_files() {
    const MODE: &str = "cis-1.12:4.1.9";
    let of = |words: &[&str], rows: &[(&str, &str, &str, &str)]| {
        Bundle::node("n")
            .version("v1.31.2")
            .kubelet(words)
            .member("stat.tsv", stat(rows))
    };
    let folder = ("/d", "dir", "700", "");
    let good = ("/d/1.conf", "file", "600", "");
    let bad = ("/d/2.conf", "file", "666", "");
    let note = ("/d/README", "file", "666", "");
    let mut cases = Cases::default();
    let mut add = |about, words: &[&str], rows: &[(&str, &str, &str, &str)], wanted| {
        cases.add(about, MODE, of(words, rows), wanted);
    };
    let alone = ["--config-dir=/d"];
    add("good", &alone, &[folder, good], PASS);
    add("the worst", &alone, &[folder, good, bad], FAIL);
    add(
        "in words of their own",
        &["--config-dir", "/d"],
        &[folder, bad],
        FAIL,
    );
    add(
        "an empty --config",
        &["--config=", "--config-dir=/d"],
        &[folder, bad],
        FAIL,
    );
    add("what is no drop-in", &alone, &[folder, good, note], PASS);
    add("none", &alone, &[folder], "not-applicable file-not-on-node");
    add(
        "no folder",
        &alone,
        &[("/d", "absent", "", "")],
        "unknown file-not-on-node",
    );
    add(
        "not collected",
        &alone,
        &[("/x", "file", "600", "")],
        "unknown file-not-collected",
    );
    let cut = format!(
        "{HEADER}{}{}",
        row(1, 0, "/sbin/init"),
        row(40, 1, "/usr/bin/kubelet --config-dir=/d --node-l>")
    );
    let cut = |named: Row| {
        Bundle::node("n")
            .member("commands/ps.txt", cut.clone())
            .member(
                "stat.tsv",
                stat(&[folder, named, (FILE, "file", "600", "")]),
            )
    };
    cases.add("cut behind it", MODE, cut(bad), FAIL);
    // Another one may stand in the part that is missing, so what is seen never passes.
    let (path, kind, _, target) = bad;
    let fine = (path, kind, "600", target);
    cases.add(
        "cut, and fine",
        MODE,
        cut(fine),
        "unknown arguments-cut-off",
    );
    let mut add = |about, words: &[&str], rows: &[(&str, &str, &str, &str)], wanted| {
        cases.add(about, MODE, of(words, rows), wanted);
    };
    // Beside a file it is that file which the control asks about.
    add(
        "both",
        &["--config=/c", "--config-dir=/d"],
        &[folder, bad, ("/c", "file", "600", "")],
        PASS,
    );
    cases.judge();
}

fn kubelite(words: &[&str]) -> Bundle {
    let all: Vec<&str> = std::iter::once("/snap/microk8s/6364/kubelite")
        .chain(words.iter().copied())
        .collect();
    Bundle::node("n").process(40, &all)
}

const CURRENT: &str = "/var/snap/microk8s/current/args/kubelet";
const REVISION: &str = "/var/snap/microk8s/6364/args/kubelet";

#[test]
fn the_file_of_arguments_is_the_one_that_the_program_names() {
    const ANONYMOUS: &str = "cis-1.24-microk8s:4.2.1";
    const ON: &str = "--anonymous-auth=true\n";
    const OFF: &str = "--anonymous-auth=false\n";
    const UNKNOWN: &str = "unknown embedded-component";
    let mut cases = Cases::default();
    for (own, other, wanted) in [
        (ON, OFF, "fail argument-sets-it by args-file"),
        (OFF, ON, "pass argument-sets-it by args-file"),
    ] {
        for words in [
            &["--kubelet-args-file=/etc/mk8s/kubelet-args"][..],
            &["--kubelet-args-file", "/etc/mk8s/kubelet-args"],
            &[
                "--kubelet-args-file=/x",
                "--kubelet-args-file=/etc/mk8s/kubelet-args",
            ],
        ] {
            let bundle = kubelite(words)
                .file("/etc/mk8s/kubelet-args", own)
                .file(CURRENT, other);
            cases.add("named", ANONYMOUS, bundle, wanted);
        }
        let revision = format!("--kubelet-args-file={REVISION}");
        let bundle = kubelite(&[&revision])
            .file(REVISION, own)
            .file(CURRENT, other);
        cases.add("a revision", ANONYMOUS, bundle, wanted);
        let current = format!("--kubelet-args-file={CURRENT}");
        let bundle = kubelite(&[&current])
            .file(REVISION, other)
            .file(CURRENT, own);
        cases.add("current", ANONYMOUS, bundle, wanted);
        let bundle = kubelite(&["--proxy-args-file=/x"]).file(CURRENT, own);
        cases.add("none named", ANONYMOUS, bundle, wanted);
        // Two names of one file: by a link, or by an equal digest.
        for (named, held) in [(REVISION, CURRENT), (CURRENT, REVISION)] {
            let words = format!("--kubelet-args-file={named}");
            let link = |target| stat(&[("/var/snap/microk8s/current", "symlink", "777", target)]);
            for target in ["6364", "/var/snap/microk8s/6364"] {
                let bundle = kubelite(&[&words])
                    .file(held, own)
                    .member("stat.tsv", link(target));
                cases.add("a link", ANONYMOUS, bundle, wanted);
            }
            let bundle = kubelite(&[&words])
                .file(held, own)
                .member("stat.tsv", link("7000"));
            cases.add("a link elsewhere", ANONYMOUS, bundle, UNKNOWN);
            let bundle = kubelite(&[&words]).file(held, own);
            cases.add("nothing shows it", ANONYMOUS, bundle, UNKNOWN);
            let digests = |of_named: &str| {
                let row = |path: &str, digest: &str| format!("{path}\tfile\t{digest}\n");
                let of_held = sha256_hex(own.as_bytes());
                let rows = [row(named, of_named), row(held, &of_held)].concat();
                format!("path\ttype\tsha256\n{rows}")
            };
            let bundle = kubelite(&[&words])
                .file(held, own)
                .member("stat.tsv", digests(&sha256_hex(own.as_bytes())));
            cases.add("an equal digest", ANONYMOUS, bundle, wanted);
            let bundle = kubelite(&[&words])
                .file(held, own)
                .member("stat.tsv", digests(&"b".repeat(64)));
            cases.add("another digest", ANONYMOUS, bundle, UNKNOWN);
        }
    }
    cases.judge();
}

#[test]
fn each_component_has_the_file_that_is_named_for_it() {
    const METRICS: &str = "cis-1.12:4.3.1";
    let mut cases = Cases::default();
    for flag in ["--proxy-args-file", "--kube-proxy-args-file"] {
        for (own, other, wanted) in [
            ("0.0.0.0", "127.0.0.1", "fail argument-sets-it"),
            ("127.0.0.1", "0.0.0.0", "pass argument-sets-it"),
        ] {
            let line = |address: &str| format!("--metrics-bind-address={address}\n");
            let bundle = kubelite(&[
                &format!("{flag}=/etc/mk8s/proxy"),
                "--kubelet-args-file=/none",
            ])
            .file("/etc/mk8s/proxy", line(own))
            .file("/var/snap/microk8s/current/args/kube-proxy", line(other));
            cases.add(flag, METRICS, bundle, wanted);
        }
    }
    // And the mode of the kubelet's is that of the file it names.
    for (own, other, wanted) in [("600", "666", PASS), ("666", "600", FAIL)] {
        let bundle = kubelite(&["--kubelet-args-file=/etc/mk8s/kubelet"])
            .file("/etc/mk8s/kubelet", "--v=2\n")
            .member(
                "stat.tsv",
                stat(&[
                    ("/etc/mk8s/kubelet", "file", own, ""),
                    (CURRENT, "file", other, ""),
                ]),
            );
        cases.add(own, "cis-1.24-microk8s:4.1.9", bundle, wanted);
    }
    cases.judge();
}

const FILE: &str = "/var/lib/kubelet/config.yaml";
const HEADER: &str = "UID          PID    PPID  C STIME TTY          TIME CMD\n";

fn row(pid: u32, parent: u32, command: &str) -> String {
    format!("root         {pid:>4} {parent:>7}  0 Nov20 ?        00:00:09 {command}\n")
}

fn host(rows: &[String], file: &str) -> Bundle {
    let more = row(900, 1, &format!("/usr/bin/x {}", "x".repeat(400)));
    Bundle::loose("h1")
        .member(
            "ps.txt",
            format!("{HEADER}{}{}{more}", row(1, 0, "/sbin/init"), rows.concat()),
        )
        .member(&format!("var/lib/kubelet/{}", "config.yaml"), file)
}

#[test]
fn a_file_of_the_host_is_not_that_of_a_kubelet_in_a_container() {
    const ANONYMOUS: &str = "cis-1.12:4.2.1";
    const UNKNOWN: &str = "unknown file-not-collected";
    let kubelet = format!("/usr/bin/kubelet --config={FILE}");
    let kind =
        |at: u32| format!("{kubelet} --node-ip=172.18.0.{at} --provider-id=kind://docker/c/c-{at}");
    let shim = "/usr/bin/containerd-shim-runc-v2 -namespace moby -id x";
    let mut cases = Cases::default();
    let mut add = |about, rows: &[String], wanted: &str| {
        for (lines, wanted) in [(GOOD, wanted), (BAD, &*wanted.replace("pass", "fail"))] {
            cases.add(about, ANONYMOUS, host(rows, &config(lines)), wanted);
        }
    };
    add(
        "a host's own",
        &[row(40, 1, &kubelet)],
        "pass config-file-sets-it",
    );
    add("one kind node", &[row(40, 1, &kind(2))], UNKNOWN);
    add(
        "two kind nodes",
        &[row(40, 1, &kind(2)), row(41, 1, &kind(3))],
        UNKNOWN,
    );
    add(
        "below a shim and an init of its own",
        &[
            row(30, 1, shim),
            row(31, 30, "/sbin/init"),
            row(40, 31, &kubelet),
        ],
        UNKNOWN,
    );
    add(
        "below a shim",
        &[row(30, 1, shim), row(40, 30, &kubelet)],
        UNKNOWN,
    );
    add(
        "below conmon",
        &[row(30, 1, "/usr/bin/conmon -c x"), row(40, 30, &kubelet)],
        UNKNOWN,
    );
    add(
        "below systemd-nspawn",
        &[
            row(30, 1, "/usr/bin/systemd-nspawn -b"),
            row(31, 30, "/usr/lib/systemd/systemd"),
            row(40, 31, &kubelet),
        ],
        UNKNOWN,
    );
    add(
        "two that name one path",
        &[
            row(40, 1, &kubelet),
            row(41, 1, &format!("{kubelet} --v=2")),
        ],
        UNKNOWN,
    );
    // Not yet another program.
    add(
        "a fork",
        &[row(40, 1, &kubelet), row(41, 40, &kubelet)],
        "pass config-file-sets-it",
    );
    let rows = cases.judge();
    assert!(
        rows[2]["reason"].as_str().unwrap().contains("container"),
        "{}",
        rows[2]["reason"]
    );
    // The host's own beside a nested one: neither is certain of the other.
    let both = [
        row(30, 1, shim),
        row(39, 30, &kubelet),
        row(40, 1, &kubelet),
    ];
    let mut cases = Cases::default();
    cases.add(
        "beside, good",
        ANONYMOUS,
        host(&both, &config(GOOD)),
        UNKNOWN,
    );
    cases.add(
        "beside, bad",
        ANONYMOUS,
        host(&both, &config(BAD)),
        "fail config-file-sets-it",
    );
    cases.judge();
}

#[test]
fn our_collector_looks_through_the_root_that_the_process_has() {
    const ANONYMOUS: &str = "cis-1.12:4.2.1";
    let nested = |pid: u32| {
        let id = format!("--provider-id=kind://docker/c/{pid}");
        [
            "/usr/bin/kubelet".to_owned(),
            format!("--config={FILE}"),
            id,
        ]
    };
    let with = |bundle: Bundle, pid: u32| {
        let words = nested(pid);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        bundle.process(pid, &words)
    };
    let one = with(Bundle::node("n"), 40).file(FILE, config(GOOD));
    let two = with(one.clone(), 41);
    let mut cases = Cases::default();
    cases.add("one", ANONYMOUS, one, "pass config-file-sets-it");
    cases.add(
        "two of one path",
        ANONYMOUS,
        two,
        "unknown file-not-collected",
    );
    cases.judge();
}

#[test]
fn the_metadata_of_a_hosts_file_is_not_that_of_a_kubelet_in_a_container() {
    let line = format!("/usr/bin/kubelet --config={FILE} --provider-id=kind://docker/c/w");
    for (mode, wanted) in [
        ("600", "unknown file-not-collected"),
        ("666", "unknown file-not-collected"),
    ] {
        let bundle = Bundle::node("n")
            .ps(&[&line])
            .member("stat.tsv", stat(&[(FILE, "file", mode, "")]));
        let mut cases = Cases::default();
        cases.add(mode, "cis-1.12:4.1.9", bundle, wanted);
        cases.judge();
    }
}

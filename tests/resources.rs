//! Small archives that ask for much: time and memory stay bounded, and what passes a limit says so,
//! with the flag that raises it. Never a pass, and a fail that is there stays one.

use std::fmt::Write as _;
use std::process::{Command, Stdio};
use std::time::Duration;

use serde_json::json;

use crate::support::*;

/// KiB that the worst of any one file may take.
const MOST_MEMORY: u64 = 300 << 10;
/// Bytes of a file as large as the limits let it be, near enough.
const LARGEST: usize = 15 << 20;

fn node() -> Bundle {
    Bundle::node("n")
        .kubelet(&["--config=/c.yaml"])
        .version("v1.33.1")
}

fn passing() -> Bundle {
    node().file("/c.yaml", config("makeIPTablesUtilChains: true\n"))
}

/// Peak memory (KiB) and CPU seconds of one analysis, and how it ended.
fn measured(lab: &Lab) -> (u64, f64, i32) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_nodeproof"))
        .args(["analyze", "in", "-j", "2", "-o", "x.jsonl"])
        .current_dir(lab.folder.path())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let pid = child.id();
    let of = |name: &str| std::fs::read_to_string(format!("/proc/{pid}/{name}"));
    let (mut memory, mut ticks) = (0, 0);
    loop {
        // Both are of the whole run so far, so that only its last moment is missed.
        let status = of("status").unwrap_or_default();
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let peak = peak.and_then(|text| text.trim().trim_end_matches(" kB").parse().ok());
        memory = peak.unwrap_or(memory).max(memory);
        let stat = of("stat").unwrap_or_default();
        let fields = stat
            .rsplit(')')
            .next()
            .unwrap_or_default()
            .split_whitespace();
        let used: Vec<u64> = fields
            .skip(11)
            .take(2)
            .map(|t| t.parse().unwrap())
            .collect();
        ticks = used.iter().sum::<u64>().max(ticks);
        if let Some(status) = child.try_wait().unwrap() {
            return (memory, ticks as f64 / 100.0, status.code().unwrap_or(-1));
        }
        if ticks > 60 * 100 {
            child.kill().unwrap();
        }
        std::thread::sleep(Duration::from_millis(3));
    }
}

fn rows_of(lab: &Lab, more: &[&str]) -> (Vec<serde_json::Value>, String) {
    let all = ["analyze", "in", "-b", "cis-1.12", "--format", "jsonl"];
    let ran = lab.run(&[&all[..], more].concat());
    (rows(&ran.stdout), ran.stderr)
}

#[test]
fn what_systemd_shows_has_a_limit_too() {
    let lab = Lab::new();
    let show =
        "Id=kubelet.service\nMainPID=42\nFragmentPath=/u\nNeedDaemonReload=no\nDropInPaths=\n";
    let unit = "[Service]\nExecStart=/usr/bin/kubelet --make-iptables-util-chains=false\n";
    lab.add(
        "in/n.tgz",
        &passing()
            .member("commands/systemctl-show.txt", show)
            .file("/u", unit),
    );
    let (rows, _) = rows_of(&lab, &[]);
    assert!(has_note(&rows[0], "planned-differs"), "{}", rows[0]);
    let (rows, _) = rows_of(&lab, &["--limit", "unit-lines=4"]);
    assert_eq!(outcome(&rows[0]), "pass config-file-sets-it");
    assert!(!has_note(&rows[0], "planned-differs"));
}

/// A cluster bundle lends to any number of nodes; rows of its own are of a bounded number.
#[test]
fn nodes_without_a_bundle_of_their_own_have_a_limit() {
    let lab = Lab::new();
    let cluster = ["a", "b", "c"]
        .iter()
        .fold(Bundle::cluster("test"), |b, n| b.live(n, false));
    lab.add("in/cluster.tgz", &cluster);
    let run = |limit: &str| {
        let ran = lab.run(&[
            "analyze", "in", "-b", "cis-1.12", "--format", "jsonl", "--limit", limit,
        ]);
        let told = rows(&ran.stdout);
        let told: Vec<String> = told.iter().map(outcome).collect();
        (told, ran.stderr)
    };
    let (told, stderr) = run("nodes=2");
    assert_eq!(told, ["error limit-passed"]);
    assert!(stderr.contains("--limit nodes=N"), "{stderr}");
    assert_eq!(run("nodes=3").0, ["fail configz-sets-it"; 3]);
    // One that has a bundle of its own is no row of the cluster's.
    lab.add("in/a.tgz", &passing().with("node", "a"));
    assert_eq!(run("nodes=2").0, ["fail configz-sets-it"; 3]);
}

/// Many processes of anybody hide no failing one of root, nor make it pass.
#[test]
fn a_crowd_hides_no_failing_kubelet() {
    let lab = Lab::new();
    let mut list =
        String::from("UID PID PPID C STIME TTY TIME CMD\nroot 1 0 0 1:00 ? 0:00 /sbin/init\n");
    for pid in 100..5_000 {
        let _ = writeln!(list, "bob {pid} 1 0 1:00 ? 0:00 kubelet --v=2");
    }
    // One line that would use up whatever all lines share.
    let _ = writeln!(
        list,
        "bob 8999 1 0 1:00 ? 0:00 kubelet {}",
        "a ".repeat(200_000)
    );
    list.push_str("root 9000 1 0 1:00 ? 0:00 /usr/bin/kubelet --make-iptables-util-chains=false\n");
    lab.add(
        "in/n.tgz",
        &Bundle::node("n")
            .version("v1.33.1")
            .member("commands/ps-ef.txt", list),
    );
    let (rows, _) = rows_of(&lab, &[]);
    assert_eq!(
        outcome(&rows[0]),
        "fail argument-sets-it",
        "{}",
        rows[0]["reason"]
    );
}

type Bomb = (&'static str, Bundle);

/// Files of `most` bytes each, one a bundle.
fn bombs(most: usize) -> Vec<Bomb> {
    let repeated = |text: &str, bytes: usize| text.repeat(bytes / text.len());
    let numbered = |bytes: usize, line: &dyn Fn(usize) -> String| {
        let mut text = String::new();
        let mut at = 0;
        while text.len() < bytes {
            text.push_str(&line(at));
            at += 1;
        }
        text
    };
    let ps = |rows: String| {
        format!("UID PID PPID C STIME TTY TIME CMD\nroot 1 0 0 1:00 ? 0:00 /sbin/init\n{rows}")
    };
    let list = |rows: String| {
        let bundle = Bundle::node("n").version("v1.33.1").file("/c.yaml", CONFIG);
        bundle.member("commands/ps-ef.txt", ps(rows))
    };
    let dir = |name: &str| {
        let bundle = Bundle::node(name)
            .version("v1.33.1")
            .file("/c.yaml", CONFIG);
        bundle
            .kubelet(&["--config=/c.yaml", "--config-dir=/d"])
            .stat_row("/d", "dir", 1)
    };
    let one_file = |text: String| node().file("/c.yaml", text);
    let anchors = |text: &str| format!("{CONFIG}a: &a {text}\nb: [{}1]\n", "*a, ".repeat(9_000));
    let words = node().process(43, &[]).member(
        "proc/44/cmdline",
        "kubelet\0".to_owned() + &"\0".repeat(most),
    );
    let wide = (0..9).fold(
        format!("{CONFIG}a0: &a0 [1,1,1,1,1,1,1,1,1]\n"),
        |text, n| {
            let next = n + 1;
            format!(
                "{text}a{next}: &a{next} [{}*a{n}]\n",
                format!("*a{n},").repeat(8)
            )
        },
    );
    let merged = format!(
        "{CONFIG}a: &a {{{}}}\n{}",
        numbered(60_000, &|n| format!("k{n}: 1, ")),
        repeated("<<: *a\n", 400_000)
    );
    let mut many_configz = Bundle::cluster("c");
    for n in 0..5_500 {
        many_configz = many_configz.live(&format!("n{n}"), true);
    }
    let mut many_units = passing();
    many_units = many_units.member(
        "commands/systemctl-show.txt",
        numbered(most, &|n| format!("Id=u{n}.service\nMainPID={n}\n\n")),
    );
    vec![
        (
            "processes",
            list(numbered(most, &|n| format!("r {n} 1 0 N ? 0 kubelet -\n"))),
        ),
        (
            "processes of one pid",
            list(numbered(most, &|n| format!("r 7 1 0 N ? 0 kubelet {n}\n"))),
        ),
        (
            "processes without a number",
            list(numbered(most, &|n| {
                format!("r 99999999999{n} 1 0 N ? 0 kubelet {n}\n")
            })),
        ),
        (
            "processes of several names",
            list(numbered(most, &|n| {
                format!(
                    "r {n} 1 0 N ? 0 {} -\n",
                    ["kubelet", "kube-proxy", "k3s", "etcd"][n % 4]
                )
            })),
        ),
        (
            "a very long line of ps",
            list(format!(
                "root 7 1 0 1:00 ? 0:00 kubelet {}",
                " ".repeat(most)
            )),
        ),
        (
            "words of ps",
            list(format!(
                "root 7 1 0 1:00 ? 0:00 kubelet {}",
                repeated("a ", most)
            )),
        ),
        ("words of a cmdline", words),
        (
            "values of YAML",
            one_file(format!("{CONFIG}x: [{}1]\n", repeated("1,", most))),
        ),
        (
            "keys of YAML",
            one_file(format!(
                "{CONFIG}{}",
                numbered(most, &|n| format!("k{n}: 1\n"))
            )),
        ),
        (
            "values of JSON",
            one_file(format!("{{\"x\":[{}1]}}", repeated("0,", most))),
        ),
        (
            "keys of JSON",
            one_file(format!(
                "{{{}\"x\":1}}",
                numbered(most, &|n| format!("\"k{n}\":0,"))
            )),
        ),
        (
            "values of configz",
            passing().member(
                "configz/n.json",
                format!("{{\"kubeletconfig\":[{}1]}}", repeated("0,", most)),
            ),
        ),
        (
            "values of bundle.json",
            passing().with("x", vec![0; 7_000_000]),
        ),
        (
            "aliases of one text",
            one_file(anchors(&"x".repeat(1_000_000))),
        ),
        ("aliases of aliases", one_file(wide)),
        ("merge keys", one_file(merged)),
        (
            "a very long scalar",
            one_file(format!("{CONFIG}x: {}\n", "a b ".repeat(most / 4))),
        ),
        (
            "a very long quoted line",
            one_file(format!("{CONFIG}x: \"{}\"\n", "\\n".repeat(most / 2))),
        ),
        (
            "nested flow",
            one_file(format!(
                "{CONFIG}x: {}{}\n",
                "[".repeat(100_000),
                "]".repeat(100_000)
            )),
        ),
        (
            "documents of one file",
            one_file(format!("{CONFIG}{}", repeated("---\na: 1\n", most))),
        ),
        (
            "comments",
            one_file(format!("{CONFIG}{}", repeated("# a\n", most))),
        ),
        (
            "drop-ins",
            (0..9_000).fold(dir("n"), |b, n| b.file(&format!("/d/{n}.conf"), CONFIG)),
        ),
        (
            "drop-ins below links",
            (0..4_000).fold(dir("n"), |b, n| {
                b.stat_row(&format!("/d/l{n}"), "symlink", 1)
                    .file(&format!("/d/l{n}/{n}.conf"), CONFIG)
            }),
        ),
        (
            "loose configurations",
            (0..9_000).fold(Bundle::loose("n"), |b, n| {
                b.file(&format!("/etc/{n}/kubelet.yaml"), CONFIG)
            }),
        ),
        (
            "rows of stat.tsv",
            passing().member(
                "stat.tsv",
                format!(
                    "path\ttype\n{}",
                    numbered(most, &|n| format!("/{n}\tfile\n"))
                ),
            ),
        ),
        (
            "deep paths of stat.tsv",
            passing().member(
                "stat.tsv",
                format!(
                    "path\ttype\n{}",
                    numbered(most, &|n| format!("/{n}{}\tdir\n", "/a".repeat(1_000)))
                ),
            ),
        ),
        (
            "a journal",
            list("root 7 1 0 1:00 ? 0:00 /usr/local/bin/k3s server\n".to_owned()).member(
                "commands/journal-k3s.txt",
                numbered(most, &|n| {
                    format!("x k3s[7]: level=info msg=\"Running kubelet --v={n}\"\n")
                }),
            ),
        ),
        (
            "one line of a journal",
            list("root 7 1 0 1:00 ? 0:00 /usr/local/bin/k3s server\n".to_owned()).member(
                "commands/journal-k3s.txt",
                format!(
                    "x k3s[7]: level=info msg=\"Running kubelet {}\"\n",
                    repeated("a ", most)
                ),
            ),
        ),
        ("units", many_units),
        ("configz of many nodes", many_configz),
        (
            "nodes of the API",
            Bundle::cluster("c").member(
                "api/nodes.json",
                format!("{{\"items\":[{}0]}}", repeated("{},", most)),
            ),
        ),
        (
            "a file of arguments",
            list("root 7 1 0 1:00 ? 0:00 /snap/microk8s/1/kubelite\n".to_owned()).file(
                "/var/snap/microk8s/current/args/kubelet",
                repeated("a ", most),
            ),
        ),
        ("an environment file", {
            let show = "Id=kubelet.service\nMainPID=42\nFragmentPath=/u\nNeedDaemonReload=no\nDropInPaths=\n";
            let unit = "[Service]\nEnvironmentFile=/e\nExecStart=/usr/bin/kubelet $A\n";
            passing()
                .member("commands/systemctl-show.txt", show)
                .file("/u", unit)
                .file("/e", numbered(most, &|n| format!("a{n}=1\n")))
        }),
        ("skips", {
            let skip = json!({"path": "/a", "reason": "absent"});
            passing().with("skipped", vec![skip; 40_000])
        }),
        (
            "rows of one path",
            passing().member(
                "stat.tsv",
                format!("path\ttype\n{}", "/c.yaml\tfile\n".repeat(99_000)),
            ),
        ),
        (
            "everything that is no UTF-8",
            passing().member(
                "commands/ps-ef.txt",
                [
                    ps("root 7 1 0 1:00 ? 0:00 kubelet ".to_owned()).into_bytes(),
                    vec![0xff; most],
                ]
                .concat(),
            ),
        ),
        (
            "keys given twice below a long one, in JSON",
            one_file(format!(
                "{{\"{}\":{{{}\"x\":1}}}}",
                "k".repeat(most / 2),
                repeated("\"a\":0,", 600_000)
            )),
        ),
        (
            "keys given twice below a long one, in YAML",
            one_file(format!(
                "{CONFIG}? {}\n: {{{}x: 1}}\n",
                "k".repeat(most / 2),
                repeated("a: 0, ", 600_000)
            )),
        ),
        (
            "a very long name",
            Bundle::node("n")
                .with("node", "n".repeat(most / 3))
                .with("cluster", "c".repeat(most / 3))
                .with("collected_at", "2".repeat(most / 4))
                .member("files/x", "x"),
        ),
        (
            "a very long name in the API",
            Bundle::cluster("c").member(
                "api/nodes.json",
                format!(
                    "{{\"items\":[{{\"metadata\":{{\"name\":\"{}\"}}}}]}}",
                    "n".repeat(most)
                ),
            ),
        ),
        (
            "a very long value",
            one_file(config(&format!(
                "tlsMinVersion: {}\nauthorization: {{mode: {}}}\n",
                "x".repeat(most / 2),
                "y".repeat(most / 3)
            ))),
        ),
        (
            "a very long version",
            passing().member("commands/kubelet-version.txt", "v1.".repeat(most / 3)),
        ),
        ("four lists that are no UTF-8", {
            let text = [
                ps("root 7 1 0 1:00 ? 0:00 kubelet ".to_owned()).into_bytes(),
                vec![0xff; most],
            ]
            .concat();
            let lists = ["ps-ef", "ps-a", "ps-b", "ps-c"];
            lists.iter().fold(Bundle::node("n"), |b, n| {
                b.member(&format!("commands/{n}.txt"), &text)
            })
        }),
        (
            "four long command lines",
            (1..5).fold(Bundle::node("n"), |b, n| {
                b.member(
                    &format!("proc/{n}/cmdline"),
                    [b"kubelet\0".to_vec(), vec![0xff; most]].concat(),
                )
            }),
        ),
        (
            "checksums",
            passing().member(
                "SHA256SUMS",
                numbered(most, &|n| format!("{n:064x}  f{n}\n")),
            ),
        ),
    ]
}

/// What takes no more than this is too little to tell how it grows.
const SHORT: f64 = 4.0;

#[test]
fn the_worst_of_any_one_file_is_bounded_and_its_time_grows_with_its_size_alone() {
    let mut wrong = String::new();
    let judged = |about: &str, mut bundle: Bundle| {
        let lab = Lab::new();
        bundle.sums = bundle.sums && about != "checksums";
        lab.add("in/n.tgz", &bundle);
        (measured(&lab), lab)
    };
    let quarters = bombs(LARGEST / 4);
    for ((about, bundle), (_, quarter)) in bombs(LARGEST).into_iter().zip(quarters) {
        let ((memory, cpu, code), lab) = judged(about, bundle);
        println!("{about}: {cpu:.1} s, {} MiB", memory >> 10);
        if memory > MOST_MEMORY || ![0, 3].contains(&code) {
            let _ = writeln!(wrong, "{about}: {} MiB, exit code {code}", memory >> 10);
            continue;
        }
        // Four times the size takes four times the time, and sixteen times where it is compared pair by pair.
        if cpu > SHORT {
            let ((_, of_quarter, _), _) = judged(about, quarter);
            println!("{about}, a quarter: {of_quarter:.1} s");
            if cpu > 8.0 * of_quarter {
                let _ = writeln!(wrong, "{about}: {cpu:.1} s, a quarter {of_quarter:.1} s");
            }
        }
        let text = std::fs::read_to_string(lab.path("x.jsonl")).unwrap();
        let verdicts = rows(&text);
        let is_of_api = about.ends_with("the API");
        assert!(!verdicts.is_empty() || is_of_api, "{about}");
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

/// Objects of a cluster are judged while they are read: memory does not grow with what no rule reads.
#[test]
fn the_pods_of_a_large_cluster_are_not_held() {
    let lab = Lab::new();
    let filler = "x".repeat(4_000);
    let pods: Vec<String> = (0..5_000)
        .map(|n| {
            json!({"kind": "Pod", "metadata": {"name": format!("web-{n}"), "namespace": "shop",
                "annotations": {"filler": &filler}, "managedFields": [{"filler": "x"}]},
                "spec": {"containers": [{"name": "app", "image": "registry.example/app:1",
                    "env": [{"name": "A", "value": "b"}],
                    "securityContext": {"privileged": n == 4_999}}]}})
            .to_string()
        })
        .collect();
    let list = format!("{{\"kind\":\"List\",\"items\":[{}]}}", pods.join(","));
    assert!(list.len() > 20 << 20);
    let bundle = Bundle::cluster("prod").member("api/pods.json", list);
    lab.add("in/c.tgz", &bundle);
    let (memory, _, _) = measured(&lab);
    assert!(memory < 64 << 10, "{memory} KiB");
    let (rows, _) = rows_of(&lab, &["-c", "5.2.2"]);
    assert_eq!(rows[0]["actual"], "shop/web-4999 (app)");
    assert_eq!(
        rows[0]["evidence"][0],
        "api/pods.json#/items/4999/spec/containers/0"
    );
}

/// The packed and the unpacked bundle, and one in an archive of bundles, have the same rows.
#[test]
fn objects_are_the_same_however_they_arrive() {
    let pod = |name: &str| {
        json!({"kind": "Pod", "metadata": {"name": name, "namespace": "shop"}, "spec": {
            "hostPID": name == "b", "containers": [{"name": "app"}]}})
    };
    let list = json!({"kind": "List", "items": [pod("a"), pod("b")]}).to_string();
    let bundle = Bundle::cluster("prod").member("api/pods.json", &list);
    let rows = |lab: &Lab| {
        let (rows, _) = rows_of(lab, &["-c", "5.2.3"]);
        let own = |key: &str| rows[0][key].clone();
        (
            rows.len(),
            own("verdict"),
            own("evidence"),
            own("evidence_sha256"),
        )
    };
    let packed = Lab::new();
    packed.add("in/c.tgz", &bundle);
    let wanted = (
        1,
        json!("fail"),
        json!(["api/pods.json#/items/1"]),
        json!([nodeproof::bundle::sha256_hex(list.as_bytes())]),
    );
    assert_eq!(rows(&packed), wanted);
    let unpacked = Lab::new();
    let nested = Lab::new();
    let mut outer = tar::Builder::new(Vec::new());
    for (name, bytes) in bundle.files() {
        unpacked.put(&format!("in/{name}"), &bytes);
        append(&mut outer, &format!("all/{name}"), &bytes);
    }
    assert_eq!(rows(&unpacked), wanted);
    nested.put("in/all.tar", &outer.into_inner().unwrap());
    assert_eq!(rows(&nested), wanted);
    let zipped = Lab::new();
    zipped.put("in/c.zip", &zip_of(&bundle.tar()));
    assert_eq!(rows(&zipped), wanted);
}

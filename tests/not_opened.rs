//! Bundles that are left closed because reading them ends the program; and the list of what is there.

use std::fs;

use crate::support::*;

const ASKED: [&str; 6] = ["-b", "cis-1.12", "-c", "4.2.6", "--as-of", "2026-11-27"];

/// A cluster that lends, nodes, an unpacked bundle, one that is cut off, and a text.
fn fleet() -> Lab {
    let lab = Lab::new();
    let node = |n: usize| {
        Bundle::node(&format!("n{n}"))
            .of_machine(n)
            .kubelet(&["--v=2"])
    };
    for n in 0..5 {
        lab.add(&format!("fleet/eu/n{n}.tgz"), &node(n));
    }
    lab.add(
        "fleet/cluster.tgz",
        &Bundle::cluster("test").live("n0", false),
    );
    for (name, bytes) in node(7).files() {
        lab.put(&format!("fleet/n7/{name}"), &bytes);
    }
    lab.put("fleet/eu/broken.tgz", b"\x1f\x8bnothing");
    lab.put("fleet/eu/notes.txt", b"no bundle");
    lab
}

fn judged(lab: &Lab, more: &[&str]) -> Ran {
    let ran = lab.run(&[&["analyze"], &ASKED[..], &["--format", "jsonl"], more].concat());
    assert!([0, 3].contains(&ran.code), "{more:?}: {}", ran.stderr);
    ran
}

/// Bundle, verdict and reason code of each row.
fn told(ran: &Ran) -> Vec<String> {
    let rows = rows(&ran.stdout);
    let told = rows.iter().map(|row| {
        let bundle = row["bundle"].as_str().unwrap();
        format!("{bundle} {}", outcome(row))
    });
    told.collect()
}

#[test]
fn a_bundle_that_is_not_opened_is_an_error_row_and_the_others_are_judged() {
    let lab = fleet();
    let whole = told(&judged(&lab, &["fleet"]));
    assert!(
        whole.contains(&"eu/n0.tgz fail configz-sets-it".to_owned()),
        "{whole:#?}"
    );
    // Any spelling that a list may have, in any order.
    lab.put("closed", b"./n7\r\neu/broken.tgz\n\neu/n3.tgz\n");
    let ran = judged(&lab, &["fleet", "--not-opened", "closed"]);
    assert_eq!(ran.code, 3);
    let closed = ["eu/broken.tgz", "eu/n3.tgz", "n7"];
    let expected = whole.iter().map(|line| {
        let bundle = line.split(' ').next().unwrap();
        match closed.contains(&bundle) {
            true => format!("{bundle} error ended-program"),
            false => line.clone(),
        }
    });
    assert_eq!(told(&ran), expected.collect::<Vec<_>>());
    let row = rows(&ran.stdout)
        .into_iter()
        .find(|row| row["bundle"] == "eu/n3.tgz");
    let row = row.unwrap();
    for nothing in ["node", "cluster", "control", "bundle_sha256"] {
        assert!(row[nothing].is_null(), "{row:#}");
    }
    assert!(row["remediation"].as_str().unwrap().contains("more memory"));
    // On a list, one that is not even there.
    lab.put("list", b"eu/n0.tgz\neu/n77.tgz\neu/n1.tgz\n");
    lab.put("gone", b"eu/n77.tgz\n");
    let ran = judged(&lab, &["fleet", "--list", "list", "--not-opened", "gone"]);
    let of_gone = "eu/n77.tgz error ended-program".to_owned();
    assert!(told(&ran).contains(&of_gone), "{}", ran.stdout);
    // A PATH that is the bundle itself.
    lab.put("typed", b"n1.tgz\n");
    let ran = judged(&lab, &["fleet/eu/n1.tgz", "--not-opened", "typed"]);
    assert_eq!(told(&ran), ["n1.tgz error ended-program"]);
    // Nobody borrows from a cluster's bundle that is closed.
    lab.put("lender", b"cluster.tgz\n");
    let told = told(&judged(&lab, &["fleet", "--not-opened", "lender"]));
    assert!(
        !told.iter().any(|line| line.contains("configz")),
        "{told:#?}"
    );
    assert!(told.contains(&"cluster.tgz error ended-program".to_owned()));
}

#[test]
fn a_name_of_no_bundle_is_refused() {
    let lab = fleet();
    for (names, why) in [
        (
            &b"eu/n3.tgz\neu/n33.tgz\n"[..],
            "line 2: `eu/n33.tgz` is none",
        ),
        // A folder that holds bundles is none.
        (b"eu\n", "line 1: `eu` is none"),
        (b"fleet\n", "line 1: `fleet` is none"),
    ] {
        lab.put("closed", names);
        let ran = lab.run(&["analyze", "fleet", "--not-opened", "closed", "-o", "m.csv"]);
        assert_eq!(ran.code, 2, "{}", ran.stderr);
        assert!(ran.stderr.contains(why), "{}", ran.stderr);
        assert!(!lab.path("m.csv").exists());
    }
    let ran = lab.run(&["analyze", "fleet", "--not-opened", "nowhere"]);
    assert_eq!(ran.code, 2);
    assert!(
        ran.stderr.contains("nowhere: cannot be read"),
        "{}",
        ran.stderr
    );
}

#[test]
fn shards_that_leave_the_same_bundles_closed_merge_to_the_bytes_of_one_run_and_others_are_refused()
{
    let lab = fleet();
    lab.put("closed", b"eu/n3.tgz\nn7\n");
    lab.put("more", b"eu/n3.tgz\nn7\neu/n1.tgz\n");
    let one = [
        &["analyze", "fleet"],
        &ASKED[..],
        &["--not-opened", "closed"],
    ]
    .concat();
    lab.run(&[&one[..], &["-o", "one.json", "-o", "one.csv"]].concat());
    for (shard, closed, name) in [
        ("1/2", Some("closed"), "1"),
        ("2/2", Some("closed"), "2"),
        ("2/2", Some("more"), "other"),
        ("2/2", None, "open"),
    ] {
        let own = [
            &["analyze", "fleet"],
            &ASKED[..],
            &["--shard", shard, "-o", name],
        ]
        .concat();
        let closed: Vec<&str> = closed
            .into_iter()
            .flat_map(|f| ["--not-opened", f])
            .collect();
        let ran = lab.run(&[&own[..], &closed].concat());
        assert!([0, 3].contains(&ran.code), "{}", ran.stderr);
    }
    let merged = lab.run(&["merge", "1", "2", "-o", "m.json", "-o", "m.csv"]);
    assert_eq!(merged.code, 3, "{}", merged.stderr);
    for ending in ["json", "csv"] {
        let read = |name: &str| fs::read(lab.path(&format!("{name}.{ending}"))).unwrap();
        assert!(read("m") == read("one"), "{ending}");
    }
    for other in ["other", "open"] {
        let ran = lab.run(&["merge", "1", other, "-o", "refused.csv"]);
        assert_eq!(ran.code, 2, "{}", ran.stderr);
        assert!(
            ran.stderr.contains("differ in `made_with.command`"),
            "{}",
            ran.stderr
        );
    }
}

#[test]
fn the_list_of_a_folder_is_what_is_judged_there() {
    let lab = fleet();
    let whole = judged(&lab, &["fleet"]);
    for null in [&[][..], &["--null"]] {
        let ran = nodeproof(lab.folder.path(), &[&["list", "./fleet/"], null].concat());
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        lab.put("list", ran.stdout.as_bytes());
        let ran = judged(&lab, &["fleet", "--list", "list"]);
        assert_eq!(ran.stdout, whole.stdout);
    }
    lab.put("empty/notes.txt", b"no bundle");
    for (path, why) in [
        ("empty", "no bundle in empty"),
        ("fleet/n7", "is a bundle itself"),
        ("fleet/eu/n1.tgz", "is a bundle itself"),
        ("nowhere", "does not exist"),
    ] {
        let ran = nodeproof(lab.folder.path(), &["list", path]);
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{}", ran.stderr);
        assert!(ran.stderr.contains(why), "{}", ran.stderr);
    }
    // A name that would be two lines.
    lab.add("fleet/a\nb.tgz", &Bundle::node("n9").kubelet(&["--v=2"]));
    let ran = nodeproof(lab.folder.path(), &["list", "fleet"]);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("add --null"), "{}", ran.stderr);
    let ran = nodeproof(lab.folder.path(), &["list", "fleet", "-0"]);
    assert!(ran.stdout.contains("a\nb.tgz\0"), "{}", ran.stdout);
}

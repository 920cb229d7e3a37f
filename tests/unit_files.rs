//! A unit is all of its files, and a filter of its addresses filters something.

use serde_json::json;

use crate::support::cases::{Cases, ROOT, metadata};
use crate::support::*;

const MODE: &str = "cis-1.12:4.1.1";
const OWNER: &str = "cis-1.12:4.1.2";
const DROP_IN: &str = "/etc/systemd/system/kubelet.service.d/10-kubeadm.conf";
const OWN: &str = "/etc/systemd/system/kubelet.service";
const LIB: &str = "/lib/systemd/system/kubelet.service";
const USR: &str = "/usr/lib/systemd/system/kubelet.service";
const SNAP: &str = "/etc/systemd/system/snap.kubelet.daemon.service";
const PASS: &str = "pass file-metadata-shows";
const FAIL: &str = "fail file-metadata-shows";

type File<'a> = (&'a str, &'a str, &'a str);

/// Files by path, mode and owner; the others of the list are not there.
fn on_disk(files: &[File<'_>]) -> Bundle {
    let mut rows: Vec<(&str, &str, &str, &str, &str)> = Vec::new();
    for (path, mode, owner) in files {
        rows.push((path, "file", mode, owner, ""));
    }
    for path in [DROP_IN, OWN, LIB, USR, SNAP] {
        if !files.iter().any(|(there, ..)| *there == path) {
            rows.push((path, "absent", "", "", ""));
        }
    }
    Bundle::node("n").member("stat.tsv", metadata(&rows))
}

fn shown(bundle: Bundle, text: &str) -> Bundle {
    let text = format!("Id=kubelet.service\nLoadState=loaded\nActiveState=active\n{text}");
    bundle.member("commands/systemctl-show.txt", text)
}

#[test]
fn the_worst_file_of_a_unit_decides() {
    const OTHER: &str = "7:7:kube:kube";
    let more = "/etc/systemd/system/kubelet.service.d/20-more.conf";
    let vendor = "/usr/lib/systemd/system/kubelet.service.d/10-kubeadm.conf";
    let vendor_more = "/usr/lib/systemd/system/kubelet.service.d/30.conf";
    let run = "/run/systemd/system/kubelet.service.d/50.conf";
    let mut cases = Cases::default();
    for (about, good, bad, wanted) in [
        ("the unit behind a drop-in", vec![DROP_IN], vec![USR], FAIL),
        ("the unit behind a drop-in", vec![DROP_IN], vec![LIB], FAIL),
        ("the unit behind a drop-in", vec![DROP_IN], vec![OWN], FAIL),
        ("a drop-in of the unit", vec![USR], vec![DROP_IN], FAIL),
        ("another drop-in", vec![DROP_IN, USR], vec![more], FAIL),
        (
            "a drop-in of the distribution",
            vec![USR],
            vec![vendor],
            FAIL,
        ),
        ("a drop-in of this run", vec![USR, DROP_IN], vec![run], FAIL),
        (
            "both of the distribution's folders",
            vec![LIB],
            vec![USR],
            FAIL,
        ),
        (
            "all good",
            vec![DROP_IN, USR, more, run, vendor_more],
            vec![],
            PASS,
        ),
        ("below /usr/lib alone", vec![USR], vec![], PASS),
        ("a snap alone", vec![SNAP], vec![], PASS),
        ("a snap alone", vec![], vec![SNAP], FAIL),
        (
            "a unit before one of another name",
            vec![OWN],
            vec![SNAP],
            PASS,
        ),
        // What an administrator's file stands in the place of is not read.
        ("a unit of its own", vec![OWN], vec![USR], PASS),
        (
            "a drop-in of its own",
            vec![OWN, DROP_IN],
            vec![vendor],
            PASS,
        ),
        (
            "a note beside drop-ins",
            vec![OWN],
            vec!["/etc/systemd/system/kubelet.service.d/README"],
            PASS,
        ),
    ] {
        for (control, good_mode, bad_mode, other) in
            [(MODE, "600", "666", ROOT), (OWNER, "600", "600", OTHER)]
        {
            let files: Vec<File<'_>> = good
                .iter()
                .map(|path| (*path, good_mode, ROOT))
                .chain(bad.iter().map(|path| (*path, bad_mode, other)))
                .collect();
            cases.add(about, control, on_disk(&files), wanted);
        }
    }
    cases.judge();
}

#[test]
fn the_files_that_systemd_names_count() {
    let far = "/opt/units/kubelet.service";
    let far_drop_in = "/opt/units/extra.conf";
    let names = |fragment: &str, drop_ins: &str| {
        format!("FragmentPath={fragment}\nDropInPaths={drop_ins}\nNeedDaemonReload=no\n")
    };
    let mut cases = Cases::default();
    let mut add = |about, files: &[File<'_>], text: &str, wanted| {
        cases.add(about, MODE, shown(on_disk(files), text), wanted);
    };
    let good = |path| (path, "600", ROOT);
    let bad = |path| (path, "666", ROOT);
    add(
        "both good",
        &[good(USR), good(DROP_IN)],
        &names(USR, DROP_IN),
        PASS,
    );
    add(
        "the fragment",
        &[bad(USR), good(DROP_IN)],
        &names(USR, DROP_IN),
        FAIL,
    );
    add(
        "the drop-in",
        &[good(USR), bad(DROP_IN)],
        &names(USR, DROP_IN),
        FAIL,
    );
    add("elsewhere", &[good(USR), bad(far)], &names(far, ""), FAIL);
    add("elsewhere", &[bad(USR), good(far)], &names(far, ""), PASS);
    let two = format!("{DROP_IN} {far_drop_in}");
    add(
        "the second drop-in",
        &[good(USR), good(DROP_IN), bad(far_drop_in)],
        &names(USR, &two),
        FAIL,
    );
    add(
        "not looked at",
        &[good(USR), good(DROP_IN)],
        &names(USR, &two),
        "unknown file-not-collected",
    );
    add(
        "not looked at",
        &[good(DROP_IN)],
        &names("/opt/x.service", DROP_IN),
        "unknown file-not-collected",
    );
    add(
        "under its other name",
        &[good(USR)],
        &names("/lib/systemd/system/kubelet.service", ""),
        PASS,
    );
    add(
        "under its other name",
        &[bad(USR)],
        &names("/lib/systemd/system/kubelet.service", ""),
        FAIL,
    );
    // What was written after systemd read the unit is what the next start takes.
    let stale = names(USR, "").replace("NeedDaemonReload=no", "NeedDaemonReload=yes");
    add("a new drop-in", &[good(USR), bad(DROP_IN)], &stale, FAIL);
    add(
        "a new drop-in, good",
        &[good(USR), good(DROP_IN)],
        &stale,
        PASS,
    );
    let fragment = format!("FragmentPath={USR}\n");
    add(
        "drop-ins not asked for",
        &[good(USR), bad(DROP_IN)],
        &fragment,
        FAIL,
    );
    add("no such unit", &[bad(USR)], "LoadState=not-found\n", FAIL);
    let rows = cases.judge();
    let evidence = rows[0]["evidence"].to_string();
    assert!(
        evidence.contains("commands/systemctl-show.txt:4"),
        "{evidence}"
    );
}

#[test]
fn the_unit_of_the_running_kubelet_counts_whatever_its_name() {
    let own = "/etc/systemd/system/kubelet-1.31.service";
    let text = format!(
        "Id=kubelet-1.31.service\nLoadState=loaded\nMainPID=42\nFragmentPath={own}\nDropInPaths=\nNeedDaemonReload=no\n"
    );
    let mut cases = Cases::default();
    for (mode, wanted) in [("600", PASS), ("666", FAIL)] {
        let bundle = on_disk(&[(own, mode, ROOT), (USR, "644", ROOT)])
            .kubelet(&["--v=2"])
            .member("commands/systemctl-show.txt", &text);
        cases.add(mode, MODE, bundle, wanted);
    }
    cases.judge();
}

#[test]
fn a_filter_that_lets_everything_through_is_none() {
    const FILTER: &str = "cis-1.11:4.2.15";
    let command = json!([{"argv": "systemctl show --no-pager kubelet.service",
        "member": "commands/systemctl-show.txt", "exit": 0, "at": "2026-11-20T12:00:00Z"}]);
    let mut cases = Cases::default();
    let mut add = |allow: &str, wanted| {
        let text = format!("IPAddressAllow={allow}\nIPAddressDeny=::/0 0.0.0.0/0\n");
        let bundle = shown(Bundle::node("n").with("commands", command.clone()), &text);
        cases.add(allow, FILTER, bundle, wanted);
    };
    let fails = [
        "::/0 0.0.0.0/0",
        "0.0.0.0/0",
        "::/0",
        "any",
        "0.0.0.0/1 128.0.0.0/1",
        "128.0.0.0/1 10.0.0.0/8 0.0.0.0/1",
        "::/1 8000::/1",
        "0.0.0.0/2 64.0.0.0/2 128.0.0.0/1",
    ];
    for allow in fails {
        add(allow, "fail unit-shows by unit");
    }
    for allow in [
        "",
        "127.0.0.0/8 ::1/128",
        "10.0.0.0/24 127.0.0.0/8",
        "0.0.0.0/1",
        "0.0.0.0/1 ::/1",
        "0.0.0.0/1 128.0.0.0/2",
    ] {
        add(allow, "pass unit-shows by unit");
    }
    for row in &cases.judge()[..fails.len()] {
        let reason = row["reason"].as_str().unwrap();
        assert!(
            reason.contains("IPAddressAllow, which wins over it"),
            "{reason}"
        );
    }
}

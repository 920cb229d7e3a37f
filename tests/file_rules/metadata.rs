//! What the rows of one file say: links, kinds, modes, owners, and the table itself.

use super::*;

fn table(text: &str) -> Bundle {
    Bundle::node("n").member("stat.tsv", text)
}

fn link<'a>(path: &'a str, target: &'a str) -> Row<'a> {
    (path, "symlink", "777", ROOT, target)
}

#[test]
fn a_link_is_followed_to_its_end() {
    let mut cases = Cases::default();
    let mut add = |about, rows: &[Row<'_>], wanted| cases.add(about, UNIT_MODE, stat(rows), wanted);
    for (mode, wanted) in [
        ("600", "pass file-metadata-shows by file-metadata"),
        ("644", "fail file-metadata-shows by file-metadata"),
    ] {
        let end = |path| (path, "file", mode, ROOT, "");
        add("one hop", &[link(UNIT, "/opt/u"), end("/opt/u")], wanted);
        let several = [
            link(UNIT, "../a.link"),
            link("/etc/systemd/system/a.link", "/opt/b/../c"),
            link("/opt/c", "./d"),
            end("/opt/d"),
        ];
        add("relative hops", &several, wanted);
        // Rows stand in any order.
        let mut turned = several;
        turned.reverse();
        add("in another order", &turned, wanted);
    }
    let dangling = [link(UNIT, "/opt/u"), ("/opt/u", "absent", "", "", "")];
    add("dangling", &dangling, "unknown file-not-on-node by none");
    add(
        "target not looked at",
        &[link(UNIT, "/opt/u")],
        "unknown file-not-collected by none",
    );
    let round = [link(UNIT, "/a"), link("/a", UNIT)];
    add("a loop", &round, "unknown file-not-collected by none");
    add(
        "itself",
        &[link(UNIT, UNIT)],
        "unknown file-not-collected by none",
    );
    let no_target = [(UNIT, "symlink", "777", ROOT, "")];
    add(
        "no target",
        &no_target,
        "unknown file-not-collected by none",
    );
    let hidden = [link(UNIT, "/opt/u"), ("/opt/u", "unreadable", "", "", "")];
    add(
        "target unreadable",
        &hidden,
        "unknown file-not-collected by none",
    );
    let proxy = [
        link("/etc/kubernetes/proxy.conf", "/gone"),
        ("/gone", "absent", "", "", ""),
    ];
    cases.add(
        "dangling, if it exists",
        PROXY_MODE,
        stat(&proxy),
        "not-applicable file-not-on-node by none",
    );
    let rows = cases.judge();
    let several = rows[1]["evidence"].to_string();
    for line in 2..=5 {
        assert!(several.contains(&format!("stat.tsv:{line}")), "{several}");
    }
}

#[test]
fn what_is_no_file_is_not_judged_as_one() {
    let mut cases = Cases::default();
    let mut add = |about, control, rows: &[Row<'_>], wanted| {
        cases.add(about, control, stat(rows), wanted);
    };
    let unknown = "unknown file-not-on-node by none";
    add(
        "a directory",
        UNIT_MODE,
        &[(UNIT, "dir", "700", ROOT, "")],
        unknown,
    );
    add(
        "a strict directory",
        UNIT_MODE,
        &[(UNIT, "dir", "600", ROOT, "")],
        unknown,
    );
    add(
        "a directory",
        UNIT_OWNER,
        &[(UNIT, "dir", "700", ROOT, "")],
        unknown,
    );
    add(
        "a link to a directory",
        UNIT_MODE,
        &[link(UNIT, "/opt/u"), ("/opt/u", "dir", "600", ROOT, "")],
        unknown,
    );
    add(
        "unreadable",
        UNIT_MODE,
        &[(UNIT, "unreadable", "", "", "")],
        "unknown file-not-collected by none",
    );
    cases.judge();
}

#[test]
fn every_bit_of_a_mode_counts() {
    let mut cases = Cases::default();
    for (mode, wanted) in [
        ("600", "pass"),
        ("0600", "pass"),
        ("400", "pass"),
        ("000", "pass"),
        ("0", "pass"),
        ("200", "pass"),
        ("601", "fail"),
        ("610", "fail"),
        ("640", "fail"),
        ("700", "fail"),
        ("1600", "fail"),
        ("2600", "fail"),
        ("4600", "fail"),
        ("7777", "fail"),
        // No mode: that row is no row.
        ("-", "unknown file-not-collected"),
        ("", "unknown file-not-collected"),
        ("rw-------", "unknown file-not-collected"),
        ("17600", "unknown file-not-collected"),
        ("0x180", "unknown file-not-collected"),
    ] {
        let bundle = stat(&[(UNIT, "file", mode, ROOT, "")]);
        cases.add(mode, UNIT_MODE, bundle, wanted);
    }
    cases.judge();
}

#[test]
fn number_0_is_root_whatever_its_name() {
    let mut cases = Cases::default();
    for (owner, wanted) in [
        ("0:0:root:root", "pass"),
        ("0:0::", "pass"),
        ("0:0:UNKNOWN:UNKNOWN", "pass"),
        ("0:0:toor:wheel", "pass"),
        ("::root:root", "pass"),
        ("1000:0:root:root", "fail"),
        ("0:1000:root:root", "fail"),
        ("1000:1000::", "fail"),
        ("65534:65534:nobody:nogroup", "fail"),
        ("0:0:root:", "pass"),
        ("0::root:", "unknown file-not-collected"),
        (":::", "unknown file-not-collected"),
        ("-:-:-:-", "unknown file-not-collected"),
        ("x:0:root:root", "unknown file-not-collected"),
    ] {
        let bundle = stat(&[(UNIT, "file", "600", owner, "")]);
        cases.add(owner, UNIT_OWNER, bundle, wanted);
    }
    let rows = cases.judge();
    assert_eq!(rows[7]["actual"], "1000:1000");
}

#[test]
fn a_table_is_read_by_the_names_of_its_columns() {
    const FAIL: &str = "fail file-metadata-shows";
    let mut cases = Cases::default();
    let mut add = |about, text: &str, wanted| {
        cases.add(about, UNIT_MODE, table(text), wanted);
    };
    let row = format!("644\tx\t{UNIT}\tfile\t0\n");
    add(
        "another order, an unknown column",
        &format!("mode\tselinux\tpath\ttype\tuid\n{row}"),
        FAIL,
    );
    add(
        "CRLF",
        &format!("path\ttype\tmode\r\n{UNIT}\tfile\t644\r\n"),
        FAIL,
    );
    add(
        "a mark of byte order",
        &format!("\u{feff}path\ttype\tmode\n{UNIT}\tfile\t644\n"),
        FAIL,
    );
    add(
        "no last newline",
        &format!("path\ttype\tmode\n{UNIT}\tfile\t644"),
        FAIL,
    );
    add(
        "the same row twice",
        &format!("path\ttype\tmode\n{UNIT}\tfile\t644\n{UNIT}\tfile\t0644\n"),
        FAIL,
    );
    const UNKNOWN: &str = "unknown file-not-collected by none";
    add(
        "no column of modes",
        &format!("path\ttype\n{UNIT}\tfile\n"),
        UNKNOWN,
    );
    add(
        "a cell too few",
        &format!("path\ttype\tmode\n{UNIT}\tfile\n"),
        UNKNOWN,
    );
    add(
        "a cell too many",
        &format!("path\ttype\tmode\n{UNIT}\tfile\t600\tx\n"),
        UNKNOWN,
    );
    add("no header", &format!("{UNIT}\tfile\t600\n"), UNKNOWN);
    add(
        "a column twice",
        &format!("path\ttype\tmode\tmode\n{UNIT}\tfile\t600\t600\n"),
        UNKNOWN,
    );
    add("empty", "", UNKNOWN);
    cases.judge();
}

#[test]
fn rows_that_contradict_each_other_decide_nothing() {
    let file = |path, mode| (path, "file", mode, ROOT, "");
    let absent = |path| (path, "absent", "", "", "");
    let mut cases = Cases::default();
    let mut add = |about, control, rows: &[Row<'_>]| {
        cases.add(
            about,
            control,
            stat(rows),
            "unknown file-not-collected by none",
        );
    };
    add(
        "two modes",
        UNIT_MODE,
        &[file(UNIT, "600"), file(UNIT, "644")],
    );
    add(
        "two modes",
        UNIT_MODE,
        &[file(UNIT, "644"), file(UNIT, "600")],
    );
    const PROXY: &str = "/etc/kubernetes/proxy.conf";
    for (about, control, path) in [
        ("there and not", UNIT_MODE, UNIT),
        ("there and not, if it exists", PROXY_MODE, PROXY),
    ] {
        add(about, control, &[file(path, "600"), absent(path)]);
        add(about, control, &[absent(path), file(path, "600")]);
        add(about, control, &[absent(path), file(path, "666")]);
    }
    add(
        "a link and a file",
        UNIT_MODE,
        &[
            file(UNIT, "644"),
            link(UNIT, "/opt/u"),
            file("/opt/u", "600"),
        ],
    );
    add(
        "a link to two files",
        UNIT_MODE,
        &[
            link(UNIT, "/opt/u"),
            link(UNIT, "/opt/v"),
            file("/opt/u", "600"),
            file("/opt/v", "644"),
        ],
    );
    add(
        "two modes behind a link",
        UNIT_MODE,
        &[
            link(UNIT, "/opt/u"),
            file("/opt/u", "600"),
            file("/opt/u", "644"),
        ],
    );
    add(
        "there and not behind a link",
        PROXY_MODE,
        &[
            link(PROXY, "/opt/u"),
            file("/opt/u", "600"),
            absent("/opt/u"),
        ],
    );
    cases.judge();
}

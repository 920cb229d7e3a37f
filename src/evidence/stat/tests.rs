use proptest::prelude::*;

use super::*;
use crate::limits::Limits;

const HEADER: &str =
    "path\ttype\tmode\tuid\tgid\towner\tgroup\tsize\tmtime\tctime\tsha256\ttarget\n";

fn table(rows: &str) -> String {
    format!("{HEADER}{rows}")
}

fn read(table: &str) -> Stat<'_> {
    parse(table.as_bytes(), &Limits::default()).unwrap()
}

#[test]
fn a_row_has_all_that_was_seen() {
    let digest = "AB".repeat(32);
    let text = table(&format!(
        "/a b\tfile\t4640\t0\t12\troot\tkube\t77\t1700000000\t-5\t{digest}\t\n\
         /l\tsymlink\t777\t0\t0\t\t\t\t\t\t\t../x\\ty\\\\\\n\n\
         /n\tabsent\t\t\t\t\t\t\t\t\t\t\n/u\tunreadable\t-\t-\t-\t-\t-\t-\t-\t-\t-\t\n\n"
    ));
    let stat = read(&text);
    assert_eq!(stat.problems, []);
    assert_eq!(
        stat.get("/a b").unwrap(),
        &StatRow {
            path: "/a b".into(),
            kind: FileType::File,
            mode: Some(0o4640),
            uid: Some(0),
            gid: Some(12),
            owner: Some("root".into()),
            group: Some("kube".into()),
            size: Some(77),
            mtime: Some(1_700_000_000),
            ctime: Some(-5),
            sha256: Some(digest.to_lowercase().into()),
            target: None,
            line: 2,
            source: 0,
        }
    );
    let link = stat.get("/l").unwrap();
    assert_eq!((link.kind, link.owner.as_ref()), (FileType::Symlink, None));
    assert_eq!(link.target.as_deref(), Some("../x\ty\\\n"));
    assert_eq!(stat.get("/n").unwrap().kind, FileType::Absent);
    let unreadable = stat.get("/u").unwrap();
    assert_eq!(
        (unreadable.kind, unreadable.mode),
        (FileType::Unreadable, None)
    );
    assert_eq!((unreadable.owner.as_ref(), unreadable.size), (None, None));
}

#[test]
fn columns_stand_in_any_order_among_others() {
    let stat = parse(
        b"selinux\ttype\tmode\tpath\r\nx\tdir\t0755\t/a\r\n",
        &Limits::default(),
    )
    .unwrap();
    let row = stat.get("/a").unwrap();
    assert_eq!(
        (row.kind, row.mode, row.uid),
        (FileType::Dir, Some(0o755), None)
    );
}

#[test]
fn a_path_is_found_with_all_its_rows_in_order() {
    let row = |path: &str, mode: u32| format!("{path}\tfile\t{mode}\t\t\t\t\t\t\t\t\t\n");
    let text = ["/b", "/a", "/b/c", "/b", "/"]
        .map(|path| row(path, 600))
        .concat();
    let text = table(&text);
    let stat = read(&text);
    let lines = |path: &str| stat.all(path).map(|row| row.line).collect::<Vec<_>>();
    assert_eq!(lines("/b"), [2, 5]);
    assert_eq!(lines("/a"), [3]);
    assert_eq!(lines("/c"), Vec::<u32>::new());
    assert_eq!(stat.get("/b").unwrap().line, 2);
    assert_eq!(stat.rows().len(), 5);
}

#[test]
fn a_row_that_cannot_be_read_costs_itself_alone() {
    let good = "/ok\tfile\t600\t0\t0\t\t\t\t\t\t\t\n";
    for (row, path, part) in [
        ("/a\tfile\n", Some("/a"), "2 cells"),
        (
            "/a\tfile\t600\t0\t0\t\t\t\t\t\t\t\t\n",
            Some("/a"),
            "13 cells",
        ),
        ("\tfile\t600\t0\t0\t\t\t\t\t\t\t\n", None, "no path"),
        ("/a\\x\tfile\t600\t0\t0\t\t\t\t\t\t\t\n", None, "escape"),
        ("/a\tsocket\t600\t0\t0\t\t\t\t\t\t\t\n", Some("/a"), "type"),
        ("/a\t\t600\t0\t0\t\t\t\t\t\t\t\n", Some("/a"), "type"),
        ("/a\tfile\t688\t0\t0\t\t\t\t\t\t\t\n", Some("/a"), "mode"),
        ("/a\tfile\t+600\t0\t0\t\t\t\t\t\t\t\n", Some("/a"), "mode"),
        ("/a\tfile\t100600\t0\t0\t\t\t\t\t\t\t\n", Some("/a"), "mode"),
        ("/a\tfile\t600\troot\t0\t\t\t\t\t\t\t\n", Some("/a"), "uid"),
        ("/a\tfile\t600\t0\t-1\t\t\t\t\t\t\t\n", Some("/a"), "gid"),
        (
            "/a\tfile\t600\t0\t0\t\t\t\tsoon\t\t\t\n",
            Some("/a"),
            "mtime",
        ),
        (
            "/a\tfile\t600\t0\t0\t\t\t\t\t\tabc\t\n",
            Some("/a"),
            "sha256",
        ),
    ] {
        let text = table(&format!("{row}{good}"));
        let stat = read(&text);
        assert_eq!(stat.rows().len(), 1, "{row}");
        let problem = &stat.problems[0];
        assert_eq!((problem.line, problem.path.as_deref()), (2, path), "{row}");
        assert!(problem.what.contains(part), "{row}: {}", problem.what);
    }
    let stat = parse(b"path\ttype\n/\xff\tfile\n/a\tfile\n", &Limits::default()).unwrap();
    assert_eq!((stat.rows().len(), stat.problems.len()), (1, 1));
}

#[test]
fn a_file_without_its_columns_is_no_stat() {
    for text in [
        "",
        "\n",
        "/a\tfile\n",
        "path\tmode\n",
        "type\n",
        "path\ttype\tpath\n",
    ] {
        assert!(
            parse(text.as_bytes(), &Limits::default()).is_err(),
            "{text:?}"
        );
    }
}

proptest! {
    #[test]
    fn any_path_reads_back_as_it_was_escaped(path in "(?s)/.{0,20}") {
        let escaped = path.replace('\\', "\\\\").replace('\t', "\\t").replace('\n', "\\n");
        let text = format!("type\tpath\nfile\t{escaped}\n");
        let stat = read(&text);
        prop_assert_eq!(stat.get(&path).map(|row| &*row.path), Some(&*path));
    }

    #[test]
    fn no_bytes_make_the_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = parse(&bytes, &Limits::default());
        let _ = parse(&[HEADER.as_bytes(), &bytes].concat(), &Limits::default());
    }
}

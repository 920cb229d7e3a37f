use std::os::unix::fs::symlink;

use super::*;
use crate::bundle::fixture::{Tar, bzip2, gzip, xz};
use crate::bundle::read;
use crate::limits::Limits;

struct Tree(tempfile::TempDir);

impl Tree {
    fn new(files: &[(&str, &[u8])]) -> Self {
        let tree = Self(tempfile::tempdir().unwrap());
        for (name, bytes) in files {
            let path = tree.path(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        }
        tree
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }
}

fn names(found: &Found) -> Vec<&str> {
    found
        .places
        .iter()
        .map(|place| place.name.as_str())
        .collect()
}

fn problems(found: &Found) -> Vec<String> {
    found.problems.iter().map(Problem::to_string).collect()
}

#[test]
fn a_folder_is_searched_by_ending_magic_and_mark() {
    let tar = Tar::of(&[("n/a", "1")]).end();
    let tree = Tree::new(&[
        ("s/a/z.tgz", b"anything"),
        ("s/a.tar", b""),
        ("s/b.zip", b""),
        ("s/c.txt", &tar),
        ("s/d", &gzip(&tar)),
        ("s/e.log.gz", &gzip(b"a log")),
        ("s/f.gz", &gzip(&tar)[..15]),
        ("s/g.csv", b"a,b"),
        ("s/h", b""),
        ("s/i.xz", b"\xfd7zXZ\0"),
        ("s/n1/commands/ps.tgz", b"1"),
        ("s/n2/bundle.json", b"{}"),
        ("s/n2/n3/bundle.json", b"{}"),
        ("s/n4/commands", b"not a folder"),
    ]);
    let found = find(&[tree.path("s")], &[]).unwrap();
    let wanted = [
        "a/z.tgz", "a.tar", "b.zip", "c.txt", "d", "f.gz", "i.xz", "n1", "n2",
    ];
    assert_eq!(names(&found), wanted);
    assert_eq!(found.skipped, 4);
    assert!(matches!(found.places[8].source, Source::Folder(_)));
    assert!(found.problems.is_empty());
}

#[test]
fn an_unpacked_machine_holds_no_bundles() {
    let module = bzip2(b"(type x)");
    let tree = Tree::new(&[
        ("s/etc/selinux/targeted/contexts/files/file_contexts", b"x"),
        ("s/etc/selinux/targeted/active/modules/100/x/cil", &module),
        ("s/etc/selinux/targeted/active/modules/100/x/hll", &module),
        ("s/var/log/old.log.xz", &xz(b"a log")),
    ]);
    let found = find(&[tree.path("s")], &[]).unwrap();
    assert!(names(&found).is_empty(), "{:?}", names(&found));
    let found = find(&[tree.path("s/etc")], &[]).unwrap();
    assert!(names(&found).is_empty(), "{:?}", names(&found));
}

#[test]
fn a_path_that_is_a_bundle_has_its_own_name() {
    let tree = Tree::new(&[
        ("a/x.txt", b"no archive"),
        ("a/n/files/f", b"1"),
        ("a/n/files/g", b"1"),
    ]);
    symlink(tree.path("a/x.txt"), tree.path("link.tgz")).unwrap();
    fs::write(tree.path("a/x.tar"), b"broken").unwrap();
    symlink(tree.path("a"), tree.path("folder")).unwrap();
    let found = |paths: &[&str]| {
        let paths: Vec<PathBuf> = paths.iter().map(|path| tree.path(path)).collect();
        find(&paths, &[]).unwrap()
    };
    assert!(found(&["a/x.txt"]).places.is_empty());
    assert_eq!(found(&["a/x.txt"]).skipped, 1);
    assert_eq!(names(&found(&["a/x.tar"])), ["x.tar"]);
    assert_eq!(names(&found(&["a/n"])), ["n"]);
    assert_eq!(names(&found(&["a/n/files/.."])), ["n"]);
    assert_eq!(names(&found(&["link.tgz"])), ["link.tgz"]);
    assert_eq!(names(&found(&["folder"])), ["n", "x.tar"]);
    assert_eq!(names(&found(&["a/n", "a/x.tar"])), ["n", "x.tar"]);
    assert_eq!(names(&found(&["a/x.tar", "a"])), ["n", "x.tar"]);
}

#[test]
fn the_same_file_is_read_once() {
    let tree = Tree::new(&[("b.tgz", b"1"), ("c/bundle.json", b"{}")]);
    fs::hard_link(tree.path("b.tgz"), tree.path("a.tgz")).unwrap();
    let found = find(&[tree.path("."), tree.path("c"), tree.path("b.tgz")], &[]).unwrap();
    assert_eq!(names(&found), ["a.tgz", "c"]);
    let lines = problems(&found);
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert!(lines[0].starts_with("b.tgz: is the same file"), "{lines:?}");
}

#[test]
fn links_below_a_path_are_not_followed_and_counted() {
    let tree = Tree::new(&[("s/a.tgz", b"1"), ("o/b.tgz", b"1")]);
    symlink(tree.path("o/b.tgz"), tree.path("s/z.tgz")).unwrap();
    symlink(tree.path("o"), tree.path("s/o")).unwrap();
    symlink(tree.path("s"), tree.path("s/loop")).unwrap();
    let found = find(&[tree.path("s")], &[]).unwrap();
    assert_eq!(names(&found), ["a.tgz"]);
    let lines = problems(&found);
    assert_eq!(lines.len(), 1);
    assert!(
        lines[0].starts_with("loop: is a link and is not followed, and 2 more"),
        "{lines:?}"
    );
}

#[test]
fn what_is_written_is_never_read() {
    let tree = Tree::new(&[("a.tgz", b"1"), ("out.csv", b"1"), ("sub/out.csv", b"1")]);
    symlink(tree.path("out.csv"), tree.path("latest")).unwrap();
    let never = [tree.path("./sub/../latest"), tree.path("not-there.csv")];
    let found = find(&[tree.path("")], &never).unwrap();
    assert_eq!((names(&found), found.skipped), (vec!["a.tgz"], 1));
    for path in ["out.csv", "latest"] {
        let error = find(&[tree.path(path)], &never).unwrap_err();
        assert!(error.contains("name another output"), "{error}");
    }
}

#[test]
fn an_archive_is_never_written_over_and_a_bundle_not_written_into() {
    let tree = Tree::new(&[
        ("out.tar", b"1"),
        ("n/bundle.json", b"{}"),
        ("n/x/y.csv", b""),
    ]);
    for (paths, never, what) in [
        ("", "out.tar", "name another output"),
        ("", "n/x/y.csv", "inside the bundle"),
        ("n", "n/x/y.csv", "inside the bundle"),
    ] {
        let error = find(&[tree.path(paths)], &[tree.path(never)]).unwrap_err();
        assert!(error.contains(what), "{error}");
    }
}

#[test]
fn names_encoded_alike_are_ordered_by_their_bytes() {
    use std::os::unix::ffi::OsStrExt;
    for turn in [
        [&b"a\xff.tgz"[..], b"a%FF.tgz"],
        [b"a%FF.tgz", b"a\xff.tgz"],
    ] {
        let tree = Tree::new(&[]);
        for name in turn {
            fs::write(tree.0.path().join(std::ffi::OsStr::from_bytes(name)), name).unwrap();
        }
        let found = find(&[tree.path("")], &[]).unwrap();
        assert_eq!(names(&found), ["a%FF.tgz", "a%FF.tgz"]);
        assert_eq!(found.places[0].source.path(), Some(&*tree.path("a%FF.tgz")));
    }
}

#[test]
fn a_path_that_cannot_be_used_is_named() {
    let tree = Tree::new(&[]);
    let error = find(&[tree.path("none")], &[]).unwrap_err();
    assert!(error.contains("none` does not exist; check"), "{error}");
    let error = find(&[PathBuf::from("/dev/null")], &[]).unwrap_err();
    assert!(
        error.contains("`/dev/null` is neither a file nor a folder"),
        "{error}"
    );
}

#[test]
fn special_files_are_not_opened() {
    let tree = Tree::new(&[("a.tgz", b"1")]);
    let fifo = tree.path("fifo.tgz");
    assert!(
        std::process::Command::new("mkfifo")
            .arg(&fifo)
            .status()
            .unwrap()
            .success()
    );
    let found = find(&[tree.path("")], &[]).unwrap();
    assert_eq!((names(&found), found.skipped), (vec!["a.tgz"], 1));
    assert!(find(&[fifo], &[]).is_err());
}

#[test]
fn names_that_are_no_utf8_are_percent_encoded() {
    use std::os::unix::ffi::OsStrExt;
    let tree = Tree::new(&[]);
    let name = std::ffi::OsStr::from_bytes(b"a\xff.tgz");
    fs::write(tree.0.path().join(name), b"1").unwrap();
    assert_eq!(names(&find(&[tree.path("")], &[]).unwrap()), ["a%FF.tgz"]);
    assert_eq!(
        names(&find(&[tree.0.path().join(name)], &[]).unwrap()),
        ["a%FF.tgz"]
    );
}

#[test]
fn stdin_is_taken_in_once_and_read_as_often_as_asked() {
    let tar = Tar::of(&[("n/a", "1")]).end();
    let mut times = 0;
    let found = find_with(
        &["-".into(), "-".into()],
        &[],
        NotOpened::default(),
        &mut || {
            times += 1;
            spool(&tar[..])
        },
    )
    .unwrap();
    assert_eq!((names(&found), times), (vec!["-"], 1));
    for _ in 0..2 {
        let bundle = read(
            &found.places[0],
            &Limits::default(),
            &|_: &str, _: u64, _: &[u8]| true,
        )
        .unwrap();
        assert_eq!(bundle.members.len(), 1);
    }
}

#[test]
fn rows_are_ordered_by_component() {
    let mut names = ["b", "a.tar", "a/z", "a/b/c", "a-b"];
    names.sort_by(|a, b| row_order(a, b));
    assert_eq!(names, ["a/b/c", "a/z", "a-b", "a.tar", "b"]);
}

use std::os::unix::fs::symlink;
use std::process::Command;

use super::*;
use crate::bundle::fixture::{first_of, limits, shown};
use crate::bundle::{Bundle, Code, Place, Source, Unreadable, first, read};
use crate::limits::Limits;

fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

fn place(folder: &tempfile::TempDir) -> Place {
    Place {
        name: "fleet/n.1".to_owned(),
        source: Source::Folder(folder.path().to_owned()),
    }
}

fn read_all(folder: &tempfile::TempDir, limits: &Limits) -> Result<Bundle, Box<Unreadable>> {
    read(&place(folder), limits, &|_: &str, _: u64, _: &[u8]| true)
}

#[test]
fn files_come_sorted_and_links_are_not_followed() {
    let folder = folder(&[("commands/b", "2"), ("commands-x", "3"), ("a", "1")]);
    symlink("/etc/passwd", folder.path().join("l")).unwrap();
    symlink("/etc", folder.path().join("commands/etc")).unwrap();
    let bundle = read_all(&folder, &limits(&[])).unwrap();
    assert_eq!(
        shown(&bundle.members),
        [
            "a=1",
            "commands-x=3",
            "commands/b=2",
            "commands/etc!symlink",
            "l!symlink"
        ]
    );
    assert_eq!(bundle.top.as_deref(), Some("n.1"));
    assert_eq!(bundle.stem, "n.1");
    assert_eq!(bundle.problems.len(), 1);
}

#[test]
fn the_digest_is_what_sha256sum_says() {
    let folder = folder(&[
        ("files/a", "1"),
        ("files/b c", "2"),
        ("files/back\\slash\nnewline", "3"),
    ]);
    let script = "find . -type f -printf '%P\\0' | xargs -0 sha256sum | LC_ALL=C sort | sha256sum";
    let output = Command::new("sh")
        .args(["-c", script])
        .current_dir(folder.path())
        .output();
    let wanted = String::from_utf8(output.unwrap().stdout).unwrap();
    let digest = read_all(&folder, &limits(&[])).unwrap().digest;
    assert_eq!(Some(digest.as_str()), wanted.split(' ').next());
    fs::write(folder.path().join("files/a"), "0").unwrap();
    assert_ne!(read_all(&folder, &limits(&[])).unwrap().digest, digest);
}

#[test]
fn limits_hold_for_folders() {
    let folder = folder(&[("files/a", "12345"), ("files/b", "1")]);
    let bundle = read_all(&folder, &limits(&["member-bytes=4", "kept-bytes=40"])).unwrap();
    assert_eq!(shown(&bundle.members), ["files/a!too large", "files/b=1"]);
    for limit in ["members=2", "kept-bytes=15", "inflated-bytes=5"] {
        let unreadable = read_all(&folder, &limits(&[limit])).unwrap_err();
        assert_eq!(unreadable.code, Code::LimitPassed, "{limit}");
        assert_eq!(unreadable.digest, None);
    }
}

#[test]
fn a_large_file_is_kept_whole_and_hashed_whole_when_passed() {
    let large = "x".repeat(200_000);
    let folder = folder(&[("files/a", &large)]);
    let kept = read_all(&folder, &limits(&[])).unwrap();
    assert_eq!(kept.members[0].content, Content::Kept(large.into_bytes()));
    let passed = read(
        &place(&folder),
        &limits(&[]),
        &|_: &str, _: u64, head: &[u8]| head.len() < 10,
    )
    .unwrap();
    assert_eq!(passed.members[0].content, Content::Passed);
    assert_eq!(passed.members[0].size, 200_000);
    assert_eq!(passed.digest, kept.digest);
}

#[test]
fn the_first_member_of_a_folder_is_its_manifest_or_none() {
    let with = folder(&[("bundle.json", "{}"), ("a", "1")]);
    let manifest = Some(first_of(None, "bundle.json", "{}"));
    assert_eq!(first(&place(&with), &limits(&[])).unwrap(), manifest);
    let without = folder(&[("a", "1")]);
    assert_eq!(first(&place(&without), &limits(&[])).unwrap(), None);
    symlink("a", without.path().join("bundle.json")).unwrap();
    assert_eq!(first(&place(&without), &limits(&[])).unwrap(), None);
}

#[test]
fn a_folder_without_files_or_gone_is_unreadable() {
    let folder = folder(&[]);
    fs::create_dir(folder.path().join("files")).unwrap();
    assert_eq!(
        read_all(&folder, &limits(&[])).unwrap_err().code,
        Code::NoMember
    );
    fs::remove_dir_all(folder.path()).unwrap();
    assert_eq!(read_all(&folder, &limits(&[])).unwrap_err().code, Code::Io);
}

use ::tar::{EntryType, Header};
use proptest::prelude::*;

use crate::bundle::fixture::{Tar, gzip, limits, pax, read, read_within, shown};
use crate::bundle::{Bundle, Code, Content, Selector, sha256_hex};
use crate::problem::Problem;

fn problem(bundle: &Bundle) -> String {
    let lines: Vec<String> = bundle.problems.iter().map(Problem::to_string).collect();
    lines.join("\n")
}

fn code(bytes: &[u8]) -> Code {
    let unreadable = read(bytes).unwrap_err();
    assert_eq!(unreadable.digest, Some(sha256_hex(bytes)));
    unreadable.code
}

/// Takes the digest of what it does not keep too.
struct HashesAll<F>(F);

impl<F: Fn(&str, u64, &[u8]) -> bool + Sync> Selector for HashesAll<F> {
    fn wants(&self, name: &str, size: u64, head: &[u8]) -> bool {
        self.0(name, size, head)
    }

    fn hashes_all(&self) -> bool {
        true
    }
}

#[test]
fn members_come_in_archive_order_below_the_top_folder() {
    let tar = Tar::default()
        .kind(EntryType::Directory, b"./n/")
        .file(b"./n/b", b"2")
        .file(b"n//a", b"1")
        .end();
    let bundle = read(&tar).unwrap();
    assert_eq!(shown(&bundle.members), ["b=2", "a=1"]);
    assert_eq!(bundle.top.as_deref(), Some("n"));
    assert_eq!(bundle.digest, sha256_hex(&tar));
    assert_eq!(bundle.stem, "stdin");
    assert!(bundle.problems.is_empty());
    assert_eq!(bundle.members[0].sha256(), Some(sha256_hex(b"2").as_str()));
}

#[test]
fn the_selector_sees_name_size_and_head_and_decides() {
    let large = vec![b'x'; 200_000];
    let tar = Tar::default()
        .file(b"n/a", b"ps")
        .file(b"n/large", &large)
        .file(b"n/no", &large)
        .end();
    let place = crate::bundle::fixture::place(&tar);
    let wants = |name: &str, size: u64, head: &[u8]| {
        assert!(name.starts_with("n/"));
        assert_eq!(head.len() as u64, size.min(64 << 10));
        name != "n/no"
    };
    let bundle = crate::bundle::read(&place, &limits(&[]), &wants).unwrap();
    assert_eq!(bundle.members[1].content, Content::Kept(large));
    assert_eq!(bundle.members[2].content, Content::Passed);
    assert_eq!(bundle.members[2].sha256(), None);
    let select = HashesAll(wants);
    let bundle = crate::bundle::read_selected(&place, &limits(&[]), &select).unwrap();
    assert_eq!(bundle.members[2].content, Content::Passed);
    let digest = sha256_hex(&vec![b'x'; 200_000]);
    assert_eq!(bundle.members[2].sha256(), Some(digest.as_str()));
}

#[test]
fn long_names_come_from_gnu_and_pax_headers() {
    let long = "d/".repeat(80) + "f";
    let mut builder = ::tar::Builder::new(Vec::new());
    let mut header = Header::new_gnu();
    header.set_size(1);
    builder.append_data(&mut header, &long, &b"1"[..]).unwrap();
    builder
        .append_pax_extensions([("path", &b"n/\xc3\xa9"[..]), ("mtime", b"1.5")])
        .unwrap();
    let mut header = Header::new_ustar();
    header.set_size(1);
    builder
        .append_data(&mut header, "short", &b"2"[..])
        .unwrap();
    let bundle = read(&builder.into_inner().unwrap()).unwrap();
    assert_eq!(
        shown(&bundle.members),
        [format!("{long}=1"), "n/\u{e9}=2".to_owned()]
    );
}

#[test]
fn a_file_attribute_cannot_rename_a_member() {
    let smuggled = "x\n16 path=n/other\n16 path=n/other\n";
    let tar = Tar::default()
        .pax(&[("SCHILY.xattr.user.a", smuggled)])
        .file(b"n/a", b"1")
        .end();
    assert_eq!(shown(&read(&tar).unwrap().members), ["a=1"]);
}

#[test]
fn a_pax_size_overrides_the_header_as_in_other_readers() {
    let tar = Tar::default()
        .pax(&[("size", "3")])
        .entry(EntryType::Regular, b"n/a", 0, b"abc")
        .file(b"n/b", b"")
        .end();
    assert_eq!(shown(&read(&tar).unwrap().members), ["a=abc", "b="]);
}

#[test]
fn what_is_no_file_is_listed_but_not_followed() {
    let mut sparse = Tar::default().kind(EntryType::GNUSparse, b"n/s").0;
    let mut header = Header::from_byte_slice(&sparse).clone();
    let gnu = header.as_gnu_mut().unwrap();
    gnu.set_real_size(1 << 40);
    gnu.set_is_extended(true);
    header.set_cksum();
    sparse.clear();
    sparse.extend(header.as_bytes());
    sparse.extend([0; 512]);
    let tar = Tar::default()
        .kind(EntryType::Symlink, b"n/l")
        .kind(EntryType::Link, b"n/h")
        .kind(EntryType::Char, b"n/c")
        .kind(EntryType::Fifo, b"n/p")
        .kind(EntryType::new(b'M'), b"n/m")
        .raw(&sparse)
        .pax(&[("GNU.sparse.major", "1"), ("GNU.sparse.name", "n/x")])
        .file(b"GNUSparseFile.0/x", b"map")
        .kind(EntryType::Symlink, b"n/l2")
        .file(b"n/f", b"1")
        .end();
    let bundle = read(&tar).unwrap();
    assert_eq!(
        shown(&bundle.members),
        [
            "l!symlink",
            "h!hard link",
            "c!device",
            "p!fifo",
            "m!member of an unknown kind",
            "s!sparse file",
            "x!sparse file",
            "l2!symlink",
            "f=1"
        ]
    );
    assert!(
        problem(&bundle)
            .contains("-: l: is a symlink, which is reported and not followed, and 1 more")
    );
}

#[test]
fn refused_names_are_reported_once_per_kind() {
    let tar = Tar::default()
        .file(b"/etc/passwd", b"1")
        .file(b"/etc/group", b"1")
        .file(b"n/../../x", b"1")
        .pax(&[("path", "n/a\0b")])
        .file(b"n/x", b"1")
        .file(b"", b"1")
        .file(b"n/ok", b"1")
        .entry(EntryType::GNULongName, b"L", 600, &[b'y'; 600])
        .file(b"n/y", b"1")
        .end();
    let bundle = read_within(&tar, &limits(&["path-length=500"])).unwrap();
    assert_eq!(shown(&bundle.members), ["ok=1"]);
    let lines = problem(&bundle);
    assert_eq!(bundle.problems.len(), 5, "{lines}");
    for part in [
        "/etc/group: has an absolute path for a name and is not read, and 1 more",
        "`..`",
        "n/a%00b",
        "empty",
        "yyy…",
    ] {
        assert!(lines.contains(part), "{part} in {lines}");
    }
}

#[test]
fn an_archive_of_refused_names_alone_says_so() {
    let unreadable = read(&Tar::of(&[("/etc/a", "1")]).end()).unwrap_err();
    assert_eq!(unreadable.code, Code::NoMember);
    assert!(
        unreadable
            .problem
            .what
            .contains("`/etc/a` has an absolute path")
    );
}

#[test]
fn duplicates_are_counted_on_each_copy() {
    let tar = Tar::of(&[("n/a", "1"), ("n/b", "2"), ("n/./a", "3")]).end();
    let bundle = read(&tar).unwrap();
    let copies: Vec<u32> = bundle.members.iter().map(|member| member.copies).collect();
    assert_eq!(copies, [2, 1, 2]);
    assert!(problem(&bundle).contains("a: is in it more than once"));
}

#[test]
fn names_that_are_no_utf8_are_percent_encoded() {
    let tar = Tar::default().file(b"n/a\xff%20", b"1").end();
    assert_eq!(shown(&read(&tar).unwrap().members), ["a%FF%20=1"]);
}

#[test]
fn every_kind_of_broken_archive_has_its_code() {
    let one = Tar::of(&[("n/a", "1")]);
    let mut bad_header = Tar::of(&[("n/a", "1"), ("n/b", "2")]).end();
    bad_header[1024 + 5] ^= 1;
    let mut bad_first = one.clone().end();
    bad_first[5] ^= 1;
    let lying = |size| {
        Tar::default()
            .entry(EntryType::Regular, b"n/a", size, b"1")
            .end()
    };
    let pax = |records: &[(&str, &str)]| Tar::default().pax(records).file(b"n/a", b"1").end();
    for (name, bytes, wanted) in [
        ("no bytes", vec![], Code::Empty),
        ("garbage", vec![b'x'; 5000], Code::NotAnArchive),
        ("short text", b"hello".to_vec(), Code::NotAnArchive),
        ("no end", one.0.clone(), Code::NoEndOfArchive),
        ("half an end", one.clone().raw(&[0; 100]).0, Code::Truncated),
        ("half a header", one.0[..300].to_vec(), Code::Truncated),
        ("half a member", one.0[..600].to_vec(), Code::Truncated),
        ("content beyond the end", lying(5000), Code::Truncated),
        ("a tebibyte", lying(1 << 40), Code::Truncated),
        ("an impossible size", lying(u64::MAX), Code::Corrupt),
        (
            "a size that overflows",
            lying(u64::MAX >> 1),
            Code::Truncated,
        ),
        ("header in the middle", bad_header, Code::BadChecksum),
        ("first header", bad_first, Code::BadChecksum),
        ("zeros alone", vec![0; 10240], Code::NoMember),
        (
            "folders alone",
            Tar::default().kind(EntryType::Directory, b"n/").end(),
            Code::NoMember,
        ),
        (
            "a link with content",
            Tar::default()
                .entry(EntryType::Link, b"n/a", 5, b"hello")
                .end(),
            Code::Corrupt,
        ),
        (
            "a folder with content",
            Tar::default().file(b"n/a/", b"hello").end(),
            Code::Corrupt,
        ),
        (
            "two names",
            pax(&[("path", "n/x"), ("path", "n/y")]),
            Code::Corrupt,
        ),
        (
            "a long name for nothing",
            Tar::default()
                .entry(EntryType::GNULongName, b"L", 3, b"abc")
                .end(),
            Code::Corrupt,
        ),
        (
            "two long names",
            Tar::default()
                .entry(EntryType::GNULongName, b"L", 3, b"abc")
                .entry(EntryType::GNULongName, b"L", 3, b"abd")
                .file(b"a", b"1")
                .end(),
            Code::Corrupt,
        ),
        (
            "a long name of a gibibyte",
            Tar::default()
                .entry(EntryType::GNULongName, b"L", 1 << 30, b"abc")
                .end(),
            Code::Corrupt,
        ),
        (
            "a sparse file without a GNU header",
            {
                let mut header = Header::new_ustar();
                header.set_entry_type(EntryType::GNUSparse);
                header.set_size(0);
                header.set_cksum();
                Tar::default().raw(header.as_bytes()).end()
            },
            Code::Corrupt,
        ),
    ] {
        assert_eq!(code(&bytes), wanted, "{name}");
        if !bytes.is_empty() && wanted != Code::NotAnArchive {
            assert_eq!(code(&gzip(&bytes)), wanted, "{name}, compressed");
        }
    }
    assert_eq!(code(&gzip(b"")), Code::Empty);
    assert_eq!(code(&gzip(b"a log")), Code::NotAnArchive);
    assert_eq!(code(&gzip(&[b'x'; 5000])), Code::NotAnArchive);
}

#[test]
fn a_header_that_renames_all_members_is_refused() {
    let global = |records| {
        let data = pax(records);
        Tar::default()
            .entry(EntryType::XGlobalHeader, b"g", data.len() as u64, &data)
            .file(b"n/a", b"1")
            .end()
    };
    assert_eq!(code(&global(&[("path", "n/b")])), Code::Corrupt);
    assert_eq!(
        shown(&read(&global(&[("comment", "c")])).unwrap().members),
        ["a=1"]
    );
}

#[test]
fn bytes_after_the_end_are_noted_and_not_read() {
    let mut tar = Tar::of(&[("n/a", "1")]).end();
    tar.extend(Tar::of(&[("n/a", "2")]).end());
    let bundle = read(&tar).unwrap();
    assert_eq!(shown(&bundle.members), ["a=1"]);
    assert!(problem(&bundle).contains("-: bytes follow the end"));
}

fn sample() -> Vec<u8> {
    Tar::default()
        .file(b"n/bundle.json", b"{}")
        .pax(&[("path", "n/files/a"), ("mtime", "1.5")])
        .file(b"n/a", &[b'a'; 700])
        .kind(EntryType::Symlink, b"n/l")
        .entry(EntryType::GNULongName, b"L", 8, b"n/long/b")
        .file(b"n/b", b"b")
        .end()
}

proptest! {
    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..2000)) {
        let _ = read(&bytes);
        let mut tar = sample();
        tar.truncate(512);
        tar.extend(&bytes);
        let _ = read(&tar);
    }

    /// With the header checksum made right again, so that the change reaches what lies behind it.
    #[test]
    fn no_change_of_a_header_panics_or_keeps_more_than_was_there(
        block in 0_usize..9,
        changes in prop::collection::vec((0_usize..512, any::<u8>()), 1..6),
    ) {
        let mut tar = sample();
        let header = &mut tar[block * 512..][..512];
        for (at, byte) in changes {
            header[at] = byte;
        }
        let mut fixed = Header::from_byte_slice(header).clone();
        fixed.set_cksum();
        header.copy_from_slice(fixed.as_bytes());
        if let Ok(bundle) = read(&tar) {
            let mut kept = 0;
            for member in &bundle.members {
                if let Content::Kept(bytes) = &member.content {
                    prop_assert_eq!(bytes.len() as u64, member.size);
                    kept += bytes.len();
                }
            }
            prop_assert!(kept < tar.len());
        }
    }

    #[test]
    fn a_cut_archive_is_never_whole(cut in 1_usize..100_000) {
        let tar = sample();
        // The second of the two zero blocks is padding.
        prop_assert!(read(&tar[..cut % (tar.len() - 1023)]).is_err());
    }
}

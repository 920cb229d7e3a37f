use std::io::Write as _;

use ::zip::ZipWriter;
use ::zip::write::SimpleFileOptions;
use proptest::prelude::*;

use super::directory::LOCAL;
use crate::bundle::fixture::{
    Tar, Zip, ZipEntry, first_of, limits, place, read, read_within, shown,
};
use crate::bundle::{Code, Content, Place, Source, first, sha256_hex};

const FILES: [(&str, &str); 3] = [
    ("n/bundle.json", "{}"),
    ("n/a", "some text, some text, some text, some text"),
    ("n/b", ""),
];

fn with(change: impl Fn(&mut ZipEntry<'_>)) -> Vec<u8> {
    let add = |zip: Zip, (name, text): &(&str, &str)| {
        let mut entry = ZipEntry::of(name.as_bytes(), text.as_bytes());
        change(&mut entry);
        zip.entry(entry)
    };
    FILES.iter().fold(Zip::default(), add).end()
}

/// As the packer of a library writes it.
fn packed(options: SimpleFileOptions) -> Vec<u8> {
    let mut writer = ZipWriter::new(std::io::Cursor::new(Vec::new()));
    writer.add_directory("n/", options).unwrap();
    for (name, text) in FILES {
        writer.start_file(name, options).unwrap();
        writer.write_all(text.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

#[test]
fn every_packing_gives_the_members_of_a_tar() {
    let wanted = shown(&read(&Tar::of(&FILES).end()).unwrap().members);
    let comment = Zip::of(&FILES).end_with(b"a comment");
    for bytes in [
        with(|_| ()),
        with(|entry| entry.deflated = true),
        with(|entry| (entry.deflated, entry.flags) = (true, 8)),
        with(|entry| entry.flags = 8),
        comment,
        packed(SimpleFileOptions::default()),
        packed(SimpleFileOptions::default().large_file(true)),
    ] {
        let bundle = read(&bytes).unwrap();
        assert_eq!(shown(&bundle.members), wanted);
        assert_eq!(bundle.top.as_deref(), Some("n"));
        assert_eq!(bundle.digest, sha256_hex(&bytes));
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), &bytes).unwrap();
        let held = Source::Bytes {
            file: "n.zip".to_owned(),
            bytes: bytes.clone().into(),
        };
        for source in [Source::File(file.path().to_owned()), held] {
            let name = "n.zip".to_owned();
            let place = Place { name, source };
            let again =
                crate::bundle::read(&place, &limits(&[]), &|_: &str, _: u64, _: &[u8]| true)
                    .unwrap();
            assert_eq!(shown(&again.members), wanted);
            assert_eq!(
                (again.stem.as_str(), again.digest),
                ("n", bundle.digest.clone())
            );
            let start = first(&place, &limits(&[])).unwrap();
            assert_eq!(start, Some(first_of(Some("n"), "bundle.json", "{}")));
        }
    }
}

/// Zip64 in all its fields, as packers write it that do not know sizes before.
fn zip64(entries: u64) -> Vec<u8> {
    let zip = Zip::of(&FILES);
    let mut bytes = zip.local;
    let (offset, size) = (bytes.len() as u64, zip.central.len() as u64);
    bytes.extend(zip.central);
    let at = bytes.len() as u64;
    bytes.extend(b"PK\x06\x06");
    bytes.extend(44_u64.to_le_bytes());
    bytes.extend([45, 3, 45, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    for number in [entries, entries, size, offset] {
        bytes.extend(number.to_le_bytes());
    }
    bytes.extend(b"PK\x06\x07\0\0\0\0");
    bytes.extend(at.to_le_bytes());
    bytes.extend(1_u32.to_le_bytes());
    bytes.extend(b"PK\x05\x06\0\0\0\0");
    bytes.extend([0xff; 12]);
    bytes.extend([0, 0]);
    bytes
}

#[test]
fn a_zip64_is_read_and_must_agree_with_itself() {
    assert_eq!(read(&zip64(3)).unwrap().members.len(), 3);
    for (bytes, wanted) in [
        (zip64(2), Code::Corrupt),
        (zip64(u64::MAX), Code::LimitPassed),
    ] {
        assert_eq!(read(&bytes).unwrap_err().code, wanted);
    }
    let mut bytes = zip64(3);
    let end = bytes.len() - 22;
    bytes[end + 8] = 4;
    bytes[end + 9] = 0;
    bytes[end + 10] = 4;
    bytes[end + 11] = 0;
    assert_eq!(read(&bytes).unwrap_err().code, Code::Corrupt);
}

#[test]
fn a_cut_zip_is_never_whole() {
    let bytes = with(|entry| entry.deflated = true);
    for cut in 5..bytes.len() {
        let unreadable = read(&bytes[..cut]).unwrap_err();
        assert_eq!(unreadable.code, Code::Truncated, "{cut}");
        assert_eq!(unreadable.digest, Some(sha256_hex(&bytes[..cut])), "{cut}");
    }
}

#[test]
fn what_two_readers_read_as_two_archives_is_refused() {
    let zip = Zip::of(&FILES);
    let change = |at: usize, byte: u8| {
        let mut bytes = zip.clone().end();
        bytes[at] = byte;
        bytes
    };
    let directory = zip.local.len();
    let mut twice = zip.clone();
    twice.central.extend(zip.central.clone());
    twice.entries *= 2;
    let mut hole = zip.clone();
    hole.local.extend(b"hidden");
    let mut fewer = zip.clone();
    fewer.entries -= 1;
    let inner = zip.clone().end();
    let mut encrypted = zip.clone();
    encrypted = encrypted.entry(ZipEntry {
        flags: 1,
        ..ZipEntry::of(b"n/c", b"secret")
    });
    for (what, bytes, wanted) in [
        ("two entries of the same bytes", twice.end(), Code::Corrupt),
        ("bytes of no entry", hole.end(), Code::Corrupt),
        ("fewer entries than there are", fewer.end(), Code::Corrupt),
        (
            "an end inside the comment",
            zip.clone().end_with(&inner[directory..]),
            Code::Corrupt,
        ),
        (
            "bytes before it",
            [b"PK\x03\x04", &inner[..]].concat(),
            Code::Corrupt,
        ),
        (
            "bytes behind it",
            [&inner[..], b"x"].concat(),
            Code::Truncated,
        ),
        (
            "another name in the local header",
            change(30, b'm'),
            Code::Corrupt,
        ),
        (
            "another size in the local header",
            change(22, 1),
            Code::Corrupt,
        ),
        (
            "another method in the local header",
            change(8, 8),
            Code::Corrupt,
        ),
        ("another content", change(43, b'['), Code::BadChecksum),
        ("an encrypted entry", encrypted.end(), Code::Encrypted),
        (
            "bzip2 inside",
            change(directory + 10, 12),
            Code::UnsupportedCompression,
        ),
        (
            "a part of several",
            {
                let mut bytes = inner.clone();
                let end = bytes.len() - 22;
                bytes[end + 4] = 1;
                bytes
            },
            Code::UnsupportedCompression,
        ),
        (
            "a folder with content",
            Zip::of(&[("n/", "text")]).end(),
            Code::Corrupt,
        ),
        ("no entry", Zip::default().end(), Code::NoMember),
    ] {
        let unreadable = read(&bytes).unwrap_err();
        assert_eq!(unreadable.code, wanted, "{what}: {}", unreadable.problem);
        assert_eq!(unreadable.digest, Some(sha256_hex(&bytes)), "{what}");
    }
}

#[test]
fn sizes_that_lie_are_refused() {
    // Both headers say one byte less or more than there is.
    for (deflated, size) in [(true, 41), (true, 43), (false, 41)] {
        let text = FILES[1].1.as_bytes();
        let entry = ZipEntry {
            deflated,
            ..ZipEntry::of(b"n/a", text)
        };
        let mut zip = Zip::default().entry(entry);
        zip.local[22] = size;
        zip.central[24] = size;
        assert_eq!(read(&zip.end()).unwrap_err().code, Code::Corrupt);
    }
}

#[test]
fn names_are_refused_decoded_and_counted_as_those_of_a_tar() {
    let zip = Zip::of(&[
        ("/etc/a", "1"),
        ("../b", "2"),
        ("n/c", "3"),
        ("n/c", "4"),
        ("n/d", "5"),
    ])
    .entry(ZipEntry {
        host: 0,
        mode: 0,
        ..ZipEntry::of(b"n\\\x84", b"6")
    });
    let bundle = read(&zip.end()).unwrap();
    assert_eq!(shown(&bundle.members), ["c=3", "c=4", "d=5", "\u{e4}=6"]);
    let copies: Vec<u32> = bundle.members.iter().map(|member| member.copies).collect();
    assert_eq!(copies, [2, 2, 1, 1]);
    let told: Vec<String> = bundle.problems.iter().map(|it| it.to_string()).collect();
    let told = told.join("\n");
    for part in [
        "/etc/a: has an absolute path",
        "../b: has `..`",
        "c: is in it more than once",
    ] {
        assert!(told.contains(part), "{told}");
    }
}

#[test]
fn what_is_no_file_is_listed_but_not_followed() {
    let kinds = [
        (3, 0o120_777, "symlink"),
        (0, 0o120_777, "symlink"),
        (3, 0o010_644, "fifo"),
        (3, 0o020_644, "device"),
    ];
    for (host, mode, kind) in kinds {
        let zip = Zip::of(&[("n/a", "1")]).entry(ZipEntry {
            host,
            mode,
            ..ZipEntry::of(b"n/link", b"/etc/shadow")
        });
        let bundle = read(&zip.end()).unwrap();
        assert_eq!(
            shown(&bundle.members),
            ["a=1".to_owned(), format!("link!{kind}")]
        );
    }
}

#[test]
fn limits_hold_for_zips_as_for_tars() {
    let zeros = vec![0; 80 << 20];
    let bomb = Zip::default().entry(ZipEntry {
        deflated: true,
        ..ZipEntry::of(b"n/zeros", &zeros)
    });
    let bomb = bomb.end();
    let small = with(|_| ());
    for (bytes, limit) in [
        (&bomb, "ratio=100"),
        (&bomb, "inflated-bytes=1000000"),
        (&small, "members=2"),
        (&small, "kept-bytes=20"),
        (&small, "kept-bytes=300"),
    ] {
        let unreadable = read_within(bytes, &limits(&[limit])).unwrap_err();
        assert_eq!(unreadable.code, Code::LimitPassed, "{limit}");
        let name = limit.split_once('=').unwrap().0;
        let text = unreadable.problem.to_string();
        assert!(text.contains(&format!("--limit {name}=N")), "{text}");
    }
    let bundle = read_within(&small, &limits(&["member-bytes=10"])).unwrap();
    assert_eq!(
        shown(&bundle.members),
        ["bundle.json={}", "a!too large", "b="]
    );
}

proptest! {
    #[test]
    fn a_changed_zip_is_refused_or_says_nothing_else(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
        deflated: bool,
        described: bool,
    ) {
        let mut bytes = with(|entry| {
            (entry.deflated, entry.flags) = (deflated, if described { 8 } else { 0 });
        });
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if let Ok(bundle) = read(&bytes) {
            for member in bundle.members {
                let Content::Kept(bytes) = &member.content else { continue };
                let text = FILES.iter().find(|(name, _)| name.ends_with(&member.name));
                prop_assert!(text.is_some_and(|(_, text)| text.as_bytes() == bytes));
            }
        }
    }

    #[test]
    fn no_bytes_between_a_start_and_an_end_panic(middle: Vec<u8>, end: [u8; 16]) {
        let bytes = [LOCAL, &middle, b"PK\x05\x06", &end, &[0, 0]].concat();
        prop_assert!(read(&bytes).is_err());
        prop_assert!(first(&place(&bytes), &limits(&[])).is_err());
    }
}

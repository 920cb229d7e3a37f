use proptest::prelude::*;

use super::*;
use crate::bundle::fixture::{
    COMPRESSIONS, Tar, bzip2, first_of, gzip, limits, place, read, read_within, shown, xz, xz_with,
    zstd,
};
use crate::bundle::{first, sha256_hex};

fn sample() -> Vec<u8> {
    let noise: String = (0..3000_u32)
        .map(|n| n.wrapping_mul(2_654_435_761).to_string())
        .collect();
    Tar::of(&[("n/bundle.json", "{}"), ("n/a", &noise), ("n/b", "b")]).end()
}

#[test]
fn every_compression_gives_the_same_members() {
    let tar = sample();
    let plain = read(&tar).unwrap();
    let (head, tail) = tar.split_at(1234);
    let gzips = [gzip(head), gzip(b""), gzip(tail)].concat();
    let skippable = [&[0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0][..], b"abc"].concat();
    let zstds = [zstd(head), skippable, zstd(tail)].concat();
    let xzs = [xz(head), vec![0; 8], xz(b""), xz(tail), vec![0; 4]].concat();
    let bzip2s = [bzip2(head), bzip2(b""), bzip2(tail)].concat();
    let joined = [gzips, zstds, xzs, bzip2s];
    let single = COMPRESSIONS.map(|compress| compress(&tar));
    for bytes in joined.into_iter().chain(single) {
        let bundle = read(&bytes).unwrap();
        assert_eq!(shown(&bundle.members), shown(&plain.members));
        assert_eq!(bundle.digest, sha256_hex(&bytes));
    }
}

#[test]
fn a_cut_stream_is_never_whole() {
    for bytes in COMPRESSIONS.map(|compress| compress(&sample())) {
        for cut in (0..bytes.len())
            .step_by(97)
            .chain(bytes.len() - 9..bytes.len())
        {
            let unreadable = read(&bytes[..cut]).unwrap_err();
            assert_eq!(unreadable.digest, Some(sha256_hex(&bytes[..cut])), "{cut}");
            let code = if cut == 0 {
                Code::Empty
            } else {
                Code::Truncated
            };
            assert_eq!(unreadable.code, code, "{cut} of {}", bytes.len());
        }
    }
}

#[test]
fn what_is_wrong_with_a_stream_has_its_code() {
    let flip = |mut bytes: Vec<u8>, from_end: usize| {
        let at = bytes.len() - from_end;
        bytes[at] ^= 1;
        bytes
    };
    let with = |bytes: Vec<u8>, more: &[u8]| [&bytes, more].concat();
    let window = with(vec![0x28, 0xb5, 0x2f, 0xfd, 0, 0x88, 1, 0, 0], &[0; 64]);
    for (name, bytes, wanted) in [
        ("gzip CRC", flip(gzip(&sample()), 8), Code::BadChecksum),
        ("gzip length", flip(gzip(&sample()), 1), Code::BadChecksum),
        ("zstd checksum", flip(zstd(&sample()), 1), Code::BadChecksum),
        (
            "not deflate",
            [&gzip(b"")[..10], &[0xff; 50]].concat(),
            Code::Corrupt,
        ),
        (
            "after gzip",
            with(gzip(&sample()), &[b'x'; 30]),
            Code::TrailingBytes,
        ),
        (
            "after zstd",
            with(zstd(&sample()), &[b'x'; 30]),
            Code::TrailingBytes,
        ),
        (
            "zstd window of 128 MiB",
            window,
            Code::UnsupportedCompression,
        ),
        ("xz index", flip(xz(&sample()), 14), Code::BadChecksum),
        ("xz footer", flip(xz(&sample()), 1), Code::Corrupt),
        (
            "after xz",
            with(xz(&sample()), &[b'x'; 30]),
            Code::TrailingBytes,
        ),
        (
            "xz padding of another length",
            with(xz(&sample()), &[0; 3]),
            Code::Corrupt,
        ),
        (
            "xz dictionary of 65 MiB",
            xz_with(&sample(), 65 << 20),
            Code::UnsupportedCompression,
        ),
        (
            "not xz",
            b"\xfd7zXZ\0..........".to_vec(),
            Code::BadChecksum,
        ),
        ("bzip2 checksum", flip(bzip2(&sample()), 2), Code::Corrupt),
        (
            "after bzip2",
            with(bzip2(&sample()), &[b'x'; 30]),
            Code::TrailingBytes,
        ),
        (
            "not bzip2",
            with(b"BZh91AY&SY".to_vec(), &[0; 90]),
            Code::Corrupt,
        ),
        ("cut zip", b"PK\x03\x04....".to_vec(), Code::Truncated),
        (
            "encrypted",
            b"age-encryption.org/v1\n-> X25519 ...".to_vec(),
            Code::Encrypted,
        ),
        (
            "7z",
            b"7z\xbc\xaf\x27\x1c...".to_vec(),
            Code::UnsupportedCompression,
        ),
        (
            "text like bzip2",
            b"BZh9 is how it begins".to_vec(),
            Code::NotAnArchive,
        ),
    ] {
        let unreadable = read(&bytes).unwrap_err();
        assert_eq!(unreadable.code, wanted, "{name}: {}", unreadable.problem);
        assert_eq!(unreadable.digest, Some(sha256_hex(&bytes)), "{name}");
    }
}

#[test]
fn a_dictionary_of_the_highest_level_is_read() {
    assert!(read(&xz_with(&sample(), 64 << 20)).is_ok());
}

#[test]
fn a_bomb_is_stopped_by_size_and_by_ratio() {
    let start = Tar::of(&[("n/a", "1")])
        .entry(::tar::EntryType::Regular, b"n/zeros", 80 << 20, b"")
        .0;
    let bombs = COMPRESSIONS.map(|compress| {
        let mut bomb = compress(&start);
        let megabyte = compress(&vec![0; 1 << 20]);
        for _ in 0..80 {
            bomb.extend(&megabyte);
        }
        bomb.extend(compress(&[0; 1024]));
        bomb
    });
    let limits_of = [
        ("inflated-bytes=5000000", "inflated-bytes"),
        ("ratio=100", "ratio"),
    ];
    for (bomb, (limit, name)) in bombs.iter().flat_map(|bomb| limits_of.map(|it| (bomb, it))) {
        let unreadable = read_within(bomb, &limits(&[limit])).unwrap_err();
        assert_eq!(unreadable.code, Code::LimitPassed);
        assert_eq!(unreadable.digest, Some(sha256_hex(bomb)));
        assert!(
            unreadable
                .problem
                .to_string()
                .contains(&format!("--limit {name}=N"))
        );
    }
    // What is small stays below the ratio whatever its letters are.
    let small = Tar::default().file(b"n/a", &vec![0; 5 << 20]).end();
    assert!(read_within(&gzip(&small), &limits(&["ratio=2"])).is_ok());
}

#[test]
fn the_first_member_is_had_from_a_broken_archive() {
    let tar = Tar::default()
        .kind(::tar::EntryType::Directory, b"n/")
        .file(b"n/bundle.json", b"{}")
        .file(b"n/b", b"b");
    let manifest = Some(first_of(Some("n"), "bundle.json", "{}"));
    let compressed = COMPRESSIONS.map(|compress| compress(&tar.0));
    for bytes in compressed.into_iter().chain([tar.0]) {
        assert!(read(&bytes).is_err());
        assert_eq!(first(&place(&bytes), &limits(&[])).unwrap(), manifest);
    }
    for (bytes, wanted) in [
        (
            Tar::of(&[("etc/a", "1")]).end(),
            Some(first_of(None, "etc/a", "1")),
        ),
        (Tar::of(&[("a", "1")]).end(), Some(first_of(None, "a", "1"))),
        (Tar::of(&[("/a", "1"), ("b", "2")]).end(), None),
        (Tar::of(&[("a", "12345"), ("b", "2")]).end(), None),
        (
            Tar::default().kind(::tar::EntryType::Symlink, b"a").end(),
            None,
        ),
    ] {
        assert_eq!(
            first(&place(&bytes), &limits(&["member-bytes=4"])).unwrap(),
            wanted
        );
    }
    let empty = first(&place(&[0; 1024]), &limits(&[])).unwrap_err();
    assert_eq!((empty.code, empty.digest), (Code::NoMember, None));
}

proptest! {
    #[test]
    fn a_changed_stream_is_refused_or_says_the_same(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
        compress in prop::sample::select(COMPRESSIONS.to_vec()),
    ) {
        let tar = sample();
        let mut bytes = compress(&tar);
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if let Ok(bundle) = read(&bytes) {
            prop_assert_eq!(shown(&bundle.members), shown(&read(&tar).unwrap().members));
        }
    }

    #[test]
    fn no_bytes_behind_a_magic_panic(
        magic in prop::sample::select(vec![
            gzip::MAGIC, zstd::MAGIC, xz::MAGIC, b"BZh91AY&SY", b"\x1f\x8b\x08\x1f",
        ]),
        rest: Vec<u8>,
    ) {
        prop_assert!(read(&[magic, &rest].concat()).is_err());
    }
}

#[test]
fn a_compressed_log_is_told_from_a_broken_archive() {
    let tar = Tar::of(&[("n/a", "1")]).end();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.gz");
    for (bytes, wanted) in [
        (gzip(b"a log"), false),
        (gzip(&[b'x'; 2000]), false),
        (gzip(&tar), true),
        (gzip(&tar)[..12].to_vec(), true),
    ] {
        std::fs::write(&path, &bytes).unwrap();
        assert_eq!(holds_tar_or_is_broken(&path), wanted);
    }
}

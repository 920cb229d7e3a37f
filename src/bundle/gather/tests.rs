use super::*;
use crate::bundle::fixture::{Tar, gzip, limits, read_within, shown};
use crate::bundle::sha256_hex;

#[test]
fn the_top_folder_is_what_all_members_are_below() {
    for (names, top) in [
        (&["n/a", "n/b/c"][..], Some("n")),
        (&["n/a", "b"], None),
        (&["n/a", "m/a"], None),
        (&["n/a", "nn/a"], None),
        (&["n"], None),
        (&["etc/a", "etc/b"], None),
        (&["home/bundle.json", "home/b"], Some("home")),
        (&[], None),
    ] {
        let members: Vec<Member> = names
            .iter()
            .map(|name| Member::new((*name).to_owned(), 0, Content::Passed, None))
            .collect();
        assert_eq!(common_top(&members), top, "{names:?}");
    }
}

#[test]
fn limits_per_bundle_name_themselves_and_keep_the_digest() {
    let tar = Tar::of(&[("n/a", "12345"), ("n/b", "12345"), ("n/c", "12345")]).end();
    for (limit, name) in [
        ("members=2", "members"),
        ("kept-bytes=20", "kept-bytes"),
        ("inflated-bytes=1000", "inflated-bytes"),
    ] {
        for bytes in [&tar, &gzip(&tar)] {
            let unreadable = read_within(bytes, &limits(&[limit])).unwrap_err();
            assert_eq!(unreadable.code, Code::LimitPassed);
            assert_eq!(unreadable.digest, Some(sha256_hex(bytes)));
            let text = unreadable.problem.to_string();
            assert!(text.contains(&format!("`--limit {name}=N`")), "{text}");
            assert!(text.contains(limit.split_once('=').unwrap().1), "{text}");
        }
    }
    assert!(read_within(&tar, &limits(&["members=3", "kept-bytes=24"])).is_ok());
}

#[test]
fn a_large_member_costs_itself_alone() {
    let tar = Tar::default()
        .file(b"n/a", &[b'x'; 3000])
        .file(b"n/b", b"1")
        .end();
    let bundle = read_within(&tar, &limits(&["member-bytes=2999", "kept-bytes=100"])).unwrap();
    assert_eq!(shown(&bundle.members), ["a!too large", "b=1"]);
    assert!(bundle.problems[0].next.contains("--limit member-bytes=N"));
}

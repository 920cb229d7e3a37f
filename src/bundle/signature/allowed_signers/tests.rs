use super::*;
use proptest::prelude::*;

const KEY: &str =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIILM+rvN+ot98qgEN796jTiQfZfG1KaT0PtFDJ/XFSqt";
const OTHER: &str =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAfaFo6tnRGWLB4g0VALMBm1zyXQRmzdnTbEaTX0+mmn";

fn signer(file: &str, at: Option<&str>, by: Option<&str>) -> Result<String, String> {
    let signers = AllowedSigners::parse(file.as_bytes()).unwrap();
    signers.signer(&key(KEY).unwrap(), at, by)
}

#[test]
fn the_line_of_a_key_names_its_signer() {
    let at = Some("2026-11-20T12:00:00Z");
    for (line, by, expected) in [
        (format!("alice@x {KEY}"), None, Ok("alice@x")),
        (
            format!("\n# a comment\n alice@x,bob@x\t{KEY} comment here\n"),
            None,
            Ok("alice@x,bob@x"),
        ),
        (format!("\"alice@x\" {KEY}"), None, Ok("alice@x")),
        (format!("*@x {KEY}"), Some("alice@x"), Ok("alice@x")),
        (format!("*@x {KEY}"), Some("alice@y"), Ok("*@x")),
        (
            format!("*@x,!alice@x {KEY}"),
            Some("alice@x"),
            Ok("*@x,!alice@x"),
        ),
        (format!("a namespaces=\"git,node*\" {KEY}"), None, Ok("a")),
        (
            format!("a NAMESPACES=\"*,!nodeproof\" {KEY}"),
            None,
            Err("namespaces"),
        ),
        (
            format!("a namespaces=\"git\" {KEY}\nb {KEY}"),
            None,
            Ok("b"),
        ),
        (format!("a {OTHER}"), None, Err("not among")),
        (
            format!("a valid-after=\"20261120120000Z\" {KEY}"),
            None,
            Ok("a"),
        ),
        (
            format!("a valid-after=\"20261120120001Z\" {KEY}"),
            None,
            Err("valid after 2026-11-20T12:00:01Z"),
        ),
        (
            format!("a valid-before=\"202611201200\" {KEY}"),
            None,
            Ok("a"),
        ),
        (
            format!("a valid-before=\"20261120\" {KEY}"),
            None,
            Err("valid before 2026-11-20T00:00:00Z"),
        ),
        (
            format!(
                "a valid-after=\"20260101UTC\",valid-before=\"20270101\",namespaces=\"nodeproof\" {KEY}"
            ),
            None,
            Ok("a"),
        ),
    ] {
        match (signer(&line, at, by), expected) {
            (Ok(got), Ok(expected)) => assert_eq!(got, expected, "{line}"),
            (Err(got), Err(part)) => assert!(got.contains(part), "{line}: {got}"),
            (got, _) => panic!("{line}: {got:?}"),
        }
    }
    let why = signer(&format!("a valid-after=\"20200101\" {KEY}"), None, None).unwrap_err();
    assert!(why.contains("does not say when"), "{why}");
}

#[test]
fn a_wrong_file_says_which_line_and_why() {
    for (line, part) in [
        (String::new(), "names no signer"),
        (
            format!("a cert-authority {KEY}"),
            "line 1: cert-authority is not supported",
        ),
        (
            format!("a {KEY}\n*@x cert-authority,namespaces=\"git\" {KEY}"),
            "line 2: cert-authority",
        ),
        (format!("a namespaces=nodeproof {KEY}"), "quotes"),
        (format!("a namespaces {KEY}"), "no value"),
        (
            format!("a no-touch-required {KEY}"),
            "no option `no-touch-required`",
        ),
        (
            format!("a namespaces=\"x\",namespaces=\"y\" {KEY}"),
            "given twice",
        ),
        (format!("a valid-after=\"2026\" {KEY}"), "is no time"),
        (format!("a valid-after=\"20261399\" {KEY}"), "is no time"),
        (
            format!("a valid-after=\"20270101\",valid-before=\"20260101\" {KEY}"),
            "not after",
        ),
        ("a".to_owned(), "no public key"),
        ("a ssh-ed25519 AAAA".to_owned(), "no public key"),
        (format!("\"a {KEY}"), "quote"),
    ] {
        let why = AllowedSigners::parse(line.as_bytes()).unwrap_err();
        assert!(why.contains(part), "{line}: {why}");
    }
}

proptest! {
    #[test]
    fn no_bytes_make_the_reader_panic(bytes: Vec<u8>) {
        let _ = AllowedSigners::parse(&bytes);
    }

    #[test]
    fn no_options_make_the_reader_panic(options in "[a-z=\",\\\\ -]{0,40}") {
        let _ = AllowedSigners::parse(format!("a {options} {KEY}").as_bytes());
    }
}

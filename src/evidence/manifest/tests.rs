use super::*;

#[test]
fn a_wrong_key_costs_itself_alone() {
    let manifest = Manifest::parse(
        br#"{"format":"nodeproof-bundle","version":1,"kind":"node","node":7,"uid":"root",
            "collected_at":"2026-11-20T12:00:00Z","host":{"machine_id":" "},
            "skipped":[{"path":"/a","reason":"absent"},7]}"#,
    )
    .unwrap();
    assert_eq!(manifest.lacks, ["node", "uid"]);
    assert_eq!(manifest.partial, [("skipped", 1)]);
    assert_eq!(manifest.skipped.len(), 1);
    assert_eq!(manifest.host.machine_id, None);
}

#[test]
fn a_command_that_gave_nothing_costs_no_other() {
    let of = |commands: &str| {
        let text = format!(
            r#"{{"format":"nodeproof-bundle","version":1,"kind":"cluster","operator":null,
                "collected_at":"2026-11-20T12:00:00Z","commands":[{commands}]}}"#
        );
        Manifest::parse(text.as_bytes()).unwrap()
    };
    let good = r#"{"at":"2026-11-20T12:00:01Z","argv":"a","member":"api/a.json","exit":0}"#;
    for (odd, partial) in [
        (r#"{"argv":"b","member":null,"exit":1,"at":"t"}"#, 0),
        (r#"{"argv":["b"],"member":"b","exit":"1","more":1}"#, 0),
        ("{}", 0),
        ("7", 1),
        ("null", 1),
    ] {
        let manifest = of(&format!("{odd},{good}"));
        assert_eq!(manifest.lacks, [""; 0], "{odd}");
        let wanted: &[_] = &[("commands", partial)];
        assert_eq!(manifest.partial, wanted[..partial], "{odd}");
        assert_eq!(
            manifest.taken_at("api/a.json"),
            Some("2026-11-20T12:00:01Z")
        );
    }
    assert_eq!(of("7,8").lacks, ["commands"]);
}

#[test]
fn a_kind_is_known_in_any_case() {
    for (written, kind) in [
        ("Cluster", "cluster"),
        (" NODE ", "node"),
        ("clusters", ""),
        ("", ""),
    ] {
        let text = format!(r#"{{"format":"nodeproof-bundle","version":1,"kind":"{written}"}}"#);
        assert_eq!(Manifest::parse(text.as_bytes()).unwrap().kind, kind);
    }
}

#[test]
fn a_description_as_written_reads_as_it_does_key_by_key() {
    let whole = r#"{"format":"nodeproof-bundle","version":1,"kind":"node","source":" ",
        "cluster":"c","node":"n","collected_at":"2026-11-20T12:00:00Z",
        "collector":{"name":"x","sha256":null},"host":{"os":"o","machine_id":"m","system_uuid":""},
        "uid":0,"commands":[{"argv":"ps -efww","member":"a","exit":1,"at":"t"}],
        "redactions":[],"skipped":[{"path":"/a","reason":"absent"}]}"#;
    let typed = serde_json::from_str::<AsWritten>(whole).ok();
    assert!(typed.and_then(AsWritten::manifest).is_some());
    for (old, new) in [
        ("", ""),
        (r#""node","source""#, r#""cluster","source""#),
        (r#""node","source""#, r#""x","source""#),
        (r#""node","source""#, r#"" ","source""#),
        (r#""uid":0"#, r#""uid":null"#),
        (r#""uid":0"#, r#""uid":1e999"#),
        (r#""uid":0"#, r#""uid":0,"uid":1"#),
        (r#""uid":0"#, r#""uid":0,"more":1e999"#),
        (r#""uid":0"#, r#""uid":0,"more":[]"#),
        (r#""os":"o""#, r#""os":7"#),
        (r#""os":"o""#, r#""os":"o","machine_id":"other""#),
        (r#""exit":1,"#, r#""more":1,"#),
        (r#""argv":"ps -efww","#, ""),
        (r#""version":1"#, r#""version":2"#),
        ("2026-11-20T", "yesterday "),
    ] {
        let text = whole.replacen(old, new, 1);
        let read = Manifest::parse(text.as_bytes());
        assert_eq!(read, Manifest::key_by_key(text.as_bytes()), "{text}");
    }
}

#[test]
fn a_description_may_lack_anything_but_its_format() {
    let manifest =
        Manifest::parse(br#"{"format":"nodeproof-bundle","version":1,"node":"","x":[]}"#).unwrap();
    assert_eq!(manifest.node, None);
    assert_eq!(manifest.lacks, ["kind", "node", "uid", "collected_at"]);
    for wrong in [
        "{}",
        "[]",
        "{",
        r#"{"format":"nodeproof-bundle","version":2}"#,
        r#"{"format":"nodeproof-bundle","version":"1"}"#,
    ] {
        assert!(Manifest::parse(wrong.as_bytes()).is_err(), "{wrong}");
    }
}

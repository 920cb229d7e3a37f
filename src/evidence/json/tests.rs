use proptest::prelude::*;

use super::*;

fn read(text: &str) -> Result<Document, ParseError> {
    parse(text.as_bytes(), &Limits::default())
}

#[test]
fn minus_zero_is_an_integer_unless_it_has_a_point() {
    for (text, value) in [
        ("-0", Value::Int(0)),
        ("-0.0", Value::Float(-0.0)),
        ("[-0,-0.0]", Value::Float(-0.0)),
    ] {
        let root = read(text).unwrap().root;
        let first = match &root.value {
            Value::List(items) => items[0].value.clone(),
            value => value.clone(),
        };
        assert_eq!(format!("{first:?}"), format!("{value:?}"), "{text}");
    }
}

#[test]
fn every_value_of_a_key_that_stands_twice_is_kept_beside_the_last() {
    let document = read(r#"{"a":{"b":1},"a":null,"c":2}"#).unwrap();
    let repeated = document.repeated.unwrap();
    let Value::Map(entries) = &repeated.value else {
        panic!("no map");
    };
    let keys: Vec<&str> = entries.iter().map(|entry| entry.key.as_str()).collect();
    assert_eq!(keys, ["a", "a", "c"]);
    assert!(read(r#"{"a":1,"c":2}"#).unwrap().repeated.is_none());
}

fn value_of(node: &Node) -> serde_json::Value {
    match &node.value {
        Value::Null => serde_json::Value::Null,
        Value::Bool(value) => (*value).into(),
        Value::Int(value) => (*value).into(),
        Value::Uint(value) => (*value).into(),
        Value::Float(value) => (*value).into(),
        Value::String(value) => value.as_str().into(),
        Value::List(items) => items.iter().map(value_of).collect(),
        Value::Map(entries) => {
            let pairs = entries.iter().map(|e| (e.key.clone(), value_of(&e.node)));
            serde_json::Value::Object(pairs.collect())
        }
    }
}

#[test]
fn numbers_keep_the_kind_go_would_give_them() {
    for (text, value) in [
        ("9223372036854775807", Value::Int(i64::MAX)),
        ("-9223372036854775808", Value::Int(i64::MIN)),
        ("9223372036854775808", Value::Uint(1 << 63)),
        (
            "18446744073709551616",
            Value::Float(18_446_744_073_709_551_616.0),
        ),
        ("1e3", Value::Float(1000.0)),
        ("10255.0", Value::Float(10255.0)),
    ] {
        assert_eq!(read(text).unwrap().root.value, value, "{text}");
    }
}

#[test]
fn of_a_duplicate_key_the_last_counts_and_both_are_told() {
    let document = read(r#"{"a":{"b":1,"c":2,"b":3},"l":[{"x":1,"x":2}]}"#).unwrap();
    assert_eq!(document.root.at("a.b").unwrap().node.value, Value::Int(3));
    let paths: Vec<&str> = document
        .duplicates
        .iter()
        .map(|d| d.path.as_str())
        .collect();
    assert_eq!(paths, ["a.b", "l.0.x"]);
}

#[test]
fn an_object_twice_is_one_object() {
    for (text, value) in [
        (
            r#"{"a":{"b":1,"c":2},"a":{"c":3,"d":4}}"#,
            r#"{"a":{"b":1,"c":3,"d":4}}"#,
        ),
        (
            r#"{"a":{"b":{"x":1}},"a":{"b":{"y":2}}}"#,
            r#"{"a":{"b":{"x":1,"y":2}}}"#,
        ),
        (r#"{"a":{"b":1},"a":2}"#, r#"{"a":2}"#),
        (r#"{"a":{"b":1},"a":[{"c":2}]}"#, r#"{"a":[{"c":2}]}"#),
        (
            r#"{"a":{"b":1},"a":2,"c":{"d":3}}"#,
            r#"{"a":2,"c":{"d":3}}"#,
        ),
        (
            r#"{"a":{"b":1},"a":{"b":{"c":2}}}"#,
            r#"{"a":{"b":{"c":2}}}"#,
        ),
    ] {
        let wanted: serde_json::Value = serde_json::from_str(value).unwrap();
        assert_eq!(value_of(&read(text).unwrap().root), wanted, "{text}");
    }
}

#[test]
fn an_object_that_stands_again_and_again_is_refused() {
    let keys: Vec<String> = (0..1_000).map(|n| format!("\"k{n}\":0")).collect();
    let again = ",\"a\":{}".repeat(200);
    let text = format!("{{\"a\":{{{}}}{again}}}", keys.join(","));
    assert!(read(&text).unwrap_err().what.contains("too often"));
}

#[test]
fn what_go_refuses_is_an_error_with_its_line() {
    for (text, line) in [
        ("{\"a\":1,}", 1),
        ("{\n\"a\": 01}", 2),
        ("{}\n{}", 2),
        ("{\"a\":NaN}", 1),
        ("\u{feff}{}", 1),
        ("", 1),
        ("{\"a\":'b'}", 1),
    ] {
        assert_eq!(read(text).unwrap_err().line, line, "{text:?}");
    }
}

#[test]
fn bytes_that_are_not_utf8_are_replaced_in_strings() {
    let document = parse(b"{\"a\":\"x\xff\"}", &Limits::default()).unwrap();
    assert_eq!(
        document.root.get("a").unwrap().node.value,
        Value::String("x\u{fffd}".to_owned())
    );
}

#[test]
fn depth_is_capped_whatever_the_limit() {
    let nested = |n: usize| "[".repeat(n) + &"]".repeat(n);
    for (depth, fits) in [(128, 127), (1_000_000, 127), (3, 2)] {
        let limits = Limits {
            depth,
            ..Limits::default()
        };
        assert!(parse(nested(fits).as_bytes(), &limits).is_ok(), "{depth}");
        assert!(
            parse(nested(fits + 1).as_bytes(), &limits).is_err(),
            "{depth}"
        );
    }
    assert!(read(&"[".repeat(100_000)).is_err());
    assert!(read(&"{\"a\":".repeat(100_000)).is_err());
}

fn any_json() -> impl Strategy<Value = serde_json::Value> {
    let scalar = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        any::<u64>().prop_map(Into::into),
        any::<f64>().prop_map(Into::into),
        any::<String>().prop_map(Into::into),
    ];
    scalar.prop_recursive(4, 32, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Into::into),
            prop::collection::vec((any::<String>(), inner), 0..6)
                .prop_map(|pairs| serde_json::Value::Object(pairs.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn any_json_reads_as_serde_json_reads_it(value in any_json()) {
        let text = value.to_string();
        let expected: serde_json::Value = serde_json::from_str(&text).unwrap();
        prop_assert_eq!(value_of(&read(&text).unwrap().root), expected);
    }

    #[test]
    fn no_bytes_make_the_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = parse(&bytes, &Limits::default());
    }
}

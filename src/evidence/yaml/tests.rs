use proptest::prelude::*;

use super::*;

mod refused;

fn read(text: &str) -> Result<Document, ParseError> {
    parse(text.as_bytes(), &Limits::default())
}

fn scalar_at(text: &str, path: &str) -> Option<String> {
    let document = read(text).unwrap_or_else(|error| panic!("{text:?}: {error}"));
    let entry = document.root.at(path);
    entry.map(|entry| entry.node.to_string())
}

#[test]
fn a_setting_reads_as_the_kubelet_reads_it() {
    // Cases that the kubelet's own code decided.
    for (text, kind, value) in [
        ("k: true", "bool", "true"),
        ("k: ~", "null", "null"),
        ("k:", "null", "null"),
        ("k: no", "bool", "false"),
        ("k: n", "bool", "false"),
        ("k: FALSE", "bool", "false"),
        ("k: off", "bool", "false"),
        ("k: \"false\"", "string", "false"),
        ("k: 0", "number", "0"),
        ("k: \"0\"", "string", "0"),
        ("k: 0x10", "number", "16"),
        ("k: 1e3", "number", "1000"),
        ("k: 10255.0", "number", "10255"),
        ("k: 010", "number", "8"),
        ("k: 5m30s", "string", "5m30s"),
        ("x: &a false\nk: *a", "bool", "false"),
        ("k: false\r\nx: 1\r\n", "bool", "false"),
        ("\u{feff}k: false", "bool", "false"),
        ("---\nk: false", "bool", "false"),
        ("k: false\n---\nk: true", "bool", "false"),
        ("k: true\nk: false", "bool", "false"),
        ("# c\n\n--- # c\nk: 1 # c\n...\nk: [", "number", "1"),
    ] {
        let document = read(text).unwrap();
        let node = &document.root.get("k").unwrap().node;
        assert_eq!(
            (node.kind(), node.to_string().as_str()),
            (kind, value),
            "{text:?}"
        );
    }
}

#[test]
fn quoted_and_block_text_is_a_string() {
    for (text, value) in [
        ("k: 'yes'", "yes"),
        ("k: |\n  on\n", "on\n"),
        ("k: >-\n  10\n", "10"),
        ("k: |-\n  a\n  \tb\n   \n  c\n", "a\n\tb\n \nc"),
        ("k: \"a\\tb\"", "a\tb"),
        ("k: a b\n  c", "a b c"),
        ("k: |\n  a\n  b", "a\nb"),
        ("k: |+\n  a\n\n", "a\n\n"),
        ("k: >\n  a\n  b\n\n   c\n", "a b\n\n c\n"),
        ("k: 2001-12-14", "2001-12-14"),
        ("k: !!str 5", "5"),
        ("k: !own 5", "5"),
        ("k: ! 5", "5"),
        ("k: !!str", ""),
        ("k: <<", "<<"),
        ("k: a\u{e000}b", "a\u{e000}b"),
    ] {
        let document = read(text).unwrap();
        let node = &document.root.get("k").unwrap().node;
        assert_eq!(node.value, Value::String(value.to_owned()), "{text:?}");
    }
}

#[test]
fn a_character_that_would_be_a_mark_is_refused_where_marks_are_needed() {
    for text in ["k: [\u{e000}, a:]", "k: \u{e000}\nl: {a: b:}"] {
        let error = read(text).unwrap_err().to_string();
        assert!(error.contains("U+E000"), "{error}");
    }
}

#[test]
fn an_empty_document_is_null() {
    for text in [
        "",
        " \n",
        "# only this\n",
        "---\n",
        "---\n---\nk: 1\n",
        "\u{feff}",
        "~",
        "\r\n",
    ] {
        assert_eq!(read(text).unwrap().root.value, Value::Null, "{text:?}");
    }
}

#[test]
fn lines_are_those_of_the_file() {
    let text = "# c\r\n---\r\na:\r\n  b: 1\r\n\r\n  c:\r\n  - x\r\n  - z: &v 2\r\nd: *v\r\n";
    let document = read(text).unwrap();
    let line = |path| {
        document
            .root
            .at(path)
            .map(|entry| (entry.line, entry.node.line))
    };
    assert_eq!(line("a.b"), Some((4, 4)));
    assert_eq!(line("a.c"), Some((6, 7)));
    assert_eq!(line("d"), Some((9, 8)));
    let Value::List(items) = &document.root.at("a.c").unwrap().node.value else {
        panic!("no list");
    };
    assert_eq!(items[1].get("z").unwrap().line, 8);
}

#[test]
fn of_a_duplicate_key_the_last_counts_and_both_are_told() {
    let text = "a:\n  b: 1\n  c: 2\n  b: 3\nl:\n- x: 1\n- x: 1\n  x: 2\n8: a\n010: b\n";
    let document = read(text).unwrap();
    assert_eq!(scalar_at(text, "a.b").unwrap(), "3");
    assert_eq!(scalar_at(text, "8").unwrap(), "b");
    let told: Vec<(&str, u32)> = document
        .duplicates
        .iter()
        .map(|duplicate| (duplicate.path.as_str(), duplicate.line))
        .collect();
    assert_eq!(told, [("a.b", 4), ("l.1.x", 8), ("8", 10)]);
}

#[test]
fn keys_that_json_makes_the_same_are_an_error() {
    for text in ["1: a\n\"1\": b\n", "yes: a\n'true': b\n", "1: a\n1.0: b\n"] {
        assert!(read(text).is_err(), "{text:?}");
    }
}

#[test]
fn a_merge_key_writes_where_it_stands() {
    let base = "x: &x {a: 1, b: 2}\ny: &y {a: 3, c: 4}\n";
    for (merged, expected) in [
        ("k:\n  <<: *x\n  a: 9\n", [Some("9"), Some("2"), None]),
        ("k:\n  a: 9\n  <<: *x\n", [Some("1"), Some("2"), None]),
        ("k:\n  <<: [*x, *y]\n", [Some("1"), Some("2"), Some("4")]),
        (
            "k:\n  <<: [*x, {c: 7}]\n",
            [Some("1"), Some("2"), Some("7")],
        ),
        ("k:\n  <<: {b: 5}\n", [None, Some("5"), None]),
        ("k:\n  !!merge <<: *x\n", [Some("1"), Some("2"), None]),
        ("k:\n  '<<': *x\n", [None, None, None]),
    ] {
        let text = format!("{base}{merged}");
        let found = ["k.a", "k.b", "k.c"].map(|path| scalar_at(&text, path));
        assert_eq!(found.each_ref().map(Option::as_deref), expected, "{merged}");
    }
    let text = format!("{base}k:\n  a: 9\n  <<: *x\n");
    assert_eq!(read(&text).unwrap().duplicates[0].path, "k.a");
    for wrong in ["<<: 1", "<<: [1]", "<<:", "l: &l [{a: 1}]\nk: {<<: *l}"] {
        assert!(read(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn what_libyaml_reads_and_yaml_1_2_does_not_is_read() {
    for (text, json) in [
        ("%YAML 1.1\n---\na: 1\n", r#"{"a":1}"#),
        (
            "# c\n%YAML 1.1 # d\n%TAG !x! tag:x,2000:\n--- {a: 1}\n",
            r#"{"a":1}"#,
        ),
        ("a: {b: ca.crt:}\n", r#"{"a":{"b":"ca.crt:"}}"#),
        (
            "a: [x:, y:, 'z:']\nb: c:}\n",
            r#"{"a":["x:","y:","z:"],"b":"c:}"}"#,
        ),
        ("a: {\"b\":[1],'c':{}}\n", r#"{"a":{"b":[1],"c":{}}}"#),
        ("a: {b:}\n", r#"{"a":{"b:":null}}"#),
        ("--- {a: 1}\n[b]: c\n", r#"{"a":1}"#),
        ("a: [b\n \tc]\n", r#"{"a":["b c"]}"#),
        ("a: [b # c\n\t]\n", r#"{"a":["b"]}"#),
        ("a: .inf\na: 5\n", r#"{"a":5}"#),
        ("a: !!binary aGk=\n", r#"{"a":"hi"}"#),
    ] {
        let document = read(text).unwrap_or_else(|error| panic!("{text:?}: {error}"));
        assert_eq!(document.root.to_json().to_string(), json, "{text:?}");
    }
}

#[test]
fn tabs_that_do_not_indent_are_no_error() {
    for text in [
        "a:\tb\n",
        "a: b\t\n",
        "a: b\t# c\nb: c\n",
        "a: [b,\n\tc]\nd: 1\n",
        "a: |\n  b\n  \tc\nd: 1\n",
        "a: b\n---\n\tno: yaml",
    ] {
        assert!(read(text).is_ok(), "{text:?}: {:?}", read(text));
    }
    assert!(read("a: |\n  b\n\td: 1\n").is_err());
    assert!(read("a: [b,\n\tc]\n\td: 1\n").is_err());
}

#[test]
fn depth_is_capped_whatever_the_limit() {
    let flow = |n: usize| "[".repeat(n) + &"]".repeat(n);
    let block = |n: usize| (0..n).map(|i| "  ".repeat(i) + "a:\n").collect::<String>();
    for (depth, fits) in [(128, 127), (1_000_000, 127), (3, 2)] {
        let limits = Limits {
            depth,
            ..Limits::default()
        };
        for text in [&flow, &block] as [&dyn Fn(usize) -> String; 2] {
            assert!(parse(text(fits).as_bytes(), &limits).is_ok(), "{depth}");
            assert!(
                parse(text(fits + 1).as_bytes(), &limits).is_err(),
                "{depth}"
            );
        }
    }
    for text in ["[", "- ", "{a: ", "? ", "- &a "] {
        assert!(read(&text.repeat(100_000)).is_err(), "{text}");
    }
    // Depth made of aliases alone.
    let chain: String = (1..200)
        .map(|n| format!("- &a{n} [*a{}]\n", n - 1))
        .collect();
    assert!(read(&format!("- &a0 x\n{chain}")).is_err());
}

#[test]
fn aliases_expand_up_to_the_limit() {
    let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for n in 1..10 {
        let aliases = vec![format!("*a{}", n - 1); 10].join(", ");
        bomb.push_str(&format!("a{n}: &a{n} [{aliases}]\n"));
    }
    let error = read(&bomb).unwrap_err();
    assert!(error.what.contains("aliases"), "{error}");
    let limits = |alias_nodes| Limits {
        alias_nodes,
        ..Limits::default()
    };
    let text = b"a: &a [x, y]\nb: [*a, *a]\n";
    assert!(parse(text, &limits(6)).is_ok());
    assert!(parse(text, &limits(5)).is_err());
}

fn any_tree() -> impl Strategy<Value = Value> {
    let scalar = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(Value::Int),
        "[ -~\n\t\u{e9}\u{1f600}]{0,12}".prop_map(Value::String),
    ];
    scalar.prop_recursive(4, 32, 5, |inner| {
        let pairs = prop::collection::vec(("[ -~\u{e9}]{0,8}", inner.clone()), 0..5);
        prop_oneof![
            prop::collection::vec(inner, 0..5)
                .prop_map(|values| Value::List(values.into_iter().map(bare).collect())),
            pairs.prop_map(|pairs| {
                let mut map = MapBuilder::default();
                for (key, value) in pairs {
                    let node = bare(value);
                    map.insert(Entry { key, line: 0, node });
                }
                map.finish()
            }),
        ]
    })
}

fn bare(value: Value) -> Node {
    Node { value, line: 0 }
}

fn quoted(text: &str) -> String {
    let escaped = text.replace('\\', "\\\\").replace('"', "\\\"");
    format!("\"{}\"", escaped.replace('\n', "\\n").replace('\t', "\\t"))
}

/// Block style, where the format has it.
fn emit(value: &Value, indent: usize, out: &mut String) {
    let pad = " ".repeat(indent);
    match value {
        Value::List(items) if !items.is_empty() => {
            for item in items {
                out.push_str(&format!("\n{pad}-"));
                emit(&item.value, indent + 2, out);
            }
        }
        Value::Map(entries) if !entries.is_empty() => {
            for entry in entries {
                out.push_str(&format!("\n{pad}{}:", quoted(&entry.key)));
                emit(&entry.node.value, indent + 2, out);
            }
        }
        Value::List(_) => out.push_str(" []"),
        Value::Map(_) => out.push_str(" {}"),
        Value::String(text) => out.push_str(&format!(" {}", quoted(text))),
        scalar => {
            let text = bare(scalar.clone()).to_string();
            out.push_str(&format!(" {text}"));
        }
    }
}

fn without_lines(value: Value) -> Value {
    match value {
        Value::List(items) => {
            let values = items
                .into_iter()
                .map(|item| bare(without_lines(item.value)));
            Value::List(values.collect())
        }
        Value::Map(entries) => {
            let entries = entries.into_iter().map(|entry| Entry {
                key: entry.key,
                line: 0,
                node: bare(without_lines(entry.node.value)),
            });
            Value::Map(entries.collect())
        }
        scalar => scalar,
    }
}

proptest! {
    #[test]
    fn any_tree_reads_back_as_it_was_written(tree in any_tree()) {
        let mut text = "---".to_owned();
        emit(&tree, 0, &mut text);
        text.push('\n');
        let document = read(&text).unwrap();
        prop_assert_eq!(without_lines(document.root.value), tree, "{}", text);
        prop_assert!(document.duplicates.is_empty());
    }

    #[test]
    fn no_bytes_make_the_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = parse(&bytes, &Limits::default());
    }

    #[test]
    fn no_yaml_like_text_makes_the_reader_panic(
        text in "([a-c:?\\-\\[\\]{},&*!|>'\"#%\\\\/ \n\t]|<<: |- |k: |&a |\\*a |!!int ){0,60}"
    ) {
        let _ = read(&text);
    }
}

use super::*;
use proptest::prelude::*;

#[test]
fn integers_are_read_as_go_reads_them() {
    for (text, expected) in [
        ("0", Some(0)),
        ("0x1F", Some(31)),
        ("010", Some(8)),
        ("0b11", Some(3)),
        ("1_000", Some(1000)),
        ("+5", Some(5)),
        ("-1", Some(-1)),
        (" 0", None),
        ("1e3", None),
        ("", None),
        ("_1", None),
        ("--1", None),
    ] {
        assert_eq!(parse_int(text), expected, "{text}");
    }
}

#[test]
fn durations_are_read_and_printed_as_go_does() {
    for (text, printed) in [
        ("0", "0s"),
        ("5m", "5m0s"),
        ("1.5h", "1h30m0s"),
        ("4h0m0s", "4h0m0s"),
        ("-5m", "-5m0s"),
        ("5m30s", "5m30s"),
        ("1500ms", "1.5s"),
        ("10ms", "10ms"),
    ] {
        let nanos = parse_duration(text).unwrap();
        assert_eq!(duration_text(nanos), printed, "{text}");
    }
    for text in ["", "5", "1d", "m", "-", "1..2s", "5m "] {
        assert_eq!(parse_duration(text), None, "{text}");
    }
}

proptest! {
    #[test]
    fn a_printed_duration_reads_back(seconds in -10_000_000i64..10_000_000) {
        let nanos = seconds * 1_000_000_000;
        prop_assert_eq!(parse_duration(&duration_text(nanos)), Some(nanos));
    }

    #[test]
    fn no_argument_text_panics(text in ".{0,40}") {
        for kind in ["bool", "int32", "float", "duration", "string-list", "string-map", "bool-map"] {
            let _ = SettingValue::from_argument(Kind::named(kind).unwrap(), &text);
        }
    }
}

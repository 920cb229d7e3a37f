//! How Go spells booleans, whole numbers and durations, in arguments and in files.

/// Go's strconv.ParseBool: these spellings and no others.
#[must_use]
pub fn parse_bool(text: &str) -> Option<bool> {
    match text {
        "1" | "t" | "T" | "TRUE" | "true" | "True" => Some(true),
        "0" | "f" | "F" | "FALSE" | "false" | "False" => Some(false),
        _ => None,
    }
}

/// Go's strconv.ParseInt with base 0: prefixes, and underscores between digits.
pub(super) fn parse_int(text: &str) -> Option<i64> {
    let (sign, digits) = match text.as_bytes().first()? {
        b'-' => ("-", &text[1..]),
        b'+' => ("", &text[1..]),
        _ => ("", text),
    };
    let lower = digits.to_ascii_lowercase();
    let (radix, prefixed, body) = if let Some(body) = lower.strip_prefix("0x") {
        (16, true, body)
    } else if let Some(body) = lower.strip_prefix("0b") {
        (2, true, body)
    } else if let Some(body) = lower.strip_prefix("0o") {
        (8, true, body)
    } else if lower.len() > 1 && lower.starts_with('0') {
        (8, true, &lower[1..])
    } else {
        (10, false, lower.as_str())
    };
    let stray_underscore =
        body.ends_with('_') || body.contains("__") || (!prefixed && body.starts_with('_'));
    if body.is_empty() || stray_underscore || body.starts_with(['+', '-']) {
        return None;
    }
    let body = body.replace('_', "");
    i64::from_str_radix(&format!("{sign}{body}"), radix).ok()
}

const UNITS: [(&str, i64); 7] = [
    ("ns", 1),
    ("us", 1_000),
    ("µs", 1_000),
    ("μs", 1_000),
    ("ms", 1_000_000),
    ("s", 1_000_000_000),
    ("m", 60_000_000_000),
];
const HOUR: i64 = 3_600_000_000_000;

/// Go's time.ParseDuration, in nanoseconds: `4h0m0s`, `1.5h`, `-5m`, `0`; no unit means no value.
#[must_use]
pub fn parse_duration(text: &str) -> Option<i64> {
    let (negative, mut rest) = match text.as_bytes().first()? {
        b'-' => (true, &text[1..]),
        b'+' => (false, &text[1..]),
        _ => (false, text),
    };
    if rest == "0" {
        return Some(0);
    }
    if rest.is_empty() {
        return None;
    }
    let mut total: f64 = 0.0;
    let mut exact: i64 = 0;
    while !rest.is_empty() {
        let length = rest
            .bytes()
            .take_while(|b| b.is_ascii_digit() || *b == b'.')
            .count();
        let (number, tail) = rest.split_at(length);
        if !number.bytes().any(|b| b.is_ascii_digit()) {
            return None;
        }
        let unit_length = tail
            .bytes()
            .take_while(|b| !b.is_ascii_digit() && *b != b'.')
            .count();
        let (unit, tail) = tail.split_at(unit_length);
        let nanos = if unit == "h" {
            HOUR
        } else {
            UNITS.iter().find(|(name, _)| *name == unit)?.1
        };
        if number.contains('.') {
            total += number.parse::<f64>().ok()? * nanos as f64;
        } else {
            exact = exact.checked_add(number.parse::<i64>().ok()?.checked_mul(nanos)?)?;
        }
        rest = tail;
    }
    if total > 9.0e18 {
        return None;
    }
    let sum = exact.checked_add(total as i64)?;
    Some(if negative { -sum } else { sum })
}

/// As Go prints a duration: `4h0m0s`, `30s`, `1.5s`.
pub(super) fn duration_text(nanos: i64) -> String {
    if nanos == 0 {
        return "0s".to_owned();
    }
    let sign = if nanos < 0 { "-" } else { "" };
    let magnitude = nanos.unsigned_abs();
    let second = 1_000_000_000;
    if magnitude < second {
        let (value, unit) = match magnitude {
            m if m < 1_000 => (m as f64, "ns"),
            m if m < 1_000_000 => (m as f64 / 1e3, "µs"),
            m => (m as f64 / 1e6, "ms"),
        };
        return format!("{sign}{value}{unit}");
    }
    let seconds = (magnitude % (60 * second)) as f64 / second as f64;
    let minutes = magnitude / (60 * second);
    match (minutes / 60, minutes % 60) {
        (0, 0) => format!("{sign}{seconds}s"),
        (0, minutes) => format!("{sign}{minutes}m{seconds}s"),
        (hours, minutes) => format!("{sign}{hours}h{minutes}m{seconds}s"),
    }
}

#[cfg(test)]
mod tests {
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
    }
}

//! YAML as the kubelet reads it: no text makes the reader panic, and what it reads, libyaml reads as
//! the same.

use nodeproof::evidence::document::{Document, Entry, Node, Value};
use nodeproof::evidence::{masks, yaml, yaml_or_json};
use nodeproof::kube_bench::tree::Tree;
use nodeproof::limits::Limits;

/// Levels that both readers take.
const LEVELS: usize = 60;

pub fn run(data: &[u8]) {
    let limits = Limits::default();
    let own = yaml::parse(data, &limits);
    let _ = yaml_or_json::parse(data, &limits);
    let _ = masks::quoted(data);
    let text = String::from_utf8_lossy(data);
    let Ok(own) = own else { return };
    let _ = own.root.to_json();
    let _ = own.root.mask();
    if is_compared(&own, &text) {
        match Tree::parse(&text) {
            Ok(other) => assert!(is_same(&own.root, &other), "{:?} and {other:?}", own.root),
            // `[a:]`: go-yaml reads it as ours does.
            Err(error) if error.contains("found unexpected ':'") => {}
            // It takes the first byte of U+FFFD for that of a byte order mark.
            Err(error) if error.contains("invalid byte order marker") => {}
            Err(error) => panic!("libyaml refuses what is read as {:?}: {error}", own.root),
        }
    }
}

/// Of tags, merge keys and keys that stand twice the second reader says nothing. A text that is the
/// whole document, which no component takes, is not compared; nor is a block of text that may end the
/// document without a line break: of some libyaml-safer panics, which the program catches and libFuzzer
/// does not let it.
fn is_compared(own: &Document, text: &str) -> bool {
    own.duplicates.is_empty()
        && !matches!(own.root.value, Value::String(_))
        && !text.contains('!')
        && (text.ends_with('\n') || !text.contains(['|', '>']))
        && !text.contains("<<")
        && levels(&own.root) < LEVELS
}

fn levels(node: &Node) -> usize {
    let below = match &node.value {
        Value::List(items) => items.iter().map(levels).max(),
        Value::Map(entries) => entries.iter().map(|entry| levels(&entry.node)).max(),
        _ => return 0,
    };
    below.unwrap_or(0) + 1
}

fn is_same(own: &Node, other: &Tree) -> bool {
    match (&own.value, other) {
        (Value::List(items), Tree::List(others)) => {
            items.len() == others.len() && items.iter().zip(others).all(|(a, b)| is_same(a, b))
        }
        (Value::Map(entries), Tree::Map(others)) => {
            let same = |(a, (key, b)): (&Entry, &(String, Tree))| {
                // A number, truth value or null that is a key is written anew.
                (a.key == *key || !is_text(key)) && is_same(&a.node, b)
            };
            entries.len() == others.len() && entries.iter().zip(others).all(same)
        }
        (Value::String(text), Tree::Scalar(other, is_plain)) => {
            text == other && (!is_plain || is_text(other))
        }
        (Value::Null, other) => other.is_null(),
        (Value::Bool(own), other) => other.as_bool() == Some(*own),
        (own, Tree::Scalar(text, true)) => number(text).is_some_and(|number| {
            let own = match own {
                Value::Int(own) => *own as f64,
                Value::Uint(own) => *own as f64,
                Value::Float(own) => *own,
                _ => return false,
            };
            own == number
        }),
        _ => false,
    }
}

/// Whether a plain scalar is text in YAML 1.1, as far as it is not told by its first character.
fn is_text(text: &str) -> bool {
    let plain = Tree::Scalar(text.to_owned(), true);
    !plain.is_null() && plain.as_bool().is_none() && number(text).is_none()
}

/// The number that a plain scalar is in YAML 1.1, as Go's packages read numbers.
fn number(text: &str) -> Option<f64> {
    let digits = match text.as_bytes().first()? {
        b'.' => text.to_owned(),
        b'+' | b'-' | b'0'..=b'9' => text.replace('_', ""),
        _ => return None,
    };
    let unsigned = digits.strip_prefix(['+', '-']).unwrap_or(&digits);
    let (is_signed, is_minus) = (unsigned.len() < digits.len(), digits.starts_with('-'));
    let lower = unsigned.to_ascii_lowercase();
    if !lower.starts_with(|first: char| first == '.' || first.is_ascii_digit()) {
        return None;
    }
    let radix = |prefix: &str, radix| {
        let digits = lower.strip_prefix(prefix)?;
        let number = u64::from_str_radix(digits, radix).ok()?;
        // With a sign it has 63 bits.
        let most = i64::MAX as u64 + u64::from(is_minus);
        let fits = !digits.starts_with('+') && (!is_signed || number <= most);
        fits.then_some(number as f64)
    };
    let octal = || radix("0o", 8).or_else(|| radix("0", 8));
    let whole = radix("0x", 16).or_else(|| radix("0b", 2)).or_else(octal);
    let is_decimal = |b: u8| b.is_ascii_digit() || matches!(b, b'.' | b'e' | b'+' | b'-');
    let decimal = || {
        lower
            .parse::<f64>()
            .ok()
            .filter(|n| n.is_finite() && lower.bytes().all(is_decimal))
    };
    let number = whole.or_else(decimal)?;
    Some(if is_minus { -number } else { number })
}

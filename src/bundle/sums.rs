//! `SHA256SUMS` → which digest each member should have.

use std::collections::BTreeMap;

use super::name::normalise;
use crate::limits::Limits;

/// Reads what `sha256sum` writes: `hex  name`, `hex *name`, and `\hex  name` with `\\`, `\n` and
/// `\r` in the name; lines may end in CR LF, empty ones are passed over. Names come out as members'
/// names do, digests in lower case.
///
/// # Errors
/// The number of the first line that is none of that, counted from 1, and what is wrong with it.
pub fn parse(bytes: &[u8], limits: &Limits) -> Result<BTreeMap<String, String>, (u64, String)> {
    let mut sums = BTreeMap::new();
    for (number, line) in (1..).zip(bytes.split(|byte| *byte == b'\n')) {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.is_empty() {
            continue;
        }
        let wrong = |what: String| (number, what);
        let (hex, raw) = split(line).ok_or_else(|| {
            wrong("it is not 64 hexadecimal digits, two blanks and a name".into())
        })?;
        let name = normalise(&raw, limits.path_length)
            .map_err(|bad| wrong(format!("the file it names {}", bad.what())))?;
        if let Some(other) = sums.insert(name.clone(), hex.clone())
            && other != hex
        {
            return Err(wrong(format!(
                "`{name}` has another digest in a line before"
            )));
        }
    }
    Ok(sums)
}

/// Digest and unescaped name.
fn split(line: &[u8]) -> Option<(String, Vec<u8>)> {
    let escaped = line.strip_prefix(b"\\");
    let (hex, rest) = escaped.unwrap_or(line).split_at_checked(64)?;
    let name = rest.strip_prefix(b"  ").or(rest.strip_prefix(b" *"))?;
    let hex = std::str::from_utf8(hex).ok()?;
    if !hex.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let name = match escaped {
        Some(_) => unescape(name)?,
        None => name.to_vec(),
    };
    Some((hex.to_ascii_lowercase(), name))
}

fn unescape(name: &[u8]) -> Option<Vec<u8>> {
    let mut plain = Vec::with_capacity(name.len());
    let mut bytes = name.iter();
    while let Some(byte) = bytes.next() {
        plain.push(match byte {
            b'\\' => match bytes.next()? {
                b'\\' => b'\\',
                b'n' => b'\n',
                b'r' => b'\r',
                _ => return None,
            },
            byte => *byte,
        });
    }
    Some(plain)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const HEX: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    fn read(text: &[u8]) -> Result<BTreeMap<String, String>, (u64, String)> {
        parse(text, &Limits::default())
    }

    #[test]
    fn every_spelling_of_a_line_is_read() {
        let text = format!(
            "{HEX}  ./a//b\r\n\n{HEX} *c d\n\\{HEX}  e\\\\\\nf\n{}  \u{e9}\n",
            HEX.to_uppercase()
        );
        let sums = read(text.as_bytes()).unwrap();
        let names: Vec<&str> = sums.keys().map(String::as_str).collect();
        assert_eq!(names, ["a/b", "c d", "e\\\nf", "\u{e9}"]);
        assert!(sums.values().all(|hex| hex == HEX));
        assert!(read(b"").unwrap().is_empty());
    }

    #[test]
    fn a_wrong_line_is_named() {
        let other = HEX.replace('e', "f");
        for (line, what) in [
            ("hello".to_owned(), "64 hexadecimal"),
            (format!("{HEX} a"), "two blanks"),
            (format!("{}g  a", &HEX[1..]), "64 hexadecimal"),
            (format!("{HEX}  /a"), "absolute"),
            (format!("{HEX}  a/../b"), "`..`"),
            (format!("{HEX}  "), "empty name"),
            (format!("\\{HEX}  a\\x"), "64 hexadecimal"),
            (format!("{other}  ok"), "another digest"),
        ] {
            let (number, got) = read(format!("{HEX}  ok\n{line}\n").as_bytes()).unwrap_err();
            assert_eq!(number, 2, "{line}");
            assert!(got.contains(what), "{line}: {got}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_make_the_reader_panic(bytes: Vec<u8>) {
            let _ = read(&bytes);
        }

        #[test]
        fn any_name_is_read_back(name in "[^/\0.][^/\0]{0,20}") {
            let escaped = name.replace('\\', "\\\\").replace('\n', "\\n").replace('\r', "\\r");
            let sums = read(format!("\\{HEX}  {escaped}\n").as_bytes()).unwrap();
            prop_assert_eq!(sums.keys().next(), Some(&name));
        }
    }
}

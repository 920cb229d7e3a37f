//! `SHA256SUMS` → which digest each member should have.

use std::borrow::Cow;

use super::name::normalise;
use crate::limits::Limits;

/// A digest: lower-case hexadecimal digits.
type Hex = [u8; 64];

/// The lines of a `SHA256SUMS`, by name.
#[derive(Debug)]
pub struct Sums {
    /// Sorted by name, each once.
    lines: Vec<(String, Hex)>,
}

impl Sums {
    /// The names, sorted.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.lines.iter().map(|(name, _)| name.as_str())
    }

    /// The digest of a member, in lower-case hexadecimal.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&[u8]> {
        let at = self
            .lines
            .binary_search_by(|(other, _)| other.as_str().cmp(name));
        self.lines.get(at.ok()?).map(|(_, hex)| &hex[..])
    }
}

/// Reads what `sha256sum` writes: `hex  name`, `hex *name`, and `\hex  name` with `\\`, `\n` and
/// `\r` in the name; lines may end in CR LF, empty ones are passed over. Names come out as members'
/// names do.
///
/// # Errors
/// The number of the first line that is none of that, counted from 1, and what is wrong with it.
pub fn parse(bytes: &[u8], limits: &Limits) -> Result<Sums, (u64, String)> {
    let mut lines = Vec::new();
    let mut wrong = None;
    for (number, line) in (1..).zip(bytes.split(|byte| *byte == b'\n')) {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.is_empty() {
            continue;
        }
        match read_line(line, limits) {
            Ok((name, hex)) => lines.push((name, number, hex)),
            Err(what) => {
                wrong = Some((number, what));
                break;
            }
        }
    }
    lines.sort_unstable();
    let pairs = lines.windows(2).filter_map(|pair| match pair {
        [a, b] if a.0 == b.0 && a.2 != b.2 => Some(b),
        _ => None,
    });
    // Of the lines before a wrong one, so it is the first.
    if let Some((name, number, _)) = pairs.min_by_key(|(_, number, _)| *number) {
        let what = format!("`{name}` has another digest in a line before");
        return Err((*number, what));
    }
    if let Some(wrong) = wrong {
        return Err(wrong);
    }
    lines.dedup_by(|later, first| later.0 == first.0);
    let lines = lines.into_iter().map(|(name, _, hex)| (name, hex));
    Ok(Sums {
        lines: lines.collect(),
    })
}

/// Name and digest of a line.
fn read_line(line: &[u8], limits: &Limits) -> Result<(String, Hex), String> {
    let (hex, raw) = split(line).ok_or("it is not 64 hexadecimal digits, two blanks and a name")?;
    let name = normalise(&raw, limits.path_length)
        .map_err(|bad| format!("the file it names {}", bad.what()))?;
    Ok((name, hex))
}

/// Digest and unescaped name.
fn split(line: &[u8]) -> Option<(Hex, Cow<'_, [u8]>)> {
    let escaped = line.strip_prefix(b"\\");
    let (hex, rest) = escaped.unwrap_or(line).split_first_chunk()?;
    let name = rest.strip_prefix(b"  ").or(rest.strip_prefix(b" *"))?;
    let mut hex: Hex = *hex;
    if !hex.iter().all(u8::is_ascii_hexdigit) {
        return None;
    }
    hex.make_ascii_lowercase();
    let name = match escaped {
        Some(_) => Cow::Owned(unescape(name)?),
        None => Cow::Borrowed(name),
    };
    Some((hex, name))
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

    fn read(text: &[u8]) -> Result<Sums, (u64, String)> {
        parse(text, &Limits::default())
    }

    #[test]
    fn every_spelling_of_a_line_is_read() {
        let text = format!(
            "{HEX}  ./a//b\r\n\n{HEX} *c d\n\\{HEX}  e\\\\\\nf\n{}  \u{e9}\n",
            HEX.to_uppercase()
        );
        let sums = read(text.as_bytes()).unwrap();
        let names: Vec<&str> = sums.names().collect();
        assert_eq!(names, ["a/b", "c d", "e\\\nf", "\u{e9}"]);
        let digests = names.iter().map(|name| sums.get(name).unwrap());
        assert!(digests.into_iter().all(|hex| hex == HEX.as_bytes()));
        assert_eq!(sums.get("c"), None);
        assert_eq!(read(b"").unwrap().names().count(), 0);
    }

    #[test]
    fn a_name_may_stand_twice_with_one_digest() {
        let (upper, other) = (HEX.to_uppercase(), HEX.replace('e', "f"));
        let text = format!("{HEX}  b\n{HEX}  a\n{upper}  ./b\n");
        let sums = read(text.as_bytes()).unwrap();
        assert_eq!(sums.names().collect::<Vec<_>>(), ["a", "b"]);
        // Of several wrong lines the first is named, whatever is wrong with it.
        for (rest, line) in [("", 4), ("hello\n", 4)] {
            let text = format!("{text}{other}  b\n{HEX}  a\n{other}  a\n{rest}");
            assert_eq!(read(text.as_bytes()).unwrap_err().0, line);
        }
        let text = format!("{text}hello\n{other}  b\n");
        assert_eq!(read(text.as_bytes()).unwrap_err().0, 4);
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
            let text = format!("\\{HEX}  {escaped}\n");
            let sums = read(text.as_bytes()).unwrap();
            prop_assert_eq!(sums.names().next(), Some(name.as_str()));
        }
    }
}

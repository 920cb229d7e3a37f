//! The text of a systemd unit, and of an environment file → what they assign, with the line.
//!
//! Source: systemd.syntax, systemd.service (COMMAND LINES) and systemd.exec (Environment=,
//! EnvironmentFile=). What they leave open is `None`: nobody can tell then.

/// `key = value`, as a file has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assignment {
    /// What is assigned to.
    pub key: String,
    /// The text assigned.
    pub value: String,
    /// The line it begins in, from 1.
    pub line: u32,
}

/// The assignments of a unit's `[Service]` section; lines that a `\` continues are joined.
#[must_use]
pub fn service(text: &str) -> Vec<Assignment> {
    let mut found = Vec::new();
    let mut in_service = false;
    let mut open: Option<(String, u32)> = None;
    for (line, number) in text.lines().zip(1..) {
        let line = line.trim_start();
        if line.starts_with(['#', ';']) {
            continue;
        }
        let (mut joined, first) = open.take().unwrap_or((String::new(), number));
        joined.push_str(line);
        let slashes = joined.bytes().rev().take_while(|b| *b == b'\\').count();
        if slashes % 2 == 1 {
            joined.pop();
            joined.push(' ');
            open = Some((joined, first));
            continue;
        }
        let joined = joined.trim();
        if joined.starts_with('[') {
            in_service = joined == "[Service]";
        } else if let Some((key, value)) = joined.split_once('=').filter(|_| in_service) {
            found.push(Assignment {
                key: key.trim().to_owned(),
                value: value.trim().to_owned(),
                line: first,
            });
        }
    }
    found
}

/// The words of a value: apart by blanks, a quoted one whole. `None` for what versions of systemd
/// read differently: escapes, and quotes inside a word.
#[must_use]
pub fn words(text: &str) -> Option<Vec<String>> {
    let mut words = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let (word, after) = match first {
            '"' | '\'' => {
                let (word, after) = rest.get(1..)?.split_once(first)?;
                if !(after.is_empty() || after.starts_with(char::is_whitespace)) {
                    return None;
                }
                (word, after)
            }
            _ => {
                let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
                let (word, after) = rest.split_at(end);
                if word.contains(['"', '\'']) {
                    return None;
                }
                (word, after)
            }
        };
        if word.contains('\\') {
            return None;
        }
        words.push(word.to_owned());
        rest = after.trim_start();
    }
    Some(words)
}

/// Where the reader of an environment file is.
#[derive(Clone, Copy, PartialEq)]
enum ReaderState {
    LineStart,
    Comment,
    Key,
    ValueStart,
    Value,
    Quoted(char),
}

/// The variables of an environment file. An assignment without a name is none. `None` for what
/// versions of systemd read differently: a comment that ends in `\`, a quote that nothing closes.
#[must_use]
pub fn environment(text: &str) -> Option<Vec<Assignment>> {
    let mut found: Vec<Assignment> = Vec::new();
    let (mut key, mut value, mut kept) = (String::new(), String::new(), 0);
    let (mut line, mut first) = (1_u32, 1_u32);
    let mut state = ReaderState::LineStart;
    let mut chars = text.chars().chain(['\n']).peekable();
    while let Some(c) = chars.next() {
        let here = line;
        line += u32::from(c == '\n');
        state = match (state, c) {
            (ReaderState::LineStart, c) if c.is_whitespace() => ReaderState::LineStart,
            (ReaderState::LineStart, '#' | ';') => ReaderState::Comment,
            (ReaderState::LineStart, c) => {
                (key, value, kept, first) = (c.to_string(), String::new(), 0, here);
                ReaderState::Key
            }
            (ReaderState::Comment | ReaderState::Key, '\n') => ReaderState::LineStart,
            (ReaderState::Comment, '\\') if chars.peek() == Some(&'\n') => return None,
            (ReaderState::Comment, _) => ReaderState::Comment,
            (ReaderState::Key, '=') => ReaderState::ValueStart,
            (ReaderState::Key, c) => {
                key.push(c);
                ReaderState::Key
            }
            (ReaderState::ValueStart | ReaderState::Value, '\n') => {
                value.truncate(kept);
                let name = key.trim();
                if is_name(name) {
                    found.push(Assignment {
                        key: name.to_owned(),
                        value: std::mem::take(&mut value),
                        line: first,
                    });
                }
                ReaderState::LineStart
            }
            (ReaderState::ValueStart, quote @ ('"' | '\'')) => ReaderState::Quoted(quote),
            (ReaderState::ValueStart | ReaderState::Value, '\\') => {
                match chars.next() {
                    Some('\n') => line += 1,
                    Some(escaped) => {
                        value.push(escaped);
                        kept = value.len();
                    }
                    None => {}
                }
                ReaderState::Value
            }
            (ReaderState::ValueStart, c) if c.is_whitespace() => ReaderState::ValueStart,
            (ReaderState::ValueStart | ReaderState::Value, c) => {
                value.push(c);
                if !c.is_whitespace() {
                    kept = value.len();
                }
                ReaderState::Value
            }
            (ReaderState::Quoted(quote), c) if c == quote => {
                kept = value.len();
                ReaderState::ValueStart
            }
            (ReaderState::Quoted('"'), '\\') => {
                match chars.next() {
                    Some('\n') => line += 1,
                    Some(c @ ('"' | '\\' | '`' | '$')) => value.push(c),
                    Some(c) => value.extend(['\\', c]),
                    None => {}
                }
                ReaderState::Quoted('"')
            }
            (ReaderState::Quoted(quote), c) => {
                value.push(c);
                ReaderState::Quoted(quote)
            }
        };
    }
    (state == ReaderState::LineStart).then_some(found)
}

/// Whether a text is the name of a variable.
#[must_use]
pub fn is_name(text: &str) -> bool {
    let mut bytes = text.bytes();
    bytes
        .next()
        .is_some_and(|b| b.is_ascii_alphabetic() || b == b'_')
        && bytes.all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn pairs(found: &[Assignment]) -> Vec<(&str, &str, u32)> {
        found
            .iter()
            .map(|a| (a.key.as_str(), a.value.as_str(), a.line))
            .collect()
    }

    #[test]
    fn a_unit_gives_what_its_service_section_assigns() {
        let text = "[Unit]\nExecStart=no\n[Service]\n# ExecStart=old\nExecStart = /k \\\n# between\n  --a \\\n  --b\nExecStart=\n;x\n[Install]\nExecStart=no\n";
        let expected = [("ExecStart", "/k  --a  --b", 5), ("ExecStart", "", 9)];
        assert_eq!(pairs(&service(text)), expected);
        assert_eq!(
            pairs(&service("[Service]\nA=b\\\\\nC=d")),
            [("A", "b\\\\", 2), ("C", "d", 3)]
        );
    }

    #[test]
    fn words_are_apart_by_blanks_and_quotes_hold_them_together() {
        for (text, expected) in [
            (" a  b\tc ", Some(vec!["a", "b", "c"])),
            ("\"a b\" 'c d' ''", Some(vec!["a b", "c d", ""])),
            ("", Some(vec![])),
            ("a\"b\"", None),
            ("\"a\"b", None),
            ("\"a", None),
            ("a\\x20b", None),
            ("'é' é", Some(vec!["é", "é"])),
        ] {
            let got = words(text);
            let expected = expected.map(|all| all.into_iter().map(str::to_owned).collect());
            assert_eq!(got, expected, "{text}");
        }
    }

    #[test]
    fn an_environment_file_is_read_as_systemd_reads_it() {
        for (text, expected) in [
            ("A=b c \nB=\n", vec![("A", "b c", 1), ("B", "", 2)]),
            ("# x\n;y\n\n  A = \"b 'c'\" \n", vec![("A", "b 'c'", 4)]),
            ("A='b \"c'\nB=d'e", vec![("A", "b \"c", 1), ("B", "d'e", 2)]),
            ("A=b\\\nc\nD=e", vec![("A", "bc", 1), ("D", "e", 3)]),
            ("A=\"b\\\nc\\$\\n\"", vec![("A", "bc$\\n", 1)]),
            ("A=\"b\nc\"\nD=e", vec![("A", "b\nc", 1), ("D", "e", 3)]),
            ("export A=b\n1=c\nnothing\n", vec![]),
            ("A=b\\ \n", vec![("A", "b ", 1)]),
        ] {
            assert_eq!(pairs(&environment(text).unwrap()), expected, "{text}");
        }
    }

    #[test]
    fn what_versions_of_systemd_read_differently_is_not_known() {
        for text in ["# x \\\nA=b\n", "A=\"b\n", "A='b"] {
            assert_eq!(environment(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_a_reader_panic(text in "[ -~\n\t'\"\\\\#;=é\\[\\]]{0,80}") {
            let _ = service(&text);
            let _ = words(&text);
            for assignment in environment(&text).into_iter().flatten() {
                prop_assert!(is_name(&assignment.key));
            }
        }
    }
}

//! A list as one argument: the fields of one CSV record, as Go's encoding/csv reads it for pflag.

/// The fields of the first record of a text; an empty text has none.
///
/// # Errors
/// Why the reader refuses it.
pub(super) fn fields(text: &str) -> Result<Vec<String>, String> {
    if text.is_empty() {
        return Ok(Vec::new());
    }
    // Empty lines are no records.
    let text = text.replace("\r\n", "\n");
    let text = text.strip_suffix('\r').unwrap_or(&text);
    let mut rest = text.trim_start_matches('\n');
    if rest.is_empty() {
        return Err("it holds no list, but empty lines".to_owned());
    }
    let mut fields = Vec::new();
    loop {
        let (field, after) = match rest.strip_prefix('"') {
            Some(body) => quoted(body)?,
            None => {
                let end = rest.find([',', '\n']).unwrap_or(rest.len());
                let (field, after) = rest.split_at(end);
                if field.contains('"') {
                    return Err("a quote stands in a field that has none around it".to_owned());
                }
                (field.to_owned(), after)
            }
        };
        fields.push(field);
        match after.strip_prefix(',') {
            Some(next) => rest = next,
            None => return Ok(fields),
        }
    }
}

/// A field up to the quote that ends it, and what follows; two quotes are one.
fn quoted(body: &str) -> Result<(String, &str), String> {
    let mut field = String::new();
    let mut rest = body;
    while let Some((part, after)) = rest.split_once('"') {
        field.push_str(part);
        match after.strip_prefix('"') {
            Some(next) => {
                field.push('"');
                rest = next;
            }
            None if after.is_empty() || after.starts_with([',', '\n']) => {
                return Ok((field, after));
            }
            None => return Err("something follows the quote that ends a field".to_owned()),
        }
    }
    Err("a quote is never closed".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn quotes_are_taken_off_where_they_are_well_formed() {
        for (text, expected) in [
            ("", Some(vec![])),
            ("a,b", Some(vec!["a", "b"])),
            ("a,,", Some(vec!["a", "", ""])),
            (" a ,b", Some(vec![" a ", "b"])),
            ("\"a\"", Some(vec!["a"])),
            ("\"a\",\"b,c\"", Some(vec!["a", "b,c"])),
            ("\"a\"\"b\"", Some(vec!["a\"b"])),
            ("\"\"", Some(vec![""])),
            ("\"a\nb\",c", Some(vec!["a\nb", "c"])),
            ("a,b\nc", Some(vec!["a", "b"])),
            ("\n\r\na\r\nb", Some(vec!["a"])),
            ("\n", None),
            ("a,b\r", Some(vec!["a", "b"])),
            ("a\"b", None),
            ("a,\"", None),
            ("\"a", None),
            ("\"a\"b", None),
            ("'a'", Some(vec!["'a'"])),
        ] {
            let got = fields(text).ok();
            let got = got
                .as_ref()
                .map(|all| all.iter().map(String::as_str).collect());
            assert_eq!(got, expected, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "[a\",\r\n]{0,12}") {
            let _ = fields(&text);
        }
    }
}

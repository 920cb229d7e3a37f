//! What extension headers say of the member after them: GNU long names and PAX records.

use super::header::corrupt;
use crate::bundle::failure::Failure;

/// What is known of the next member before its own header.
#[derive(Default)]
pub(super) struct Extensions {
    long_name: Option<Vec<u8>>,
    local: bool,
    path: Option<Vec<u8>>,
    /// Overrides the size in the header.
    pub(super) size: Option<u64>,
    /// Last changes of content and of metadata, in seconds since 1970.
    pub(super) mtime: Option<i64>,
    pub(super) ctime: Option<i64>,
    /// Its content is a map and pieces, not the file.
    pub(super) sparse: bool,
}

impl Extensions {
    pub(super) fn is_any(&self) -> bool {
        self.local || self.long_name.is_some()
    }

    /// The name that replaces the one in the header.
    pub(super) fn name(&self) -> Result<Option<&[u8]>, Failure> {
        match (&self.long_name, &self.path) {
            (Some(long), Some(path)) if long != path => Err(corrupt(
                "a GNU and a PAX header give one member in it two different names",
            )),
            (long, path) => Ok(long.as_deref().or(path.as_deref())),
        }
    }

    pub(super) fn long_name(&mut self, name: Vec<u8>) -> Result<(), Failure> {
        match self.long_name.replace(name) {
            None => Ok(()),
            Some(_) => Err(corrupt("a member in it has two long names")),
        }
    }

    /// Takes in a local PAX header.
    pub(super) fn local(&mut self, data: &[u8]) -> Result<(), Failure> {
        if self.local {
            return Err(corrupt("a member in it has two PAX headers"));
        }
        self.local = true;
        let mut sparse_name = None;
        for record in records(data) {
            let (key, value) = record?;
            match key {
                b"path" => set(&mut self.path, value.to_vec())?,
                b"GNU.sparse.name" => set(&mut sparse_name, value.to_vec())?,
                b"mtime" => self.mtime = seconds(value),
                b"ctime" => self.ctime = seconds(value),
                b"size" => {
                    let size = std::str::from_utf8(value)
                        .ok()
                        .filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()))
                        .and_then(|text| text.parse().ok())
                        .filter(|size: &u64| i64::try_from(*size).is_ok())
                        .ok_or_else(|| corrupt("a PAX header in it states no possible size"))?;
                    set(&mut self.size, size)?;
                }
                _ => {}
            }
            self.sparse |= key.starts_with(b"GNU.sparse.");
        }
        // The path of a sparse file is a made-up one; and an empty value takes a record back.
        self.path = sparse_name
            .or(self.path.take())
            .filter(|path| !path.is_empty());
        Ok(())
    }
}

/// Whole seconds of `1795637051.764`.
fn seconds(value: &[u8]) -> Option<i64> {
    let text = std::str::from_utf8(value).ok()?;
    let whole = text.split_once('.').map_or(text, |(whole, _)| whole);
    whole.parse().ok()
}

fn set<T: PartialEq>(slot: &mut Option<T>, value: T) -> Result<(), Failure> {
    if slot.as_ref().is_some_and(|old| *old != value) {
        return Err(corrupt("a PAX header in it says one thing in two ways"));
    }
    *slot = Some(value);
    Ok(())
}

/// A global PAX header may describe; some readers let it rename or resize members, others do not.
pub(super) fn check_global(data: &[u8]) -> Result<(), Failure> {
    for record in records(data) {
        let (key, _) = record?;
        if matches!(key, b"path" | b"size" | b"linkpath") || key.starts_with(b"GNU.sparse.") {
            return Err(corrupt(
                "a global PAX header in it changes the name or size of members",
            ));
        }
    }
    Ok(())
}

/// Records `LENGTH KEY=VALUE\n`, where the length counts all of that (POSIX pax).
fn records(mut data: &[u8]) -> impl Iterator<Item = Result<(&[u8], &[u8]), Failure>> {
    std::iter::from_fn(move || {
        if data.is_empty() {
            return None;
        }
        let record = record(data);
        data = match record {
            Some((_, _, rest)) => rest,
            None => &[],
        };
        Some(match record {
            Some((key, value, _)) => Ok((key, value)),
            None => Err(corrupt("a PAX header in it is malformed")),
        })
    })
}

/// Key, value, and what follows the first record.
fn record(data: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let blank = data.iter().take(20).position(|byte| *byte == b' ')?;
    let digits = std::str::from_utf8(data.get(..blank)?).ok()?;
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let (record, rest) = data.split_at_checked(digits.parse().ok()?)?;
    let text = record.get(blank + 1..)?.strip_suffix(b"\n")?;
    let equals = memchr::memchr(b'=', text)?;
    Some((text.get(..equals)?, text.get(equals + 1..)?, rest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn described(data: &[u8]) -> Result<Extensions, Failure> {
        let mut described = Extensions::default();
        described.local(data).map(|()| described)
    }

    #[test]
    fn a_value_with_newlines_cannot_smuggle_a_record() {
        let data = b"26 SCHILY.x=\n10 path=b\n..\n12 path=a/c\n";
        assert_eq!(record(data).unwrap().0, b"SCHILY.x");
        assert_eq!(described(data).unwrap().name().unwrap(), Some(&b"a/c"[..]));
    }

    #[test]
    fn what_is_malformed_or_says_two_things_is_refused() {
        for data in [
            &b"x"[..],
            b"8 path=a\n",
            b"11 path=a\n",
            b"10 path=ab",
            b"8 patha\n",
            b" 10 path=a\n",
            b"+10 path=a\n",
            b"0 path=a\n",
            b"99999999999999999999 path=a\n",
            b"11 size=1x\n",
            b"11 size=-1\n",
            b"28 size=9999999999999999999\n",
            b"10 path=a\n10 path=b\n",
            b"10 size=1\n\n",
        ] {
            assert!(described(data).is_err(), "{}", data.escape_ascii());
        }
        assert!(described(b"10 path=a\n10 path=a\n9 size=1\n").is_ok());
        assert_eq!(described(b"8 path=\n").unwrap().name().unwrap(), None);
    }

    #[test]
    fn a_global_header_may_comment_but_not_rename() {
        assert!(check_global(b"13 comment=a\n").is_ok());
        assert!(check_global(b"10 path=a\n").is_err());
        assert!(check_global(b"nonsense").is_err());
    }

    proptest! {
        #[test]
        fn no_bytes_make_the_reader_panic(data: Vec<u8>) {
            let _ = described(&data);
        }

        #[test]
        fn a_well_formed_record_is_read_back(value: Vec<u8>) {
            let rest = " abcd=\n".len() + value.len();
            let length = (1..).map(|digits| rest + digits)
                .find(|length| length.to_string().len() + rest == *length)
                .unwrap();
            let mut data = format!("{length} abcd=").into_bytes();
            data.extend(&value);
            data.push(b'\n');
            prop_assert_eq!(record(&data), Some((&b"abcd"[..], &value[..], &b""[..])));
        }
    }
}

//! A list of names of bundles, as `--list` and `--not-opened` take it.

use std::ffi::OsString;
use std::path::{Component, Path, PathBuf};

use crate::bundle::name;

/// What a list names, with the number of each line.
pub(super) fn lines(list: &[u8]) -> impl Iterator<Item = (usize, &[u8])> {
    let end = match list.contains(&0) {
        true => 0,
        false => b'\n',
    };
    let lines = list
        .split(move |byte| *byte == end)
        .map(move |line| match end {
            0 => line,
            _ => line.strip_suffix(b"\r").unwrap_or(line),
        });
    let is_blank = |line: &[u8]| line.iter().all(u8::is_ascii_whitespace);
    (1..).zip(lines).filter(move |(_, line)| !is_blank(line))
}

/// A name on a list as the `bundle` column has it.
pub(super) fn shown(line: &[u8]) -> Result<String, String> {
    let written = PathBuf::from(os_string(line)?);
    Ok(name::encode(&name::path_bytes(&below(&written))))
}

/// The path without `./` or `/` before it.
pub(super) fn below(written: &Path) -> PathBuf {
    let parts = written.components();
    parts
        .filter(|part| !matches!(part, Component::CurDir | Component::RootDir))
        .collect()
}

#[cfg(unix)]
pub(super) fn os_string(bytes: &[u8]) -> Result<OsString, String> {
    use std::os::unix::ffi::OsStringExt as _;
    Ok(OsString::from_vec(bytes.to_vec()))
}

#[cfg(not(unix))]
pub(super) fn os_string(bytes: &[u8]) -> Result<OsString, String> {
    let text = String::from_utf8(bytes.to_vec());
    text.map(OsString::from)
        .map_err(|_| "is not UTF-8; save the list as UTF-8".to_owned())
}

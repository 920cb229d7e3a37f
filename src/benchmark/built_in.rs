//! The catalog files that the program carries, as a folder like any other. `build.rs` finds them.

use std::borrow::Cow;

use super::folder::{File, Folder};
use crate::bundle::sha256_hex;

/// A file's name, its text, and what it says as JSON.
type Source = (&'static str, &'static str, &'static str);

include!(concat!(env!("OUT_DIR"), "/catalog.rs"));

/// The built-in catalog.
#[must_use]
pub fn folder() -> Folder {
    let file = |(name, text, json): &Source| File {
        name: (*name).to_owned(),
        text: Cow::Borrowed(*text),
        json: Some(*json),
    };
    Folder {
        rules: RULES.iter().map(file).collect(),
        benchmarks: BENCHMARKS.iter().map(file).collect(),
        files: Some(file(&FILES)),
        published: Some(file(&PUBLISHED)),
        cluster: Some(file(&CLUSTER)),
        digest: None,
    }
}

/// Which catalog that is: the SHA-256 of the sorted `digest  path` lines of its files, as of a
/// folder of a user.
#[must_use]
pub fn digest() -> String {
    let folder = folder();
    let single = [folder.files, folder.published, folder.cluster];
    let files = { folder.rules.iter() }
        .chain(&folder.benchmarks)
        .chain(single.iter().flatten());
    let line = |file: &File| format!("{}  {}\n", sha256_hex(file.text.as_bytes()), file.name);
    let mut lines: Vec<String> = files.map(line).collect();
    lines.sort_unstable();
    sha256_hex(lines.concat().as_bytes())
}

#[cfg(test)]
mod tests {
    use toml::Table;

    use super::*;

    #[test]
    fn what_the_build_made_of_a_file_is_what_the_file_says() {
        let folder = folder();
        let single = [&folder.files, &folder.published, &folder.cluster];
        let lists = folder.rules.iter().chain(&folder.benchmarks);
        for file in lists.chain(single.into_iter().flatten()) {
            let made: Table = serde_json::from_str(file.json.unwrap()).unwrap();
            assert_eq!(made, toml::from_str(&file.text).unwrap(), "{}", file.name);
        }
    }
}

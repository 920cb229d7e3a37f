//! A user's catalog: a rule, a benchmark or a table of files.

use nodeproof::benchmark::catalog::Catalog;
use nodeproof::benchmark::folder::{File, Folder};

pub fn run(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let mut folder = Folder::default();
    for part in text.split("==> ").skip(1) {
        let (name, text) = part.split_once('\n').unwrap_or((part, ""));
        let file = File {
            name: name.to_owned(),
            text: text.to_owned().into(),
            json: None,
        };
        match name.split('/').next() {
            Some("rules") => folder.rules.push(file),
            Some("benchmarks") => folder.benchmarks.push(file),
            Some("files.toml") => folder.files = Some(file),
            _ => folder.published = Some(file),
        }
    }
    let _ = Catalog::load(&[folder]);
}

//! The corpus that speed is measured on: its bytes, and that the analysis gets it right.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::generator::{Corpus, Options, Size, expected};
use crate::support::{Lab, judged_by_reference_control};

/// Enough damage for each kind of it.
const OPTIONS: Options = Options {
    bundles: 60,
    start: 140,
    size: Size::Small,
    seed: 1,
    damaged: 0.25,
};

fn bytes(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let read = |entry: fs::DirEntry| {
        let name = entry.file_name().into_string().unwrap();
        (name, fs::read(entry.path()).unwrap())
    };
    let entries = fs::read_dir(folder).unwrap();
    entries.map(|entry| read(entry.unwrap())).collect()
}

#[test]
fn the_analysis_agrees_with_what_the_generator_knows() {
    let lab = Lab::new();
    let corpus = Corpus::make(&lab.path("corpus"), &OPTIONS).unwrap();
    let matrix = lab.path("matrix.csv");
    let ran = judged_by_reference_control(
        &corpus.bundles,
        &["analyze", ".", "--quiet", "-o", matrix.to_str().unwrap()],
    );
    assert_eq!(ran.code, 3, "{}", ran.stderr);
    let (compared, wrong) = expected::compare(&corpus.expected, &matrix).unwrap();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(compared > 60);
}

#[test]
fn a_wrong_a_missing_and_an_added_row_are_each_noticed() {
    let lab = Lab::new();
    let table = "bundle,node,verdict,case\na.tar.gz,a,pass,x\nb.tar.gz,b,fail,x\n";
    let expected = lab.put("expected.csv", table.as_bytes());
    for (matrix, mistakes) in [
        ("a.tar.gz,a,pass\nb.tar.gz,b,fail\n", 0),
        ("a.tar.gz,a,pass\na.tar.gz,a,fail\nb.tar.gz,b,fail\n", 1),
        ("a.tar.gz,a,pass\n", 1),
        ("a.tar.gz,a,pass\nb.tar.gz,b,fail\nc.tar.gz,c,pass\n", 1),
        ("b.tar.gz,b,pass\n", 2),
    ] {
        let matrix = lab.put(
            "matrix.csv",
            format!("bundle,node,verdict\n{matrix}").as_bytes(),
        );
        let (compared, wrong) = expected::compare(&expected, &matrix).unwrap();
        assert_eq!((compared, wrong.len()), (2, mistakes), "{wrong:?}");
    }
}

#[test]
fn the_same_options_give_the_same_bytes_and_a_bundle_depends_on_its_index_alone() {
    let lab = Lab::new();
    let of = |name: &str, options: &Options| {
        bytes(&Corpus::make(&lab.path(name), options).unwrap().bundles)
    };
    let few = Options {
        bundles: 12,
        ..OPTIONS
    };
    let one = of("one", &few);
    assert_eq!(one, of("two", &few));
    assert_ne!(one, of("other seed", &Options { seed: 2, ..few }));
    let later = Options {
        start: few.start + 5,
        bundles: 7,
        ..few
    };
    let later = of("later", &later);
    assert!(later.len() > 7);
    assert!(
        later
            .iter()
            .all(|(name, bytes)| one.get(name) == Some(bytes))
    );
}

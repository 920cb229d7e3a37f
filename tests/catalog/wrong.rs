//! What each mistake in a catalog is told as.

use std::fs;

use super::{analyze, lab, node};
use crate::support::*;

/// Each line: in this file of the example, this text replaced by that one is told at this place, in
/// a sentence that begins so.
#[test]
fn each_mistake_is_told_with_its_place() {
    let lines = include_str!("mistakes.tsv").lines().skip(1);
    let mut wrong = Vec::new();
    for line in lines {
        let cells: Vec<String> = line
            .split('\t')
            .map(|cell| cell.replace("\\n", "\n"))
            .collect();
        let [file, before, after, place, sentence] = &cells[..] else {
            panic!("{line}");
        };
        let lab = lab();
        let name = format!("acme/{file}");
        let text = fs::read_to_string(lab.path(&name)).unwrap();
        assert!(text.contains(before), "{line}");
        lab.put(&name, text.replacen(before, after, 1).as_bytes());
        let ran = nodeproof(lab.folder.path(), &["benchmarks", "--catalog", "acme"]);
        let begins = format!("nodeproof: {name}:{place}: {sentence}");
        let fine = ran.stderr.starts_with(&begins) && ran.stderr.lines().count() == 1;
        if !fine || ran.code != 2 || !ran.stdout.is_empty() {
            wrong.push(format!(
                "{after}\n  wanted {begins}\n  got    {}",
                ran.stderr
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_folder_that_is_no_catalog_is_told_and_nothing_is_judged() {
    let lab = lab();
    lab.add("n.tgz", &node("600"));
    lab.put("empty/README.md", b"");
    lab.put("top/acme.toml", b"");
    lab.put("upper/rules/a.TOML", b"");
    lab.put("nested/rules/more/a.toml", b"");
    lab.put("bare/rules/a/cases.toml", b"");
    lab.put("deep/benchmarks/more/a.toml", b"");
    lab.put("blank/rules/a.toml", b" \n");
    lab.put("binary/rules/a.toml", b"key = 1\n\xff\n");
    lab.put("huge/rules/a.toml", &vec![b'#'; (1 << 20) + 1]);
    fs::create_dir_all(lab.path("folder/rules/a.toml")).unwrap();
    lab.put("file/rules", b"");
    lab.put(
        "depth/rules/a.toml",
        format!("a = {}", "[".repeat(100_000)).as_bytes(),
    );
    let mut cases = vec![
        ("no-such", "no-such: cannot be read ("),
        ("n.tgz", "n.tgz: cannot be read ("),
        (
            "empty",
            "empty: there is no catalog file in it; it needs rules/*.toml",
        ),
        (
            "top",
            "top/acme.toml: is read from nowhere; a rule goes into rules/",
        ),
        ("upper", "upper/rules/a.TOML: the ending is `.toml`"),
        (
            "nested",
            "nested/rules/more/a.toml: is read from nowhere; the folder of a rule has rule.toml",
        ),
        ("bare", "bare/rules/a: there is no rule.toml in it"),
        (
            "deep",
            "deep/benchmarks/more: folders in benchmarks/ are not read",
        ),
        ("blank", "blank/rules/a.toml:1:1: the file is empty"),
        ("binary", "binary/rules/a.toml:2: is no UTF-8"),
        ("huge", "huge/rules/a.toml: is larger than 1024 KiB"),
        ("folder", "folder/rules/a.toml: is no regular file"),
        ("file", "file/rules: cannot be read ("),
        ("depth", "depth/rules/a.toml:1:"),
    ];
    #[cfg(unix)]
    {
        use std::os::unix::fs::symlink;
        fs::create_dir_all(lab.path("loop/rules")).unwrap();
        symlink("a.toml", lab.path("loop/rules/a.toml")).unwrap();
        cases.push(("loop", "loop/rules/a.toml: cannot be read ("));
        fs::create_dir_all(lab.path("around")).unwrap();
        symlink("rules", lab.path("around/rules")).unwrap();
        cases.push(("around", "around/rules: cannot be read ("));
    }
    for (folder, sentence) in cases {
        let ran = analyze(&lab, &["n.tgz", "--catalog", folder, "-o", "out.csv"]);
        assert_eq!(ran.code, 2, "{folder}");
        let begins = format!("nodeproof: {sentence}");
        assert!(ran.stderr.starts_with(&begins), "{folder}: {}", ran.stderr);
        assert!(!lab.path("out.csv").exists());
    }
    let twice = analyze(&lab, &["n.tgz", "--catalog", "acme", "--catalog", "acme"]);
    assert_eq!(twice.code, 2);
    assert!(twice.stderr.contains("stands twice"), "{}", twice.stderr);
}

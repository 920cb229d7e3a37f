//! Benchmarks of users that are written as a difference from another.

use super::{MANUAL, analyze, reference, verdicts};
use crate::support::*;
use serde_json::Value;

/// The reference's example of a difference.
fn example() -> String {
    let text = reference();
    let (_, block) = text.split_once("\n```toml\nid = \"acme-cis-1\"").unwrap();
    let (toml, _) = block.split_once("\n```\n").unwrap();
    format!("id = \"acme-cis-1\"{toml}\n")
}

fn lab(files: &[(&str, &str)]) -> Lab {
    let lab = Lab::new();
    for (name, text) in files {
        lab.put(&format!("own/{name}"), text.as_bytes());
    }
    lab
}

/// The controls of a benchmark, without its id.
fn controls(lab: &Lab, id: &str) -> Vec<Value> {
    let arguments = ["controls", "-b", id, "--catalog", "own", "--format", "json"];
    let ran = nodeproof(lab.folder.path(), &arguments);
    let all: Result<Vec<Value>, _> = serde_json::from_str(&ran.stdout);
    let mut all = all.unwrap_or_else(|_| panic!("{}", ran.stderr));
    for control in &mut all {
        control.as_object_mut().unwrap().remove("benchmark");
    }
    all
}

fn numbers(controls: &[Value]) -> Vec<&str> {
    controls
        .iter()
        .map(|control| control["control"].as_str().unwrap())
        .collect()
}

#[test]
fn the_example_has_the_base_but_for_what_it_says() {
    let lab = lab(&[("benchmarks/acme-cis.toml", &example())]);
    let base = controls(&lab, "cis-1.12");
    let own = controls(&lab, "acme-cis-1");
    let mut wanted = numbers(&base);
    wanted.retain(|number| !["4.1.3", "4.1.4"].contains(number));
    wanted.push("ACME-1");
    assert_eq!(numbers(&own), wanted);
    for control in &own {
        let same = base.contains(control);
        let is_own = ["4.2.5", "ACME-1"].contains(&control["control"].as_str().unwrap());
        assert_ne!(same, is_own, "{control}");
    }
    let replaced = &own[numbers(&own).iter().position(|n| *n == "4.2.5").unwrap()];
    assert_eq!(replaced["nist_basis"], "derived:v8:4.3");
    assert_eq!(
        replaced["nist_800_53"],
        serde_json::json!(["AC-2(5)", "AC-11", "AC-11(1)", "AC-12"])
    );
    let bundle = Bundle::node("n")
        .version("v1.33.1")
        .kubelet(&["--config=/k.yaml"])
        .file("/k.yaml", config("makeIPTablesUtilChains: false\n"));
    lab.add("n.tgz", &bundle);
    let run = |more: &[&str]| {
        let options = ["n.tgz", "--catalog", "own", "--format", "jsonl"];
        rows(&analyze(&lab, &[&options[..], more].concat()).stdout)
    };
    let judged = run(&["-b", "acme-cis-1", "-c", "4.2.5,4.2.6"]);
    assert_eq!(verdicts(&judged), ["4.2.5 fail", "4.2.6 fail"]);
    assert_eq!(
        verdicts(&run(&["-b", "cis-1.12", "-c", "4.2.5"])),
        ["4.2.5 pass"]
    );
}

/// A benchmark that extends another, with what else it says.
fn extending(id: &str, base: &str, more: &str) -> String {
    format!(
        "id = \"{id}\"\nextends = \"{base}\"\nfamily = \"cis\"\npublisher = \"p\"\ntitle = \"t\"\nnumbers_from = \"n\"\n{more}"
    )
}

#[test]
fn a_difference_may_extend_a_difference_in_any_file_by_any_name() {
    let entry = "[[control]]\nnumber = \"4.1.1\"\ntitle = \"t\"\nlook_at = \"l\"\nassessment = \"manual\"\n";
    let first = extending("first", "second", "remove = [\"4.1.2\"]\n");
    let second = extending("second", "third", entry);
    let third = extending("third", "cis-kubernetes-1.5.1", "remove = [\"4.2.13\"]\n");
    let lab = lab(&[
        ("benchmarks/a.toml", &first),
        ("benchmarks/b.toml", &second),
        ("benchmarks/c.toml", &third),
    ]);
    let base = controls(&lab, "cis-1.5");
    let own = controls(&lab, "first");
    let mut wanted = numbers(&base);
    wanted.retain(|number| !["4.1.2", "4.2.13"].contains(number));
    assert_eq!(numbers(&own), wanted);
    let of = |all: &[Value], number: &str| {
        let found = all.iter().find(|control| control["control"] == number);
        found.unwrap().clone()
    };
    assert_eq!(of(&own, "4.1.1")["decided_by"], "person");
    assert_eq!(of(&own, "4.1.3"), of(&base, "4.1.3"));
}

#[test]
fn references_follow_from_safeguards_and_from_what_the_benchmark_says() {
    let said =
        "[references]\nnist_basis = \"carried:cis-1.12\"\nsource = \"standard 14, {safeguards}\"\n";
    let relabelled = extending("relabelled", "cis-1.12", said);
    let carried = extending(
        "carried",
        "rh-1.0",
        "[references]\ncarry = \"cis-1.12\"\nsource = \"as in 1.12\"\n",
    );
    let lab = lab(&[
        ("benchmarks/a.toml", &relabelled),
        ("benchmarks/b.toml", &carried),
    ]);
    let cell = |id: &str, number: &str, key: &str| -> Value {
        let all = controls(&lab, id);
        let at = numbers(&all).iter().position(|n| *n == number).unwrap();
        all[at][key].clone()
    };
    for key in ["nist_800_53", "cis_controls"] {
        assert_eq!(
            cell("relabelled", "4.1.1", key),
            cell("cis-1.12", "4.1.1", key)
        );
    }
    assert_eq!(
        cell("relabelled", "4.1.1", "nist_basis"),
        "carried:cis-1.12"
    );
    assert_eq!(
        cell("relabelled", "4.1.1", "references_from"),
        "standard 14, safeguard 3.3"
    );
    let nist = cell("carried", "4.2.1", "nist_800_53");
    assert_eq!(nist, cell("cis-1.12", "4.2.1", "nist_800_53"));
    assert_eq!(cell("carried", "4.2.1", "nist_basis"), "carried:cis-1.12");
    assert_eq!(
        cell("carried", "4.2.1", "cis_controls"),
        serde_json::json!([])
    );
    assert_eq!(cell("carried", "4.2.1", "references_from"), "as in 1.12");
}

#[test]
fn a_published_check_is_named_once_for_all_controls() {
    let named = "rule = \"kubelet-hostname-override\"\npublished_check = \"own-check\"\n";
    let benchmark = MANUAL
        .replace("ID", "own")
        .replace("look_at = \"l\"\n", named);
    let check = "[own-check]\ntests = [{ flag = \"--v\", equals = \"2\" }]\n";
    let lab = lab(&[
        ("benchmarks/own.toml", &benchmark),
        ("published.toml", check),
    ]);
    lab.add("n.tgz", &Bundle::node("n").kubelet(&["--v=2"]));
    let ran = analyze(
        &lab,
        &[
            "n.tgz",
            "--catalog",
            "own",
            "-b",
            "own",
            "--format",
            "jsonl",
        ],
    );
    assert_eq!(
        rows(&ran.stdout)[0]["by_the_text"],
        "pass",
        "{}",
        ran.stderr
    );
}

#[test]
fn what_is_wrong_with_a_difference_is_told_with_its_place() {
    let control = "[[control]]\nnumber = \"4.1.1\"\ntitle = \"t\"\nlook_at = \"l\"\nassessment = \"manual\"\n";
    let base = controls(
        &lab(&[("benchmarks/own.toml", &MANUAL.replace("ID", "own"))]),
        "gke-1.9.0",
    );
    let all_gone = &format!("remove = {:?}\n", numbers(&base));
    for (text, told) in [
        (
            extending("a", "cis-1.13", ""),
            "2:1: there is no benchmark `cis-1.13`; did you mean `cis-1.",
        ),
        (
            extending("a", "a", ""),
            "2:1: benchmarks extend each other in a circle: `a` from `a`",
        ),
        (
            extending("a", "b", ""),
            "2:1: benchmarks extend each other in a circle: `a` from `b` from `a`",
        ),
        (
            extending("a", "cis-1.12", "remove = [\"4.1.1\", \"4.2.66\"]\n"),
            "7:20: `cis-1.12` has no control 4.2.66 that could be removed; did you mean `4.2.6`",
        ),
        (
            extending("a", "cis-1.12", "remove = [\"4.1.1\", \"4.1.1\"]\n"),
            "7:20: control 4.1.1 is removed twice",
        ),
        (
            extending("a", "cis-1.12", &format!("remove = [\"4.1.1\"]\n{control}")),
            "7:11: control 4.1.1 has an entry here, which replaces the one of `cis-1.12`",
        ),
        (
            extending("a", "gke-1.9.0", all_gone),
            "7:1: no control is left",
        ),
        (
            extending("a", "cis-1.12", &format!("remove = [\"4.1.2\"]\n{control}"))
                .replace("extends = \"cis-1.12\"\n", ""),
            "6:1: only controls of a benchmark that this one `extends` can be removed",
        ),
        (
            extending("a", "cis-1.12", "").replace("extends = \"cis-1.12\"\n", ""),
            "1:1: a benchmark has a [[control]] or more, or it `extends` another",
        ),
        (
            extending("a", "cis-1.12", "[references]\ncarry = \"cis-9\"\n"),
            "8:1: there is no benchmark `cis-9`",
        ),
        (
            extending("a", "cis-1.12", "[references]\ncarry = \"a\"\n"),
            "8:1: benchmarks extend each other in a circle: `a` from `a`",
        ),
        (
            extending("a", "cis-1.12", "[references]\nnist_basis = \"guess\"\n"),
            "8:1: `guess` is no basis of a whole benchmark",
        ),
        (
            extending(
                "a",
                "cis-1.12",
                &format!("{control}published_check = \"mode-60\"\n"),
            ),
            "12:1: control 4.1.1: no published.toml has a check `mode-60`; did you mean `mode-600",
        ),
        (
            extending(
                "a",
                "cis-1.12",
                &format!("{control}published_check = \"mode-600\"\ntext = {{ tests = [] }}\n"),
            ),
            "12:1: control 4.1.1: a control has a `published_check` by name",
        ),
    ] {
        let lab = lab(&[("benchmarks/a.toml", &text)]);
        if told.contains("`b`") {
            lab.put("own/benchmarks/b.toml", extending("b", "a", "").as_bytes());
        }
        let ran = nodeproof(lab.folder.path(), &["benchmarks", "--catalog", "own"]);
        let begins = format!("nodeproof: own/benchmarks/a.toml:{told}");
        assert!(
            ran.stderr.starts_with(&begins),
            "wanted {begins}\ngot {}",
            ran.stderr
        );
        assert_eq!((ran.code, ran.stderr.lines().count()), (2, 1), "{text}");
    }
    for (text, told) in [
        (
            "[a]\ntests = [{ flag = \"--a\" }]\n",
            "2:10: a test has one comparison",
        ),
        (
            "[a]\njoin = \"xor\"\ntests = []\n",
            "2:8: unknown variant `xor`",
        ),
        (
            "[mode-600]\ntests = [{ stat = \"mode\", bitmask = \"600\" }]\n",
            "1:2: published check `mode-600` stands twice",
        ),
    ] {
        let lab = lab(&[("published.toml", text)]);
        let ran = nodeproof(lab.folder.path(), &["benchmarks", "--catalog", "own"]);
        let begins = format!("nodeproof: own/published.toml:{told}");
        assert!(
            ran.stderr.starts_with(&begins),
            "wanted {begins}\ngot {}",
            ran.stderr
        );
    }
}

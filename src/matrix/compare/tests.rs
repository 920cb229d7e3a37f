use proptest::prelude::*;

use super::*;

const VERDICTS: [&str; 6] = [
    "pass",
    "fail",
    "unknown",
    "error",
    "not-applicable",
    "manual",
];

fn finding(node: usize, control: usize, verdict: &str) -> Compared {
    Compared {
        node: Some(format!("n{node}")),
        benchmark: Some("b".to_owned()),
        control: Some(control.to_string()),
        verdict: verdict.to_owned(),
        reason: "code: sentence".to_owned(),
        source: "argument".to_owned(),
        bundle: format!("n{node}.tgz"),
        finding_id: format!("{node}/{control}"),
        ..Compared::default()
    }
}

fn compare(old: &[Compared], new: &[Compared]) -> ReportComparison {
    let mut index = Old::default();
    old.iter().for_each(|finding| index.add(finding).unwrap());
    let mut against = index.against_new();
    new.iter().for_each(|finding| against.add(finding).unwrap());
    let run = Value::Object(serde_json::Map::new());
    against.finish(Some(run.clone()), Some(run)).unwrap()
}

fn kinds(old: &[Compared], new: &[Compared]) -> Vec<(&'static str, u64, bool)> {
    let changes = compare(old, new).changes;
    let kinds = changes.iter();
    kinds
        .map(|c| (c.kind.as_str(), c.findings, c.regression))
        .collect()
}

#[test]
fn a_change_of_verdict_is_for_the_worse_or_the_better() {
    for (old, new, kind, worse) in [
        ("pass", "fail", "newly-failing", true),
        ("not-applicable", "fail", "newly-failing", true),
        ("unknown", "fail", "newly-failing", true),
        ("manual", "fail", "newly-failing", true),
        ("error", "fail", "newly-failing", true),
        ("pass", "unknown", "newly-undecided", true),
        ("pass", "error", "newly-undecided", true),
        ("pass", "manual", "newly-undecided", true),
        ("not-applicable", "unknown", "newly-undecided", true),
        ("fail", "pass", "fixed", false),
        ("fail", "not-applicable", "fixed", false),
        ("fail", "unknown", "other-verdict", false),
        ("unknown", "pass", "other-verdict", false),
        ("unknown", "error", "other-verdict", false),
        ("pass", "not-applicable", "other-verdict", false),
    ] {
        let seen = kinds(&[finding(1, 1, old)], &[finding(1, 1, new)]);
        assert_eq!(seen, [(kind, 1, worse)], "{old} → {new}");
    }
}

#[test]
fn what_somebody_answers_for_is_no_regression() {
    for (old, new, waiver, worse) in [
        (
            "pass",
            "fail",
            "waived until 2027-01-31: why (owner A)",
            false,
        ),
        (
            "pass",
            "fail",
            "attested: pass by A at 2026-01-01, artefact x",
            true,
        ),
        (
            "pass",
            "unknown",
            "attested: pass by A at 2026-01-01, artefact x",
            false,
        ),
        (
            "pass",
            "unknown",
            "attested: fail by A at 2026-01-01, artefact x",
            true,
        ),
        (
            "pass",
            "unknown",
            "waived until 2027-01-31: why (owner A)",
            true,
        ),
    ] {
        let waived = Compared {
            waiver: Some(waiver.to_owned()),
            ..finding(1, 1, new)
        };
        let changes = compare(&[finding(1, 1, old)], &[waived]).changes;
        assert_eq!(changes[0].regression, worse, "{new} {waiver}");
    }
}

#[test]
fn under_the_same_verdict_what_decided_is_compared_and_listings_are_not() {
    let file = |digest: &str| Compared {
        source: "config-file".to_owned(),
        evidence_sha256: vec![digest.to_owned()],
        ..finding(1, 1, "pass")
    };
    let listing = |digest: &str| Compared {
        evidence_sha256: vec![digest.to_owned()],
        ..finding(1, 1, "pass")
    };
    let with = |change: fn(&mut Compared)| {
        let mut finding = finding(1, 1, "fail");
        change(&mut finding);
        finding
    };
    let fail = || with(|_| {});
    for (old, new, wanted) in [
        (listing("a"), listing("b"), None),
        (file("a"), file("b"), Some(("evidence-changed", "file"))),
        (fail(), fail(), None),
        (
            fail(),
            with(|f| f.reason = "code: other words".into()),
            None,
        ),
        (fail(), with(|f| f.bundle = "other.tgz".into()), None),
        (
            fail(),
            with(|f| f.reason = "other: x".into()),
            Some(("evidence-changed", "reason")),
        ),
        (
            fail(),
            with(|f| f.actual = Some("x".into())),
            Some(("evidence-changed", "actual")),
        ),
        (
            fail(),
            with(|f| f.source = "configz".into()),
            Some(("evidence-changed", "source")),
        ),
        (
            fail(),
            with(|f| f.waiver = Some("x".into())),
            Some(("waiver-changed", "waiver")),
        ),
    ] {
        let changes = compare(&[old], std::slice::from_ref(&new)).changes;
        let seen = changes.first();
        let seen = seen.map(|c| (c.kind.as_str(), c.changed[0]));
        assert_eq!(seen, wanted, "{new:?}");
    }
}

#[test]
fn whole_nodes_and_controls_are_one_change_each() {
    let all = |nodes: std::ops::Range<usize>, controls: std::ops::Range<usize>| {
        let nodes = nodes.flat_map(|n| controls.clone().map(move |c| finding(n, c, "fail")));
        nodes.collect::<Vec<_>>()
    };
    assert_eq!(kinds(&all(0..3, 0..2), &all(0..3, 0..2)), []);
    assert_eq!(
        kinds(&all(0..3, 0..4), &all(1..5, 1..5)),
        [
            ("new-control", 2, false),
            ("new-node", 4, false),
            ("new-node", 4, false),
            ("gone-node", 4, false),
            ("gone-control", 2, false),
        ]
    );
    let one_missing = &all(0..3, 0..2)[1..];
    assert_eq!(
        kinds(&all(0..3, 0..2), one_missing),
        [("gone-finding", 1, false)]
    );
    assert_eq!(
        kinds(one_missing, &all(0..3, 0..2)),
        [("new-finding", 1, true)]
    );
    let passing = [finding(0, 0, "pass")];
    assert_eq!(
        kinds(one_missing, &[&passing[..], one_missing].concat()),
        [("new-finding", 1, false)]
    );
}

#[test]
fn what_somebody_answered_for_and_nobody_does_any_more_is_a_regression() {
    let waived = "waived until 2027-01-31: why (owner A)";
    let attested = "attested: pass by A at 2026-01-01, artefact x";
    for (verdict, old, new, worse) in [
        ("fail", Some(waived), None, true),
        ("fail", None, Some(waived), false),
        (
            "fail",
            Some(waived),
            Some("waived until 2028-01-31: why (owner A)"),
            false,
        ),
        ("unknown", Some(attested), None, true),
        (
            "unknown",
            Some(attested),
            Some("attested: fail by A at 2026-01-01, artefact x"),
            true,
        ),
        (
            "unknown",
            Some("attested: fail by A at 2026-01-01, artefact x"),
            None,
            false,
        ),
    ] {
        let with = |waiver: Option<&str>| Compared {
            waiver: waiver.map(str::to_owned),
            ..finding(1, 1, verdict)
        };
        let changes = compare(&[with(old)], &[with(new)]).changes;
        assert_eq!(changes[0].regression, worse, "{verdict} {old:?} {new:?}");
    }
}

#[test]
fn a_node_that_moved_to_another_benchmark_is_told_once() {
    let by = |benchmark: &str, node: usize| Compared {
        benchmark: Some(benchmark.to_owned()),
        finding_id: format!("{benchmark}{node}"),
        ..finding(node, 1, "pass")
    };
    let comparison = compare(
        &[by("a", 1), by("a", 2), by("a", 3)],
        &[by("b", 1), by("b", 2), by("a", 3)],
    );
    assert_eq!(comparison.changes, []);
    let remark = &comparison.not_comparable[0];
    assert_eq!(
        (remark.what.as_str(), &remark.nodes[..]),
        ("node-benchmark", &["n1".to_owned(), "n2".to_owned()][..])
    );
    assert_eq!(
        (&remark.old, &remark.new),
        (&serde_json::json!(["a"]), &serde_json::json!(["b"]))
    );
}

#[test]
fn a_bundle_that_cannot_be_read_stands_for_all_findings_of_its_node() {
    let broken = Compared {
        benchmark: None,
        control: None,
        finding_id: "x".to_owned(),
        ..finding(1, 1, "error")
    };
    let good = [finding(1, 1, "pass"), finding(1, 2, "pass")];
    let broken = [broken];
    assert_eq!(kinds(&good, &broken), [("newly-unreadable", 1, true)]);
    assert_eq!(kinds(&broken, &good), [("readable-again", 1, false)]);
    assert_eq!(kinds(&broken, &broken), []);
}

#[test]
fn a_repeated_finding_is_compared_one_by_one_and_that_is_told() {
    let twice = |a: &str, b: &str| [finding(1, 1, a), finding(1, 1, b)];
    assert_eq!(kinds(&twice("pass", "fail"), &twice("pass", "fail")), []);
    let changed = compare(&twice("pass", "pass"), &twice("pass", "fail"));
    assert_eq!(changed.changes.len(), 1);
    assert_eq!(changed.not_comparable[0].what, "repeated-findings");
}

proptest! {
    /// What fails newly one way is what failed before the other way.
    #[test]
    fn the_way_back_is_the_way_there(
        old in prop::collection::vec(0..7_usize, 12),
        new in prop::collection::vec(0..7_usize, 12),
    ) {
        // 6 is: no finding.
        let side = |verdicts: &[usize]| -> Vec<Compared> {
            let all = verdicts.iter().enumerate();
            all.filter_map(|(at, v)| Some(finding(at / 4, at % 4, VERDICTS.get(*v)?))).collect()
        };
        let (a, b) = (side(&old), side(&new));
        let (there, back) = (compare(&a, &b), compare(&b, &a));
        let of = |comparison: &ReportComparison, wanted: &dyn Fn(&Change) -> bool| -> BTreeSet<String> {
            let changes = comparison.changes.iter().filter(|c| wanted(c));
            changes.filter_map(|c| c.finding_id.clone()).collect()
        };
        let failed = |c: &Change| {
            let verdict = |s: &Option<FindingState>| s.as_ref().map(|s| s.verdict.clone());
            verdict(&c.old).as_deref() == Some("fail") && verdict(&c.new).is_some_and(|v| v != "fail")
        };
        prop_assert_eq!(of(&there, &|c| c.kind == ChangeKind::NewlyFailing), of(&back, &failed));
        let good = |c: &Change| c.old.as_ref().is_some_and(|s| ["pass", "not-applicable"].contains(&s.verdict.as_str()));
        prop_assert_eq!(
            of(&there, &|c| c.kind == ChangeKind::NewlyFailing && good(c)),
            of(&back, &|c| c.kind == ChangeKind::Fixed)
        );
        prop_assert_eq!(compare(&a, &a).changes, vec![]);
        let counted = |c: &ReportComparison, kinds: [ChangeKind; 3]| -> u64 {
            c.changes.iter().filter(|c| kinds.contains(&c.kind)).map(|c| c.findings).sum()
        };
        prop_assert_eq!(
            counted(&there, [ChangeKind::NewNode, ChangeKind::NewControl, ChangeKind::NewFinding]),
            counted(&back, [ChangeKind::GoneNode, ChangeKind::GoneControl, ChangeKind::GoneFinding])
        );
    }
}

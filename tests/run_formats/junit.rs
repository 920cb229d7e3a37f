//! JUnit: Windy Road's schema by xmllint, junitparser's counts, and the mapping of verdicts.

use std::fs;

use nodeproof::export::Format;

use super::rows::{Kept, hostile, open, write};
use super::written::{WRITTEN, ask, has, is, is_waived, python};
use crate::support::*;

const FILE: &str = "all.junit.xml";

#[test]
fn windy_roads_schema_accepts_it() {
    let Some(schema) = shared("schemas/junit/JUnit-162a883.xsd") else {
        return;
    };
    if !has("xmllint", &["--version"]) {
        return;
    }
    let lab = Lab::new();
    let text = WRITTEN.text(FILE).replace(" time=\"0\"", "");
    let broken = lab.put("broken.xml", text.as_bytes());
    let kept = Kept::default();
    write(
        &mut *open(Format::named("junit").unwrap(), &kept),
        &hostile(),
    );
    let hostile = lab.put("hostile.xml", &kept.bytes());
    let file = WRITTEN.path(FILE);
    for (file, accepted) in [(&broken, false), (&hostile, true), (&file, true)] {
        let schema = schema.to_str().unwrap();
        let file = file.to_str().unwrap();
        let options = ["--nonet", "--huge", "--noout", "--schema", schema, file];
        let (is_valid, said) = ask("xmllint", &options);
        let said: String = said.chars().take(2000).collect();
        assert_eq!(is_valid, accepted, "{said}");
    }
}

#[test]
fn junitparser_counts_what_the_rows_say() {
    let program = "import sys\nfrom junitparser import JUnitXml\n\
        x=JUnitXml.fromfile(sys.argv[1]); n=[0]*5\n\
        for s in x:\n    c=[len(list(s)),s.failures,s.errors,s.skipped,1]\n    n=[a+b for a,b in zip(n,c)]\n    \
        k=lambda t: sum(any(type(r).__name__==t for r in c.result) for c in s)\n    \
        assert (s.tests,s.failures,s.errors,s.skipped)==(len(list(s)),k('Failure'),k('Error'),k('Skipped')), s.name\n\
        print(*n[:4])\n";
    let python = python();
    if !has(&python, &["-c", "import junitparser"]) {
        return;
    }
    let lab = Lab::new();
    let broken = WRITTEN
        .text(FILE)
        .replacen(" failures=\"", " failures=\"9", 1);
    let broken = lab.put("broken.xml", broken.as_bytes());
    let (accepts, said) = ask(&python, &["-c", program, broken.to_str().unwrap()]);
    assert!(!accepts, "{said}");
    let file = WRITTEN.path(FILE);
    let (accepts, said) = ask(&python, &["-c", program, file.to_str().unwrap()]);
    assert!(accepts, "{said}");
    let skips = |row: &_| {
        is_waived(row)
            || ["unknown", "not-applicable", "manual"]
                .iter()
                .any(|v| is(row, v))
    };
    let counts = [
        WRITTEN.rows.len(),
        WRITTEN.count(|row| is(row, "fail") && !is_waived(row)),
        WRITTEN.count(|row| is(row, "error")),
        WRITTEN.count(skips),
    ];
    let counts = counts.map(|count| count.to_string()).join(" ");
    assert_eq!(said.trim(), counts);
}

#[test]
fn what_is_undecided_or_waived_is_skipped_with_its_own_word() {
    let text = fs::read_to_string(WRITTEN.path(FILE)).unwrap();
    let skipped = |begins: &str| {
        text.matches(&format!("<skipped message=\"{begins}"))
            .count()
    };
    assert_eq!(skipped("fail, waived: "), WRITTEN.count(is_waived));
    for verdict in ["unknown", "not-applicable", "manual"] {
        let rows = WRITTEN.count(|row| is(row, verdict));
        assert_eq!(skipped(&format!("{verdict}: ")), rows, "{verdict}");
    }
    assert!(text.contains("risk-adjustment until 2027-01-31: old &lt;&amp;&gt; load balancer"));
    assert!(text.contains("attested: pass by Ann"));
    assert!(!text.contains(|c: char| c.is_control() && !matches!(c, '\n' | '\t')));
}

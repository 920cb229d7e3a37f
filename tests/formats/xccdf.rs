//! XCCDF and ARF.

use super::written::{BY_AUTO, BY_STIG, Document, of_hostile_rows};
use super::xml::{self, Element};

const BENCHMARKS: [&str; 2] = ["stig-kubernetes-v2r4", "cis-1.12"];

fn documents(format: &str) -> Vec<Document> {
    let mut all = BY_STIG.documents(format);
    all.extend(BY_AUTO.documents(format));
    all
}

#[test]
fn nists_schemas_accept_both() {
    for (format, schema, element) in [
        ("xccdf", "xccdf-arf/xccdf/1.2/xccdf_1.2.xsd", "result"),
        (
            "arf",
            "xccdf-arf/arf/1.1/asset-reporting-format_1.1.0.xsd",
            "arf:assets",
        ),
    ] {
        let documents = documents(format);
        let broken = &documents[0].text;
        let broken = broken.replacen(&format!("<{element}>"), &format!("<{element}><x/>"), 1);
        let hostile = BENCHMARKS.map(|benchmark| of_hostile_rows(format, benchmark));
        let mut all = xml::with_hostile(&documents, &hostile[0]);
        all.push(("hostile rows".to_owned(), &hostile[1]));
        xml::hold(schema, &broken, &all);
    }
}

/// The schema of ARF does not look into what a report holds.
#[test]
fn what_is_in_an_arf_is_xccdf() {
    let documents = documents("arf");
    let parts = |text: &str| {
        let part = |name: &str| {
            let begin = text.find(&format!("<{name} ")).unwrap();
            let end = format!("</{name}>");
            let length = text[begin..].find(&end).unwrap() + end.len();
            text[begin..begin + length].to_owned()
        };
        [part("Benchmark"), part("TestResult")]
    };
    let mut all = Vec::new();
    for document in &documents {
        all.extend(parts(&document.text).map(|part| (document.name.clone(), part)));
    }
    let hostile = parts(&of_hostile_rows("arf", BENCHMARKS[0]));
    all.extend(hostile.map(|part| ("hostile rows".to_owned(), part)));
    let named: Vec<_> = all
        .iter()
        .map(|(name, part)| (name.clone(), part.as_str()))
        .collect();
    let broken = all[1].1.replacen("<result>", "<result>un", 1);
    xml::hold("xccdf-arf/xccdf/1.2/xccdf_1.2.xsd", &broken, &named);
}

#[test]
fn each_result_is_the_verdict_of_its_row() {
    for format in ["xccdf", "arf"] {
        let mut waived = 0;
        for document in documents(format) {
            let root = Element::parse(&document.text);
            let results = root.all("rule-result");
            let rules = root.all("Rule");
            assert_eq!(results.len(), document.rows.len());
            assert_eq!(rules.len(), document.rows.len());
            assert!(root.all("override").is_empty());
            for ((result, rule), row) in results.iter().zip(rules).zip(&document.rows) {
                let wanted = match row["verdict"].as_str().unwrap() {
                    "not-applicable" => "notapplicable",
                    "manual" => "notchecked",
                    verdict => verdict,
                };
                assert_eq!(result.text_of("result"), wanted);
                assert_eq!(result.attribute("idref"), rule.attribute("id"));
                assert_eq!(
                    result.attribute("version"),
                    row["control"].as_str().unwrap()
                );
                assert_eq!(result.all("message").len(), 1);
                for element in [result, &rule] {
                    let severity = element.attribute("severity");
                    assert!(["high", "medium", "low"].contains(&severity), "{severity}");
                }
                let message = result.text_of("message");
                assert!(message.starts_with(&xml::plain(&row["reason"])));
                if row["waiver"].is_string() {
                    let waiver = &xml::plain(&row["waiver"]);
                    assert!(message.contains(waiver), "{message}");
                    assert!(result.text_of("np:comment").contains(waiver));
                    waived += 1;
                }
                if row["benchmark"] == BENCHMARKS[0] {
                    let id = result.attribute("idref");
                    let id = id.strip_prefix("xccdf_mil.disa.stig_rule_").unwrap();
                    assert!(row["stig"].as_array().unwrap().contains(&id.into()));
                }
            }
        }
        assert!(waived > 3, "{waived}");
    }
}

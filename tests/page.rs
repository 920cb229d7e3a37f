//! The HTML report: one file that fetches nothing, runs nothing but its own script, and says
//! exactly what the JSON report says.

use std::fs;
use std::io::Read as _;

use crate::support::Lab;
use crate::support::pages::*;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use nodeproof::matrix::finding::FindingId;
use serde_json::{Map, Value, json};

/// The text of the elements of a name, each with its attributes.
fn elements<'p>(page: &'p str, name: &str) -> Vec<(&'p str, &'p str)> {
    let (open, close) = (format!("<{name}"), format!("</{name}>"));
    let mut found = Vec::new();
    let mut rest = page;
    while let Some(at) = rest.find(&open) {
        let (attributes, after) = rest[at + open.len()..].split_once('>').unwrap();
        let end = after.find(&close).unwrap();
        found.push((attributes, &after[..end]));
        rest = &after[end + close.len()..];
    }
    found
}

fn block<'p>(page: &'p str, id: &str) -> &'p str {
    let is_it = |(attributes, _): &&(&str, &str)| attributes.contains(&format!("id=\"{id}\""));
    elements(page, "script").iter().find(is_it).unwrap().1
}

fn unpacked(page: &str, id: &str) -> Value {
    let bytes = STANDARD.decode(block(page, id)).unwrap();
    assert_eq!(bytes[..4], [0x1f, 0x8b, 8, 0]);
    assert_eq!(bytes[4..8], [0; 4], "the header of gzip has no time");
    let mut text = String::new();
    let mut stream = flate2::read::GzDecoder::new(&bytes[..]);
    stream.read_to_string(&mut text).unwrap();
    serde_json::from_str(&text).unwrap()
}

/// The rows of a page, as its script puts them together.
fn rows_of(page: &str) -> Vec<Value> {
    let dictionary: Value = serde_json::from_str(block(page, "dictionary")).unwrap();
    let nodes: Value = serde_json::from_str(block(page, "nodes")).unwrap();
    let mut rows = Vec::new();
    for node in nodes.as_array().unwrap() {
        let chunk = unpacked(page, &format!("chunk-{}", node[6]));
        let text = |number: &Value| match number.as_u64().unwrap() {
            0 => Value::Null,
            n => chunk["texts"][usize::try_from(n).unwrap() - 1].clone(),
        };
        let texts =
            |numbers: &Value| Value::from_iter(numbers.as_array().unwrap().iter().map(text));
        let cells = &chunk["nodes"][usize::try_from(node[7].as_u64().unwrap()).unwrap()];
        let profile = &dictionary["profiles"][usize::try_from(node[4].as_u64().unwrap()).unwrap()];
        let verdicts = node[5].as_str().unwrap();
        assert_eq!(verdicts.len(), profile.as_array().unwrap().len());
        for (at, letter) in verdicts.chars().enumerate() {
            let control = usize::try_from(profile[at].as_u64().unwrap()).unwrap();
            let control = dictionary["controls"][control].as_object().unwrap();
            let verdicts = dictionary["verdicts"].as_array().unwrap();
            let is_it = |pair: &&Value| pair[0] == letter.to_ascii_uppercase().to_string();
            let verdict = &verdicts.iter().find(is_it).unwrap()[1];
            let finding = &cells["findings"][at];
            let mut row: Map<String, Value> = control.clone();
            for (key, value) in [
                ("cluster", node[0].clone()),
                ("node", node[1].clone()),
                ("bundle", node[2].clone()),
                ("verdict", verdict.clone()),
                ("reason", text(&finding[0])),
                ("notes", texts(&finding[1])),
                ("expected", text(&finding[2])),
                ("actual", text(&finding[3])),
                ("source", text(&finding[4])),
                ("evidence", texts(&finding[5])),
                ("evidence_sha256", texts(&finding[6])),
                ("by_the_text", text(&finding[7])),
                ("remediation", text(&finding[8])),
                ("waiver", text(&finding[9])),
                ("integrity", text(&cells["integrity"])),
                ("bundle_sha256", text(&cells["bundle_sha256"])),
                ("collected_at", text(&cells["collected_at"])),
            ] {
                row.insert(key.to_owned(), value);
            }
            assert_eq!(row["waiver"].is_null(), letter.is_ascii_uppercase());
            let part = |key: &str| row[key].as_str();
            let parts = ["cluster", "node", "benchmark", "control"].map(part);
            let id = FindingId::of(parts, part("bundle").unwrap_or_default(), None);
            let own = text(&finding[11]);
            let id = own.as_str().unwrap_or(id.as_str()).to_owned();
            row.insert("finding_id".to_owned(), id.into());
            rows.push(Value::from(row));
        }
    }
    rows
}

#[test]
fn the_page_holds_exactly_the_rows_of_the_json_report() {
    let lab = fleet();
    for more in [&[][..], &["-b", "all"], &["-c", "4.2.6"]] {
        let (page, report) = reports(&lab, more);
        let rows = rows_of(&page);
        let findings = report["findings"].as_array().unwrap();
        assert_eq!(rows.len(), findings.len());
        for (row, finding) in rows.iter().zip(findings) {
            assert_eq!(row, finding);
        }
        assert_eq!(unpacked(&page, "bundles"), report["bundles"]);
    }
}

#[test]
fn the_policy_lets_run_what_is_in_the_page_and_nothing_else() {
    let (page, _) = reports(&fleet(), &[]);
    let (_, policy) = page
        .split_once("Content-Security-Policy\" content=\"")
        .unwrap();
    let policy = policy.split('"').next().unwrap();
    let source = |text: &str| {
        let digest = ring::digest::digest(&ring::digest::SHA256, text.as_bytes());
        format!("'sha256-{}'", STANDARD.encode(digest))
    };
    let scripts = elements(&page, "script");
    type Elements<'p> = Vec<(&'p str, &'p str)>;
    let (own, data): (Elements<'_>, Elements<'_>) = scripts
        .into_iter()
        .partition(|(attributes, _)| attributes.is_empty());
    let styles = elements(&page, "style");
    assert_eq!((own.len(), styles.len()), (1, 2));
    let wanted = format!(
        "default-src 'none'; script-src {}; style-src {} {}; img-src data:; base-uri 'none'; form-action 'none'",
        source(own[0].1),
        source(styles[0].1),
        source(styles[1].1)
    );
    assert_eq!(policy, wanted);
    for (attributes, text) in data {
        assert!(
            attributes.starts_with(" type=\"application/json\"")
                || attributes.starts_with(" type=\"application/gzip\""),
            "{attributes}"
        );
        assert!(!text.contains('<'));
    }
    // A name that looks like markup is text, whatever it says.
    let before_data = page.split("<script").next().unwrap();
    let before_data = before_data.replace("&lt;img src=x onerror=alert(1)&gt;", "");
    for fetches in [
        " src=",
        "srcset",
        "@import",
        "url(",
        "<iframe",
        "<object",
        "http-equiv=\"refresh",
        " style=",
        " onclick=",
    ] {
        assert!(!before_data.contains(fetches), "{fetches}");
    }
    assert_eq!(before_data.matches("<link").count(), 1);
    assert!(before_data.contains("<link rel=\"icon\" href=\"data:,\">"));
    for dangerous in [
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "document.write",
        "eval(",
        "Function(",
    ] {
        assert!(!own[0].1.contains(dangerous), "{dangerous}");
    }
}

#[test]
fn names_are_never_markup() {
    let lab = fleet();
    for (at, name) in [
        format!("{MARKUP}.tgz").replace('/', "_"),
        "\u{202e}x.tgz".to_owned(),
    ]
    .iter()
    .enumerate()
    {
        lab.put(&format!("in/{name}"), format!("broken {at}").as_bytes());
    }
    let (page, _) = reports(&lab, &[]);
    assert!(!page.contains("<img"), "no tag out of a name");
    let (before, _) = page.split_once("<script").unwrap();
    assert!(
        before.contains("&lt;_script&gt;&lt;img src=x onerror=alert(1)&gt;.tgz"),
        "escaped where it is listed"
    );
    assert!(before.contains("[U+202E]x.tgz") && !before.contains('\u{202e}'));
    assert!(
        !page.contains("{{ 49")
            && rows_of(&page)
                .iter()
                .any(|row| row["node"] == "{{ 7 * 7 }}{% raw %}")
    );
}

#[test]
fn the_summary_stands_in_the_page_itself() {
    let (page, report) = reports(&fleet(), &[]);
    let (before, _) = page.split_once("<script").unwrap();
    let nodes = &report["coverage"]["nodes"];
    let judged = format!(
        "<strong>{} of {}</strong> nodes judged",
        nodes["judged"], nodes["of"]
    );
    assert!(before.contains(&judged), "{judged}");
    for benchmark in report["benchmarks"].as_array().unwrap() {
        let from = benchmark["numbers_from"].as_str().unwrap();
        assert!(before.contains(&from.replace('/', "&#x2f;")), "{from}");
    }
    for text in [
        "broken.tgz",
        "2026-11-21T00:00:00Z",
        "Configuration Management",
        "CM-6",
    ] {
        assert!(before.contains(text), "{text}");
    }
    for (word, count) in report["summary"]["verdicts"].as_object().unwrap() {
        let count = count.as_u64().unwrap();
        let count = match count / 1000 {
            0 => count.to_string(),
            thousands => format!("{thousands},{:03}", count % 1000),
        };
        let tile =
            format!("<span class=\"count\">{count}</span> <span class=\"word\">{word}</span>");
        assert!(before.contains(&tile), "{tile}");
    }
}

#[test]
fn the_same_bytes_come_out_at_any_number_of_threads() {
    let lab = fleet();
    let (one, _) = reports(&lab, &["-j", "1"]);
    let (two, _) = reports(&lab, &["-j", "2"]);
    assert!(one == two);
}

#[test]
fn waivers_stand_beside_their_verdicts() {
    let lab = Lab::new();
    many_nodes(&lab.path("w.html"), 3, 20);
    let page = fs::read_to_string(lab.path("w.html")).unwrap();
    let rows = rows_of(&page);
    let waived: Vec<&Value> = rows.iter().filter(|row| !row["waiver"].is_null()).collect();
    assert!(!waived.is_empty());
    for row in &waived {
        assert_eq!(
            (&row["verdict"], &row["waiver"]),
            (&json!("fail"), &json!("risk accepted"))
        );
    }
    assert!(page.contains(&format!(
        "a waiver or attestation stands beside {} of them",
        waived.len()
    )));
}

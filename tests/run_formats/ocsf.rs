//! OCSF: the class's schema, whose type it does not check itself, and the mapping of verdicts.

use nodeproof::export::Format;
use serde_json::{Value, json};

use super::json_schema::{schema, wrong};
use super::rows::{Kept, hostile, open, write};
use super::written::{WRITTEN, is_waived};
use crate::support::rows;

fn hostile_events() -> Vec<Value> {
    let kept = Kept::default();
    write(
        &mut *open(Format::named("ocsf").unwrap(), &kept),
        &hostile(),
    );
    rows(&String::from_utf8(kept.bytes()).unwrap())
}

#[test]
fn the_schemas_of_two_versions_accept_every_event() {
    for version in ["1.5.0", "1.8.0"] {
        let name = format!("ocsf/ocsf-{version}-compliance_finding-2003.schema.json");
        let Some(schema) = schema(&name) else {
            return;
        };
        let events = rows(&WRITTEN.text("all.ocsf.jsonl"));
        let mut broken = events[0].clone();
        broken["metadata"]["version"] = 15.into();
        assert!(!wrong(&schema, &broken).is_empty());
        for event in events.iter().chain(&hostile_events()) {
            assert_eq!(wrong(&schema, event), [""; 0]);
        }
    }
}

#[test]
fn an_event_says_what_its_row_says() {
    let events = rows(&WRITTEN.text("all.ocsf.jsonl"));
    assert_eq!(events.len(), WRITTEN.rows.len());
    for (event, row) in events.iter().zip(&WRITTEN.rows) {
        let verdict = row["verdict"].as_str().unwrap();
        let status = match verdict {
            "pass" => 1,
            "fail" => 3,
            "unknown" | "error" => 2,
            _ => 99,
        };
        let state = match verdict {
            "fail" if is_waived(row) => 3,
            "pass" => 4,
            _ => 1,
        };
        assert_eq!(event["compliance"]["status_id"], status, "{row}");
        assert_eq!(event["status_id"], state, "{row}");
        assert_eq!(event["unmapped"]["verdict"], row["verdict"]);
        assert_eq!(event["unmapped"]["waiver"], row["waiver"]);
        assert_eq!(event["finding_info"]["uid"], row["finding_id"]);
        let number = |key: &str| event[key].as_u64().unwrap();
        assert_eq!(
            number("type_uid"),
            number("class_uid") * 100 + number("activity_id")
        );
        assert_eq!(number("class_uid") / 1000, number("category_uid"));
        assert!(!event["resources"][0]["name"].as_str().unwrap().is_empty());
    }
    let read = events
        .iter()
        .find(|e| e["resources"][0]["type"] == "Evidence Bundle");
    assert_eq!(read.unwrap()["compliance"]["status_id"], json!(2));
}

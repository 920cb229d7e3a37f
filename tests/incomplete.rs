//! No rule about clusters passes on objects that are not all there: each passing case of the catalog, with one
//! of its lists refused, paged, cut off, masked, asked for in one namespace or left out.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::rule_cases::BY_CASES;
use crate::support::*;
use nodeproof::rules::Check;
use serde_json::{Value, json};

/// What a rule needs to know of lists: their names; `None` where one object of them may be enough.
fn lists(check: &Check) -> Option<Vec<String>> {
    Some(match check {
        Check::Objects(rule) if rule.one_is_enough => return None,
        Check::Objects(rule) => {
            let mut all = rule.lists.clone();
            all.extend(rule.join.as_ref().map(|join| join.list.clone()));
            all.extend(rule.admission.map(|_| "namespaces".to_owned()));
            all
        }
        Check::Namespaces(rule) => vec![rule.list.clone(), "namespaces".to_owned()],
        Check::Rights(_) => [
            "roles",
            "clusterroles",
            "rolebindings",
            "clusterrolebindings",
        ]
        .map(str::to_owned)
        .into(),
        Check::AllOf(all) => all.iter().filter_map(lists).flatten().collect(),
        _ => return None,
    })
}

/// A list as it comes where something went wrong, by what that is.
fn spoilt(text: &str) -> Vec<(&'static str, Option<String>)> {
    let whole: Value = serde_json::from_str(text).unwrap();
    let with = |key: &str, value: Value| {
        let mut list = whole.clone();
        list["metadata"][key] = value;
        Some(list.to_string())
    };
    let mut masked = whole.clone();
    masked["items"] = "REDACTED-BY-NODEPROOF".into();
    let refused = json!({"kind": "Status", "apiVersion": "v1", "status": "Failure", "code": 403,
        "reason": "Forbidden", "message": "forbidden"});
    vec![
        ("left out", None),
        ("refused", Some(refused.to_string())),
        ("paged", with("continue", "abc".into())),
        ("counted", with("remainingItemCount", 7.into())),
        ("cut off", Some(text[..text.len() - 2].to_owned())),
        ("masked", Some(masked.to_string())),
        ("a table", Some("NAME   AGE\nx      1d\n".to_owned())),
        ("empty", Some(String::new())),
    ]
}

#[test]
fn no_rule_passes_on_a_list_that_is_not_whole() {
    let lab = Lab::new();
    let mut text = String::from(
        "id = \"cases\"\nfamily = \"cis\"\npublisher = \"p\"\ntitle = \"t\"\nnumbers_from = \"n\"\n",
    );
    let mut wanted: BTreeMap<String, (String, String)> = BTreeMap::new();
    for (number, (key, rule)) in CATALOG.rules.iter().enumerate() {
        let lists = lists(&rule.check).filter(|lists| !lists.is_empty());
        let Some(lists) = lists else {
            continue;
        };
        let _ = write!(
            text,
            "[[control]]\nnumber = \"{number}\"\nrule = \"{key}\"\nassessment = \"automated\"\n"
        );
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/benchmark/catalog/rules");
        let cases = std::fs::read_to_string(format!("{folder}/{key}/cases.toml")).unwrap();
        let cases: toml::Table = toml::from_str(&cases).unwrap();
        let mut cases = cases["case"].as_array().unwrap().iter();
        let passing = cases.find(|case| {
            case["verdict"].as_str().unwrap().starts_with("pass") && case.get("expect").is_none()
        });
        let members = passing.unwrap()["members"].as_table().unwrap();
        for list in lists {
            let name = format!("api/{list}.json");
            let Some(own) = members.get(&name).and_then(toml::Value::as_str) else {
                panic!("{key}: the passing case has no {name}");
            };
            for (about, spoilt) in spoilt(own) {
                let cluster = format!("c{}", wanted.len());
                let mut bundle = Bundle::cluster(&cluster);
                for (member, text) in members {
                    let text = text.as_str().unwrap();
                    match (*member == name, &spoilt) {
                        (true, None) => {}
                        (true, Some(spoilt)) => bundle = bundle.member(member, spoilt),
                        (false, _) => bundle = bundle.member(member, text),
                    }
                }
                lab.add(&format!("{cluster}.tgz"), &bundle);
                wanted.insert(
                    cluster,
                    (number.to_string(), format!("{key}: {list} is {about}")),
                );
            }
        }
    }
    assert!(wanted.len() > 300, "{}", wanted.len());
    lab.put("cases/benchmarks/cases.toml", text.as_bytes());
    let mut wrong = Vec::new();
    for row in rows(&nodeproof(lab.folder.path(), &BY_CASES).stdout) {
        let own = row["cluster"]
            .as_str()
            .and_then(|cluster| wanted.get(cluster));
        let Some((number, about)) = own.filter(|_| row["node"].is_null()) else {
            continue;
        };
        if row["control"] == number.as_str() && row["verdict"] == "pass" {
            wrong.push(format!("{about}: {}", row["reason"]));
        }
    }
    assert!(wrong.is_empty(), "{}\n{}", wrong.len(), wrong.join("\n"));
}

//! The one result of a document: observations, risks, findings, attestations.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::Context;
use super::text::{NAMESPACE, control_id, line, lines, prop};
use crate::benchmark::references::as_numbered;
use crate::export::finding::{attestation, stamp, title, waiver};
use crate::matrix::row::Row;
use crate::verdict::Verdict;

pub(super) fn of(of: &Context<'_>) -> Value {
    let rows = of.document.rows;
    let mut by_control: BTreeMap<_, Vec<&Row<'_>>> = BTreeMap::new();
    for row in rows {
        for control in row.nist_800_53 {
            let controls = by_control.entry((as_numbered(control), control.as_str()));
            controls.or_default().push(row);
        }
    }
    let reviewed: Vec<Value> = by_control
        .keys()
        .map(|(_, control)| json!({"control-id": control_id(control)}))
        .collect();
    let reviewed = match reviewed.is_empty() {
        true => json!({"include-all": {}}),
        false => json!({"include-controls": reviewed}),
    };
    let is_judged = |row: &&Row<'_>| matches!(row.verdict, Verdict::Pass | Verdict::Fail);
    let judged = rows.iter().filter(is_judged).count().to_string();
    let props = [
        prop("judged", &judged),
        prop("judged-of", &rows.len().to_string()),
    ];
    let mut result = json!({
        "uuid": of.id("result", ""),
        "title": line(&format!("{} on {}", of.title, of.subject)),
        "description": "Judged from collected evidence, without access to the node.",
        "start": of.at,
        "end": of.at,
        "props": props,
        "local-definitions": definitions(of),
        "reviewed-controls": {"control-selections": [reviewed]},
    });
    let attested = rows.iter().filter(|row| attestation(row).is_some());
    let attested: Vec<Value> = attested.map(|row| attested_part(of, row)).collect();
    if !attested.is_empty() {
        result["attestations"] = json!([{ "parts": attested }]);
    }
    let risks = rows.iter().filter(|row| row.verdict == Verdict::Fail);
    let findings = by_control.iter();
    let findings = findings.filter_map(|((_, control), rows)| finding(of, control, rows));
    for (name, all) in [
        (
            "observations",
            rows.iter().map(|row| observation(of, row)).collect(),
        ),
        ("risks", risks.map(|row| risk(of, row)).collect()),
        ("findings", findings.collect::<Vec<Value>>()),
    ] {
        if !all.is_empty() {
            result[name] = all.into();
        }
    }
    result
}

/// The program, and the node or cluster.
fn definitions(of: &Context<'_>) -> Value {
    let (run, bundle) = (of.document.run, of.document.bundle);
    let is_node = of
        .document
        .rows
        .first()
        .is_some_and(|row| row.node.is_some());
    let kind = if is_node { "node" } else { "cluster" };
    let named = |name: &str, value: &str| json!({"name": name, "value": value});
    let mut props = vec![named("asset-id", &line(&of.subject))];
    if is_node {
        props.push(named("fqdn", &line(of.document.subject())));
    }
    for (name, value) in [("kubernetes", &bundle.kubernetes), ("role", &bundle.role)] {
        props.extend(value.as_deref().and_then(|value| prop(name, value)));
    }
    json!({
        "components": [{
            "uuid": of.tool,
            "type": "software",
            "title": run.tool,
            "description": "offline analyzer of evidence",
            "props": [named("version", &line(&run.version))],
            "status": {"state": "operational"},
        }],
        "inventory-items": [{
            "uuid": of.item,
            "description": lines(&format!("Kubernetes {kind} {}", of.subject)),
            "props": props,
        }],
    })
}

fn observation(of: &Context<'_>, row: &Row<'_>) -> Value {
    let actual = row.actual.unwrap_or_default();
    let actual_prop = prop("actual", actual);
    let mut remarks = row.reason.to_owned();
    if actual_prop.is_none() && !actual.is_empty() {
        remarks.push_str(&format!("\n\nactual: {actual}"));
    }
    if let Some(beside) = &row.waiver {
        remarks.push_str(&format!("\n\n{beside}"));
    }
    let beside = match (waiver(row), attestation(row)) {
        (Some(_), _) => "waiver",
        (_, Some(_)) => "attestation",
        _ => "",
    };
    let props = [
        prop("benchmark", row.benchmark.unwrap_or_default()),
        prop("control", row.control.unwrap_or_default()),
        prop("verdict", row.verdict.as_str()),
        prop("reason-code", row.code),
        prop("source", row.source),
        prop("finding-id", row.finding_id),
        prop("rule", row.rule.unwrap_or_default()),
        actual_prop,
        prop("beside", beside),
    ];
    let expected = row.expected.map(|text| format!(" Expected: {text}."));
    let description = format!(
        "{}.{}",
        row.title.unwrap_or_default(),
        expected.unwrap_or_default()
    );
    let mut observation = json!({
        "uuid": of.id("observation", row.finding_id),
        "title": line(&format!("{} {}", of.title, row.control.unwrap_or_default())),
        "description": lines(&description),
        "props": props.into_iter().flatten().collect::<Vec<Value>>(),
        "methods": ["EXAMINE"],
        "types": [if row.verdict == Verdict::Fail { "finding" } else { "control-objective" }],
        "origins": [{"actors": [{"type": "tool", "actor-uuid": of.tool}]}],
        "subjects": [{
            "subject-uuid": of.item,
            "type": "inventory-item",
            "title": line(&of.subject),
        }],
        "collected": of.at,
        "remarks": lines(&remarks),
    });
    let evidence = row.evidence.iter().zip(row.evidence_sha256);
    let evidence: Vec<Value> = evidence
        .map(|(place, digest)| {
            let mut cited = json!({
                "href": format!("#{}", of.bundle),
                "description": lines(&format!("{}!{place}", row.bundle)),
            });
            if let Some(digest) = prop("sha256", digest) {
                cited["props"] = json!([digest]);
            }
            cited
        })
        .collect();
    if !evidence.is_empty() {
        observation["relevant-evidence"] = evidence.into();
    }
    observation
}

fn risk(of: &Context<'_>, row: &Row<'_>) -> Value {
    let benchmark = row.benchmark.unwrap_or_default();
    let number = row.control.unwrap_or_default();
    let waived = waiver(row);
    let status = waived.map_or("open", |_| "deviation-approved");
    let mut risk = json!({
        "uuid": of.id("risk", row.finding_id),
        "title": line(&format!("{benchmark} {number} fails")),
        "description": lines(row.reason),
        "statement": lines(&title(row)),
        "status": status,
        "related-observations": [related(of, row)],
    });
    if let Some((entry, waiver)) = waived {
        let mut logged = json!({
            "uuid": of.id("risk-log", row.finding_id),
            "title": "Waiver",
            "description": lines(row.waiver.as_deref().unwrap_or_default()),
            "start": of.at,
            "status-change": status,
        });
        if let Some(until) = &entry.expires {
            let end = stamp(until.end());
            logged["end"] = end.clone().into();
            risk["deadline"] = end.into();
        }
        let of_type = waiver.of_type.as_deref();
        if let Some(of_type) = of_type.and_then(|word| prop("waiver-type", word)) {
            risk["props"] = json!([of_type]);
        }
        risk["risk-log"] = json!({"entries": [logged]});
    }
    if let Some(remediation) = row.remediation {
        risk["remediations"] = json!([{
            "uuid": of.id("remediation", row.finding_id),
            "lifecycle": "recommendation",
            "title": "What to do",
            "description": lines(remediation),
        }]);
    }
    risk
}

fn related(of: &Context<'_>, row: &Row<'_>) -> Value {
    json!({"observation-uuid": of.id("observation", row.finding_id)})
}

/// A finding on a control of NIST SP 800-53; none where nothing that supports it applies.
fn finding(of: &Context<'_>, control: &str, rows: &[&Row<'_>]) -> Option<Value> {
    let rows_of = |verdict| rows.iter().filter(move |row| row.verdict == verdict);
    let undecided: Vec<&str> = [Verdict::Unknown, Verdict::Error, Verdict::Manual]
        .into_iter()
        .filter(|verdict| rows_of(*verdict).next().is_some())
        .map(Verdict::as_str)
        .collect();
    let fails: Vec<Value> = rows_of(Verdict::Fail)
        .map(|row| json!({"risk-uuid": of.id("risk", row.finding_id)}))
        .collect();
    let status = if !fails.is_empty() {
        json!({"state": "not-satisfied", "reason": "fail"})
    } else if !undecided.is_empty() {
        let remarks = format!("not decided: {}", undecided.join(", "));
        json!({"state": "not-satisfied", "reason": "other", "remarks": remarks})
    } else if rows_of(Verdict::Pass).next().is_some() {
        json!({"state": "satisfied", "reason": "pass"})
    } else {
        return None;
    };
    let observations: Vec<Value> = rows.iter().map(|row| related(of, row)).collect();
    let mut finding = json!({
        "uuid": of.id("finding", control),
        "title": line(control),
        "description": lines(&format!("{control} as far as {} speaks of it on {}", of.title, of.subject)),
        "target": {
            "type": "objective-id",
            "target-id": format!("{}_obj", control_id(control)),
            "status": status,
        },
        "related-observations": observations,
    });
    if !fails.is_empty() {
        finding["related-risks"] = fails.into();
    }
    Some(finding)
}

/// What a person found; it changes no finding.
fn attested_part(of: &Context<'_>, row: &Row<'_>) -> Value {
    json!({
        "uuid": of.id("attestation", row.finding_id),
        "name": "attestation",
        "ns": NAMESPACE,
        "title": line(row.control.unwrap_or_default()),
        "prose": lines(row.waiver.as_deref().unwrap_or_default()),
    })
}

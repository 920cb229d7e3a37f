//! `scripts/collect-cluster.sh` against a real kubectl and a stub of the Kubernetes API on loopback, under dash and
//! busybox sh: what ends in the bundle, what is recorded as a gap, and what an interrupted run leaves behind.

mod api;
mod bundle;
mod planted;
mod stopping;
mod versions;

use std::collections::BTreeMap;
use std::fs;

use self::api::{Api, CONFIGZ};
use self::bundle::{Bundle, SCRIPT, run, shells};
use crate::shell::{files, sha256, stderr};
use serde_json::{Value, json};

const MARK: &str = "REDACTED-BY-NODEPROOF";

#[test]
fn a_healthy_cluster_becomes_a_bundle_whose_first_member_says_what_it_is() {
    for shell in shells() {
        let (api, out) = (Api::start(), tempfile::tempdir().unwrap());
        let to = out.path().to_str().unwrap();
        let ran = run(
            &shell,
            &api,
            &[
                "--out",
                to,
                "--operator",
                "Jo \"Q\" Doe",
                "--assessment=2026 \\ spring",
            ],
        );
        let bundle = Bundle::of(&ran);
        assert_eq!(bundle.order[0], "bundle.json");
        let about = bundle.json("bundle.json");
        for (key, value) in [
            ("format", json!("nodeproof-bundle")),
            ("version", json!(1)),
            ("kind", json!("cluster")),
            ("source", json!("api")),
            ("cluster", json!("prod-eu")),
            ("node", Value::Null),
            ("operator", json!("Jo \"Q\" Doe")),
            ("assessment", json!("2026 \\ spring")),
        ] {
            assert_eq!(about[key], value, "{key}");
        }
        assert_eq!(
            about["collector"]["sha256"],
            sha256(&fs::read(SCRIPT).unwrap())
        );
        assert!(
            about["collected_at"]
                .as_str()
                .unwrap()
                .parse::<jiff::Timestamp>()
                .is_ok()
        );
        for node in ["node-a", "node-b", "node-c", "node-d"] {
            assert_eq!(bundle.text(&format!("configz/{node}.json")), CONFIGZ);
        }
        assert_eq!(
            bundle.json("api/pods.json")["items"]
                .as_array()
                .unwrap()
                .len(),
            2,
            "both pages of pods"
        );
        assert!(api.times_asked("/pods?limit=500") > 0);
        assert_eq!(
            bundle.json("api/nodes.json")["items"][3]["metadata"]["name"],
            "node-d"
        );
        assert_eq!(
            bundle.json("commands/version.txt")["serverVersion"]["gitVersion"],
            "v1.31.14"
        );
        let listed: BTreeMap<&str, &str> = bundle
            .text("SHA256SUMS")
            .lines()
            .map(|line| line.split_once("  ").unwrap())
            .map(|(sum, member)| (member, sum))
            .collect();
        let actual: BTreeMap<&str, String> = bundle
            .members
            .iter()
            .filter(|(member, _)| *member != "SHA256SUMS")
            .map(|(member, bytes)| (member.as_str(), sha256(bytes)))
            .collect();
        assert_eq!(
            listed
                .into_iter()
                .map(|(member, sum)| (member, sum.to_owned()))
                .collect::<BTreeMap<_, _>>(),
            actual
        );
        let commands = about["commands"].as_array().unwrap();
        for member in bundle.order.iter().filter(|member| member.contains('/')) {
            let command = commands
                .iter()
                .find(|command| command["member"] == member.as_str())
                .unwrap();
            assert_eq!(command["exit"], 0);
            assert!(command["argv"].as_str().unwrap().starts_with("kubectl "));
        }
        assert_eq!(bundle.gap("api/podsecuritypolicies.json").0, "absent");
        assert_eq!(
            files(out.path()).len(),
            1,
            "nothing but the archive is left: {:?}",
            files(out.path())
        );
    }
}

#[test]
fn secrets_are_masked_and_counted_and_never_asked_for() {
    for shell in shells() {
        let (api, out) = (Api::start(), tempfile::tempdir().unwrap());
        let header = r#"{"kubeletconfig":{"staticPodURLHeader":{"Authorization":["hunter2 }","hunter2"]},"readOnlyPort":10255}}"#;
        api.reply("/api/v1/nodes/node-b/proxy/configz", 200, header);
        let bundle = Bundle::of(&run(&shell, &api, &["--out", out.path().to_str().unwrap()]));
        for (member, bytes) in &bundle.members {
            assert!(
                !String::from_utf8_lossy(bytes).contains("hunter2"),
                "{member}"
            );
        }
        assert_eq!(
            bundle.json("configz/node-b.json"),
            json!({"kubeletconfig": {"staticPodURLHeader": {"Authorization": [MARK, MARK]}, "readOnlyPort": 10255}})
        );
        let pods = bundle.json("api/pods.json");
        let pod = &pods["items"][0];
        assert_eq!(pod["metadata"]["annotations"]["kept"], "an annotation");
        let container = &pod["spec"]["containers"][0];
        assert_eq!(container["env"][0]["value"], MARK);
        assert_eq!(
            container["env"][1]["valueFrom"]["secretKeyRef"]["key"],
            "password"
        );
        assert_eq!(
            container["args"],
            json!([
                "--token",
                MARK,
                format!("--db=postgres://{MARK}@db/x"),
                "--token-auth-file=/etc/tokens",
                "--profiling=false"
            ])
        );
        let about = bundle.json("bundle.json");
        let mut counted: Vec<(&str, &str, u64)> = about["redactions"]
            .as_array()
            .unwrap()
            .iter()
            .map(|entry| {
                (
                    entry["member"].as_str().unwrap(),
                    entry["kind"].as_str().unwrap(),
                    entry["count"].as_u64().unwrap(),
                )
            })
            .collect();
        counted.sort_unstable();
        assert_eq!(
            counted,
            [
                ("api/pods.json", "argument", 1),
                ("api/pods.json", "env-value", 1),
                ("api/pods.json", "last-applied", 1),
                ("api/pods.json", "url-userinfo", 1),
                ("configz/node-b.json", "static-pod-url-header", 2),
            ]
        );
        assert_eq!(api.times_asked("secrets"), 0);
        assert_eq!(
            api.times_asked("/configmaps"),
            api.times_asked("/namespaces/default/configmaps")
        );
    }
}

#[test]
fn what_cannot_be_had_is_a_recorded_gap_and_never_a_member() {
    for shell in shells() {
        let (api, out) = (Api::start(), tempfile::tempdir().unwrap());
        let failure = |code: u16, reason: &str, message: &str| {
            json!({"kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": reason, "code": code, "message": message}).to_string()
        };
        let configz = |node: &str| format!("/api/v1/nodes/{node}/proxy/configz");
        api.reply(
            &configz("node-a"),
            503,
            &failure(
                503,
                "ServiceUnavailable",
                "dial tcp 10.0.0.1:10250: no route to host",
            ),
        );
        api.reply(
            &configz("node-b"),
            200,
            "<html><body>502 Bad Gateway</body></html>",
        );
        api.reply(&configz("node-c"), 200, &CONFIGZ[..60]);
        api.reply(&configz("node-d"), 0, "");
        api.reply(
            "/apis/networking.k8s.io/v1/networkpolicies",
            403,
            &failure(
                403,
                "Forbidden",
                "networkpolicies is forbidden: User \"auditor\" cannot list",
            ),
        );
        let odd = [
            "--node=node-a",
            "--node=node-b",
            "--node=node-c",
            "--node=node-d",
            "--node=node-e",
            "--node=node-f",
            "--node=node-g",
            "--node=../../etc/passwd",
            "--node=-x",
        ];
        api.reply(
            &configz("node-e"),
            200,
            &failure(500, "InternalError", "not a configz"),
        );
        api.reply(&configz("node-f"), 403, &failure(403, "Forbidden", "nodes \"node-f\" is forbidden: User \"auditor\" cannot get resource \"nodes/proxy\""));
        let to = out.path().to_str().unwrap();
        let ran = run(
            &shell,
            &api,
            &[&["--out", to, "--timeout", "3"], odd.as_slice()].concat(),
        );
        let bundle = Bundle::of(&ran);
        for (path, said) in [
            ("configz/node-a.json", "no route to host"),
            ("configz/node-b.json", "not one whole JSON object"),
            ("configz/node-c.json", "not one whole JSON object"),
            ("configz/node-d.json", "exceeded"),
            ("configz/node-e.json", "no \"kubeletconfig\""),
            ("configz/node-f.json", "nodes/proxy"),
            ("configz/../../etc/passwd.json", "DNS-1123"),
            ("configz/-x.json", "DNS-1123"),
            ("api/networkpolicies.json", "forbidden"),
        ] {
            assert!(!bundle.members.contains_key(path), "{path}");
            let (reason, detail) = bundle.gap(path);
            assert_eq!(reason, "unreadable", "{path}");
            assert!(detail.contains(said), "{path}: {detail}");
        }
        assert_eq!(bundle.text("configz/node-g.json"), CONFIGZ);
        assert_eq!(api.times_asked("passwd"), 0);
        let said = stderr(&ran);
        assert!(said.contains("gap: configz of node node-a: "), "{said}");
        assert!(said.contains("advice: "), "{said}");
        let about = bundle.json("bundle.json");
        let failed = about["commands"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|command| {
                command["member"].is_null() && command["argv"].as_str().unwrap().contains("configz")
            })
            .count();
        assert_eq!(failed, 6);
    }
}

#[test]
fn an_api_server_that_does_not_answer_leaves_nothing() {
    for shell in shells() {
        let (api, out) = (Api::start(), tempfile::tempdir().unwrap());
        let ran = run(
            &shell,
            &api,
            &["--out", out.path().to_str().unwrap(), "--context", "lost"],
        );
        assert_eq!(ran.status.code(), Some(1));
        assert!(
            stderr(&ran).contains("the API server cannot be asked"),
            "{}",
            stderr(&ran)
        );
        assert_eq!(fs::read_dir(out.path()).unwrap().count(), 0);
        assert_eq!(api.times_asked("/"), 0, "the other context was asked");
    }
}

#[test]
fn list_and_help_ask_nobody_and_wrong_usage_is_exit_2() {
    for shell in shells() {
        let (api, out) = (Api::start(), tempfile::tempdir().unwrap());
        let to = out.path().to_str().unwrap();
        let ran = run(&shell, &api, &["--list", "--out", to]);
        let said = String::from_utf8(ran.stdout).unwrap();
        assert!(
            said.contains("get pods --all-namespaces")
                && said.contains("/proxy/configz")
                && said.contains(to),
            "{said}"
        );
        assert!(
            String::from_utf8(run(&shell, &api, &["--help"]).stdout)
                .unwrap()
                .contains("nodes/proxy")
        );
        for wrong in [
            &["--nonsense"][..],
            &["--out"],
            &["--cluster="],
            &["--parallel", "0"],
            &["--timeout=1s"],
            &["extra"],
        ] {
            assert_eq!(run(&shell, &api, wrong).status.code(), Some(2), "{wrong:?}");
        }
        assert_eq!(api.times_asked("/"), 0);
        assert_eq!(fs::read_dir(out.path()).unwrap().count(), 0);
    }
}

/// What lies in the namespace default, of config maps the names alone; and what is made of it.
#[test]
fn what_is_in_default_is_gathered_and_judged() {
    // The shells are told apart by the other tests: this one asks for a good many lists.
    for shell in shells().into_iter().take(1) {
        let (api, out) = (Api::start(), tempfile::tempdir().unwrap());
        let run = || run(&shell, &api, &["--out", out.path().to_str().unwrap()]);
        let ran = run();
        let bundle = Bundle::of(&ran);
        let named = |name: &str| json!({"kind": "ConfigMap", "metadata": {"name": name, "namespace": "default"}});
        assert_eq!(
            bundle.json("api/configmaps.json"),
            json!({"kind": "List", "items": [named("own"), named("kube-root-ca.crt")]}),
            "both pages, and no value"
        );
        for list in [
            "services",
            "deployments",
            "daemonsets",
            "statefulsets",
            "replicasets",
            "jobs",
            "cronjobs",
        ] {
            assert!(bundle.json(&format!("api/{list}.json"))["items"].is_array());
            assert!(api.times_asked(&format!("/namespaces/default/{list}?limit=500")) > 0);
        }
        assert!(bundle.json("api/certificatesigningrequests.json")["items"].is_array());
        let archives = files(out.path());
        let judged = |folder: &std::path::Path| {
            let arguments = [
                "analyze", ".", "-b", "cis-1.12", "-c", "5.6.4", "--format", "jsonl",
            ];
            let ran = crate::support::nodeproof(folder, &arguments);
            let rows = crate::support::rows(&ran.stdout);
            let of_cluster = rows.into_iter().find(|row| row["node"].is_null()).unwrap();
            (of_cluster["verdict"].clone(), of_cluster["actual"].clone())
        };
        assert_eq!(
            judged(out.path()),
            (json!("fail"), json!("default/own")),
            "{archives:?}"
        );
        // Where nothing but the cluster's own is there, and where one list was refused.
        let none =
            json!({"kind": "ConfigMapList", "apiVersion": "v1", "metadata": {}, "items": []});
        let path = "/api/v1/namespaces/default/configmaps";
        for (status, body, verdict) in [
            (200, none, "pass"),
            (
                403,
                json!({"kind": "Status", "apiVersion": "v1", "status": "Failure", "code": 403, "reason": "Forbidden", "message": "forbidden"}),
                "unknown",
            ),
        ] {
            let (api, out) = (Api::start(), tempfile::tempdir().unwrap());
            api.reply(path, status, &body.to_string());
            let pods = json!({"kind": "PodList", "apiVersion": "v1", "metadata": {}, "items": []});
            api.reply("/api/v1/pods", 200, &pods.to_string());
            let to = out.path().to_str().unwrap();
            let ran = bundle::run(&shell, &api, &["--out", to]);
            assert_eq!(judged(out.path()).0, verdict, "{}", stderr(&ran));
        }
    }
}

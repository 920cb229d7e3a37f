//! Rules about clusters as data: what a user's own catalog says, what is the system's or a
//! distribution's own, and how offenders are listed.

use crate::support::*;
use serde_json::{Value, json};

const README: &str = include_str!("../src/benchmark/catalog/README.md");

fn list(items: &[Value]) -> String {
    json!({"kind": "List", "items": items}).to_string()
}

fn pod(namespace: &str, name: &str, image: &str) -> Value {
    json!({"kind": "Pod", "metadata": {"name": name, "namespace": namespace},
        "spec": {"containers": [{"name": "app", "image": image, "securityContext": {"privileged": true}}]}})
}

fn namespaces(names: &[&str]) -> String {
    let one = |name: &&str| json!({"kind": "Namespace", "metadata": {"name": name}});
    list(&names.iter().map(one).collect::<Vec<Value>>())
}

/// The rows of a bundle, as JSON Lines.
fn judged(lab: &Lab, more: &[&str]) -> Vec<Value> {
    let arguments = [&["analyze", "c.tgz", "--format", "jsonl"][..], more].concat();
    let ran = nodeproof(lab.folder.path(), &arguments);
    assert!(!ran.stdout.is_empty(), "{}", ran.stderr);
    rows(&ran.stdout)
}

/// The block of TOML behind some words of the reference.
fn example(behind: &str) -> &'static str {
    let (_, rest) = README.split_once(behind).unwrap();
    let (_, rest) = rest.split_once("```toml\n").unwrap();
    rest.split("```").next().unwrap()
}

#[test]
fn the_rule_of_the_reference_judges_images() {
    let lab = Lab::new();
    let about = ["rationale", "impact", "default", "remediation", "verify"];
    let about: String = about.iter().map(|key| format!("{key} = \"x\"\n")).collect();
    let check = example("A rule of your own, that no pod of users runs an image");
    let rule = format!(
        "key = \"acme-registry\"\ncomponent = \"cluster\"\ntitle = \"Images: they are ours\"\n{about}see_also = []\n{check}"
    );
    lab.put("own/rules/acme-registry.toml", rule.as_bytes());
    let benchmark = "id = \"acme\"\nfamily = \"cis\"\npublisher = \"p\"\ntitle = \"t\"\nnumbers_from = \"us\"\n\
        [[control]]\nnumber = \"1\"\nrule = \"acme-registry\"\nassessment = \"automated\"\n";
    lab.put("own/benchmarks/acme.toml", benchmark.as_bytes());
    let own = "registry.example.com/app:1";
    for (pods, outcome, actual) in [
        (
            vec![pod("shop", "a", own), pod("kube-system", "b", "x")],
            "pass",
            json!(null),
        ),
        (
            vec![pod("shop", "a", own), pod("shop", "b", "docker.io/x")],
            "fail",
            json!("shop/b (app)"),
        ),
    ] {
        lab.add(
            "c.tgz",
            &Bundle::cluster("prod").member("api/pods.json", list(&pods)),
        );
        let all = judged(&lab, &["--catalog", "own", "-b", "acme"]);
        assert_eq!(all[0]["verdict"], outcome, "{all:?}");
        assert_eq!(all[0]["actual"], actual);
    }
}

#[test]
fn namespaces_of_the_system_are_a_list_that_a_catalog_changes() {
    let lab = Lab::new();
    lab.put("own/cluster.toml", example("## cluster.toml").as_bytes());
    let verdict = |namespace: &str, more: &[&str]| {
        let pods = list(&[pod(namespace, "a", "x")]);
        let bundle = Bundle::cluster("prod").member("api/pods.json", pods);
        lab.add(
            "c.tgz",
            &bundle.member("api/namespaces.json", namespaces(&[namespace])),
        );
        let all = judged(
            &lab,
            &[&["-b", "cis-1.12", "-c", "5.2.2"][..], more].concat(),
        );
        (outcome(&all[0]), all[0]["by_the_text"].clone())
    };
    let own = ["--catalog", "own"];
    let fails = ("fail objects-show".to_owned(), json!("fail"));
    let passes = ("pass objects-show".to_owned(), json!("fail"));
    for (namespace, built_in, changed) in [
        ("shop", &fails, &fails),
        ("kube-system", &passes, &passes),
        ("calico-system", &passes, &fails),
        ("platform-dns", &fails, &passes),
    ] {
        assert_eq!(&verdict(namespace, &[]), built_in, "{namespace}");
        assert_eq!(&verdict(namespace, &own), changed, "{namespace}");
    }
    lab.put("bad/cluster.toml", b"system_namespace = []");
    let ran = nodeproof(lab.folder.path(), &["analyze", "c.tgz", "--catalog", "bad"]);
    assert_eq!(ran.code, 2);
    assert!(
        ran.stderr.contains("bad/cluster.toml:1:1: "),
        "{}",
        ran.stderr
    );
}

#[test]
fn all_offenders_stand_in_json_and_the_first_in_csv() {
    let lab = Lab::new();
    let pods: Vec<Value> = (0..12)
        .map(|n| pod("shop", &format!("p{n:02}"), "x"))
        .collect();
    lab.add(
        "c.tgz",
        &Bundle::cluster("prod").member("api/pods.json", list(&pods)),
    );
    let control = ["-b", "cis-1.12", "-c", "5.2.2"];
    let of = |row: &Value, key: &str| row[key].as_array().unwrap().len();
    let all = judged(&lab, &control);
    let actual = all[0]["actual"].as_str().unwrap();
    assert_eq!(actual.matches("shop/p").count(), 12, "{actual}");
    assert_eq!(
        (of(&all[0], "evidence"), of(&all[0], "evidence_sha256")),
        (12, 12)
    );
    assert!(!has_note(&all[0], "offenders-cut"));
    let reason = all[0]["reason"].as_str().unwrap();
    assert!(
        reason.contains("12 × ") && reason.contains(", and 7 more"),
        "{reason}"
    );
    let arguments = [&["analyze", "c.tgz"][..], &control].concat();
    let table = nodeproof(lab.folder.path(), &arguments).stdout;
    let mut reader = csv::Reader::from_reader(table.as_bytes());
    let head = reader.headers().unwrap().clone();
    let row = reader.records().next().unwrap().unwrap();
    let cell = |name: &str| &row[head.iter().position(|own| own == name).unwrap()];
    assert!(
        cell("actual").ends_with("shop/p04 (app), and 7 more"),
        "{}",
        cell("actual")
    );
    assert_eq!(cell("evidence").split(' ').count(), 5);
    assert_eq!(cell("evidence_sha256").split(' ').count(), 5);
    let cut = judged(&lab, &[&control[..], &["--limit", "offenders=7"]].concat());
    let actual = cut[0]["actual"].as_str().unwrap();
    assert!(actual.ends_with(", and 5 more"), "{actual}");
    assert_eq!(of(&cut[0], "evidence"), 7);
    assert!(has_note(&cut[0], "offenders-cut"));
}

fn binding(name: &str, role: &str, subject: &Value) -> Value {
    json!({"kind": "ClusterRoleBinding", "metadata": {"name": name},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": role},
        "subjects": [subject]})
}

#[test]
fn what_a_distribution_ships_is_recognised_by_all_of_it() {
    let group = |name: &str| json!({"kind": "Group", "name": name});
    let user = |name: &str| json!({"kind": "User", "name": name});
    let account =
        |home: &str, name: &str| json!({"kind": "ServiceAccount", "namespace": home, "name": name});
    let (system, traefik) = ("kube-system", "helm-kube-system-traefik");
    for (name, subject, verdict) in [
        (
            "kubeadm:cluster-admins",
            group("kubeadm:cluster-admins"),
            "pass",
        ),
        ("kubeadm:cluster-admins", group("everybody"), "fail"),
        (
            "kubeadm:cluster-admins",
            user("kubeadm:cluster-admins"),
            "fail",
        ),
        (
            "kubeadm-cluster-admins",
            group("kubeadm:cluster-admins"),
            "fail",
        ),
        (traefik, account(system, "helm-traefik"), "pass"),
        (traefik, account(system, "helm-other"), "fail"),
        (traefik, account("shop", "helm-traefik"), "fail"),
        ("helm-kube-system-own", account(system, "helm-own"), "fail"),
        ("eks:addon-cluster-admin", user("eks:addon-manager"), "pass"),
        ("eks:addon-cluster-admin", user("mallory"), "fail"),
        ("eks:own", user("eks:addon-manager"), "fail"),
        ("aks-cluster-admin-binding", user("clusterAdmin"), "pass"),
        ("aks-cluster-admin-binding", group("developers"), "fail"),
        ("cluster-admins", group("system:cluster-admins"), "pass"),
        (
            "system:openshift:operator:x",
            account("openshift-x", "x"),
            "pass",
        ),
        ("system:openshift:operator:x", account("shop", "x"), "fail"),
    ] {
        let lab = Lab::new();
        let bindings = list(&[binding(name, "cluster-admin", &subject)]);
        let bundle = Bundle::cluster("prod").member("api/clusterrolebindings.json", bindings);
        lab.add("c.tgz", &bundle.member("api/rolebindings.json", list(&[])));
        let all = judged(&lab, &["-b", "cis-1.12", "-c", "5.1.1"]);
        assert_eq!(
            all[0]["verdict"], verdict,
            "{name} {subject} {}",
            all[0]["reason"]
        );
        let is_noted = has_note(&all[0], "distribution-default");
        assert_eq!(is_noted, verdict == "pass", "{name} {subject}");
        assert_eq!(all[0]["by_the_text"], "fail", "{name}");
    }
}

/// One of two lists is of another cluster, by its command or by what is in it.
#[test]
fn lists_of_two_clusters_pass_nothing() {
    let clean = |home: &str| {
        json!({"kind": "Pod", "metadata": {"name": "a", "namespace": home},
            "spec": {"containers": [{"name": "app"}]}})
    };
    let enforced = json!({"kind": "Namespace", "metadata": {"name": "shop",
        "labels": {"pod-security.kubernetes.io/enforce": "restricted"}}});
    let ask = |context: &str, list: &str| {
        json!({"argv": format!("kubectl --context={context} get {list} --all-namespaces -o json"),
            "member": format!("api/{list}.json"), "exit": 0})
    };
    for (pod, contexts, wanted) in [
        (clean("shop"), ["a", "a"], "pass objects-show"),
        (clean("shop"), ["a", "b"], "unknown objects-incomplete"),
        (clean("other"), ["a", "a"], "unknown objects-incomplete"),
    ] {
        let lab = Lab::new();
        let commands = json!([ask(contexts[0], "namespaces"), ask(contexts[1], "pods")]);
        let bundle = Bundle::cluster("prod").with("commands", commands);
        let bundle = bundle.member("api/namespaces.json", list(std::slice::from_ref(&enforced)));
        lab.add("c.tgz", &bundle.member("api/pods.json", list(&[pod])));
        let all = judged(&lab, &["-b", "cis-1.12", "-c", "5.2.2"]);
        assert_eq!(outcome(&all[0]), wanted, "{}", all[0]["reason"]);
    }
}

#[test]
fn a_cluster_is_judged_by_the_version_of_its_api_server() {
    for (version, benchmark) in [
        ("v1.31.4", "cis-1.11"),
        ("v1.33.1-eks-b9364f6", "eks-1.8.0"),
        ("v1.31.4+rke2r1", "rke2-cis-1.11"),
    ] {
        let lab = Lab::new();
        let said = json!({"clientVersion": {"gitVersion": "v1.20.0"}, "serverVersion": {"gitVersion": version}});
        let pods = list(&[pod("shop", "a", "x")]);
        let bundle = Bundle::cluster("prod").member("commands/version.txt", said.to_string());
        lab.add("c.tgz", &bundle.member("api/pods.json", pods));
        let all = judged(&lab, &[]);
        assert!(
            all[0]["benchmark"]
                .as_str()
                .unwrap()
                .starts_with(benchmark.split("-cis").next().unwrap()),
            "{version} {}",
            all[0]["benchmark"]
        );
        assert!(!has_note(&all[0], "benchmark-assumed"));
    }
}

#[test]
fn a_waiver_without_nodes_is_about_the_clusters_themselves() {
    let lab = Lab::new();
    let pods = list(&[pod("shop", "a", "x")]);
    lab.add(
        "c.tgz",
        &Bundle::cluster("prod").member("api/pods.json", pods),
    );
    for (cluster, stands) in [("prod", true), ("pro*", true), ("test", false)] {
        let text = format!(
            "waivers:\n  - control: \"5.2.2\"\n    clusters: [\"{cluster}\"]\n    justification: x\n    owner: a@example.org\n    expires: 2999-01-01\n"
        );
        lab.put("w.yaml", text.as_bytes());
        let all = judged(
            &lab,
            &["-b", "cis-1.12", "-c", "5.2.2", "--waivers", "w.yaml"],
        );
        assert_eq!(all[0]["waiver"].is_string(), stands, "{cluster}");
    }
}

#[test]
fn what_is_of_another_type_than_the_api_gives_decides_nothing() {
    let mask = "REDACTED-BY-NODEPROOF";
    let restricted = json!({"pod-security.kubernetes.io/enforce": "restricted"});
    let run = |container: Value, spec: Value, labels: &Value| {
        let mut whole = json!({"containers": [container]});
        for (key, value) in spec.as_object().unwrap() {
            whole[key] = value.clone();
        }
        let pod =
            json!({"kind": "Pod", "metadata": {"name": "web", "namespace": "shop"}, "spec": whole});
        let home = json!({"kind": "Namespace", "metadata": {"name": "shop", "labels": labels}});
        let lab = Lab::new();
        let bundle = Bundle::cluster("prod")
            .member("api/pods.json", list(&[pod]))
            .member("api/namespaces.json", list(&[home]));
        lab.add("c.tgz", &bundle);
        let rows = judged(&lab, &["-b", "eks-1.8.0", "-c", "4.2.1,4.2.2,4.4.1"]);
        let verdict = |row: &Value| row["verdict"].as_str().unwrap().to_owned();
        rows.iter().map(verdict).collect::<Vec<String>>()
    };
    let none = json!({});
    for (container, spec, labels, wanted) in [
        (
            json!({"name": "a"}),
            none.clone(),
            &restricted,
            ["pass", "pass", "pass"],
        ),
        (
            json!({"name": "a", "securityContext": {"privileged": "true"}}),
            none.clone(),
            &restricted,
            ["unknown", "pass", "pass"],
        ),
        (
            json!({"name": "a", "securityContext": mask}),
            none.clone(),
            &restricted,
            ["unknown", "pass", "pass"],
        ),
        (
            json!({"name": "a"}),
            json!({"hostPID": 1}),
            &restricted,
            ["pass", "unknown", "pass"],
        ),
        (
            json!({"name": "a"}),
            json!({"hostPID": mask}),
            &restricted,
            ["pass", "unknown", "pass"],
        ),
        (
            json!({"name": "a", "env": [{"name": "x", "valueFrom": mask}]}),
            none.clone(),
            &restricted,
            ["pass", "pass", "unknown"],
        ),
        (
            json!({"name": "a"}),
            json!({"containers": mask}),
            &restricted,
            ["unknown", "pass", "unknown"],
        ),
        (
            json!({"name": "a"}),
            none.clone(),
            &json!(mask),
            ["unknown", "unknown", "pass"],
        ),
        (
            json!({"name": "a"}),
            none,
            &json!({"pod-security.kubernetes.io/enforce": 1}),
            ["unknown", "unknown", "pass"],
        ),
    ] {
        assert_eq!(
            run(container.clone(), spec.clone(), labels),
            wanted,
            "{container} {spec} {labels}"
        );
    }
}

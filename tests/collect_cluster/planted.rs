//! Every kind of secret in the objects of the API: none may be in the bundle.

use serde_json::json;

use super::*;

const FORMS: &[&str] = &[
    "ghp_Zq9AbCdEfGh01234567",
    "github_pat_Zq9AbCdEfGh",
    "xoxb-Zq9-12345-abcdefgh",
    "AIzaZq9AbCdEfGh01234567",
    "hvs.Zq9AbCdEfGh01234567",
    "sk-Zq9AbCdEfGh01234567",
    "eyJhbGciOiJSUzI1NiJ9.eyJZq9IjoxfQ.c2ln",
    "$6$Zq9$Zq9abcdef./x",
    "https://me:Zq9pw@host/x",
    "https://acc.blob.core.windows.net/c?sv=1&sig=Zq9abc&se=2",
    "https://hooks.slack.com/services/T00/B00/Zq9",
    "https://discord.com/api/webhooks/123/Zq9",
    "https://corp.webhook.office.com/webhookb2/Zq9",
    "DB_PWD=Zq9",
    "DB_PWD=$Zq9$a",
    "TOKEN2=Zq9",
    "echo Zq9 | passwd --stdin",
];

const ARGUMENTS: &[&str] = &[
    "--pwd",
    "Zq9",
    "--bind-pw=Zq9",
    "--cred=Zq9",
    "--cookie",
    "Zq9",
    "--session=Zq9",
    "--user=a:Zq9",
    "--user",
    "a:Zq9",
    "-u",
    "a:Zq9",
    "--signing-key=Zq9",
    "-p",
    "Zq9",
    "-pZq9",
    "--db-pass=Zq9",
    "--token2=Zq9",
];

#[test]
fn no_kind_of_secret_is_taken_from_an_object() {
    let notes: serde_json::Map<_, _> = FORMS
        .iter()
        .enumerate()
        .map(|(number, form)| (format!("note-{number}"), json!(form)))
        .collect();
    let pods = json!({"kind": "PodList", "apiVersion": "v1", "metadata": {}, "items": [{
        "metadata": {"name": "KEEP-ME", "namespace": "default", "annotations": notes},
        "spec": {"containers": [{"name": "a", "command": ARGUMENTS, "args": FORMS, "image": "a/b:c@sha256:abc",
            "env": [{"name": "A", "value": "Zq9"}]},
            {"name": "b", "command": ["--user=system:kube-proxy", "--authorization-mode=RBAC", "--v=2"]}]}}]});
    for shell in shells() {
        let (api, out) = (Api::start(), tempfile::tempdir().unwrap());
        api.reply("/api/v1/pods", 200, &pods.to_string());
        let bundle = Bundle::of(&run(&shell, &api, &["--out", out.path().to_str().unwrap()]));
        let kept = bundle.json("api/pods.json");
        let text = serde_json::to_string_pretty(&kept).unwrap();
        let leaked: Vec<_> = text.lines().filter(|line| line.contains("Zq9")).collect();
        assert!(leaked.is_empty(), "{leaked:#?}");
        assert!(text.contains("KEEP-ME") && text.contains("a/b:c@sha256:abc"));
        let second = &kept["items"][0]["spec"]["containers"][1]["command"];
        assert_eq!(
            *second,
            pods["items"][0]["spec"]["containers"][1]["command"]
        );
    }
}

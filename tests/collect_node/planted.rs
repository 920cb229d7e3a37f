//! Every kind of secret in every place where people put one: none may be in the bundle, and what rules read stays.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use serde_json::json;

use super::harness::{Run, StandIn, plant, plant_process, shells, text};

/// A part of every secret here, and of nothing else.
const SECRET: &str = "Zq9";
/// Evidence that stands among them.
const KEPT: &str = "KEEP-ME";

/// Names whose values are secrets.
const NAMES: &[&str] = &[
    "DB_PWD",
    "DB_PASS",
    "DB_PW",
    "MYSQL_PASSWORD",
    "PASSWORD1",
    "TOKEN2",
    "API_TOKEN_PROD",
    "SECRET_VALUE",
    "MY_SECRET",
    "APIKEY",
    "SIGNING_KEY",
    "COOKIE",
    "SESSION",
    "SESSION_ID",
    "CREDS",
    "CREDENTIAL",
    "JWT",
    "ETCD_KEY",
    "SSH_PASSPHRASE",
    "SLACK_WEBHOOK",
    "PRIVATE_KEY",
    "LICENSE_KEY",
    "HTPASSWD",
    "AUTH",
    "DSN",
    "DB_PWD_PROD",
    "dbPass2",
    "PASS_DB",
    "VAULT_TOKEN",
    "GITHUB_PAT",
    "clientSecretValue",
    "SMTP_PASSWORD_B64",
    "encryption-key",
    "REDIS_AUTH",
    "AUTH_HEADER",
    "OTP_SEED",
    "UNSEAL_KEY_1",
    "sasToken",
    "CONN_STR",
];

/// Values of such names: a word, two, what looks like a path, base64.
const VALUES: &[&str] = &["Zq9", "Zq9 two Zq9", "/Zq9/like=", "Zq9+a/b=="];

/// Secrets that show by their form alone.
const FORMS: &[&str] = &[
    "ghp_Zq9AbCdEfGh01234567AbCdEfGh0123456",
    "gho_Zq9AbCdEfGh01234567AbCdEfGh0123456",
    "github_pat_Zq9AbCdEfGh01234567",
    "glpat-Zq9AbCdEfGh01234567",
    "xoxb-Zq9-12345-abcdefgh",
    "xoxa-2-Zq9abcdefgh",
    "xoxp-Zq91234567-abcd",
    "AIzaZq9AbCdEfGh01234567AbCdEfGh0123456",
    "hvs.Zq9AbCdEfGh01234567",
    "s.Zq9AbCdEfGh0123456789aBc",
    "sk-Zq9AbCdEfGh01234567",
    "sk-proj-Zq9AbCdEfGh01234567",
    "npm_Zq9AbCdEfGh01234567AbCdEfGh",
    "SG.Zq9AbCdEfGh0123.Zq9AbCdEfGh0123",
    "eyJhbGciOiJSUzI1NiJ9.eyJZq9IjoxfQ.c2ln",
    "1234567890:AAZq9aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    "$6$Zq9$Zq9abcdef./x",
    "Bearer Zq9abcdefg",
    "https://me:Zq9pw@host/x",
    "https://Zq9tok@host/x",
    "redis://:Zq9@h:6379",
    "postgres://u:Zq9,a/b@h:5432/db",
    "https://acc.blob.core.windows.net/c?sv=1&sig=Zq9%2Babc&se=2",
    "https://h.example/api?access_token=Zq9",
    "https://hooks.slack.com/services/T00/B00/Zq9",
    "https://discord.com/api/webhooks/123/Zq9",
    "https://corp.webhook.office.com/webhookb2/Zq9",
];

/// Arguments that hold one.
const ARGUMENTS: &[&[&str]] = &[
    &["--pwd", "Zq9"],
    &["--bind-pw", "Zq9"],
    &["--bind-pw=Zq9"],
    &["--cred=Zq9"],
    &["--credentials", "Zq9"],
    &["--cookie", "Zq9=a"],
    &["--session=Zq9"],
    &["--user=a:Zq9"],
    &["--user", "a:Zq9"],
    &["-u", "a:Zq9"],
    &["--signing-key=Zq9"],
    &["--signing-key", "Zq9"],
    &["-p", "Zq9"],
    &["-pZq9"],
    &["-p=Zq9"],
    &["--password", "Zq9"],
    &["--db-pass=Zq9"],
    &["--token2=Zq9"],
    &["--header", "X-Y: Zq9"],
    &["-H", "X-Api: Zq9"],
    &["--api-key", "Zq9"],
    &["--proxy-user", "a:Zq9"],
];

fn each_name(one: impl Fn(&str, &str) -> String) -> String {
    let values = VALUES.iter().cycle();
    NAMES
        .iter()
        .zip(values)
        .map(|(name, value)| one(name, value))
        .collect()
}

fn each_form(one: impl Fn(&str) -> String) -> String {
    FORMS.iter().map(|form| one(form)).collect()
}

fn each_argument(one: impl Fn(&str) -> String) -> String {
    ARGUMENTS
        .iter()
        .map(|words| one(&words.join(" ")))
        .collect()
}

fn variables() -> String {
    let names = each_name(|name, value| {
        let name = name.replace('-', "_");
        format!(
            "{name}={value}\nexport {name}=\"{value}\"\n# {name}={value}\n{name}=abc\\\n{value}\n{name}='{value}\n{value}'\n"
        )
    });
    let forms =
        each_form(|form| format!("FOO={form}\nBAR='{form}'\nKUBELET_A={form}\n# see {form}\n"));
    let arguments = each_argument(|words| {
        format!("KUBELET_EXTRA_ARGS=\"--v=2 {words} --node-ip={KEPT}\"\nOTHER=\"-x {words}\"\n")
    });
    format!("{names}{forms}{arguments}ETCD_CERT_FILE=/{KEPT}\n")
}

fn unit() -> String {
    let names = each_name(|name, value| {
        let word = value.split(' ').next().unwrap();
        format!(
            "Environment={name}={word}\nEnvironment=\"{name}={value}\" \"B=1\"\nEnvironment=A=1 \\\n  \"{name}={value}\" \\\n  C=2\nEnvironment='X={name} \\\n {value}' KUBELET_A={KEPT}\nSetCredential={name}:{value}\nExecStartPre=/bin/sh -c \"export {name}={value}; foo\"\nX-{name}={value}\n# {name}={value}\n#Environment={name}={value}\n"
        )
    });
    let forms = each_form(|form| {
        format!(
            "Environment=FOO={form}\nEnvironment=\"FOO={form}\"\nExecStartPre=/usr/bin/curl {form}\nExecStart=/usr/bin/kubelet --x={form} --node-ip={KEPT}\n# {form}\nExecStartPost=-/bin/x \\\n {form} \\\n y\n"
        )
    });
    let arguments = each_argument(|words| {
        let lines = words.replacen(' ', " \\\n  ", 1);
        format!(
            "ExecStart=/usr/bin/kubelet {words} --node-ip={KEPT}\nExecStart=/usr/bin/kubelet \\\n  {lines} \\\n  --node-ip={KEPT}\nExecStartPre=/bin/foo {words}\nExecReload=+/bin/foo \\\n {lines}\n"
        )
    });
    format!(
        "[Unit]\nDescription={KEPT}\n[Service]\n{names}{forms}{arguments}ExecStartPre=/usr/bin/curl -u user:Zq9 https://h\nExecStartPre=/bin/sh -c 'echo Zq9 | passwd --stdin root'\nSetCredentialEncrypted=a: \\\n  Zq9abc \\\n  Zq9def\nPassEnvironment={KEPT}\n"
    )
}

fn yaml(kind: &str) -> String {
    let names = each_name(|name, value| {
        let quoted = json!(value);
        format!(
            "{name}: {value}\nflow: {{\"{name}\": {quoted}, b: 1}}\n\"{name}\": {quoted}\n'{name}': '{value}'\n? {name}\n: {value}\n?   \"{name}\"\n:\n  {value}\n{name}: |\n  {value}\n  {value}\n{name}: >-\n  {value}\n{name}:\n- {value}\nnested:\n  {name}:\n    {value}\n# {name}: {value}\n"
        )
    });
    let forms = each_form(|form| {
        format!("foo: {form}\nbar: \"{form}\"\nlist:\n- {form}\nfoo: |\n  a {form}\n# {form}\n")
    });
    format!("kind: {kind}\nreadOnlyPort: {KEPT}\n{names}{forms}after: {KEPT}\n")
}

fn json_config() -> String {
    let mut config = json!({"kind": "KubeletConfiguration", "forms": FORMS, "readOnlyPort": KEPT});
    let text = json!(VALUES[1]);
    for name in NAMES {
        config[*name] = text.clone();
        config["nested"][*name] = json!([VALUES[1], {"deeper": VALUES[1]}]);
    }
    serde_json::to_string_pretty(&config).unwrap()
}

fn kubeconfig() -> String {
    let arguments: String = ARGUMENTS
        .iter()
        .flat_map(|words| words.iter())
        .map(|word| format!("      - {}\n", json!(word)))
        .collect();
    let names =
        each_name(|name, value| format!("      - name: {name}\n        value: {}\n", json!(value)));
    let forms = each_form(|form| format!("      - name: A\n        value: {}\n", json!(form)));
    format!(
        "apiVersion: v1\nkind: Config\nusers:\n- name: {KEPT}\n  user:\n    exec:\n      command: aws\n      args:\n{arguments}      env:\n{names}{forms}    client-certificate: /{KEPT}\n"
    )
}

fn manifest() -> String {
    let notes = each_name(|name, value| {
        let value = json!(value);
        format!(
            "    x/{name}: {value}\n    y/a: |\n      {value}\n    kubectl.kubernetes.io/last-applied-configuration: |\n      {{\"env\":[{{\"name\":\"{name}\",\"value\":{value}}}]}}\n"
        )
    });
    let forms = each_form(|form| format!("    foo: {}\n", json!(form)));
    let items: String = ARGUMENTS
        .iter()
        .flat_map(|words| words.iter())
        .map(|word| format!("    - {}\n", json!(word)))
        .collect();
    let flow = json!(ARGUMENTS.concat());
    let scripts =
        each_argument(|words| format!("    cmd: [\"sh\",\"-c\",\"foo {words} --v=2\"]\n"));
    let names = each_name(|name, value| {
        let value = json!(value);
        format!(
            "    - name: {name}\n      value: {value}\n    - {{name: {name}, value: {value}}}\n    - value: {value}\n      name: FOO\n"
        )
    });
    let more = each_form(|form| format!("    - name: FOO\n      value: {form}\n"));
    format!(
        "kind: Pod\nmetadata:\n  annotations:\n{notes}{forms}spec:\n  containers:\n  - command:\n    - kube-apiserver\n    - --bind-address={KEPT}\n{items}    args: {flow}\n{scripts}    env:\n{names}{more}    script: echo Zq9 | passwd --stdin\n    image: {KEPT}\n"
    )
}

fn json_manifest() -> serde_json::Value {
    let env: Vec<_> = NAMES
        .iter()
        .map(|name| json!({"name": name, "value": VALUES[1]}))
        .chain(FORMS.iter().map(|form| json!({"name": "F", "value": form})))
        .collect();
    let notes: serde_json::Map<_, _> = NAMES
        .iter()
        .map(|name| (format!("x/{name}"), json!(VALUES[1])))
        .collect();
    json!({"kind": "Pod", "metadata": {"annotations": notes}, "spec": {"containers": [
        {"image": KEPT, "command": ARGUMENTS.concat(), "env": env}]}})
}

fn cni() -> String {
    let named: serde_json::Map<_, _> = NAMES
        .iter()
        .map(|name| ((*name).to_owned(), json!(VALUES[1])))
        .collect();
    serde_json::to_string_pretty(
        &json!({"name": KEPT, "plugins": [{"type": "calico", "etcd_key": "Zq9",
        "etcd_endpoints": "https://u:Zq9@e", "settings": named, "forms": FORMS,
        "kubernetes": {"k8s_auth_token": "Zq9"}}]}),
    )
    .unwrap()
}

fn arguments_file() -> String {
    let arguments = each_argument(|words| format!("{}\n", words.replacen(' ', "=", 1)));
    let forms = each_form(|form| format!("--a={form}\n"));
    let names =
        each_name(|name, value| format!("--{}={value}\n", name.to_lowercase().replace('_', "-")));
    format!("{arguments}{forms}{names}--node-ip={KEPT}\n")
}

pub(super) fn plant_everywhere(root: &Path) -> Vec<&'static str> {
    let places = [
        ("/etc/default/kubelet", variables()),
        ("/etc/sysconfig/kubelet", variables()),
        ("/etc/etcd/etcd.conf", variables()),
        ("/etc/systemd/system/kubelet.service", unit()),
        ("/etc/systemd/system/kubelet.service.d/10.conf", unit()),
        ("/opt/own-variables", variables()),
        (
            "/etc/systemd/system/k3s.service",
            format!("[Service]\nEnvironmentFile=-/opt/own-variables\nUser={KEPT}\n"),
        ),
        ("/var/lib/kubelet/config.yaml", yaml("KubeletConfiguration")),
        (
            "/config/kube-proxy-config.yaml",
            yaml("KubeProxyConfiguration"),
        ),
        ("/etc/kubernetes/kubelet/kubelet-config.json", json_config()),
        ("/etc/kubernetes/kubelet.conf", kubeconfig()),
        ("/etc/kubernetes/manifests/a.yaml", manifest()),
        (
            "/etc/kubernetes/manifests/b.json",
            json_manifest().to_string(),
        ),
        (
            "/etc/kubernetes/manifests/c.json",
            serde_json::to_string_pretty(&json_manifest()).unwrap(),
        ),
        (
            "/etc/kubernetes/manifests/d.yaml",
            format!(
                "kind: Secret\nmetadata: {{name: {KEPT}}}\nstringData:\n  a: Zq9\n  b: |\n    Zq9\ndata:\n  c: Zq9\n"
            ),
        ),
        ("/etc/cni/net.d/10.conflist", cni()),
        ("/var/snap/microk8s/current/args/kubelet", arguments_file()),
    ];
    for (path, content) in &places {
        plant(root, path, content);
    }
    places.map(|(path, _)| path).to_vec()
}

pub(super) fn argv() -> Vec<String> {
    let mut argv = vec!["/usr/bin/kubelet".to_owned(), format!("--node-ip={KEPT}")];
    argv.extend(ARGUMENTS.concat().iter().map(|word| (*word).to_owned()));
    argv.extend(FORMS.iter().map(|form| format!("--x={form}")));
    for (name, value) in NAMES.iter().zip(VALUES.iter().cycle()) {
        let flag = format!("--{}", name.to_lowercase().replace('_', "-"));
        argv.push(format!("{flag}={value}"));
        argv.extend([flag, (*value).to_owned()]);
    }
    argv
}

#[test]
fn no_kind_of_secret_is_taken_from_any_place() {
    let image = tempfile::tempdir().unwrap();
    let places = plant_everywhere(image.path());
    let argv = argv();
    let words: Vec<&str> = argv.iter().map(String::as_str).collect();
    plant_process(image.path(), 31, &words);
    for shell in shells() {
        let bundle = Run::on(&shell, image.path()).bundle();
        if let Some(member) = bundle.members_with(SECRET).first() {
            let leaked: Vec<_> = text(&bundle.members[*member])
                .split(['\n', '\0'])
                .filter(|line| line.contains(SECRET))
                .take(5)
                .map(str::to_owned)
                .collect();
            panic!("{shell:?} {member}: {leaked:#?}");
        }
        for path in &places {
            let kept = bundle.file(path);
            let planted = fs::read_to_string(image.path().join(&path[1..])).unwrap();
            let count = |text: &str, part: &str| text.matches(part).count();
            assert_eq!(count(&kept, KEPT), count(&planted, KEPT), "{path}:\n{kept}");
            assert_eq!(count(&kept, "\n"), count(&planted, "\n"), "lines of {path}");
        }
        let kept = text(&bundle.members["proc/31/cmdline"]);
        assert_eq!(kept.matches('\0').count(), argv.len());
    }
}

#[test]
fn no_kind_of_secret_is_taken_from_what_commands_print() {
    let place = tempfile::tempdir().unwrap();
    let journal: String = each_argument(|words| {
        format!(
            "t n k3s[7]: time=\"t\" level=info msg=\"Running kubelet {words} --node-ip={KEPT}\"\n"
        )
    }) + &each_form(|form| {
        format!("t n k3s[7]: level=info msg=\"Running kubelet --x={form} --node-ip={KEPT}\"\n")
    });
    let lines = journal.lines().count();
    plant(place.path(), "journal", journal);
    let shown = each_argument(|words| {
        format!(
            "Id=kubelet.service\nExecStart={{ path=/usr/bin/kubelet ; argv[]=/usr/bin/kubelet {words} --node-ip={KEPT} ; ignore_errors=no }}\n\nId=x.service\nExecStart={{ path=/bin/x ; argv[]=/bin/x Zq9 {words} ; ignore_errors=no ; start_time=[n/a] }}\n"
        )
    });
    plant(place.path(), "shown", &shown);
    for (name, file) in [("journalctl", "journal"), ("systemctl", "shown")] {
        let stand_in = plant(
            place.path(),
            &format!("bin/{name}"),
            format!("#!/bin/sh\ncat '{}/{file}'\n", place.path().display()),
        );
        fs::set_permissions(&stand_in, fs::Permissions::from_mode(0o755)).unwrap();
    }
    let argv = argv();
    // In a process list only arguments with a name of their own can be told from others.
    let words: Vec<&str> = argv.iter().skip(1).map(String::as_str).collect();
    let _kubelet = StandIn::start("kubelet", &words);
    for shell in shells() {
        let mut run = Run::new(&shell);
        let path = std::env::var("PATH").unwrap();
        run.command
            .env("PATH", format!("{}/bin:{path}", place.path().display()));
        let bundle = run.bundle();
        if let Some(member) = bundle.members_with(SECRET).first() {
            let text = text(&bundle.members[*member]);
            let leaked: Vec<_> = text.lines().filter(|line| line.contains(SECRET)).collect();
            panic!("{shell:?} {member}: {leaked:#?}");
        }
        let count = |member: &str| text(&bundle.members[member]).matches(KEPT).count();
        assert_eq!(count("commands/journal-k3s.txt"), lines);
        assert_eq!(count("commands/systemctl-show.txt"), ARGUMENTS.len());
        assert!(text(&bundle.members["commands/ps-ef.txt"]).contains(KEPT));
    }
}

/// Files as installers write them: masking costs nothing that a rule reads.
const HONEST: &[(&str, &str)] = &[
    (
        "/etc/systemd/system/kubelet.service.d/10-kubeadm.conf",
        "# Note: This dropin only works with kubeadm and kubelet v1.11+\n[Service]\nEnvironment=\"KUBELET_KUBECONFIG_ARGS=--bootstrap-kubeconfig=/etc/kubernetes/bootstrap-kubelet.conf --kubeconfig=/etc/kubernetes/kubelet.conf\"\nEnvironment=\"KUBELET_CONFIG_ARGS=--config=/var/lib/kubelet/config.yaml\" 'KUBELET_X=a b'\nEnvironmentFile=-/var/lib/kubelet/kubeadm-flags.env\nExecStart=\nExecStart=/usr/bin/kubelet $KUBELET_KUBECONFIG_ARGS \\\n    $KUBELET_CONFIG_ARGS $KUBELET_EXTRA_ARGS\nIPAddressDeny=any\nIPAddressAllow=10.0.0.0/8\n",
    ),
    (
        "/etc/default/kubelet",
        "KUBELET_EXTRA_ARGS=--node-ip=10.0.0.4 --image-credential-provider-config=/etc/eks/x.json --image-credential-provider-bin-dir /etc/eks/bin\nKUBELET_NODE_LABELS=\"agentpool=a,kubernetes.azure.com/role=agent\"\nNODEADM_KUBELET_ARGS=--hostname-override=i-0 --register-with-taints=key=value:NoSchedule\n",
    ),
    (
        "/var/lib/kubelet/config.yaml",
        "apiVersion: kubelet.config.k8s.io/v1beta1\nauthentication:\n  anonymous:\n    enabled: false\n  webhook:\n    cacheTTL: 0s\n    enabled: true\n  x509:\n    clientCAFile: /etc/kubernetes/pki/ca.crt\nauthorization:\n  mode: Webhook\n  webhook: {cacheAuthorizedTTL: 0s}\nfeatureGates:\n  KubeletCredentialProviders: true\n  LegacyServiceAccountTokenNoAutoGeneration: true\nkind: KubeletConfiguration\nregisterWithTaints:\n- key: node-role.kubernetes.io/master\n  value: x\n- effect: NoSchedule\n  key: dedicated\n  value: infra\ntlsPrivateKeyFile: /etc/kubernetes/pki/kubelet.key\nserverTLSBootstrap: true\n",
    ),
    (
        "/etc/kubernetes/manifests/kube-apiserver.yaml",
        "kind: Pod\nmetadata:\n  annotations:\n    kubeadm.kubernetes.io/kube-apiserver.advertise-address.endpoint: 10.0.0.4:6443\n  labels:\n    component: kube-apiserver\nspec:\n  containers:\n  - command:\n    - kube-apiserver\n    - --enable-bootstrap-token-auth=true\n    - --anonymous-auth=false\n    - --etcd-keyfile=/etc/kubernetes/pki/client.key\n    - --etcd-servers=https://127.0.0.1:2379,https://10.0.0.2:2379\n    - --kubelet-client-key=/etc/kubernetes/pki/client.key\n    - --requestheader-extra-headers-prefix=X-Remote-Extra-\n    - --requestheader-username-headers=X-Remote-User\n    - --service-account-signing-key-file=/etc/kubernetes/pki/sa.key\n    - --service-account-max-token-expiration=24h\n    - --token-auth-file=/etc/tokens\n    - --authentication-token-webhook-cache-ttl=10m\n    - --use-service-account-credentials=true\n    image: registry.k8s.io/kube-apiserver:v1.31.4@sha256:abc\n    livenessProbe: {httpGet: {path: /livez, port: 6443}}\n",
    ),
    (
        "/etc/kubernetes/kubelet.conf",
        "apiVersion: v1\nkind: Config\ncontexts:\n- context: {cluster: k, user: system:node:n1}\n  name: system:node:n1@k\nusers:\n- name: system:node:n1\n  user:\n    client-certificate: /var/lib/kubelet/pki/kubelet-client-current.pem\n    client-key: /var/lib/kubelet/pki/kubelet-client-current.pem\n",
    ),
    (
        "/etc/cni/net.d/10-flannel.conflist",
        "{ \"name\": \"cbr0\", \"cniVersion\": \"0.3.1\", \"plugins\": [ { \"type\": \"flannel\", \"delegate\": { \"hairpinMode\": true } } ] }\n",
    ),
    (
        "/etc/os-release",
        "NAME=\"Ubuntu\"\nVERSION_ID=\"24.04\"\nPRETTY_NAME=\"Ubuntu 24.04 LTS\"\n",
    ),
];

#[test]
fn honest_files_are_taken_as_they_are() {
    let image = tempfile::tempdir().unwrap();
    for (path, content) in HONEST {
        plant(image.path(), path, content);
    }
    for shell in shells() {
        let bundle = Run::on(&shell, image.path()).bundle();
        for (path, content) in HONEST {
            assert_eq!(bundle.file(path), *content, "{path}");
        }
        assert_eq!(bundle.json["redactions"], json!([]));
    }
}

//! The canaries: one of every kind of secret is planted, and none may be in the bundle. What is not secret stays.

use std::path::Path;

use super::harness::{Run, StandIn, plant, plant_process, shells};

/// A PEM body in base64, as in kubeconfigs: `-----BEGIN RSA PRIVATE KEY-----` and what follows.
const KEY_DATA: &str = "LS0tLS1CRUdJTiBSU0EgUFJJVkFURSBLRVktLS0tLQpjYW5hcnk=";
const CERT_DATA: &str = "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCnB1YmxpYw==";
const JWT: &str = "eyJhbGciOiJSUzI1NiJ9.eyJjYW5hcnkiOjF9.c2lnbmF0dXJl";

/// Path, content, secrets in it, and text that must survive.
const PLANTED: &[(&str, &str, &[&str], &[&str])] = &[
    (
        "/etc/kubernetes/kubelet.conf",
        "apiVersion: v1\nkind: Config\nclusters:\n- cluster:\n    certificate-authority-data: CERT\n    server: https://api:6443\n    proxy-url: http://canary-user:canary-pass1@proxy:3128\nusers:\n- name: a\n  user:\n    client-certificate: /var/lib/kubelet/pki/current.pem\n    client-key-data: KEY\n    token: canary-token1\n    username: ada\n    password: \"canary-pass2\"\n- name: b\n  user:\n    auth-provider:\n      name: oidc\n      config:\n        refresh-token: canary-token2\n        idp-thing: canary-idp\n    token: >-\n      canary-folded\n      canary-more\n    tokenFile: /run/token\n- name: c\n  user:\n    exec:\n      command: aws\n      args: [get-token, --client-secret, canary-exec1]\n      env:\n      - name: AWS_PROFILE\n        value: canary-exec2\n      - value: canary-exec3\n        name: OTHER\n",
        &["canary-", KEY_DATA],
        &[
            "server: https://api:6443",
            CERT_DATA,
            "tokenFile: /run/token",
            "client-certificate: /var/lib/kubelet/pki/current.pem",
            "username: ada",
            "command: aws",
        ],
    ),
    (
        "/var/lib/kubelet/config.yaml",
        "kind: KubeletConfiguration\nauthentication:\n  anonymous:\n    enabled: false\nauthorization:\n  mode: Webhook\n# old token: canary-comment\nstaticPodURLHeader:\n  Authorization:\n  - Bearer canary-header1\n  X: canary-header2\nstaticPodURL: https://canary-u:canary-p@host/pods\nregisterWithTaints:\n- key: a\n  value: visible-taint\n  effect: NoSchedule\nreadOnlyPort: 0\n",
        &["canary-"],
        &[
            "mode: Webhook",
            "enabled: false",
            "readOnlyPort: 0",
            "visible-taint",
            "@host/pods",
        ],
    ),
    (
        "/etc/kubernetes/kubelet/config.json",
        "{\"kind\":\"KubeletConfiguration\",\"staticPodURLHeader\":{\"Authorization\":[\"Basic canary-json1\"],\"n\":[778899]},\"password\":424242,\"nested\":{\"token\":\"can\\\"canary-json2\"},\"env\":[{\"name\":\"X\",\"value\":\"canary-json3\"}],\"embedded\":\"{\\\"auth\\\":\\\"canary-json4\\\"}\",\"command\":[\"k\",\"--token\",\"canary-json5\",\"--v=2\"],\"readOnlyPort\":10255,\"featureGates\":{\"ServiceAccountToken\":true}}\n",
        &["canary-", "778899", "424242"],
        &[
            "\"readOnlyPort\":10255",
            "\"ServiceAccountToken\":true",
            "--v=2",
        ],
    ),
    (
        "/etc/default/kubelet",
        "KUBELET_EXTRA_ARGS=\"--token=canary-env1 --anonymous-auth=false --manifest-url-header 'X:canary-env2' --v=2\"\nexport KUBELET_PROXY=http://me:canary-env3@proxy:3128\nAWS_SECRET_ACCESS_KEY=canary env4 with-blanks-canary\nAZURE_CLIENT_SECRET='canary-env5\ncanary-env6'\nKUBELET_AFTER=visible\nACCESS=AKIAABCDEFGHIJKLMNOP\nBOOT=abcdef.0123456789abcdef\nKUBE_PROXY=canary-u:canary-p@proxy:8080\nKUBELET_IMAGE=registry:5000/etcd:3.5@sha256:abc\n",
        &["canary", "AKIAABCDEFGHIJKLMNOP", "abcdef.0123456789abcdef"],
        &[
            "--anonymous-auth=false",
            "--v=2",
            "@proxy:3128",
            "KUBELET_AFTER=visible",
            "@proxy:8080",
            "KUBELET_IMAGE=registry:5000/etcd:3.5@sha256:abc",
        ],
    ),
    (
        "/etc/systemd/system/k3s.service",
        "[Service]\nEnvironment=\"K3S_TOKEN=canary-unit1\" \"KUBELET_B=visible-b\"\nEnvironment=K3S_DATASTORE_ENDPOINT=mysql://u:canary-unit2@tcp(db:3306)/k KUBELET_VISIBLE=c\nExecStart=/usr/local/bin/k3s \\\n    server \\\n\t'--token' \\\n\t'canary-unit3' \\\n\t'--agent-token=canary-unit4' -t canary-unit5 \\\n    --protect-kernel-defaults=true\n",
        &["canary-"],
        &[
            "--protect-kernel-defaults=true",
            "visible-b",
            "KUBELET_VISIBLE=c",
            "'--token' \\",
        ],
    ),
    (
        "/etc/rancher/k3s/config.yaml",
        "token: /canary-k3s1\nagent-token: 'canary-k3s2'\ndatastore-endpoint: postgres://u:canary@h/d\netcd-s3-access-key: canary-k3s3\netcd-s3-secret-key: canary-k3s4\nserver: K10aabbccddeeff::server:canary-k3s5\nkube-apiserver-arg:\n- anonymous-auth=false\n- audit-policy-file=/etc/p.yaml\n",
        &["canary"],
        &["anonymous-auth=false", "audit-policy-file=/etc/p.yaml"],
    ),
    (
        "/var/lib/rancher/k3s/server/cred/encryption-config.json",
        "{\"kind\":\"EncryptionConfiguration\",\"resources\":[{\"resources\":[\"secrets\"],\"providers\":[{\"aescbc\":{\"keys\":[{\"name\":\"k\",\"secret\":\"canary-enc1\"},{\"name\":\"l\",\"secret\":\"/canary-path-like=\"}]}},{\"identity\":{}}]}]}",
        &["canary-"],
        &[
            "\"aescbc\"",
            "\"resources\":[\"secrets\"]",
            "\"identity\":{}",
            "\"name\":\"k\"",
        ],
    ),
    (
        "/etc/kubernetes/manifests/etcd.yaml",
        "kind: Pod\nspec:\n  automountServiceAccountToken: false\n  containers:\n  - command:\n    - etcd\n    - --password\n    - canary-pod1\n    - --client-cert-auth=true\n    - --header=Bearer JWT\n    env:\n    - name: ETCD_CERT_FILE\n      value: /etc/kubernetes/pki/etcd/server.crt\n    - name: DB\n      value: |\n        canary-pod2\n        canary-pod3\n    - {name: Y, value: canary-pod4}\n    image: etcd:3.5\n",
        &["canary-", JWT],
        &[
            "--client-cert-auth=true",
            "value: /etc/kubernetes/pki/etcd/server.crt",
            "image: etcd:3.5",
            "automountServiceAccountToken: false",
        ],
    ),
    (
        "/etc/cni/net.d/10-calico.conflist",
        "{\n  \"plugins\": [\n    {\n      \"type\": \"calico\",\n      \"policy\": {\n        \"type\": \"k8s\",\n        \"k8s_auth_token\": \"canary-cni\"\n      }\n    }\n  ]\n}\n",
        &["canary-"],
        &["\"type\": \"calico\""],
    ),
];

/// Never opened, whatever they hold.
const NEVER_READ: &[&str] = &[
    "/etc/kubernetes/azure.json",
    "/etc/kubernetes/pki/sa.key",
    "/etc/kubernetes/admin.conf",
    "/var/lib/kubelet/config.json",
    "/var/lib/kubelet/pki/kubelet-client-current.pem",
    "/etc/rancher/k3s/registries.yaml",
    "/root/.docker/config.json",
    "/etc/cloud.conf",
];

pub(super) fn plant_all(root: &Path) {
    for (path, content, ..) in PLANTED {
        plant(
            root,
            path,
            content
                .replace("KEY\n", &format!("{KEY_DATA}\n"))
                .replace("CERT\n", &format!("{CERT_DATA}\n"))
                .replace("JWT", JWT),
        );
    }
    for path in NEVER_READ {
        plant(root, path, "canary-never-read");
    }
}

#[test]
fn no_planted_secret_is_in_the_bundle_and_the_rest_is() {
    let image = tempfile::tempdir().unwrap();
    plant_all(image.path());
    let argv = [
        "/usr/local/bin/k3s",
        "server",
        "--cloud-config=/etc/cloud.conf",
        "-t",
        "canary-argv1",
        "--agent-token=canary-argv2",
        "--etcd-servers=https://u:canary-argv3@e:2379",
        "--manifest-url-header",
        "Authorization:canary-argv4 more",
        "--authentication-token-webhook=true",
        "--token-auth-file=/etc/tokens.csv",
    ];
    plant_process(image.path(), 31, &argv);
    for shell in shells() {
        let bundle = Run::on(&shell, image.path()).bundle();
        for (path, _, secrets, kept) in PLANTED {
            let masked = bundle.file(path);
            for secret in *secrets {
                assert_eq!(
                    bundle.members_with(secret),
                    Vec::<&str>::new(),
                    "{secret} of {path}:\n{masked}"
                );
            }
            for keep in *kept {
                assert!(
                    masked.contains(keep),
                    "{keep} is lost from {path}:\n{masked}"
                );
            }
            assert!(
                !bundle.redactions(&format!("files{path}")).is_empty(),
                "{path} is not counted"
            );
            assert_eq!(
                bundle.row(path, "sha256"),
                "",
                "no digest of what was masked: {path}"
            );
        }
        for path in NEVER_READ {
            assert!(!bundle.has_file(path), "{path}");
        }
        let cmdline = super::harness::text(&bundle.members["proc/31/cmdline"]);
        let kept = cmdline.split_terminator('\0').collect::<Vec<_>>();
        assert_eq!(kept.len(), argv.len(), "{kept:?}");
        assert_eq!(kept[4], "REDACTED-BY-NODEPROOF");
        assert_eq!(kept[5], "--agent-token=REDACTED-BY-NODEPROOF");
        assert_eq!(
            kept[6],
            "--etcd-servers=https://REDACTED-BY-NODEPROOF@e:2379"
        );
        assert_eq!(&kept[9..], &argv[9..]);
        assert_eq!(
            bundle.redactions("proc/31/cmdline").values().sum::<u64>(),
            4
        );
    }
}

#[test]
fn masked_json_and_yaml_still_parse() {
    let image = tempfile::tempdir().unwrap();
    plant_all(image.path());
    for shell in shells() {
        let bundle = Run::on(&shell, image.path()).bundle();
        let json: serde_json::Value =
            serde_json::from_str(&bundle.file("/etc/kubernetes/kubelet/config.json")).unwrap();
        assert_eq!(json["password"], "REDACTED-BY-NODEPROOF");
        assert_eq!(
            json["staticPodURLHeader"]["Authorization"][0],
            "REDACTED-BY-NODEPROOF"
        );
        assert_eq!(json["nested"]["token"], "REDACTED-BY-NODEPROOF");
        assert_eq!(json["readOnlyPort"], 10255);
        let lines = |text: &str| text.lines().count();
        for path in [
            "/var/lib/kubelet/config.yaml",
            "/etc/kubernetes/kubelet.conf",
            "/etc/default/kubelet",
        ] {
            let planted = PLANTED
                .iter()
                .find(|(planted, ..)| planted == &path)
                .unwrap()
                .1;
            assert_eq!(
                lines(&bundle.file(path)),
                lines(planted),
                "line numbers of {path}"
            );
        }
        let config = bundle.file("/var/lib/kubelet/config.yaml");
        assert!(
            config.contains("\nstaticPodURLHeader: REDACTED-BY-NODEPROOF\n\n\n\nstaticPodURL: "),
            "{config}"
        );
    }
}

#[test]
fn file_without_secrets_is_kept_byte_for_byte() {
    let image = tempfile::tempdir().unwrap();
    let content = "# a comment\r\nkind:   KubeletConfiguration\n\n\tx: \"\\\"'\"\n  evictionHard: {memory.available: '100Mi'}\nno newline";
    plant(image.path(), "/var/lib/kubelet/config.yaml", content);
    let json =
        "\u{feff} {\"a\": [1, \"\", {\"b\\\\\": null}],\n \"clusterDNS\": [\"10.0.0.10\"] } \n\n";
    plant(image.path(), "/etc/kubernetes/kubelet/config.json", json);
    for shell in shells() {
        let bundle = Run::on(&shell, image.path()).bundle();
        assert_eq!(bundle.file("/var/lib/kubelet/config.yaml"), content);
        assert_eq!(bundle.file("/etc/kubernetes/kubelet/config.json"), json);
        assert_eq!(bundle.json["redactions"], serde_json::json!([]));
    }
}

#[test]
fn process_list_shows_components_without_secrets_and_of_others_the_name_alone() {
    let kubelet = StandIn::start(
        "kubelet",
        &[
            "--token",
            "canary-ps1",
            "--v=2",
            "--password=canary ps2",
            "--read-only-port=0",
        ],
    );
    let other = StandIn::start("worker", &["--db=canary-ps3", "kubelet"]);
    for shell in shells() {
        let bundle = Run::new(&shell).bundle();
        assert_eq!(bundle.members_with("canary"), Vec::<&str>::new());
        let ps = super::harness::text(&bundle.members["commands/ps-ef.txt"]);
        let folder = kubelet.dir.path().display();
        let line = format!(
            "{folder}/kubelet {folder}/waiter --token REDACTED-BY-NODEPROOF --v=2 --password=REDACTED-BY-NODEPROOF --read-only-port=0"
        );
        assert!(ps.contains(&line), "{ps}");
        assert!(
            ps.contains(&format!(
                "{}/worker REDACTED-BY-NODEPROOF\n",
                other.dir.path().display()
            )),
            "{ps}"
        );
        assert!(bundle.redactions("commands/ps-ef.txt")["arguments-of-other-process"] > 0);
    }
}

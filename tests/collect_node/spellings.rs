//! Secrets in spellings that people and programs come up with: quotes, escapes, continued lines, odd YAML.

use std::path::Path;

use super::harness::{Run, plant, plant_process, shells, text};

const UNIT: &str = r##"[Service]
Environment="A=1" "DB_PWD=a\"b Zq9" Zq9
Environment = DB_PWD=Zq9
environment=DB_PWD=Zq9
Environment=KUBELET_A=1 DB_PWD=Zq9
Environment="KUBELET_EXTRA=--token=Zq9 --v=2 --password Zq9"
# the password is Zq9
; token Zq9
Environment='FOO=a
Environment="FOO=a b \
Zq9 c" "D=Zq9" \
E=Zq9
Environment=A=Zq9 \
# comment
B=Zq9
ExecStart=/bin/bash -c "kubelet --token=Zq9"
ExecStart=!/usr/bin/kubelet --token 'Zq9 a' --v=2
ExecStart=/usr/bin/kubelet --header "X: Zq9" -pZq9 -p'Zq9 x' -p"Zq9" --user 'a:Zq9' --keep=1
ExecStart=/usr/bin/kubelet \
  --password="abc \
  Zq9" \
  --keep=2
ExecStopPost=/bin/x Zq9
[X-Custom]
Foo=Zq9
LoadCredential=a:/Zq9
ImportCredential=Zq9
SetCredential = Zq9
"##;

const VARIABLES: &str = r##"DB_PWD = Zq9
declare -x DB_PWD=Zq9
DB_PWD+=Zq9
set DB_PWD Zq9
password Zq9
export A=1 DB_PWD=Zq9
KUBELET_X=1 DB_PWD=Zq9
KUBELET_ARGS="--a=1 \
  --token=Zq9 \
  --password \
  Zq9 --keep=1"
KUBELET_ARGS='--a
 --token=Zq9'
FOO="abc
Zq9
"
: ${DB_PWD:=Zq9}
KUBE_PASS="Zq9"
KUBELET_ARGS=--header="X: Zq9" -u a:Zq9
if true; then echo Zq9 | foo; fi
# pwd is Zq9
"##;

const YAML: &str = r##"kind: KubeletConfiguration
"db password": Zq9
db password: Zq9
- password: Zq9
- - password: Zq9
"password" : Zq9
password:	Zq9
password: !!str Zq9
password: &a Zq9
password: !!binary |
  Zq9
x: {password:
  Zq9, b: 1}
x: {"a": "b", password: "Zq9, x", c: {token: Zq9}}
x: [{password: Zq9}, {name: a, value: Zq9}]
"pass\u0077ord": Zq9
? password
: |
  Zq9
? - a
  - b
: Zq9
? {password: x}
: Zq9
password: "Zq9
  Zq9"
password: 'it''s
  Zq9'
password: Zq9
  Zq9
password:
  - Zq9
  - a: Zq9
password: >

  Zq9

  Zq9
after: 1
headers:
- name: Authorization
  value: Zq9
Authorization: Token Zq9
curl: curl -u a:Zq9 -H "X-Api-Key: Zq9" https://x
cmd: mysql -uroot -pZq9 db
cmd: sshpass -p Zq9 ssh x
cmd: PGPASSWORD=Zq9 psql
url: "https://h/x?a=1&sig=Zq9&b=2"
url: https://h/x?api_key=Zq9
url: ftp://u:Zq9@h
url: //u:Zq9@h
j: '{"password":"Zq9","a":1}'
j: "{\"password\":\"Zq9\",\"a\":1}"
j: "{\"token\": \"Zq9\"}"
"##;

const COMMENTED: &str = r##"// comment
{"password":"Zq9", "command":["a","--token","Zq9"],
 "password" : "Zq9"}
"##;

const JSON: &str = r##"{ "pass\u0077ord": "Zq9", "u": "https://h/x?a=1\u0026sig=Zq9\u0026c=1", "user": {"password": "Zq9"}, "user": "a:Zq9",
 "headers": {"X": "Zq9"}, "Authorization": "Token Zq9", "list": ["-p", "Zq9", "-pZq9", "-u", "a:Zq9", "--user", "a:Zq9", "--pwd", "Zq9"],
 "env": [{"Name": "A", "Value": "Zq9"}, {"key": "password", "value": "Zq9"}], "esc": "{\"password\": \"Zq9\"}", "pin": 5,
 "script": "echo Zq9 | passwd", "apiKey": 123, "token": null, "sessionToken": ["Zq9"] }
"##;

/// Plants them below a root, and gives the arguments of its process 7.
pub(super) fn plant_all(root: &Path) -> usize {
    for (path, content) in [
        ("/etc/systemd/system/kubelet.service", UNIT),
        ("/etc/default/kubelet", VARIABLES),
        ("/var/lib/kubelet/config.yaml", YAML),
        ("/etc/kubernetes/manifests/x.yaml", COMMENTED),
        ("/etc/kubernetes/manifests/y.json", JSON),
        ("/etc/eks/kubelet/environment", VARIABLES),
    ] {
        plant(root, path, content);
    }
    plant(
        root,
        "/etc/systemd/system/k3s.service",
        UNIT.replace('\n', "\r\n"),
    );
    let argv = [
        "/usr/bin/kubelet",
        "--key=-----BEGIN RSA PRIVATE KEY-----\nZq9\n",
        "a\nb=c password=Zq9",
        "--kubelet-arg=token=Zq9",
        "--password=a\nZq9",
        "-e",
        "DB_PWD=Zq9",
        "--env=DB_PWD=Zq9",
    ];
    plant_process(root, 7, &argv);
    argv.len()
}

#[test]
fn no_spelling_saves_a_secret_from_its_mask() {
    let image = tempfile::tempdir().unwrap();
    let root = image.path();
    let arguments = plant_all(root);
    for shell in shells() {
        let bundle = Run::on(&shell, root).bundle();
        for member in bundle.members_with("Zq9") {
            let text = text(&bundle.members[member]);
            let leaked: Vec<_> = text.lines().filter(|line| line.contains("Zq9")).collect();
            assert!(leaked.is_empty(), "{shell:?} {member}: {leaked:#?}");
        }
        let unit = bundle.file("/etc/systemd/system/kubelet.service");
        for kept in ["--v=2", "--keep=1", "--keep=2", "\"A=1\"", "KUBELET_A=1"] {
            assert!(unit.contains(kept), "{kept}: {unit}");
        }
        let cmdline = text(&bundle.members["proc/7/cmdline"]);
        assert_eq!(cmdline.matches('\0').count(), arguments, "{cmdline}");
    }
}

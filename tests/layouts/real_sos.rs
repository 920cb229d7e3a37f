//! Debian's own sos beside collect-node.sh, on this machine with a stand-in for a kubelet: wherever both
//! decide, they say the same.

use std::path::Path;
use std::process::Command;

use super::*;
use crate::support::skipped;

/// Runs in mount and process namespaces of its own, so that nothing of the host is changed. The second
/// policy of sos knows where the files of Kubernetes are.
const SCRIPT: &str = r#"set -e
mount -t tmpfs none "$1"
cd "$1"
mkdir upper work out bin
mount -t overlay none -o "lowerdir=/etc,upperdir=$1/upper,workdir=$1/work" /etc
mkdir -p /etc/kubernetes /etc/systemd/system/kubelet.service.d
cat > /etc/kubernetes/kubelet-config.yaml <<X
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
authentication:
  anonymous:
    enabled: false
readOnlyPort: 10255
rotateCertificates: true
X
chmod 600 /etc/kubernetes/kubelet-config.yaml
printf 'apiVersion: v1\nkind: Config\n' > /etc/kubernetes/kubelet.conf
chmod 644 /etc/kubernetes/kubelet.conf
printf '[Service]\nExecStart=/usr/bin/kubelet\n' > /etc/systemd/system/kubelet.service
printf 'DISTRIB_ID=Ubuntu\nDISTRIB_RELEASE=22.04\n' > /etc/lsb-release
printf '#include <unistd.h>\nint main(void) { for (;;) pause(); }\n' | cc -x c -o bin/kubelet -
# Nothing may look as if it had changed after the process started.
sleep 2
bin/kubelet --config=/etc/kubernetes/kubelet-config.yaml --kubeconfig=/etc/kubernetes/kubelet.conf &
sleep 1
sos report --batch --quiet --tmp-dir "$1/out" -e kubernetes -o process,kubernetes,host,systemd,date
sh "$2" --out "$1/out"
cp out/*.tar.* "$3"
"#;

fn works(program: &str, arguments: &[&str]) -> bool {
    let ran = Command::new(program).args(arguments).output();
    ran.is_ok_and(|ran| ran.status.success())
}

#[test]
fn sos_and_the_collector_agree_on_this_machine() {
    if !works("sh", &["-c", "command -v sos"]) {
        return skipped("sos is missing: apt-get install sosreport");
    }
    if !works("sh", &["-c", "command -v cc"]) {
        return skipped("a C compiler is missing: apt-get install gcc");
    }
    let namespaces = ["-m", "-p", "-f", "--mount-proc", "--propagation", "private"];
    if !works("unshare", &[&namespaces[..], &["true"]].concat()) {
        return skipped("this needs root, and namespaces of its own");
    }
    let lab = Lab::new();
    let work = tempfile::tempdir().unwrap();
    let collector = Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts/collect-node.sh");
    let ran = Command::new("unshare")
        .args(namespaces)
        .args(["sh", "-c", SCRIPT, "sh"])
        .args([work.path(), &collector, lab.folder.path()])
        .output()
        .unwrap();
    assert!(
        ran.status.success(),
        "{}",
        String::from_utf8_lossy(&ran.stderr)
    );
    let archives = std::fs::read_dir(lab.folder.path()).unwrap();
    let names = archives.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let names: Vec<String> = names.filter(|name| !name.ends_with(".md5")).collect();
    let judge = |start: &str| {
        let name = names.iter().find(|name| name.starts_with(start));
        let name = name.unwrap_or_else(|| panic!("{start}: {names:?}"));
        let arguments = ["analyze", name, "-b", "cis-1.12", "--format", "jsonl"];
        let ran = nodeproof(lab.folder.path(), &arguments);
        let rows = rows(&ran.stdout).into_iter();
        let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let verdicts = rows.map(|row| (word(&row["control"]), outcome(&row)));
        verdicts.collect::<BTreeMap<String, String>>()
    };
    let (of_sos, own) = (judge("sosreport-"), judge("nodeproof-"));
    let verdict = |outcome: &str| outcome.split(' ').next().unwrap_or_default().to_owned();
    let is_decided = |outcome: &str| matches!(&*verdict(outcome), "pass" | "fail");
    let mut both = Vec::new();
    for (control, outcome) in &of_sos {
        if is_decided(outcome) && is_decided(&own[control]) {
            assert_eq!(verdict(outcome), verdict(&own[control]), "{control}");
            both.push(control.as_str());
        }
    }
    // Arguments, a value of the file, and the modes of two files at least.
    for control in ["4.1.5", "4.1.9", "4.2.1", "4.2.4", "4.2.10"] {
        let (of_sos, own) = (&of_sos[control], &own[control]);
        assert!(
            both.contains(&control),
            "{control}: {of_sos} by sos, {own} by our own"
        );
    }
}

//! The files that the API server's file for admission names are taken with it.

use super::harness::{Run, plant, plant_process, shells};

#[test]
fn what_the_file_for_admission_names_is_taken() {
    for shell in shells() {
        let image = tempfile::tempdir().unwrap();
        let root = image.path();
        plant(
            root,
            "etc/k/admission.yaml",
            "apiVersion: apiserver.config.k8s.io/v1\nkind: AdmissionConfiguration\nplugins:\n\
             - name: PodSecurity\n  path: pod-security.yaml\n- {name: EventRateLimit, path: /etc/e/limit.yaml}\n",
        );
        plant(
            root,
            "etc/k/pod-security.yaml",
            "defaults: {enforce: baseline}\n",
        );
        plant(root, "etc/e/limit.yaml", "limits: []\n");
        plant(root, "etc/k/other.yaml", "not: named\n");
        let config = "--admission-control-config-file=/etc/k/admission.yaml";
        plant_process(root, 50, &["kube-apiserver", config]);
        let bundle = Run::on(&shell, root).bundle();
        for path in [
            "/etc/k/admission.yaml",
            "/etc/k/pod-security.yaml",
            "/etc/e/limit.yaml",
        ] {
            assert!(bundle.has_file(path), "{path}");
        }
        assert!(!bundle.has_file("/etc/k/other.yaml"));
    }
}

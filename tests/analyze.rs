//! One control from bundle to matrix.
mod support;
use support::*;

#[test]
fn a_first_thread_end_to_end() {
    let bundle = Bundle::node("n1")
        .kubelet(&["--config=/var/lib/kubelet/config.yaml"])
        .file(
            "/var/lib/kubelet/config.yaml",
            config("makeIPTablesUtilChains: false\n"),
        );
    let row = judge(&bundle);
    println!("{row:#}");
    assert_eq!(outcome(&row), "fail config-file-sets-it");
}

use super::*;

#[test]
fn a_name_that_any_machine_may_have_names_none() {
    for (text, wanted) in [
        ("Worker-1.Example.org\n", Some("worker-1.example.org")),
        ("localhost.localdomain", None),
        ("localhost", None),
        ("host12.obfuscateddomain0.org", None),
        ("host12.example.org", Some("host12.example.org")),
        ("sh: hostname: not found", None),
        ("", None),
    ] {
        assert_eq!(node_name(text).as_deref(), wanted, "{text}");
    }
}

#[test]
fn an_override_names_a_node_where_all_agree() {
    let line = "root 7 1 /usr/bin/kubelet --hostname-override=";
    let of = |names: &[&str]| {
        let lines: Vec<String> = names
            .iter()
            .map(|name| format!("{line}{name} --v=2"))
            .collect();
        hostname_override(&lines.join("\n"))
    };
    assert_eq!(of(&["n1"]).as_deref(), Some("n1"));
    assert_eq!(of(&["n1", "n1"]).as_deref(), Some("n1"));
    assert_eq!(of(&["n1", "n2"]), None);
    assert_eq!(of(&["$(NODE_NAME)"]), None);
    assert_eq!(hostname_override("root 7 1 /usr/bin/kubelet --v=2"), None);
}

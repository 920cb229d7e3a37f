//! Names that say what a file or folder of a bundle is.

/// The file that makes a folder a bundle, and names its node.
pub(super) const MANIFEST: &str = "bundle.json";

/// Folders that make the folder they are in a bundle.
pub(super) const MARKS: [&str; 3] = ["commands", "files", "configz"];

/// Files and folders that no other tool puts into its archives, and that make the folder they are in
/// a bundle. A folder ends in a slash.
pub(super) const MARKS_OF_OTHERS: [&str; 8] = [
    "cluster-resources/",
    "cluster-scoped-resources/",
    "insights_commands/",
    "meta/config.json",
    "snap.microk8s.daemon-kubelite/",
    "sos_commands/",
    "system/instance-id.txt",
    "systeminfo/ps",
];

/// Folders of a machine: below them a folder that is called like one of these marks nothing. SELinux
/// has its own `files`.
pub(super) const OF_MACHINES: [&str; 2] = ["etc", "selinux"];

/// First components that are part of what a member is, so never a bundle's own top folder.
pub(super) const NO_TOP: [&str; 18] = [
    "commands",
    "files",
    "proc",
    "configz",
    "api",
    "etc",
    "var",
    "usr",
    "home",
    "opt",
    "root",
    "lib",
    "run",
    "hosts",
    "systeminfo",
    "sos_commands",
    "insights_commands",
    "cluster-scoped-resources",
];

/// What a description of format 1 holds somewhere.
pub(super) fn is_description(bytes: &[u8]) -> bool {
    memchr::memmem::find(bytes, b"nodeproof-bundle").is_some()
}

//! The words of the setting that says what an API server lets in where a namespace says nothing:
//! a list of the level, and of who is exempt from every level (`namespaces: ops`).

/// The setting of kube-apiserver.
pub const PATH: &str = "podSecurity";
/// The plug-in.
pub const PLUGIN: &str = "PodSecurity";
/// In the place of a level: the plug-in is not on, so that no label counts.
pub const OFF: &str = "off";
/// The level that lets everything in.
pub const PRIVILEGED: &str = "privileged";
/// Every level, the laxest first.
pub const LEVELS: [&str; 3] = [PRIVILEGED, "baseline", "restricted"];
/// What may be exempt: namespaces, and whoever or whatever may be anywhere.
pub const EXEMPT: [&str; 3] = [NAMESPACES, "usernames", "runtimeClasses"];
/// The first of these.
pub const NAMESPACES: &str = "namespaces";

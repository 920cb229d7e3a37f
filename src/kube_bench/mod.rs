//! A folder of kube-bench's own YAML, unmodified, read on evidence: what kube-bench would have said
//! on that node. No shell and no program runs.

pub mod check;
pub mod evaluate;
pub mod folder;
pub mod host;
mod json_path;
pub mod run;
pub mod shell;
pub mod stop;
pub mod tree;
pub mod variables;

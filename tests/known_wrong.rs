//! What other tools are known to get wrong about worker nodes, each as the evidence that misleads
//! them: our verdict, and beside it what the letter of the published check says. Cases are named
//! by the quirk; the facts they come from stand in comments.

mod arguments;
mod config_file;
mod drop_ins;
mod live;
mod processes;
mod published;

use crate::support::cases::Cases;
use crate::support::*;

const ANONYMOUS: &str = "cis-1.12:4.2.1";
const MODE: &str = "cis-1.12:4.2.2";
const CLIENT_CA: &str = "cis-1.12:4.2.3";
/// The value in force; `PORT_NOT_SET` asks what somebody set.
const PORT: &str = "cis-1.10:4.2.4";
const PORT_NOT_SET: &str = "cis-1.12:4.2.4";
const IDLE: &str = "cis-1.12:4.2.5";
const CHAINS: &str = "cis-1.12:4.2.6";
const HOSTNAME: &str = "cis-1.12:4.2.7";
const EVENTS: &str = "cis-1.12:4.2.8";
const SERVING: &str = "cis-1.12:4.2.9";
const ROTATE: &str = "cis-1.12:4.2.10";
const SERVER_GATE: &str = "cis-1.12:4.2.11";
const CIPHERS: &str = "cis-1.12:4.2.12";
const PIDS: &str = "cis-1.12:4.2.13";
const SECCOMP: &str = "cis-1.12:4.2.14";
const KERNEL: &str = "cis-1.24:4.2.6";

const FILE: &str = "/var/lib/kubelet/config.yaml";
const WITH_FILE: &str = "--config=/var/lib/kubelet/config.yaml";
const NOT_ANONYMOUS: &str = "authentication: {anonymous: {enabled: false}}\n";
const IS_ANONYMOUS: &str = "authentication: {anonymous: {enabled: true}}\n";

/// A kubelet 1.30 with these arguments and no file.
fn with_arguments(words: &[&str]) -> Bundle {
    Bundle::node("n").version("v1.30.2").kubelet(words)
}

/// A kubelet 1.30 with these arguments and a file of these lines.
fn with_both(words: &[&str], lines: &str) -> Bundle {
    let mut all = vec![WITH_FILE];
    all.extend(words);
    with_arguments(&all).file(FILE, config(lines))
}

fn with_file(lines: &str) -> Bundle {
    with_both(&[], lines)
}

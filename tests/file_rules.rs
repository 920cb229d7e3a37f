//! Rules about files at their edges: links, kinds, owners, tables of metadata, and every list of
//! paths of the catalog.

mod metadata;
mod places;

use crate::support::cases::{Cases, ROOT};
use crate::support::*;

const UNIT: &str = "/etc/systemd/system/kubelet.service.d/10-kubeadm.conf";
/// The unit of the kubelet: no process names it. 600, root:root.
const UNIT_MODE: &str = "cis-1.12:4.1.1";
const UNIT_OWNER: &str = "cis-1.12:4.1.2";
/// kube-proxy's kubeconfig, if it exists: 600.
const PROXY_MODE: &str = "cis-1.12:4.1.3";
const KUBECONFIG_MODE: &str = "cis-1.12:4.1.5";
const CA_MODE: &str = "cis-1.12:4.1.7";
const CA_OWNER: &str = "cis-1.12:4.1.8";
const CONFIG_MODE: &str = "cis-1.12:4.1.9";

type Row<'a> = (&'a str, &'a str, &'a str, &'a str, &'a str);

fn stat(rows: &[Row<'_>]) -> Bundle {
    Bundle::node("n").member("stat.tsv", crate::support::cases::metadata(rows))
}

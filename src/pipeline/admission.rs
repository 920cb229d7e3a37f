//! What the nodes' own bundles show of the API servers of a cluster, for its rows.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::Run;
use crate::bundle::Bundle;
use crate::evidence::Evidence;
use crate::fleet::identity::Identity;
use crate::fleet::join::Join;
use crate::fleet::lend::{Lender, Lent, Loan};
use crate::fleet::reading::Reading;
use crate::node::Node;
use crate::node::duty::Duty;
use crate::node::role::Role;
use crate::rules::objects::admission::{Admission, Server};
use crate::verdict::objects::server_of;
use crate::verdict::subject::Subject;
use crate::verdict::trust::Trust;

/// The bundle of a cluster, and which of its nodes run an API server as far as it shows that.
struct ShownServers<'l> {
    bundle_number: usize,
    lender: &'l Lender,
    servers: BTreeMap<&'l str, &'l Loan>,
}

impl<'l> ShownServers<'l> {
    /// By mirror pods, or where there are none of an API server, by the roles of nodes.
    fn of(bundle_number: usize, lender: &'l Lender) -> Self {
        let runs = |loan: &&Loan| {
            let mut mirrors = loan.mirrors.iter().filter_map(|m| m.process.component());
            mirrors.any(|(name, _)| name == "kube-apiserver")
        };
        let by_role = |loan: &&Loan| loan.api.role == Some(Role::ControlPlane);
        let named = |loan: &'l Loan| (loan.node.as_str(), loan);
        let mut servers: BTreeMap<_, _> = lender.loans.iter().filter(runs).map(named).collect();
        if servers.is_empty() {
            servers.extend(lender.loans.iter().filter(by_role).map(named));
        }
        Self {
            bundle_number,
            lender,
            servers,
        }
    }

    /// Whether a node may run one.
    fn may_serve(&self, node: &str) -> bool {
        self.servers.contains_key(node) || self.servers.is_empty() && !self.lender.lists_nodes
    }
}

impl Run<'_> {
    /// By the number of a cluster's bundle, what is known of its API servers. Only bundles of nodes
    /// that run one are read for it, or where the API shows neither nodes nor mirror pods, all.
    pub(super) fn admissions(
        &self,
        reading: &Reading<'_>,
        read: &[(usize, &Lender)],
        join: &Join,
        identity: &Identity,
    ) -> BTreeMap<usize, Admission> {
        let mut clusters: BTreeMap<&str, Vec<ShownServers<'_>>> = BTreeMap::new();
        for (bundle_number, lender) in read.iter().filter(|(_, lender)| lender.has_objects) {
            if let Some(cluster) = lender.cluster.as_deref() {
                let shown = ShownServers::of(*bundle_number, lender);
                clusters.entry(cluster).or_default().push(shown);
            }
        }
        let mut wanted: BTreeMap<usize, (&str, &Vec<ShownServers<'_>>)> = BTreeMap::new();
        for (bundle_number, entry) in reading.index.entries.iter().enumerate() {
            let of_node =
                entry.described && !entry.is_cluster && join.refused(bundle_number).is_none();
            let (Some(cluster), Some(node)) = (entry.cluster.as_deref(), entry.node.as_deref())
            else {
                continue;
            };
            let shown = clusters.get(cluster).filter(|shown| {
                of_node
                    && shown.iter().any(|shown| shown.may_serve(node))
                    && identity.superseded_by(bundle_number, node).is_none()
            });
            wanted.extend(shown.map(|shown| (bundle_number, (node, shown))));
        }
        if wanted.is_empty() {
            return BTreeMap::new();
        }
        let is_wanted = |bundle_number| wanted.contains_key(&bundle_number);
        let lent = |bundle_number: &usize| {
            let (node, shown) = wanted.get(bundle_number)?;
            let known = shown.iter().find(|shown| shown.servers.contains_key(node));
            let shown = known.or(shown.first())?;
            Some(match shown.servers.get(node) {
                Some(loan) => Lent::of(shown.lender, loan),
                None => Lent::of_server(shown.lender),
            })
        };
        let bundle_numbers = wanted
            .keys()
            .map(|bundle_number| (reading.name(*bundle_number), *bundle_number));
        let bundle_numbers: BTreeMap<&str, usize> = bundle_numbers.collect();
        let look = |bundle: Bundle| {
            let lent = bundle_numbers.get(bundle.name.as_str()).and_then(lent);
            self.looked_at(&bundle, &lent.unwrap_or_default())
        };
        let places = (0..reading.places.len()).into_par_iter();
        let all = places.flat_map_iter(|place| reading.some(place, &is_wanted, &look));
        let all: BTreeMap<usize, Looked> = all
            .map(|(bundle_number, looked)| {
                (bundle_number, looked.unwrap_or_else(|_| Looked::unread()))
            })
            .collect();
        let mut admissions: BTreeMap<usize, Admission> = BTreeMap::new();
        for (bundle_number, (node, shown)) in &wanted {
            for shown in shown.iter().filter(|shown| shown.may_serve(node)) {
                let own = admissions.entry(shown.bundle_number).or_insert_with(|| {
                    let missing = shown.servers.keys();
                    Admission {
                        missing: missing.map(|node| (*node).to_owned()).collect(),
                        ..Admission::default()
                    }
                });
                let Some(looked) = all.get(bundle_number) else {
                    continue;
                };
                if looked.has_none || looked.server.is_some() {
                    own.missing.retain(|missing| missing != node);
                }
                let server = looked.server.clone();
                own.servers.extend(server.map(|server| Server {
                    node: (*node).to_owned(),
                    ..server
                }));
            }
        }
        admissions
    }

    fn looked_at(&self, bundle: &Bundle, lent: &Lent) -> Looked {
        let mut machines = Evidence::of_machines(bundle, &self.limits);
        let (Some(evidence), true) = (machines.pop(), machines.is_empty()) else {
            return Looked::unread();
        };
        let processes = evidence.processes();
        let node = Node::of(&evidence, &processes, None);
        let subject = Subject::of(&evidence, &processes, &node, None, lent);
        let trust = || Trust {
            bundle: None,
            contradictions: evidence.contradictions(),
            integrity: evidence.integrity(),
            unsigned: self.trusted.unsigned(&bundle.signature),
            duplicates: evidence.duplicates(),
        };
        let mut server = server_of(&subject, &trust);
        for citation in server.iter_mut().flat_map(|server| &mut server.evidence) {
            citation.bundle.get_or_insert_with(|| bundle.name.clone());
        }
        Looked {
            has_none: subject.lacks(Duty::ControlPlane).is_some(),
            server,
        }
    }
}

/// What a node's bundle shows.
struct Looked {
    server: Option<Server>,
    /// It is shown to run no API server.
    has_none: bool,
}

impl Looked {
    fn unread() -> Self {
        let why = "its bundle cannot be read".to_owned();
        Self {
            server: Some(Server::unknown(why)),
            has_none: false,
        }
    }
}

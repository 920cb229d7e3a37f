//! Seed → a folder of bundles as a fleet would hand them over, and a table of what is true of each.
//!
//! The same options give the same bytes, on any machine and at any number of threads; a node's
//! bundle depends on seed, size and its own index alone. Nodes are kubeadm, EKS (AL2 and AL2023
//! with drop-ins), GKE and AKS, in clusters of 24 to 80 that lend configz to a quarter of them.

mod archive;
mod bundle;
mod case;
mod config;
mod distribution;
pub mod expected;
mod host;
mod logs;
mod node;
mod processes;
mod random;
mod stat;

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use expected::Expected;
use node::{Live, Node};
use nodeproof::bundle::sha256_hex;
use rayon::prelude::*;

/// How much a node's bundle holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Size {
    /// About 22 KB compressed.
    Small,
    /// With journals and logs, about 1.6 MB compressed.
    Large,
}

impl FromStr for Size {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "small" => Ok(Self::Small),
            "large" => Ok(Self::Large),
            _ => Err(format!("`{text}` is neither small nor large")),
        }
    }
}

#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Node bundles; the bundles of their clusters come on top.
    pub bundles: u64,
    /// Index of the first node.
    pub start: u64,
    pub size: Size,
    pub seed: u64,
    /// Share of nodes whose evidence is damaged.
    pub damaged: f64,
}

/// A corpus on disk.
pub struct Corpus {
    /// The folder with its bundles.
    pub bundles: PathBuf,
    /// The table of what is true, beside it.
    pub expected: PathBuf,
}

impl Corpus {
    /// Makes a corpus below `folder`; one that is there, complete, and made by this very generator
    /// is used again.
    pub fn make(folder: &Path, options: &Options) -> io::Result<Self> {
        let corpus = Self {
            bundles: folder.join("bundles"),
            expected: folder.join("expected.csv"),
        };
        let stamp = folder.join("complete");
        let made_by = format!("{options:?} {}\n", sha256_hex(SOURCE.as_bytes()));
        if fs::read_to_string(&stamp).is_ok_and(|text| text == made_by) {
            return Ok(corpus);
        }
        if folder.exists() {
            fs::remove_dir_all(folder)?;
        }
        fs::create_dir_all(&corpus.bundles)?;
        corpus.write(options)?;
        fs::write(stamp, made_by)?;
        Ok(corpus)
    }

    fn write(&self, options: &Options) -> io::Result<()> {
        let Options {
            size,
            seed,
            damaged,
            ..
        } = *options;
        let asked = options.start..options.start + options.bundles;
        let nodes: Vec<Node> = asked
            .clone()
            .map(|at| Node::of(seed, at, damaged))
            .collect();
        let clusters: BTreeSet<_> = nodes.iter().map(|node| node.cluster.clone()).collect();
        nodes.par_iter().try_for_each(|node| {
            let bytes = bundle::of_node(seed, size, node)?;
            fs::write(self.bundles.join(node.file_name()), bytes)
        })?;
        let mut lines: Vec<Expected> = nodes.iter().map(of_bundle).collect();
        let alone: Vec<Vec<Expected>> = clusters
            .par_iter()
            .map(|cluster| {
                let nodes: Vec<Node> = cluster
                    .nodes()
                    .map(|at| Node::of(seed, at, damaged))
                    .collect();
                let bytes = bundle::of_cluster(seed, cluster, &nodes)?;
                fs::write(self.bundles.join(cluster.file_name()), bytes)?;
                let unseen = nodes
                    .iter()
                    .filter(|node| !asked.contains(&node.at) || node.case.shape.hides_node());
                Ok(unseen.map(of_cluster_alone).collect())
            })
            .collect::<io::Result<_>>()?;
        lines.extend(alone.into_iter().flatten());
        expected::write(&self.expected, &lines)
    }
}

fn of_bundle(node: &Node) -> Expected {
    let hidden = node.case.shape.hides_node();
    Expected {
        bundle: node.file_name(),
        node: if hidden {
            String::new()
        } else {
            node.name.clone()
        },
        verdict: node.verdict(),
        case: node.case.name,
    }
}

/// A node that no bundle of its own names: the API's list has it, and perhaps its configz.
fn of_cluster_alone(node: &Node) -> Expected {
    Expected {
        bundle: node.cluster.file_name(),
        node: node.name.clone(),
        verdict: match node.live {
            Live::Lent(true) => case::Verdict::Pass,
            Live::Lent(false) => case::Verdict::Fail,
            _ => case::Verdict::Unknown,
        },
        case: "cluster-alone",
    }
}

/// What the bytes of a corpus depend on.
const SOURCE: &str = concat!(
    include_str!("mod.rs"),
    include_str!("archive.rs"),
    include_str!("bundle.rs"),
    include_str!("case.rs"),
    include_str!("config.rs"),
    include_str!("distribution.rs"),
    include_str!("expected.rs"),
    include_str!("host.rs"),
    include_str!("logs.rs"),
    include_str!("node.rs"),
    include_str!("processes.rs"),
    include_str!("random.rs"),
    include_str!("stat.rs"),
);

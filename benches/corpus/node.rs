//! Seed and index → one node of the fleet: who it is, what is done to it, and what is then true.

use super::case::{Case, Kind, Shape, Verdict};
use super::distribution::{Distribution, SHARES, is_control_plane};
use super::random::Random;

/// When every bundle was made (2026-11-20T12:00:00Z), and since when every kubelet runs.
pub const COLLECTED: i64 = 1_795_176_000;
pub const STARTED: i64 = COLLECTED - 3 * 86_400;

/// Nodes whose clusters are made together: five clusters, one of each distribution.
const REGION: u64 = 200;

/// Shares of nodes whose configz is in their own bundle, or lent by their cluster's.
const OWN_CONFIGZ: f64 = 0.2;
const LENT_CONFIGZ: f64 = 0.25;

/// What configz shows of the setting, and where it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Live {
    None,
    Own(bool),
    Lent(bool),
}

impl Live {
    fn shows(self) -> Option<bool> {
        match self {
            Self::None => None,
            Self::Own(on) | Self::Lent(on) => Some(on),
        }
    }
}

#[derive(Debug)]
pub struct Node {
    pub at: u64,
    pub distribution: Distribution,
    pub version: &'static str,
    pub name: String,
    pub cluster: Cluster,
    pub ip: String,
    pub machine_id: String,
    pub system_uuid: String,
    pub arguments: Vec<String>,
    pub case: &'static Case,
    pub live: Live,
}

impl Node {
    pub fn of(seed: u64, at: u64, damaged: f64) -> Self {
        let mut random = Random::of(seed, "node", at);
        let distribution = Distribution::of(at);
        let cluster = Cluster::of_node(at);
        let (version, minor) = random.pick(distribution.versions());
        let ip = format!("10.{}.{}.{}", at >> 16 & 255, at >> 8 & 255, at & 255);
        let name = distribution.node_name(at, &ip, &cluster.name, &mut random);
        let case = Case::draw(distribution, minor, damaged, &mut random);
        let live = live(case, &mut random);
        let mut arguments = distribution.arguments(&name, &ip, &mut random);
        arguments.extend(case.arguments.iter().map(|word| (*word).to_owned()));
        if case.shape == Shape::StaleDefaultFile {
            redirect(&mut arguments, distribution);
        }
        Self {
            at,
            distribution,
            version,
            name,
            cluster,
            ip,
            machine_id: random.hex(32),
            system_uuid: random.uuid(),
            arguments,
            case,
            live,
        }
    }

    pub fn file_name(&self) -> String {
        // As the collector names it: an archive named otherwise is looked through for bundles first.
        format!("{:06}-nodeproof-{}.tar.gz", self.at, self.name)
    }

    /// What the rows of its bundle say.
    pub fn verdict(&self) -> Verdict {
        self.case.disk.with(self.live.shows())
    }

    /// What the file that `--config` names is called.
    pub fn config_path(&self) -> Option<&'static str> {
        let usual = self.distribution.config_path()?;
        Some(match self.case.shape {
            Shape::StaleDefaultFile => OTHER_CONFIG,
            _ => usual,
        })
    }

    pub fn is_control_plane(&self) -> bool {
        is_control_plane(self.at)
    }

    pub fn random(&self, seed: u64, what: &str) -> Random {
        Random::of(seed, what, self.at)
    }
}

const OTHER_CONFIG: &str = "/opt/node/kubelet.conf";

fn redirect(arguments: &mut [String], distribution: Distribution) {
    for word in arguments {
        if let Some(usual) = distribution.config_path()
            && word.ends_with(usual)
        {
            *word = word.replace(usual, OTHER_CONFIG);
        }
    }
}

fn live(case: &Case, random: &mut Random) -> Live {
    let (share, odd) = (random.unit(), random.unit());
    let on = match (case.shape, case.disk) {
        (Shape::Drift, _) => false,
        // Some were set back in memory only.
        (_, Verdict::Fail) => odd < 0.2,
        _ => true,
    };
    if case.kind == Kind::Damaged {
        Live::None
    } else if share < OWN_CONFIGZ {
        Live::Own(on)
    } else if share < OWN_CONFIGZ + LENT_CONFIGZ || case.shape == Shape::Drift {
        Live::Lent(on)
    } else {
        Live::None
    }
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cluster {
    pub at: u64,
    pub name: String,
}

impl Cluster {
    fn of_node(at: u64) -> Self {
        let distribution = Distribution::of(at);
        let place = SHARES.iter().position(|(d, _)| *d == distribution);
        let cluster = at / REGION * SHARES.len() as u64 + place.unwrap_or_default() as u64;
        Self {
            at: cluster,
            name: format!("{}-{cluster:04}", distribution.key()),
        }
    }

    pub fn file_name(&self) -> String {
        format!("cluster-{:05}.tar.gz", self.at)
    }

    /// All its nodes, by index.
    pub fn nodes(&self) -> impl Iterator<Item = u64> {
        let first = self.at / SHARES.len() as u64 * REGION;
        (first..first + REGION).filter(|at| Self::of_node(*at).at == self.at)
    }
}

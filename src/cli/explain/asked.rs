//! Which cell is asked for, as typed → which bundles to read, which rows to tell of, and what to
//! say where there is none.

use std::collections::{BTreeMap, BTreeSet};

use crate::benchmark::catalog::Catalog;
use crate::benchmark::select::{Benchmarks, Selection};
use crate::cli::args::ExplainArgs;
use crate::matrix::finding::FindingId;
use crate::matrix::row::Row;
use crate::pipeline::Fleet;

/// Names of nodes that are close to one that does not exist.
const CLOSEST: usize = 5;
/// Hexadecimal digits of a `finding_id`.
const ID_DIGITS: usize = 32;

/// What is asked for.
pub enum AskedCells {
    /// A control on a node or a cluster.
    Cell {
        /// Of whom.
        whose: Whose,
        /// The benchmark, where it is named.
        benchmark: Option<String>,
        /// The control.
        control: String,
    },
    /// A row's `finding_id`.
    Finding(String),
}

/// Of whom a control is asked, as typed.
pub enum Whose {
    /// The node, or `cluster/node`.
    Node(String),
    /// The cluster itself.
    Cluster(String),
}

impl Whose {
    fn of(node: Option<&String>, cluster: Option<&String>) -> Option<Self> {
        match (node, cluster) {
            (Some(node), Some(cluster)) => Some(Self::Node(format!("{cluster}/{node}"))),
            (Some(node), None) => Some(Self::Node(node.clone())),
            (None, Some(cluster)) => Some(Self::Cluster(cluster.clone())),
            (None, None) => None,
        }
    }
}

/// By bundle and node: what tells it from another of that name.
pub type Apart = BTreeMap<(String, String), String>;

/// Of nodes whose names do not tell them.
pub fn apart(fleet: &Fleet<'_>) -> Apart {
    let names = &fleet.index().names;
    let known = fleet.known_nodes().into_iter();
    known
        .filter_map(|known| {
            let bundle = names.get(known.bundle_number)?.clone();
            Some(((bundle, known.node.to_owned()), known.apart?))
        })
        .collect()
}

/// What tells the node of a row from another of its name.
pub fn of_row<'a>(row: &Row<'_>, apart: &'a Apart) -> Option<&'a str> {
    let node = row.node.unwrap_or_default().to_owned();
    let apart = apart.get(&(row.bundle.to_owned(), node));
    apart.map(String::as_str)
}

impl AskedCells {
    /// What was typed, and by which benchmarks to judge: whole ones, as a matrix is judged.
    ///
    /// # Errors
    /// A sentence: an id or control that does not exist.
    pub fn settle(args: &ExplainArgs, catalog: &Catalog) -> Result<(Self, Selection), String> {
        let whose = Whose::of(args.node.as_ref(), args.cluster.as_ref());
        let (Some(whose), Some(typed)) = (whose, &args.control) else {
            let id = args.finding.as_deref().unwrap_or_default();
            let id = id.trim().to_ascii_lowercase();
            if id.len() != ID_DIGITS || !id.bytes().all(|b| b.is_ascii_hexdigit()) {
                return Err(format!(
                    "`{id}` is no finding_id; it is the last column of the matrix, {ID_DIGITS} hexadecimal digits"
                ));
            }
            let selection = Selection::settle(catalog, &args.benchmark, &[])?;
            return Ok((Self::Finding(id), selection));
        };
        let (named, control) = match typed.rsplit_once(':') {
            Some((id, control)) => (Some(id), control),
            None => (None, typed.as_str()),
        };
        let is_auto = args.benchmark == ["auto"];
        let benchmarks = match named {
            Some(id) if is_auto => vec![id.to_owned()],
            _ => args.benchmark.clone(),
        };
        let checked = Selection::settle(catalog, &benchmarks, std::slice::from_ref(typed))?;
        let benchmark = named.and_then(|id| catalog.benchmark(id));
        let asked = Self::Cell {
            whose,
            benchmark: benchmark.map(|benchmark| benchmark.id.clone()),
            control: control.to_owned(),
        };
        let whole = Selection {
            controls: Vec::new(),
            ..checked
        };
        Ok((asked, whole))
    }

    fn is_node(&self, cluster: Option<&str>, node: &str) -> bool {
        match self {
            Self::Cell {
                whose: Whose::Node(typed),
                ..
            } => typed == node || *typed == format!("{}/{node}", cluster.unwrap_or_default()),
            _ => false,
        }
    }

    fn is_subject_of(&self, row: &Row<'_>) -> bool {
        match (row.node, self) {
            (Some(node), _) => self.is_node(row.cluster, node),
            (
                None,
                Self::Cell {
                    whose: Whose::Cluster(typed),
                    ..
                },
            ) => row.cluster == Some(typed.as_str()),
            (None, _) => false,
        }
    }

    /// Whether a row is the one asked for.
    pub fn is(&self, row: &Row<'_>, apart: &Apart) -> bool {
        match self {
            Self::Finding(id) => {
                let parts = [row.cluster, row.node, row.benchmark, row.control];
                let own = FindingId::of(parts, row.bundle, of_row(row, apart));
                own.as_str() == id
            }
            Self::Cell {
                benchmark, control, ..
            } => {
                row.control == Some(control)
                    && (benchmark.is_none() || row.benchmark == benchmark.as_deref())
                    && self.is_subject_of(row)
            }
        }
    }

    /// Whether a row is that of a bundle that cannot be read, of which the asked one would be.
    pub fn is_bundle(&self, row: &Row<'_>, apart: &Apart) -> bool {
        row.control.is_none()
            && match self {
                Self::Finding(_) => self.is(row, apart),
                Self::Cell { .. } => self.is_subject_of(row),
            }
    }

    /// The bundles to read, and the benchmarks by which, where the nodes tell which.
    pub fn bundles(
        &self,
        fleet: &Fleet<'_>,
        catalog: &Catalog,
    ) -> (BTreeSet<usize>, Option<Benchmarks>) {
        let names = &fleet.index().names;
        let unknown = (0..names.len()).filter(|bundle_number| fleet.is_unknown(*bundle_number));
        let mut wanted: BTreeSet<usize> = unknown.collect();
        let mut benchmarks: BTreeSet<&str> = BTreeSet::new();
        let known = fleet.known_nodes();
        match self {
            Self::Cell { .. } => {
                let asked = known.iter().filter(|k| self.is_node(k.cluster, k.node));
                wanted.extend(asked.map(|known| known.bundle_number));
            }
            Self::Finding(id) => {
                for known in &known {
                    let name = names.get(known.bundle_number).map_or("", String::as_str);
                    let is = |benchmark: Option<&str>, control: Option<&str>| {
                        let parts = [known.cluster, Some(known.node), benchmark, control];
                        let own = FindingId::of(parts, name, known.apart.as_deref());
                        own.as_str() == id
                    };
                    let judging = catalog.benchmarks.iter().filter(|benchmark| {
                        let mut controls = benchmark.controls.iter();
                        controls.any(|c| is(Some(&benchmark.id), Some(&c.number)))
                    });
                    let before = benchmarks.len();
                    benchmarks.extend(judging.map(|benchmark| benchmark.id.as_str()));
                    if benchmarks.len() > before || is(None, None) {
                        wanted.insert(known.bundle_number);
                    }
                }
            }
        }
        let ids = benchmarks.into_iter().map(str::to_owned).collect();
        let named = match self {
            Self::Finding(_) => Some(Benchmarks::Listed(ids)),
            Self::Cell { .. } => None,
        };
        let is_some = |b: &Benchmarks| matches!(b, Benchmarks::Listed(ids) if !ids.is_empty());
        (wanted, named.filter(is_some))
    }

    /// Whether what was found is one cell, of one node.
    ///
    /// # Errors
    /// A sentence: there is none, or there are several, and which.
    pub fn check(&self, seen: &SeenNodes, is_empty: bool) -> Result<(), String> {
        let Self::Cell { whose, control, .. } = self else {
            return match is_empty {
                false => Ok(()),
                true => Err(
                    "no finding in the PATHs has this finding_id; give the PATHs the matrix was made of, and its -b"
                        .to_owned(),
                ),
            };
        };
        if let Whose::Node(node) = whose
            && seen.matched.len() > 1
        {
            let names = seen.matched.iter();
            let names: Vec<String> = names
                .map(|(cluster, node)| {
                    let node = node.as_deref().unwrap_or_default();
                    format!("{}/{node}", cluster.as_deref().unwrap_or_default())
                })
                .collect();
            return Err(format!(
                "several clusters have a node `{node}`; name one of {}",
                names.join(", ")
            ));
        }
        if !is_empty {
            return Ok(());
        }
        if seen.matched.is_empty() {
            return Err(seen.no_such(whose));
        }
        let (Whose::Node(name) | Whose::Cluster(name)) = whose;
        let by: Vec<&str> = seen.benchmarks.iter().map(String::as_str).collect();
        let by = by.join(", ");
        Err(format!(
            "{by}, by which `{name}` is judged, has no control `{control}`; `nodeproof controls -b ID` lists those of a benchmark, and ID:{control} or -b ID names another one"
        ))
    }
}

/// The nodes a run came to know.
#[derive(Default)]
pub struct SeenNodes {
    nodes: BTreeSet<String>,
    clusters: BTreeSet<String>,
    /// Cluster and node of those that were asked for.
    matched: BTreeSet<(Option<String>, Option<String>)>,
    /// By which benchmarks these were judged.
    benchmarks: BTreeSet<String>,
    /// Bundles that cannot be read and do not say of which node they are.
    unreadable: Vec<String>,
}

impl SeenNodes {
    /// Those of the first pass.
    pub fn of(fleet: &Fleet<'_>) -> Self {
        let known = fleet.known_nodes().into_iter();
        Self {
            nodes: known.map(|known| known.node.to_owned()).collect(),
            ..Self::default()
        }
    }

    /// Those of one bundle.
    pub fn add(&mut self, asked: &AskedCells, rows: &[Row<'_>]) {
        for row in rows {
            let cluster = row.cluster.map(str::to_owned);
            match (row.node, row.control) {
                (Some(node), _) => {
                    self.nodes.insert(node.to_owned());
                }
                (None, Some(_)) => self.clusters.extend(cluster.clone()),
                (None, None) => self.unreadable.push(row.bundle.to_owned()),
            }
            if asked.is_subject_of(row) {
                let node = row.node.map(str::to_owned);
                self.matched.insert((cluster, node));
                self.benchmarks.extend(row.benchmark.map(str::to_owned));
            }
        }
    }

    fn no_such(&self, whose: &Whose) -> String {
        let (typed, what, known) = match whose {
            Whose::Node(typed) => (typed, "node", &self.nodes),
            Whose::Cluster(typed) => (typed, "cluster", &self.clusters),
        };
        let name = match whose {
            Whose::Node(_) => typed
                .rsplit_once('/')
                .map_or(typed.as_str(), |(_, name)| name),
            Whose::Cluster(_) => typed,
        };
        let likeness =
            |name: &str, other: &str| strsim::normalized_damerau_levenshtein(name, other);
        let mut names: Vec<&String> = known.iter().collect();
        names.sort_by(|a, b| likeness(name, b).total_cmp(&likeness(name, a)));
        let close: Vec<&str> = names.iter().take(CLOSEST).map(|n| n.as_str()).collect();
        let mut why = match close.as_slice() {
            [] => format!("there is no {what} `{typed}`, nor any other"),
            close => format!(
                "there is no {what} `{typed}`; of {} {what}s the closest are {}",
                known.len(),
                close.join(", ")
            ),
        };
        if let Some(first) = self.unreadable.first() {
            why.push_str(&format!(
                "; and of {} bundles that cannot be read, such as {first}, it is not known whose they are",
                self.unreadable.len()
            ));
        }
        why
    }
}

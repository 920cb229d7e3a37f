//! What a run is asked to do.

use jiff::Timestamp;

use super::trusted::Trusted;
use crate::benchmark::catalog::Catalog;
use crate::benchmark::select::Selection;
use crate::evidence::manifest::Collector;
use crate::limits::Limits;
use crate::matrix::report;
use crate::matrix::row::Row;
use crate::matrix::waivers::Waivers;

/// What a run is asked to do.
pub struct Run<'c> {
    /// The catalog.
    pub catalog: &'c Catalog,
    /// Which benchmarks and controls.
    pub selection: Selection,
    /// Caps on input.
    pub limits: Limits,
    /// What stands beside findings, as of the time that is "today".
    pub waivers: Option<Waivers>,
    /// Whether controls of roles that a node has not get rows there.
    pub all_roles: bool,
    /// The layout that archives are said to have.
    pub read_as: Option<&'static str>,
    /// What bundles must show to be believed.
    pub trusted: Trusted,
    /// Whether an output shows the words at the place that decided.
    pub excerpts: bool,
    /// Which rows come with their explanation.
    pub explains: Option<&'c (dyn Fn(&Row<'_>) -> bool + Sync)>,
    /// Worker threads.
    pub pool: rayon::ThreadPool,
}

/// So many worker threads.
///
/// # Errors
/// A sentence: they cannot be started.
pub fn pool(threads: usize) -> Result<rayon::ThreadPool, String> {
    rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .build()
        .map_err(|e| format!("{threads} threads cannot be started ({e}); try fewer with -j"))
}

impl<'c> Run<'c> {
    /// With default limits, no waivers, and rows only where a control's role may be.
    #[must_use]
    pub fn new(catalog: &'c Catalog, selection: Selection, pool: rayon::ThreadPool) -> Self {
        Self {
            catalog,
            selection,
            limits: Limits::default(),
            waivers: None,
            all_roles: false,
            read_as: None,
            trusted: Trusted::default(),
            excerpts: false,
            explains: None,
            pool,
        }
    }
}

impl Run<'_> {
    /// How the report of this run says it was made: `collectors` are the scripts that the program
    /// carries, `as_of` is the time that is "today".
    #[must_use]
    pub fn described(&self, collectors: Vec<Collector>, as_of: Option<Timestamp>) -> report::Run {
        report::Run::of(
            self.catalog,
            &self.selection,
            &self.limits,
            collectors,
            as_of.map(|time| time.to_string()),
            self.waivers.as_ref(),
        )
    }
}

//! The only file that knows all stages: places → index → lenders → rows, in order, through a
//! bounded window.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use rayon::prelude::*;

use crate::benchmark::catalog::Catalog;
use crate::benchmark::select::Selection;
use crate::bundle::{self, Bundle, Found, Place, Unreadable};
use crate::evidence::{Evidence, layout};
use crate::fleet::index::{self, Entry};
use crate::fleet::lend::{Join, Lender, Loan};
use crate::fleet::window;
use crate::limits::Limits;
use crate::matrix::row::Row;
use crate::matrix::{assemble, order};
use crate::node::Node;
use crate::problem::Problem;
use crate::rules::Check;
use crate::settings::live::Live;
use crate::verdict::subject::Subject;
use crate::verdict::trust::Trust;
use crate::verdict::{self, Finding};

/// What a run is asked to do.
pub struct Run<'c> {
    /// The catalog.
    pub catalog: &'c Catalog,
    /// Which benchmarks and controls.
    pub selection: Selection,
    /// Caps on input.
    pub limits: Limits,
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

/// What came of one place.
#[derive(Default)]
pub struct Judged {
    /// Its rows, in order.
    pub rows: Vec<Row>,
    /// What a reader should know beside them.
    pub problems: Vec<Problem>,
}

/// Bundles judged ahead of the one being written, per thread: enough to keep threads busy beside
/// a large bundle, few enough to bound memory.
const WINDOW_PER_THREAD: usize = 8;

/// What the first pass found out.
struct Fleet<'f> {
    places: &'f [Place],
    index: Vec<Entry>,
    lenders: Vec<Lender>,
    /// Cluster bundles, by place: an index into `lenders`, or why there is none.
    clusters: BTreeMap<usize, Result<usize, Box<Unreadable>>>,
    join: Join,
}

impl Run<'_> {
    /// Judges every place, and hands the results on in the order of the places.
    ///
    /// # Errors
    /// What `emit` returned; judging stops there.
    pub fn judge<E>(
        &self,
        found: &Found,
        emit: &mut dyn FnMut(Judged) -> Result<(), E>,
    ) -> Result<(), E> {
        let fleet = self.pool.install(|| self.first_pass(&found.places));
        let job = |at: usize| {
            catch_unwind(AssertUnwindSafe(|| self.judge_place(at, &fleet)))
                .unwrap_or_else(|_| fault(at, &fleet))
        };
        let window = self.pool.current_num_threads() * WINDOW_PER_THREAD;
        window::in_order(&self.pool, found.places.len(), window, &job, emit)
    }

    fn first_pass<'f>(&self, places: &'f [Place]) -> Fleet<'f> {
        let index = index::index(places, &self.limits);
        let read: Vec<(usize, Result<Lender, Box<Unreadable>>)> = places
            .par_iter()
            .zip(&index)
            .enumerate()
            .filter(|(_, (_, entry))| entry.is_cluster)
            .map(|(at, (place, _))| (at, self.read(place, |bundle| self.lender(bundle))))
            .collect();
        let mut lenders = Vec::new();
        let mut clusters = BTreeMap::new();
        for (at, outcome) in read {
            let slot = outcome.map(|lender| {
                lenders.push(lender);
                lenders.len() - 1
            });
            clusters.insert(at, slot);
        }
        let join = Join::of(&index, &lenders);
        Fleet {
            places,
            index,
            lenders,
            clusters,
            join,
        }
    }

    /// Reads a bundle. A reader that panics on hostile input costs this bundle, never the run.
    fn read<T>(
        &self,
        place: &Place,
        then: impl FnOnce(&Bundle) -> T,
    ) -> Result<T, Box<Unreadable>> {
        catch_unwind(AssertUnwindSafe(|| {
            bundle::read(place, &self.limits, &layout::wanted).map(|bundle| then(&bundle))
        }))
        .unwrap_or_else(|_| Err(Unreadable::fault(place)))
    }

    fn lender(&self, bundle: &Bundle) -> Lender {
        let mut paths: Vec<&str> = self
            .catalog
            .rules
            .values()
            .flat_map(|rule| rule.check.parts())
            .filter_map(|check| match check {
                Check::Setting(rule) => rule.setting.map(|setting| setting.path.as_str()),
                _ => None,
            })
            .collect();
        paths.sort_unstable();
        paths.dedup();
        Lender::of(&Evidence::of(bundle, &self.limits), &paths)
    }

    fn judge_place(&self, at: usize, fleet: &Fleet<'_>) -> Judged {
        let (Some(place), Some(entry)) = (fleet.places.get(at), fleet.index.get(at)) else {
            return Judged::default();
        };
        let outcome = match fleet.clusters.get(&at) {
            Some(Err(unreadable)) => Err(unreadable.clone()),
            Some(Ok(lender)) => Ok(fleet
                .lenders
                .get(*lender)
                .map(|lender| self.judge_lender(lender, &fleet.join))
                .unwrap_or_default()),
            None => {
                let loan = fleet.join.loan(at, &fleet.lenders);
                self.read(place, |bundle| self.judge_bundle(bundle, entry, loan))
            }
        };
        let mut judged =
            outcome.unwrap_or_else(|unreadable| cannot_be_read(*unreadable, place, entry));
        judged
            .problems
            .extend(fleet.join.refused(at).map(|why| Problem {
                bundle: place.name.clone(),
                member: None,
                what: format!("configz from a cluster bundle was not used: {why}"),
                next: "check the names, and collect both again".to_owned(),
            }));
        judged
    }

    fn judge_bundle(
        &self,
        bundle: &Bundle,
        entry: &Entry,
        loan: Option<(&Lender, &Loan)>,
    ) -> Judged {
        let evidence = Evidence::of(bundle, &self.limits);
        let late = (evidence.manifest.is_some() && !entry.described).then(|| Problem {
            bundle: bundle.name.clone(),
            member: Some("bundle.json".to_owned()),
            what: "is not the first member, so configz is neither lent nor borrowed".to_owned(),
            next: "pack it first, or collect again".to_owned(),
        });
        let processes = evidence.processes();
        let is_cluster = match evidence.manifest.as_ref().map(|m| m.kind.as_str()) {
            Some("cluster") => true,
            Some("node") => false,
            _ => processes.is_empty() && evidence.configz_nodes().len() > 1,
        };
        if is_cluster {
            let mut judged = self.judge_lender(&self.lender(bundle), &Join::default());
            judged.problems.extend(late);
            return judged;
        }
        let api = loan.map(|(lender, loan)| loan.api.lent_by(&lender.bundle));
        let node = Node::of(&evidence, &processes, api.as_ref());
        let mut problems = bundle.problems.clone();
        problems.extend(late);
        problems.extend(evidence.foreign_configz(&node.name));
        let live = evidence
            .configz(&node.name)
            .map(Live::from)
            .or_else(|| loan.and_then(|(l, loan)| Live::of(loan, Some(&l.bundle), &self.limits)));
        let lends_live = live.as_ref().is_some_and(|l| l.citation.bundle.is_some());
        let lender = loan.filter(|(_, loan)| {
            lends_live || loan.api.version.is_some() || loan.api.platform.is_some()
        });
        let subject = Subject::of(
            &evidence,
            &processes,
            node.version.as_ref(),
            node.platform,
            live,
        );
        let frame = Row {
            bundle: bundle.name.clone(),
            bundle_sha256: Some(bundle.digest.clone()),
            collected_at: evidence
                .manifest
                .as_ref()
                .and_then(|m| m.collected_at.clone()),
            ..Row::default()
        };
        let trust = || {
            let own = Trust {
                bundle: None,
                integrity: evidence.integrity(),
                duplicates: evidence.duplicates(),
            };
            let lenders = lender.map(|(lender, _)| Trust {
                bundle: Some(lender.bundle.clone()),
                integrity: lender.integrity.clone(),
                duplicates: lender.duplicates.clone(),
            });
            [Some(own), lenders].into_iter().flatten().collect()
        };
        let rows = self.rows(&node, &subject, frame, &trust);
        problems.extend(evidence.problems());
        Judged { rows, problems }
    }

    /// The nodes that only a cluster bundle speaks of.
    fn judge_lender(&self, lender: &Lender, join: &Join) -> Judged {
        let mut judged = Judged {
            rows: Vec::new(),
            problems: lender.problems.clone(),
        };
        for loan in lender
            .loans
            .iter()
            .filter(|loan| !join.is_taken(lender, loan))
        {
            let node = Node::of_api(&loan.node, lender.cluster.as_deref(), &loan.api);
            let subject = Subject::of_api(Live::of(loan, None, &self.limits), node.platform);
            let frame = Row {
                bundle: lender.bundle.clone(),
                bundle_sha256: Some(lender.digest.clone()),
                collected_at: lender.collected_at.clone(),
                ..Row::default()
            };
            let trust = || {
                vec![Trust {
                    bundle: None,
                    integrity: lender.integrity.clone(),
                    duplicates: lender.duplicates.clone(),
                }]
            };
            judged
                .rows
                .extend(self.rows(&node, &subject, frame, &trust));
        }
        judged
    }

    /// The rows of one node. `trust` is asked once every verdict is there, because only then is
    /// known which members verdicts rest on.
    fn rows(
        &self,
        node: &Node,
        subject: &Subject<'_>,
        mut frame: Row,
        trust: &dyn Fn() -> Vec<Trust>,
    ) -> Vec<Row> {
        let version = node.version.as_ref().map(|(version, _)| version.minor);
        let (benchmarks, note) = self.selection.of_node(self.catalog, node.platform, version);
        let mut findings: Vec<Finding> = Vec::new();
        let mut judged: BTreeMap<(&str, String, &str), usize> = BTreeMap::new();
        let mut selected = Vec::new();
        for benchmark in benchmarks {
            let mut controls: Vec<_> = benchmark
                .controls
                .iter()
                .filter(|control| self.selection.has(benchmark, control))
                .collect();
            controls.sort_by(|a, b| order::controls(&a.number, &b.number));
            for control in controls {
                let mut judge = |finding: Finding| {
                    findings.push(finding);
                    findings.len() - 1
                };
                let family = benchmark.family.as_str();
                let at = match self.catalog.check(control) {
                    None => judge(verdict::manual(control)),
                    Some(check) => {
                        let rule = control.rule.as_deref().unwrap_or_default();
                        let own = control.own_terms();
                        let roles = &self.catalog.files;
                        *judged
                            .entry((rule, own, family))
                            .or_insert_with(|| judge(verdict::judge(check, roles, subject, family)))
                    }
                };
                selected.push((benchmark, control, at));
            }
        }
        let trust = trust();
        for finding in &mut findings {
            *finding = trust
                .iter()
                .fold(finding.clone(), |f, trust| trust.settle(f));
        }
        frame.cluster.clone_from(&node.cluster);
        frame.node = Some(node.name.clone());
        frame.integrity = trust.first().map(|own| own.integrity.as_str().to_owned());
        selected
            .into_iter()
            .filter_map(|(benchmark, control, at)| {
                let finding = findings.get(at)?;
                let rule = self.catalog.rule(control);
                let text = verdict::by_the_text(
                    control,
                    self.catalog.rule(control),
                    &self.catalog.files,
                    subject,
                    &benchmark.family,
                );
                Some(assemble::row(
                    &frame, benchmark, control, rule, finding, note, text,
                ))
            })
            .collect()
    }
}

/// What a place gives when nodeproof itself fails on it.
fn fault(at: usize, fleet: &Fleet<'_>) -> Judged {
    match (fleet.places.get(at), fleet.index.get(at)) {
        (Some(place), Some(entry)) => cannot_be_read(*Unreadable::fault(place), place, entry),
        _ => Judged::default(),
    }
}

/// The row of a bundle that cannot be read; the index may know its node all the same.
fn cannot_be_read(unreadable: Unreadable, place: &Place, entry: &Entry) -> Judged {
    let frame = Row {
        cluster: entry.cluster.as_deref().map(str::to_owned),
        node: entry.node.as_deref().map(str::to_owned),
        bundle: place.name.clone(),
        bundle_sha256: unreadable.digest,
        collected_at: entry.collected_at.as_deref().map(str::to_owned),
        ..Row::default()
    };
    let problem = unreadable.problem;
    let member = problem
        .member
        .as_ref()
        .map(|m| format!("{m}: "))
        .unwrap_or_default();
    let sentence = format!("{member}{}; {}", problem.what, problem.next);
    Judged {
        rows: vec![assemble::unreadable(
            frame,
            unreadable.code.as_str(),
            &sentence,
        )],
        problems: vec![problem],
    }
}

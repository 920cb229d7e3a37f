//! Judges Kubernetes node evidence offline.
//!
//! Data flows one way, through the rooms in the order of this list; a room imports only rooms
//! above it, and [`problem`] and [`limits`].
//!
//! A run whole, from bundles to a matrix and what it adds up to:
//!
//! ```
//! use nodeproof::benchmark::{catalog::Catalog, select::Selection};
//! use nodeproof::export::{Format, Layout, Plan, target::Target};
//! use nodeproof::{bundle, pipeline};
//!
//! let catalog = Catalog::built_in()?;
//! let auto = Selection::settle(&catalog, &["auto".to_owned()], &[])?;
//! let run = pipeline::Run::new(&catalog, auto, pipeline::pool(2)?);
//! let plan = Plan { run: run.described(Vec::new(), None), layout: Layout::Long };
//! let csv = Format::named("csv").ok_or("no such format")?;
//! let matrix = std::env::temp_dir().join("matrix.csv");
//! let target = Target::file(&matrix, None, |sink| csv.open(sink, &plan))?;
//! let found = bundle::find(&["sample-bundles".into()], &[])?;
//! let report = run.analyze(&found, Default::default(), vec![target], &mut ())?;
//! assert_eq!(report.summary.bundles, 15);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod limits;
pub mod problem;

pub mod bundle;
pub mod evidence;
pub mod kube_bench;
pub mod redact;

pub mod node;

pub mod fleet;
pub mod settings;

pub mod rules;

pub mod benchmark;

pub mod verdict;

pub mod matrix;

pub mod export;

pub mod pipeline;

pub mod cli;

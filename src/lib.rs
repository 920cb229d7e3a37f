//! Judges Kubernetes node evidence offline.
//!
//! What this page shows is the library's documented surface; docs/integrators.md says what may
//! change of it. A run whole, from bundles to a matrix and what it adds up to:
//!
//! ```
//! use nodeproof::{Catalog, Format, Layout, Measure, Plan, Run, Selection, Target, find, pool};
//!
//! let catalog = Catalog::built_in()?;
//! let auto = Selection::settle(&catalog, &["auto".to_owned()], &[])?;
//! let run = Run::new(&catalog, auto, pool(2)?);
//! let plan = Plan { run: run.described(Vec::new(), None), layout: Layout::Long };
//! let csv = Format::named("csv").ok_or("no such format")?;
//! let matrix = std::env::temp_dir().join("matrix.csv");
//! let target = Target::file(&matrix, None, |sink| csv.open(sink, &plan))?;
//! let found = find(&["sample-bundles".into()], &[])?;
//! let report = run.analyze(&found, Measure::default(), vec![target], &mut ())?;
//! assert_eq!(report.summary.bundles, 15);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Modules are hidden: they are public for the program and its tests, and change in any version.
//! Data flows one way through them, in the order of their list here; a room imports only rooms
//! above it, and [`problem`] and [`limits`].

pub use benchmark::catalog::Catalog;
pub use benchmark::select::Selection;
pub use bundle::{Found, find};
pub use export::target::Target;
pub use export::{Format, Layout, Plan};
pub use pipeline::analyze::{Measure, Report};
pub use pipeline::{Run, pool};

#[doc(hidden)]
pub mod limits;
#[doc(hidden)]
pub mod problem;

#[doc(hidden)]
pub mod bundle;
#[doc(hidden)]
pub mod evidence;
#[doc(hidden)]
pub mod kube_bench;
#[doc(hidden)]
pub mod redact;

#[doc(hidden)]
pub mod node;

#[doc(hidden)]
pub mod fleet;
#[doc(hidden)]
pub mod settings;

#[doc(hidden)]
pub mod rules;

#[doc(hidden)]
pub mod benchmark;

#[doc(hidden)]
pub mod verdict;

#[doc(hidden)]
pub mod matrix;

#[doc(hidden)]
pub mod export;

#[doc(hidden)]
pub mod pipeline;

#[doc(hidden)]
pub mod cli;

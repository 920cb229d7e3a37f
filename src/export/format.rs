//! The output formats: what each is called, what it writes, and who writes it.

use std::path::Path;

use super::by_nist::NistOutput;
use super::csv::Csv;
use super::defectdojo::DefectDojo;
use super::html::Html;
use super::json::JsonReport;
use super::jsonl::JsonLines;
use super::junit::Junit;
use super::lines::Lines;
use super::ocsf::Ocsf;
#[cfg(feature = "parquet")]
use super::parquet::Parquet;
use super::per_subject::Compose;
use super::prometheus::Prometheus;
use super::sarif::Sarif;
use super::wide::Wide;
use super::xlsx::{Caps, Xlsx};
use super::{Export, Layout, Plan, Sink, checklist, hdf, kube_bench, oscal, xccdf};
use crate::matrix::report::Run;

/// One output format.
pub struct Format {
    /// What `--format` takes.
    pub name: &'static str,
    /// How its files end, without the dot; the longest that fits wins.
    pub ending: &'static str,
    /// Whether it shows the words at the place that decided: taking them costs time.
    pub shows_excerpts: bool,
    writes: Writes,
}

/// What a file of a format holds.
enum Writes {
    /// The whole run.
    Run {
        /// Makes a writer of it.
        long: fn(Sink, &Run) -> Box<dyn Export>,
        /// Which layouts it has beside the long one.
        layouts: Layouts,
    },
    /// One node (or cluster) by one benchmark.
    Subject(Compose),
}

/// The layouts beside the long one.
enum Layouts {
    /// None.
    None,
    /// One file has all of them.
    InOne,
    /// Each makes other lines of it.
    Lines(fn(Sink) -> Box<dyn Lines>),
}

/// How many there are.
const COUNT: usize = 17 + if cfg!(feature = "parquet") { 1 } else { 0 };

/// Every output format.
pub const FORMATS: [Format; COUNT] = [
    Format {
        name: "csv",
        ending: "csv",
        shows_excerpts: false,
        writes: Writes::Run {
            long: |sink, _| Box::new(Csv::new(sink)),
            layouts: Layouts::Lines(|sink| Box::new(Csv::new(sink))),
        },
    },
    Format {
        name: "html",
        ending: "html",
        shows_excerpts: true,
        writes: Writes::Run {
            long: |sink, run| Box::new(Html::new(sink, run)),
            layouts: Layouts::InOne,
        },
    },
    Format {
        name: "json",
        ending: "json",
        shows_excerpts: false,
        writes: Writes::Run {
            long: |sink, run| Box::new(JsonReport::new(sink, run)),
            layouts: Layouts::None,
        },
    },
    Format {
        name: "jsonl",
        ending: "jsonl",
        shows_excerpts: false,
        writes: Writes::Run {
            long: |sink, _| Box::new(JsonLines::new(sink)),
            layouts: Layouts::Lines(|sink| Box::new(JsonLines::new(sink))),
        },
    },
    Format {
        name: "xlsx",
        ending: "xlsx",
        shows_excerpts: true,
        writes: Writes::Run {
            long: |sink, run| Box::new(Xlsx::new(sink, run, Caps::default())),
            layouts: Layouts::InOne,
        },
    },
    Format {
        name: "kube-bench",
        ending: "kube-bench.json",
        shows_excerpts: false,
        writes: Writes::Subject(Compose {
            ending: "kube-bench.json",
            write: kube_bench::write,
            lacks: |_| None,
        }),
    },
    Format {
        name: "cklb",
        ending: "cklb",
        shows_excerpts: false,
        writes: Writes::Subject(Compose {
            ending: "cklb",
            write: checklist::cklb::write,
            lacks: checklist::lacks,
        }),
    },
    Format {
        name: "ckl",
        ending: "ckl",
        shows_excerpts: false,
        writes: Writes::Subject(Compose {
            ending: "ckl",
            write: checklist::ckl::write,
            lacks: checklist::lacks,
        }),
    },
    Format {
        name: "hdf",
        ending: "hdf.json",
        shows_excerpts: false,
        writes: Writes::Subject(Compose {
            ending: "hdf.json",
            write: hdf::write,
            lacks: |_| None,
        }),
    },
    Format {
        name: "oscal",
        ending: "oscal.json",
        shows_excerpts: false,
        writes: Writes::Subject(Compose {
            ending: "oscal.json",
            write: oscal::write,
            lacks: |_| None,
        }),
    },
    Format {
        name: "xccdf",
        ending: "xccdf.xml",
        shows_excerpts: false,
        writes: Writes::Subject(Compose {
            ending: "xccdf.xml",
            write: xccdf::write,
            lacks: |_| None,
        }),
    },
    Format {
        name: "arf",
        ending: "arf.xml",
        shows_excerpts: false,
        writes: Writes::Subject(Compose {
            ending: "arf.xml",
            write: xccdf::arf::write,
            lacks: |_| None,
        }),
    },
    Format {
        name: "junit",
        ending: "junit.xml",
        shows_excerpts: false,
        writes: Writes::Run {
            long: |sink, run| Box::new(Junit::new(sink, run)),
            layouts: Layouts::None,
        },
    },
    Format {
        name: "sarif",
        ending: "sarif",
        shows_excerpts: false,
        writes: Writes::Run {
            long: |sink, run| Box::new(Sarif::new(sink, run)),
            layouts: Layouts::None,
        },
    },
    Format {
        name: "ocsf",
        ending: "ocsf.jsonl",
        shows_excerpts: false,
        writes: Writes::Run {
            long: |sink, run| Box::new(Ocsf::new(sink, run)),
            layouts: Layouts::None,
        },
    },
    Format {
        name: "defectdojo",
        ending: "defectdojo.json",
        shows_excerpts: false,
        writes: Writes::Run {
            long: |sink, run| Box::new(DefectDojo::new(sink, run)),
            layouts: Layouts::None,
        },
    },
    Format {
        name: "prometheus",
        ending: "prom",
        shows_excerpts: false,
        writes: Writes::Run {
            long: |sink, _| Box::new(Prometheus::new(sink)),
            layouts: Layouts::None,
        },
    },
    #[cfg(feature = "parquet")]
    Format {
        name: "parquet",
        ending: "parquet",
        shows_excerpts: false,
        writes: Writes::Run {
            long: |sink, run| Box::new(Parquet::new(sink, run)),
            layouts: Layouts::None,
        },
    },
];

impl Format {
    /// The format of this name, in capitals or not.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        FORMATS
            .iter()
            .find(|format| format.name.eq_ignore_ascii_case(name))
    }

    /// The format that a file's ending names. A folder or zip may end in a format's name as well, as
    /// in `fleet.oscal.zip`.
    #[must_use]
    pub fn of_path(path: &Path) -> Option<&'static Self> {
        let name = path.file_name()?.to_str()?.to_ascii_lowercase();
        let plain = name.strip_suffix(".zip");
        let is_folder = plain.is_some() || path.as_os_str().as_encoded_bytes().ends_with(b"/");
        let name = plain.unwrap_or(&name);
        let ends = |ending: &str| {
            let before = name.strip_suffix(ending);
            before.is_some_and(|before| before.ends_with('.'))
        };
        let is_it = |format: &&Self| ends(format.ending) || is_folder && ends(format.name);
        let all = FORMATS.iter().filter(is_it);
        all.max_by_key(|format| format.ending.len())
    }

    /// How it writes a document per node and benchmark, where it does.
    #[must_use]
    pub fn per_subject(&self) -> Option<Compose> {
        match &self.writes {
            Writes::Subject(compose) => Some(*compose),
            Writes::Run { .. } => None,
        }
    }

    /// Checks that it has a layout.
    ///
    /// # Errors
    /// A sentence: it has not.
    pub fn has(&self, layout: &Layout) -> Result<(), String> {
        let asked = match layout {
            Layout::Long => return Ok(()),
            Layout::Wide(_) => "no wide layout",
            Layout::ByNist => "no layout by 800-53 alone",
        };
        match &self.writes {
            Writes::Run {
                layouts: Layouts::InOne | Layouts::Lines(_),
                ..
            } => Ok(()),
            _ => Err(format!("{} has {asked}; csv and jsonl have one", self.name)),
        }
    }

    /// A writer of it to one file.
    #[must_use]
    pub fn open(&self, sink: Sink, plan: &Plan) -> Box<dyn Export> {
        match (&self.writes, &plan.layout) {
            (Writes::Subject(compose), _) => compose.open(sink, plan),
            (Writes::Run { long, layouts }, layout) => match (layout, layouts) {
                (Layout::Wide(columns), Layouts::Lines(lines)) => {
                    Box::new(Wide::new(lines(sink), columns))
                }
                (Layout::ByNist, Layouts::Lines(lines)) => Box::new(NistOutput::new(lines(sink))),
                _ => long(sink, &plan.run),
            },
        }
    }

    /// The names, for messages.
    #[must_use]
    pub fn names() -> String {
        FORMATS.map(|format| format.name).join(", ")
    }
}

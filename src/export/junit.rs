//! JUnit: a suite per node (or cluster) and benchmark, a test case per control. It keeps to the
//! strictest schema in use, Windy Road's. A failing finding that is waived is skipped, with the
//! waiver as the message; what nobody decided is skipped too, with its verdict. Whether that ends a
//! build is for `--fail-on` and its exit code: it makes no failure of what did not fail.

use std::io;

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};

use super::finding::{details, subject, time, title, waiver};
use super::{Export, Reported, Sink, xml};
use crate::matrix::report::{Bundle, Run, Totals};
use crate::matrix::row::Row;
use crate::verdict::Verdict;

pub(super) struct Junit {
    xml: Writer<Sink>,
    run: Run,
    suites: u64,
}

/// What becomes of a test case.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Case {
    Passed,
    Failure,
    Error,
    Skipped,
}

impl Case {
    fn of(row: &Row<'_>) -> Self {
        match row.verdict {
            Verdict::Pass => Self::Passed,
            Verdict::Fail if waiver(row).is_some() => Self::Skipped,
            Verdict::Fail => Self::Failure,
            Verdict::Error => Self::Error,
            Verdict::Unknown | Verdict::NotApplicable | Verdict::Manual => Self::Skipped,
        }
    }
}

impl Junit {
    pub(super) fn new(sink: Sink, run: &Run) -> Self {
        Self {
            xml: Writer::new(sink),
            run: run.clone(),
            suites: 0,
        }
    }

    fn start(&mut self, name: &str, attributes: &[(&str, &str)]) -> io::Result<()> {
        self.xml
            .write_event(Event::Start(element(name, attributes)))
    }

    fn end(&mut self, name: &str) -> io::Result<()> {
        self.xml.write_event(Event::End(BytesEnd::new(name)))
    }

    fn line(&mut self) -> io::Result<()> {
        self.xml.get_mut().write_all(b"\n")
    }

    /// The rows of one subject and benchmark.
    fn suite(&mut self, rows: &[Row<'_>], bundle: &Bundle) -> io::Result<()> {
        let Some(first) = rows.first() else {
            return Ok(());
        };
        let subject = subject(first);
        let benchmark = first.benchmark.unwrap_or("bundle");
        let count = |case| {
            let cases = rows.iter().filter(|row| Case::of(row) == case);
            cases.count().to_string()
        };
        let at = time(first.collected_at, &self.run).strftime("%Y-%m-%dT%H:%M:%S");
        self.start(
            "testsuite",
            &[
                ("id", &self.suites.to_string()),
                ("package", benchmark),
                ("name", &format!("{benchmark} {subject}")),
                ("hostname", first.node.unwrap_or(&subject)),
                ("tests", &rows.len().to_string()),
                ("failures", &count(Case::Failure)),
                ("errors", &count(Case::Error)),
                ("skipped", &count(Case::Skipped)),
                ("time", "0"),
                ("timestamp", &at.to_string()),
            ],
        )?;
        self.suites += 1;
        self.start("properties", &[])?;
        for (name, value) in [
            ("cluster", first.cluster),
            ("node", first.node),
            ("bundle", Some(first.bundle)),
            ("bundle_sha256", first.bundle_sha256),
            ("integrity", first.integrity),
            ("collected_at", first.collected_at),
            ("kubernetes", bundle.kubernetes.as_deref()),
        ] {
            let Some(value) = value else { continue };
            let property = element("property", &[("name", name), ("value", value)]);
            self.xml.write_event(Event::Empty(property))?;
        }
        self.end("properties")?;
        let class = [Some(benchmark), first.cluster, first.node];
        let class = class.into_iter().flatten().collect::<Vec<_>>().join(".");
        for row in rows {
            self.line()?;
            self.case(row, &class)?;
        }
        self.line()?;
        for stream in ["system-out", "system-err"] {
            self.xml
                .write_event(Event::Empty(BytesStart::new(stream)))?;
        }
        self.end("testsuite")?;
        self.line()
    }

    fn case(&mut self, row: &Row<'_>, class: &str) -> io::Result<()> {
        let title = title(row);
        let attributes = [("classname", class), ("name", &title), ("time", "0")];
        let case = Case::of(row);
        if case == Case::Passed {
            let test = element("testcase", &attributes);
            return self.xml.write_event(Event::Empty(test));
        }
        self.start("testcase", &attributes)?;
        if case == Case::Skipped {
            let message = skipped(row);
            let skipped = element("skipped", &[("message", &message)]);
            self.xml.write_event(Event::Empty(skipped))?;
        } else {
            let name = if case == Case::Error {
                "error"
            } else {
                "failure"
            };
            self.start(name, &[("type", row.code), ("message", row.reason)])?;
            let details = details(row);
            let text = xml::text(&details);
            self.xml.write_event(Event::Text(BytesText::new(&text)))?;
            self.end(name)?;
        }
        self.end("testcase")
    }
}

fn element<'n>(name: &'n str, attributes: &[(&str, &str)]) -> BytesStart<'n> {
    let mut element = BytesStart::new(name);
    for (name, value) in attributes {
        element.push_attribute((*name, &*xml::attribute(value)));
    }
    element
}

fn skipped(row: &Row<'_>) -> String {
    let verdict = row.verdict.as_str();
    let beside = row.waiver.as_deref().unwrap_or_default();
    match waiver(row) {
        Some(_) => format!("{verdict}, waived: {beside}; {}", row.reason),
        None if beside.is_empty() => format!("{verdict}: {}", row.reason),
        None => format!("{verdict}: {}; {beside}", row.reason),
    }
}

impl Export for Junit {
    fn begin(&mut self) -> io::Result<()> {
        let declaration = BytesDecl::new("1.0", Some("UTF-8"), None);
        self.xml.write_event(Event::Decl(declaration))?;
        self.line()?;
        self.start("testsuites", &[])?;
        self.line()
    }

    fn bundle(&mut self, reported: &Reported<'_>) -> io::Result<()> {
        let is_one = |a: &Row<'_>, b: &Row<'_>| {
            (a.cluster, a.node, a.benchmark) == (b.cluster, b.node, b.benchmark)
        };
        let mut suites = reported.rows.chunk_by(is_one);
        suites.try_for_each(|rows| self.suite(rows, reported.bundle))
    }

    fn end(&mut self, _totals: &Totals<'_>) -> io::Result<()> {
        self.end("testsuites")?;
        self.line()?;
        self.xml.get_mut().flush()
    }
}

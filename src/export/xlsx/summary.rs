//! Summary: how the report was made, how far it went, verdicts per benchmark with a chart and per
//! 800-53 family, what fails most, and what the other sheets show.

mod scope;

use std::io;

use rust_xlsxwriter::{
    Chart, ChartFormat, ChartLegendPosition, ChartSolidFill, ChartType, FormatAlign, Worksheet,
};
use serde_json::Value;

use super::nist;
use super::sheet::{self, Sheets, refused};
use super::style;
use super::text;
use crate::matrix::nist::{Rollup, Support};
use crate::matrix::report::Totals;
use crate::matrix::summary::{Verdicts, meaning};
use crate::verdict::Verdict;

/// Failing rules listed; Findings has all.
const LISTED: usize = 20;
/// Controls that a failing rule is named with.
const CONTROLS: usize = 2;
/// Columns: name, title, share of decided findings that pass, one per verdict, findings.
const WIDTHS: [f64; 10] = [34.0, 66.0, 15.0, 11.0, 11.0, 11.0, 11.0, 15.0, 11.0, 11.0];
/// The first column of counts.
const COUNTS: u16 = 2;
/// Pixels of a row of the usual height.
const ROW: u32 = 20;

/// What stands below every page.
pub(super) fn footer(run: &Value) -> String {
    let text = |key: &str| run.get(key).and_then(Value::as_str);
    let tool = text("tool").unwrap_or_default();
    let version = text("version").unwrap_or_default();
    let as_of = text("as_of").map(|time| format!(", as of {time}"));
    let as_of = as_of.unwrap_or_default();
    // `&` begins a code.
    let left = format!("{tool} {version}{as_of}").replace('&', "&&");
    format!("&L{left}&C&A&RPage &P of &N")
}

/// Writes below what is there.
struct Page {
    worksheet: Worksheet,
    row: u32,
    most: usize,
}

pub(super) fn sheet(
    worksheet: Worksheet,
    run: &Value,
    totals: &Totals<'_>,
    sheets: &Sheets<'_>,
) -> io::Result<Worksheet> {
    let mut page = Page {
        worksheet,
        row: 0,
        most: sheets.caps.units,
    };
    for (at, width) in (0..).zip(WIDTHS) {
        page.worksheet
            .set_column_width(at, width)
            .map_err(refused)?;
    }
    page.worksheet.set_screen_gridlines(false);
    page.worksheet
        .write_string_with_format(0, 0, "Kubernetes nodes: compliance report", &style::title())
        .map_err(refused)?;
    page.row = 2;
    page.scope(run, totals)?;
    page.sign_off()?;
    page.coverage(totals)?;
    page.benchmarks(totals)?;
    page.families(totals)?;
    page.failing(totals)?;
    page.undecided(totals)?;
    page.made(run)?;
    page.others(sheets)?;
    page.legend()?;
    Ok(page.worksheet)
}

impl Page {
    fn heading(&mut self, heading: &str) -> io::Result<()> {
        self.worksheet
            .write_string_with_format(self.row, 0, heading, &style::heading())
            .map_err(refused)?;
        self.row += 1;
        Ok(())
    }

    fn head<'t>(&mut self, names: impl IntoIterator<Item = &'t str>) -> io::Result<()> {
        for (column, name) in (0..).zip(names) {
            let look = if column < COUNTS {
                style::head()
            } else {
                style::count_head()
            };
            self.worksheet
                .write_string_with_format(self.row, column, name, &look)
                .map_err(refused)?;
        }
        self.row += 1;
        Ok(())
    }

    fn texts(&mut self, texts: [&str; 2]) -> io::Result<()> {
        let cut = texts.map(|text| text::cut(text, self.most, &|| "…[cut]".to_owned()));
        let texts = cut.iter().map(|text| &**text);
        sheet::texts(&mut self.worksheet, self.row, texts, &style::text())
    }

    fn line(&mut self, texts: [&str; 2]) -> io::Result<()> {
        self.texts(texts)?;
        self.row += 1;
        Ok(())
    }

    fn made(&mut self, run: &Value) -> io::Result<()> {
        self.heading("Run")?;
        for (key, value) in run.as_object().into_iter().flatten() {
            let key = match key.as_str() {
                "collectors" => "collector scripts inside this program",
                key => key,
            };
            let lines = match value {
                Value::Array(items) if items.iter().any(Value::is_object) => items.as_slice(),
                value => std::slice::from_ref(value),
            };
            for words in lines.iter().map(words).filter(|words| !words.is_empty()) {
                self.line([key, &words])?;
            }
        }
        self.row += 1;
        Ok(())
    }

    fn coverage(&mut self, totals: &Totals<'_>) -> io::Result<()> {
        let summary = totals.summary;
        self.heading("Coverage")?;
        let read = summary.bundles.saturating_sub(summary.unreadable);
        for (what, count) in [
            ("bundles found", summary.bundles),
            ("bundles read", read),
            ("bundles that cannot be read", summary.unreadable),
            ("other files, skipped", summary.skipped),
            ("clusters judged", totals.coverage.clusters.judged),
            ("of clusters with objects", totals.coverage.clusters.of),
            ("nodes judged", totals.coverage.nodes.judged),
            ("of nodes known or expected", totals.coverage.nodes.of),
        ] {
            self.texts([what, ""])?;
            let look = style::count().set_align(FormatAlign::Left);
            sheet::count(&mut self.worksheet, self.row, 1, count, &look)?;
            self.row += 1;
        }
        self.row += 1;
        Ok(())
    }

    /// The columns of verdicts, as [`nist::verdicts`] fills them.
    fn verdicts_head(&mut self, what: &str, title: &str) -> io::Result<()> {
        let verdicts = Verdict::ALL.map(Verdict::as_str);
        let names = [what, title, "pass rate"].into_iter();
        self.head(names.chain(verdicts).chain(["findings"]))
    }

    fn verdicts(&mut self, name: &str, title: &str, support: &Support) -> io::Result<()> {
        self.texts([name, title])?;
        nist::verdicts(&mut self.worksheet, self.row, 2, support, &style::count())?;
        self.row += 1;
        Ok(())
    }

    fn benchmarks(&mut self, totals: &Totals<'_>) -> io::Result<()> {
        let counts = totals.summary.benchmarks();
        self.heading("Verdicts per benchmark")?;
        self.verdicts_head("benchmark", "title")?;
        let first = self.row;
        for benchmark in &totals.benchmarks {
            let verdicts: Verdicts = counts.get(benchmark.id).cloned().unwrap_or_default();
            let support = Support::of_verdicts(verdicts);
            let version = benchmark.version.unwrap_or_default();
            let title = format!("{} {version}", benchmark.title);
            self.verdicts(benchmark.id, title.trim(), &support)?;
        }
        if self.row > first {
            self.chart(first, self.row - 1)?;
        } else {
            self.line(["none", "no control was judged"])?;
        }
        self.row += 1;
        Ok(())
    }

    /// Verdicts of each benchmark in these rows, as shares.
    fn chart(&mut self, first: u32, last: u32) -> io::Result<()> {
        let name = self.worksheet.name();
        let mut chart = Chart::new(ChartType::BarPercentStacked);
        for (column, verdict) in (3..).zip(Verdict::ALL) {
            let fill = ChartSolidFill::new()
                .set_color(style::in_chart(verdict))
                .clone();
            chart
                .add_series()
                .set_name((name.as_str(), first - 1, column))
                .set_categories((name.as_str(), first, 0, last, 0))
                .set_values((name.as_str(), first, column, last, column))
                .set_gap(40)
                .set_format(ChartFormat::new().set_solid_fill(&fill));
        }
        chart
            .title()
            .set_name("Verdicts per benchmark, share of findings");
        chart.legend().set_position(ChartLegendPosition::Bottom);
        // Bars from the top, as the rows of the table.
        chart.y_axis().set_reverse();
        let height = 130 + 26 * (last - first + 1);
        chart.set_width(1000).set_height(height);
        chart.set_alt_text(
            "Stacked bars: the share of each verdict per benchmark; the table above has the counts",
        );
        self.worksheet
            .insert_chart_with_offset(self.row, 0, &chart, 4, 8)
            .map_err(refused)?;
        self.row += height / ROW + 2;
        Ok(())
    }

    fn families(&mut self, totals: &Totals<'_>) -> io::Result<()> {
        let rollup = Rollup::of(totals.summary);
        self.heading("Verdicts per NIST SP 800-53 family")?;
        self.verdicts_head("family", "title")?;
        let first = self.row;
        for family in rollup.families() {
            self.verdicts(family.id, family.title, family.support)?;
        }
        if self.row == first {
            self.line(["none", "no finding maps to 800-53"])?;
        }
        self.row += 1;
        Ok(())
    }

    fn failing(&mut self, totals: &Totals<'_>) -> io::Result<()> {
        let failing = totals.summary.most_failing();
        self.heading("Rules that fail on most nodes")?;
        self.head(["controls", "title", "nodes failing", "of nodes"])?;
        for rule in failing.iter().take(LISTED) {
            let whose = if rule.of_clusters { " (clusters)" } else { "" };
            let title = format!("{}{whose}", rule.title);
            self.texts([&rule.some_controls(CONTROLS), &title])?;
            for (column, count) in [(2, rule.nodes), (3, rule.of)] {
                sheet::count(
                    &mut self.worksheet,
                    self.row,
                    column,
                    count,
                    &style::count(),
                )?;
            }
            self.row += 1;
        }
        match failing.len().checked_sub(LISTED) {
            _ if failing.is_empty() => self.line(["none", ""])?,
            Some(more) if more > 0 => {
                self.line([&format!("and {more} more"), "see the sheet Findings"])?;
            }
            _ => {}
        }
        self.row += 1;
        Ok(())
    }

    fn undecided(&mut self, totals: &Totals<'_>) -> io::Result<()> {
        let undecided = totals.summary.undecided();
        if undecided.is_empty() {
            return Ok(());
        }
        self.heading("Not decided, and why")?;
        self.head(["code", "meaning", "findings"])?;
        for (code, count) in undecided {
            self.texts([code, meaning(code)])?;
            sheet::count(
                &mut self.worksheet,
                self.row,
                COUNTS,
                count,
                &style::count(),
            )?;
            self.row += 1;
        }
        self.row += 1;
        Ok(())
    }

    fn others(&mut self, sheets: &Sheets<'_>) -> io::Result<()> {
        self.heading("Sheets")?;
        self.head(["sheet", "what it shows", "rows"])?;
        for other in &sheets.all {
            self.texts([&other.worksheet.name(), &other.about])?;
            sheet::count(
                &mut self.worksheet,
                self.row,
                2,
                other.rows,
                &style::count(),
            )?;
            self.row += 1;
        }
        if sheets.was_split {
            let caps = sheets.caps;
            let why = format!(
                "A sheet holds {} rows and {} columns, so what is longer goes on in a sheet with a number behind its name, where it can at a new cluster",
                caps.rows, caps.columns
            );
            self.line(["split", &why])?;
        }
        self.row += 1;
        Ok(())
    }

    fn legend(&mut self) -> io::Result<()> {
        self.heading("Verdicts")?;
        for verdict in Verdict::ALL {
            self.worksheet
                .write_string_with_format(self.row, 0, verdict.as_str(), &style::verdict(verdict))
                .and_then(|sheet| {
                    sheet.write_string_with_format(self.row, 1, explained(verdict), &style::text())
                })
                .map_err(refused)?;
            self.row += 1;
        }
        Ok(())
    }
}

fn explained(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Pass => "evidence decides: it is as wanted",
        Verdict::Fail => "evidence decides: it is not as wanted",
        Verdict::Unknown => {
            "not enough evidence, or evidence that contradicts itself; the reason says what is missing"
        }
        Verdict::Error => {
            "bytes are in the bundle that cannot be read or do not match their checksum"
        }
        Verdict::NotApplicable => "proven not to be on this node",
        Verdict::Manual => "the benchmark asks a person, and no rule can decide it",
    }
}

/// A value as people read it.
fn words(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(words).collect();
            items.join(", ")
        }
        Value::Object(fields) => {
            let fields: Vec<String> = fields
                .iter()
                .map(|(key, value)| (key, words(value)))
                .filter(|(_, words)| !words.is_empty())
                .map(|(key, words)| format!("{key} {words}"))
                .collect();
            fields.join(", ")
        }
        other => other.to_string(),
    }
}

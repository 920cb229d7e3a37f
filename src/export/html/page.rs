//! What the page says and its blocks of data → the page itself. Its policy lets run and style
//! exactly the texts of this program, and lets it fetch nothing.

use std::io::{self, Write};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use minijinja::value::Serde;
use minijinja::{Environment, Value};
use ring::digest;
use serde::Serialize;

use super::summary::SummaryContext;
use crate::matrix::report::Run;

/// Types of blocks that a browser does not run: plain, and gzip in base64.
pub(super) const JSON: &str = "application/json";
pub(super) const PACKED: &str = "application/gzip";

const TEMPLATE: &str = include_str!("page.html");
const STYLE: &str = concat!(include_str!("style.css"), include_str!("print.css"));
const SCRIPT: &str = concat!(
    "'use strict';\n(() => {\n",
    include_str!("script/text.js"),
    include_str!("script/data.js"),
    include_str!("script/state.js"),
    include_str!("script/filter.js"),
    include_str!("script/rows.js"),
    include_str!("script/grid.js"),
    include_str!("script/detail.js"),
    include_str!("script/lists.js"),
    include_str!("script/main.js"),
    "})();\n"
);

#[derive(Serialize)]
struct PageContext<'c> {
    policy: String,
    style: &'static str,
    /// What stands at the edges of printed pages.
    edges: &'c str,
    #[serde(flatten)]
    shown: &'c SummaryContext<'c>,
}

/// Writes everything before the data: head, and all that is read without a script.
///
/// # Errors
/// When the target cannot be written.
pub(super) fn head(to: &mut dyn Write, run: &Run, shown: &SummaryContext<'_>) -> io::Result<()> {
    let edges = edges(run);
    let policy = format!(
        "default-src 'none'; script-src {}; style-src {} {}; img-src data:; base-uri 'none'; form-action 'none'",
        source(SCRIPT),
        source(STYLE),
        source(&edges)
    );
    let context = PageContext {
        policy,
        style: STYLE,
        edges: &edges,
        shown,
    };
    let mut environment = Environment::new();
    environment.add_filter("n", grouped);
    let template = environment.template_from_named_str("page.html", TEMPLATE);
    let page = template.and_then(|template| template.render(Value::from(Serde(&context))));
    to.write_all(page.map_err(io::Error::other)?.as_bytes())
}

/// Writes a block of data.
///
/// # Errors
/// When the target cannot be written.
pub(super) fn block(
    to: &mut dyn Write,
    kind: &str,
    id: &str,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> io::Result<()> {
    write!(to, "<script type=\"{kind}\" id=\"{id}\">")?;
    write(to)?;
    to.write_all(b"</script>\n")
}

/// Writes the script and the end.
///
/// # Errors
/// When the target cannot be written.
pub(super) fn foot(to: &mut dyn Write) -> io::Result<()> {
    write!(to, "<script>{SCRIPT}</script>\n</body>\n</html>\n")
}

/// A number as people read it: 12,345.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// A text as a policy names it.
fn source(text: &str) -> String {
    let digest = digest::digest(&digest::SHA256, text.as_bytes());
    format!("'sha256-{}'", STANDARD.encode(digest))
}

/// The style of the edges of printed pages: which run this is.
fn edges(run: &Run) -> String {
    let tool = format!("{} {}", run.tool, run.version);
    let as_of = run.as_of.as_deref().unwrap_or_default();
    let made = format!("{} · as of {as_of}", run.benchmark.join(", "));
    format!(
        "@page{{@top-left{{content:\"{}\"}}@top-right{{content:\"{}\"}}}}",
        quoted(&tool),
        quoted(&made)
    )
}

/// The inside of a CSS string.
fn quoted(text: &str) -> String {
    let mut quoted = String::new();
    for c in text.chars() {
        if c.is_ascii_alphanumeric() || " .,-:".contains(c) {
            quoted.push(c);
        } else {
            quoted.push_str(&format!("\\{:x} ", u32::from(c)));
        }
    }
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_by_thousands() {
        for (number, text) in [
            (0, "0"),
            (999, "999"),
            (1000, "1,000"),
            (1234567, "1,234,567"),
        ] {
            assert_eq!(grouped(number), text);
        }
    }

    #[test]
    fn nothing_ends_a_css_string() {
        assert_eq!(
            quoted("a\"}</style>é"),
            "a\\22 \\7d \\3c \\2f style\\3e \\e9 "
        );
    }

    #[test]
    fn no_part_of_the_page_ends_its_own_element() {
        assert!(!STYLE.contains("</"));
        assert!(!SCRIPT.contains("</") && !SCRIPT.contains("<!--"));
    }
}

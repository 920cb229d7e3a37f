//! Stories → a text for people: plain, 80 columns, in the order in which one would tell it.

use crate::export::terminal;
use crate::matrix::explained::{ExplainedPlace, ExplainedRow};
use crate::verdict::explanation::{CheckTrail, StepOutcome, TrailStep};

const WIDTH: usize = 80;

/// All of them, one after the other.
pub fn of(rows: &[ExplainedRow]) -> String {
    let texts: Vec<String> = rows.iter().map(one).collect();
    texts.join(&format!("\n{}\n\n", "-".repeat(WIDTH)))
}

/// A text that grows paragraph by paragraph.
#[derive(Default)]
struct Paragraphs(String);

impl Paragraphs {
    /// A paragraph: its first line begins with `mark`, the others below the mark's end.
    fn item(&mut self, mark: &str, text: &str) {
        let indent = " ".repeat(mark.chars().count());
        let mut line = mark.to_owned();
        let mut is_empty = true;
        for word in text.split_whitespace() {
            let room = line.chars().count() + usize::from(!is_empty) + word.chars().count();
            if !is_empty && room > WIDTH {
                self.line(&line);
                line.clone_from(&indent);
                is_empty = true;
            }
            if !is_empty {
                line.push(' ');
            }
            line.push_str(word);
            is_empty = false;
        }
        if !is_empty {
            self.line(&line);
        }
    }

    /// A line as it is: commands are not broken.
    fn line(&mut self, line: &str) {
        self.0.push_str(&terminal::line(line.trim_end()));
        self.0.push('\n');
    }

    fn heading(&mut self, text: &str) {
        self.line("");
        self.line(text);
    }

    fn items(&mut self, heading: &str, items: impl Iterator<Item = String>) {
        let mut items = items.peekable();
        if items.peek().is_some() {
            self.heading(heading);
            items.for_each(|item| self.item("  - ", &item));
        }
    }
}

fn one(row: &ExplainedRow) -> String {
    let mut text = Paragraphs::default();
    text.item("", &whose(row));
    let title = match (&row.benchmark, &row.control, &row.title) {
        (Some(benchmark), Some(control), Some(title)) => format!("{benchmark} {control}: {title}"),
        _ => format!("{} cannot be read", row.bundle),
    };
    text.item("", &title);
    text.line("");
    text.item("", &verdict(row));
    text.item("", &row.reason);
    if let Some(meaning) = row.meaning {
        text.item("  ", &format!("({meaning})"));
    }
    steps(&mut text, &row.steps, "");
    parts(&mut text, row.join.as_deref(), &row.parts, "");
    let note = |note: &crate::matrix::explained::ExplainedNote| {
        let meaning = note.meaning.unwrap_or_default();
        format!("{}: {meaning}", note.code)
    };
    text.items("Notes", row.notes.iter().map(note));
    if !row.by_the_text.tests.is_empty() {
        let verdict = row.by_the_text.verdict.as_deref();
        let verdict = verdict.unwrap_or("cannot be told");
        text.heading(&format!("By the letter of the published check: {verdict}"));
        for test in &row.by_the_text.tests {
            let (it, test) = match test.split_once(' ') {
                Some(("or", test)) => ("Or it", test),
                Some(("and", test)) => ("And it", test),
                _ => ("It", test.as_str()),
            };
            text.item("  - ", &format!("{it} {test}."));
        }
    }
    text.items("What would change this", row.would_change.iter().cloned());
    if let Some(remediation) = &row.remediation {
        text.heading(match (&row.node, &row.control) {
            (None, Some(_)) => "What to do in this cluster",
            _ => "What to do on this node",
        });
        text.item("  ", remediation);
    }
    evidence(&mut text, &row.evidence);
    references(&mut text, row);
    text.heading("Bundle");
    bundle(&mut text, row);
    text.0
}

fn whose(row: &ExplainedRow) -> String {
    match (&row.node, &row.cluster, &row.control) {
        (Some(node), Some(cluster), _) => format!("{node}, cluster {cluster}"),
        (Some(node), None, _) => node.clone(),
        (None, Some(cluster), Some(_)) => format!("Cluster {cluster}"),
        (None, None, Some(_)) => "A cluster that names itself nowhere".to_owned(),
        (None, Some(cluster), None) => format!("a node that is not known, cluster {cluster}"),
        (None, None, None) => "a node that is not known".to_owned(),
    }
}

fn verdict(row: &ExplainedRow) -> String {
    let verdict = row.verdict.to_uppercase();
    let wanted = row
        .expected
        .as_ref()
        .map(|wanted| format!(" Wanted: {wanted}."));
    let found = row.actual.as_ref().map(|found| format!(" Found: {found}."));
    format!(
        "{verdict}.{}{}",
        wanted.unwrap_or_default(),
        found.unwrap_or_default()
    )
}

fn steps(text: &mut Paragraphs, steps: &[TrailStep], indent: &str) {
    let (live, disk): (Vec<&TrailStep>, Vec<&TrailStep>) =
        steps.iter().partition(|step| step.source == "configz");
    let mut of: Option<&String> = None;
    for (number, step) in disk.iter().enumerate() {
        if number == 0 || step.of.as_ref() != of {
            of = step.of.as_ref();
            // Sources of a setting have a strength; places where a file may be have an order.
            let is_file = disk.iter().any(|step| step.source == "file-metadata");
            let how = if is_file {
                "in order"
            } else {
                "strongest first"
            };
            let of = of.map(|process| format!(", of {process}"));
            let of = of.unwrap_or_default();
            let heading = format!("{indent}Looked at, {how}{of}:");
            text.heading(&heading);
        }
        step_of(text, step, &format!("{indent}{:>3}. ", number + 1));
    }
    if !live.is_empty() {
        text.heading(&format!("{indent}Live:"));
    }
    for step in live {
        step_of(text, step, &format!("{indent}   - "));
    }
}

fn step_of(text: &mut Paragraphs, step: &TrailStep, mark: &str) {
    let place = match (step.source.as_str(), step.place.as_str()) {
        (source, "") => source.to_owned(),
        ("drop-in", place) if place.starts_with('/') => format!("drop-in {place}"),
        ("config-file", place) if place.starts_with('/') => format!("file {place}"),
        (_, place) => place.to_owned(),
    };
    let said = step.said.as_ref().map(|said| format!(": {said}"));
    let because = step.because.as_ref().map(|why| format!(", because {why}"));
    let because = match step.outcome {
        StepOutcome::CastsDoubt | StepOutcome::CannotTell | StepOutcome::Followed => {
            step.because.as_ref().map(|why| format!(": {why}"))
        }
        _ => because,
    };
    let outcome = match step.outcome {
        StepOutcome::Won => " → won",
        StepOutcome::Lost => " → lost",
        StepOutcome::Silent => " → silent",
        StepOutcome::SetAside => " → does not count",
        StepOutcome::CannotTell => " → cannot be told",
        StepOutcome::Undecided => " → undecided",
        StepOutcome::NotLookedAt => " → not looked at",
        StepOutcome::Agrees => " → agrees",
        StepOutcome::Differs => " → differs from what is written down",
        StepOutcome::Followed => " → followed",
        StepOutcome::CastsDoubt => " → casts doubt",
    };
    text.item(
        mark,
        &format!(
            "{place}{}{outcome}{}",
            said.unwrap_or_default(),
            because.unwrap_or_default()
        ),
    );
    let indent = " ".repeat(mark.chars().count());
    if !step.looked_at.is_empty() {
        text.item(&indent, &step.looked_at.join(" "));
    }
    if let Some(words) = &step.words {
        text.item(&format!("{indent}| "), words);
    }
}

fn parts(text: &mut Paragraphs, join: Option<&str>, all: &[CheckTrail], indent: &str) {
    let Some(join) = join else { return };
    let how = match join {
        "any" => "One of these is enough",
        _ => "All of these must hold",
    };
    text.heading(&format!("{indent}{how}:"));
    for (number, part) in all.iter().enumerate() {
        text.line("");
        let mark = format!("{indent}{}) ", (b'a' + (number % 26) as u8) as char);
        text.item(&mark, &format!("{}: {}.", part.expected, part.verdict));
        let inner = format!("{indent}   ");
        text.item(&inner, &part.reason);
        steps(text, &part.steps, &inner);
        parts(text, part.join.as_deref(), &part.parts, &inner);
    }
}

fn evidence(text: &mut Paragraphs, places: &[ExplainedPlace]) {
    if places.is_empty() {
        return;
    }
    text.heading("Evidence");
    for place in places {
        text.item("  - ", &place.at);
        if !place.sha256.is_empty() {
            text.line(&format!("    sha256 {}", place.sha256));
        }
        if let Some(command) = &place.command {
            text.line(&format!("    $ {command}"));
        }
    }
    if let Some(digest) = places
        .iter()
        .find_map(|place| place.digest_command.as_ref())
    {
        text.item(
            "  ",
            "A digest is that of the whole member, the first one by",
        );
        text.line(&format!("    $ {digest}"));
    }
}

fn references(text: &mut Paragraphs, row: &ExplainedRow) {
    let references = &row.references;
    let nist = references.nist_800_53.iter().map(|nist| match nist.title {
        Some(title) => format!("NIST SP 800-53 {}: {title}", nist.control),
        None => format!("NIST SP 800-53 {}", nist.control),
    });
    let basis = references.nist_basis.iter();
    let basis = basis.map(|basis| format!("how these were found: {basis}"));
    let cis = references.cis_controls.iter();
    let cis = cis.map(|safeguard| format!("CIS Controls {safeguard}"));
    let stig = references.stig.iter().map(|id| format!("STIG {id}"));
    text.items("References", nist.chain(basis).chain(cis).chain(stig));
}

fn bundle(text: &mut Paragraphs, row: &ExplainedRow) {
    let integrity = row.integrity.as_deref().map(|integrity| match integrity {
        "verified" => "; every member that was read is as SHA256SUMS has it",
        "signed" => "; every member that was read is as SHA256SUMS has it, which a known signer signed",
        "unknown-signer" => "; every member that was read is as SHA256SUMS has it, which somebody signed who is not known",
        "signature-bad" => "; its signature is not of its SHA256SUMS",
        "no-sums" => "; it has no SHA256SUMS to compare its members with",
        _ => "; its members are not as SHA256SUMS has them",
    });
    let collected = (row.collected_at.as_ref()).map(|at| format!(", collected {at}"));
    text.item(
        "  ",
        &format!(
            "{}{}{}",
            row.bundle,
            collected.unwrap_or_default(),
            integrity.unwrap_or_default()
        ),
    );
    if let Some(digest) = &row.bundle_sha256 {
        text.line(&format!("  sha256 {digest}"));
    }
    text.line(&format!("  finding {}", row.finding_id));
    for problem in &row.problems {
        text.item("  - ", &problem.to_string());
    }
}

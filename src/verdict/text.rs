//! The published check to the letter: the argument's text if it is found, else the file's key,
//! else absent. As kube-bench reads it (facts on its evaluation, run against its code): the first
//! match of a flag in the joined argument lines, a bare flag as `true`, null as found.

use super::Verdict;
use super::file::locate::locate;
use super::located::Located;
use super::subject::Subject;
use crate::benchmark::files::{Role, Roles};
use crate::benchmark::{Join, StatText, Test, Text};
use crate::evidence::document::{Document, Format, Node, Value};
use crate::evidence::{NodeFile, stat};
use crate::settings::component::{Component, Instance};
use crate::settings::named::ConfigText;

/// Reads published checks of one control on one node.
pub struct Reads<'r> {
    /// The node.
    pub subject: &'r Subject<'r>,
    /// The catalog's table of files.
    pub roles: &'r Roles,
    /// The file the control is about.
    pub role: Option<&'r Role>,
    /// The benchmark's family.
    pub family: &'r str,
    /// The component the control is about.
    pub component: &'r str,
}

/// What a test's source gave.
enum TestValue {
    /// This text, and what it stands in.
    Text(&'static str, String),
    /// Nothing.
    Nothing,
    /// It is no document: the test does not hold, whatever it asks.
    Broken,
}

impl Reads<'_> {
    /// What the letter says; `None` where the evidence it reads is not there.
    #[must_use]
    pub fn text(&self, text: &Text) -> Option<Verdict> {
        let mut results = Vec::with_capacity(text.tests.len());
        for test in &text.tests {
            results.push(is_met(test, &self.found(test)?));
        }
        let holds = match text.join {
            Join::Or => results.contains(&true),
            Join::And => !results.contains(&false),
        };
        Some(if holds { Verdict::Pass } else { Verdict::Fail })
    }

    /// How each test fared, in a line; none where a test's evidence is not there.
    #[must_use]
    pub fn tests(&self, text: &Text) -> Vec<String> {
        let tests = text.tests.iter().zip(0..);
        let joined = |at: usize| match (at, text.join) {
            (0, _) => "",
            (_, Join::Or) => "or ",
            (_, Join::And) => "and ",
        };
        tests
            .map(|(test, at)| match (self.found(test), joined(at)) {
                (None, or) => format!(
                    "{or}{}: the evidence it reads is not there",
                    looks_for(test)
                ),
                (Some(found), or) => {
                    let met = match is_met(test, &found) {
                        true => "holds",
                        false => "does not hold",
                    };
                    let seen = match found {
                        TestValue::Text(place, text) => format!("finds `{text}` in {place}"),
                        TestValue::Nothing => "finds nothing".to_owned(),
                        TestValue::Broken => "finds no document".to_owned(),
                    };
                    format!(
                        "{or}{}, {seen}, wants {}: {met}",
                        looks_for(test),
                        wants(test)
                    )
                }
            })
            .collect()
    }

    fn found(&self, test: &Test) -> Option<TestValue> {
        match test.stat {
            Some(what) => self.metadata(test, what),
            None => self.setting(test),
        }
    }

    /// What `stat` prints of the file, or what of it a flag's text finds.
    fn metadata(&self, test: &Test, what: StatText) -> Option<TestValue> {
        let named = test.file.as_deref().and_then(|name| self.roles.role(name));
        let paths = match (&test.at, named.or(self.role)) {
            (Some(path), _) => vec![path.clone()],
            (None, Some(role)) => match locate(role, self.subject, self.family).first()? {
                Located::Paths(paths, _) => paths.clone(),
                Located::NotNamed(..) | Located::ByDesign => return Some(TestValue::Nothing),
                Located::Doubt(..) => return None,
            },
            (None, None) => return None,
        };
        let evidence = self.subject.evidence?;
        for path in &paths {
            let rows = evidence.hops(path);
            let (row, _) = rows.last()?;
            match row.kind {
                stat::FileType::Absent => {}
                stat::FileType::File | stat::FileType::Dir => {
                    let shown = match what {
                        StatText::Mode => format!("{:o}", row.mode?),
                        StatText::Owner => {
                            format!("{}:{}", row.owner.as_ref()?, row.group.as_ref()?)
                        }
                    };
                    let found = match &test.flag {
                        Some(flag) => flag_value(flag, &shown),
                        None => Some(shown),
                    };
                    return Some(found.map_or(TestValue::Nothing, |text| {
                        TestValue::Text("the file's metadata", text)
                    }));
                }
                stat::FileType::Symlink | stat::FileType::Unreadable => return None,
            }
        }
        Some(TestValue::Nothing)
    }

    /// The argument's text, else the file's.
    fn setting(&self, test: &Test) -> Option<TestValue> {
        let instances = self.subject.instances(Component::named(self.component)?);
        let first = instances.first()?;
        let line = |instance: &&dyn Instance| instance.process().words.join(" ");
        let lines: Vec<String> = instances.iter().map(line).collect();
        let lines = lines.join("\n");
        let flag = test.flag.as_deref();
        if let Some(found) = flag.and_then(|flag| flag_value(flag, &lines)) {
            return Some(TestValue::Text("the arguments", found));
        }
        if first.process().cut {
            return None;
        }
        let Some(path) = &test.path else {
            return Some(TestValue::Nothing);
        };
        let key = |document: &Document| {
            let entry = document.root.at(path);
            let text = entry.map(|entry| shown(&entry.node, document.format));
            // An empty text counts as not found.
            let text = text.filter(|text| !text.is_empty());
            text.map_or(TestValue::Nothing, |text| {
                TestValue::Text("the configuration file", text)
            })
        };
        if let Some(role) = test.file.as_deref().and_then(|name| self.roles.role(name)) {
            return self.of_role(role, &key);
        }
        Some(match first.config_text() {
            ConfigText::None => TestValue::Nothing,
            ConfigText::NotSeen => return None,
            ConfigText::Broken => TestValue::Broken,
            ConfigText::Document(document) => key(document),
        })
    }

    /// What a key of another file holds.
    fn of_role(&self, role: &Role, key: &dyn Fn(&Document) -> TestValue) -> Option<TestValue> {
        let evidence = self.subject.evidence?;
        let located = locate(role, self.subject, self.family);
        let paths = match located.first()? {
            Located::Paths(paths, _) => paths,
            Located::NotNamed(..) | Located::ByDesign => return Some(TestValue::Nothing),
            Located::Doubt(..) => return None,
        };
        for path in paths {
            match evidence.file(path) {
                NodeFile::Here(member, _) => {
                    let document = evidence.document(member);
                    return Some(document.map_or(TestValue::Broken, |document| key(&document)));
                }
                NodeFile::Absent(_) => {}
                NodeFile::Unusable(..) | NodeFile::NotCollected(_) => return None,
            }
        }
        Some(TestValue::Nothing)
    }
}

fn is_met(test: &Test, found: &TestValue) -> bool {
    match found {
        TestValue::Text(_, found) => holds(test, Some(found)),
        TestValue::Nothing => holds(test, None),
        TestValue::Broken => false,
    }
}

/// Where a test looks, in its order.
fn looks_for(test: &Test) -> String {
    let mut places: Vec<String> = Vec::new();
    match test.stat {
        Some(StatText::Mode) => places.push("the file's mode".to_owned()),
        Some(StatText::Owner) => places.push("the file's owner".to_owned()),
        None => {}
    }
    places.extend(test.flag.as_ref().map(|flag| format!("argument {flag}")));
    let is_setting = test.stat.is_none();
    let path = test.path.as_ref().filter(|_| is_setting);
    places.extend(path.map(|path| format!("then key {path} of the file")));
    format!("looks at {}", places.join(", "))
}

/// What a test wants of what it finds.
fn wants(test: &Test) -> String {
    let texts = [
        ("", &test.equals),
        ("not ", &test.not_equals),
        ("a part ", &test.has),
        ("no part ", &test.not_has),
        ("at least ", &test.gte),
        ("no bit beyond ", &test.bitmask),
    ];
    let mut wanted = texts
        .into_iter()
        .filter_map(|(word, text)| Some(format!("{word}`{}`", text.as_ref()?)));
    if let Some(wanted) = wanted.next() {
        return wanted;
    }
    match &test.valid_elements {
        Some(items) => format!("nothing but {}", items.join(", ")),
        None if test.absent => "that nothing is there".to_owned(),
        None => "that something is there".to_owned(),
    }
}

/// Whether a test's one comparison holds.
fn holds(test: &Test, found: Option<&str>) -> bool {
    if test.absent {
        return found.is_none();
    }
    let Some(found) = found else {
        return false;
    };
    let number = |text: &str| text.trim().parse::<i64>().ok();
    let octal = |text: &str| u32::from_str_radix(text, 8).ok();
    if let Some(wanted) = &test.equals {
        found == wanted
    } else if let Some(unwanted) = &test.not_equals {
        found != unwanted
    } else if let Some(part) = &test.has {
        found.contains(part.as_str())
    } else if let Some(part) = &test.not_has {
        !found.contains(part.as_str())
    } else if let Some(low) = &test.gte {
        number(found)
            .zip(number(low))
            .is_some_and(|(found, low)| found >= low)
    } else if let Some(most) = &test.bitmask {
        octal(found)
            .zip(octal(most))
            .is_some_and(|(found, most)| most & found == found)
    } else if let Some(allowed) = &test.valid_elements {
        let items = found.trim_end_matches(',').split(',').map(str::trim);
        items
            .into_iter()
            .all(|item| allowed.iter().any(|a| a == item))
    } else {
        test.present
    }
}

/// `(flag)(=|: *)*([^\s]*)`: the first match's text; where there is none, `true`, or a plain text
/// itself.
fn flag_value(flag: &str, lines: &str) -> Option<String> {
    let at = lines.find(flag)?;
    let mut rest = lines.get(at + flag.len()..)?;
    loop {
        if let Some(after) = rest.strip_prefix('=') {
            rest = after;
        } else if let Some(after) = rest.strip_prefix(':') {
            rest = after.trim_start_matches(' ');
        } else {
            break;
        }
    }
    let value: String = rest.chars().take_while(|c| !c.is_whitespace()).collect();
    if value.is_empty() {
        let bare = if flag.starts_with("--") { "true" } else { flag };
        return Some(bare.to_owned());
    }
    let lower = value.to_lowercase();
    Some(if matches!(lower.as_str(), "true" | "false") {
        lower
    } else {
        value
    })
}

/// A value as kube-bench prints it; numbers of JSON are floats there.
fn shown(node: &Node, format: Format) -> String {
    match &node.value {
        Value::Null => "<nil>".to_owned(),
        Value::Int(number) if format == Format::Json && number.unsigned_abs() >= 1_000_000 => {
            exponential(*number)
        }
        // As the published checks print lists.
        Value::List(items) => {
            let items: Vec<String> = items.iter().map(Node::to_string).collect();
            items.join(",")
        }
        _ => node.to_string(),
    }
}

/// Go's text of a float past a million: `1e+06`, `1.25e+06`.
fn exponential(number: i64) -> String {
    let text = format!("{number:e}");
    match text.split_once('e') {
        Some((digits, exponent)) => format!("{digits}e+{exponent:0>2}"),
        None => text,
    }
}

//! The output of an `audit_config` × a path of Kubernetes' JSONPath → its text, as client-go 0.35
//! prints it on what Go read from JSON, else from YAML.

use super::stop::AuditStop;
use super::tree::Tree;
use crate::evidence::document::{Document, Node, Value};
use crate::limits::Limits;

/// A value, that there is none, or an error of kube-bench.
pub(super) type Found = Result<Option<String>, String>;

/// What the path finds; an empty text is none.
///
/// # Errors
/// A path with a filter or another construct that is not evaluated here.
pub(super) fn find(path: &str, text: &str) -> Result<Found, AuditStop> {
    let (root, is_json) = match document(text) {
        Ok(read) => read,
        // What Go reads as a list or a text, as an INI file's first heading, has no key.
        Err(_) if !matches!(Tree::parse(text), Ok(Tree::Map(_)) | Err(_)) => return Ok(Ok(None)),
        Err(why) => return Ok(Err(why)),
    };
    let actions = match actions(path)? {
        Ok(actions) => actions,
        Err(why) => return Ok(Err(why)),
    };
    let mut out = String::new();
    let printed = print(&actions, &[&root], &root, is_json, &mut out);
    Ok(printed.map(|()| Some(out).filter(|out| !out.is_empty())))
}

/// A document, and whether it is JSON: its numbers are floats then.
fn document(text: &str) -> Result<(Node, bool), String> {
    let limits = Limits::default();
    let json: Result<serde_json::Value, _> = serde_json::from_str(text);
    if json.is_ok() {
        let read = crate::evidence::json::parse(text.as_bytes(), &limits);
        return read
            .map(|document: Document| (document.root, true))
            .map_err(|error| error.what);
    }
    let read = crate::evidence::yaml::parse(text.as_bytes(), &limits);
    read.map(|document| (document.root, false))
        .map_err(|error| error.what)
}

enum Action {
    Text(String),
    Path(Vec<PathStep>),
    /// The path, and what is printed of each.
    Range(Vec<PathStep>, Vec<Action>),
}

enum PathStep {
    Root,
    Field(String),
    All,
    At(i64),
}

type Parsed<T> = Result<Result<T, String>, AuditStop>;

fn actions(path: &str) -> Parsed<Vec<Action>> {
    let mut open: Vec<(Vec<PathStep>, Vec<Action>)> = Vec::new();
    let mut found: Vec<Action> = Vec::new();
    let mut rest = path;
    while let Some(at) = rest.find('{') {
        let (text, behind) = rest.split_at(at);
        if !text.is_empty() {
            found.push(Action::Text(text.to_owned()));
        }
        let Some(end) = end_of(behind) else {
            return Ok(Err("unclosed action".to_owned()));
        };
        let inner = behind.get(1..end).unwrap_or_default().trim();
        rest = behind.get(end + 1..).unwrap_or_default();
        if let Some(range) = inner.strip_prefix("range ") {
            let steps = steps(range.trim())?;
            open.push((steps, std::mem::take(&mut found)));
        } else if inner == "end" {
            let Some((steps, before)) = open.pop() else {
                return Ok(Err("not in range".to_owned()));
            };
            let body = std::mem::replace(&mut found, before);
            found.push(Action::Range(steps, body));
        } else if let Some(text) = quoted(inner) {
            found.push(Action::Text(text.to_owned()));
        } else {
            found.push(Action::Path(steps(inner)?));
        }
    }
    if !open.is_empty() {
        return Ok(Err("unterminated range".to_owned()));
    }
    if !rest.is_empty() {
        found.push(Action::Text(rest.to_owned()));
    }
    Ok(Ok(found))
}

/// Where an action that begins with `{` ends.
fn end_of(text: &str) -> Option<usize> {
    let mut quote = None;
    for (at, c) in text.char_indices() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (None, '\'' | '"') => quote = Some(c),
            (None, '}') => return Some(at),
            _ => {}
        }
    }
    None
}

fn quoted(text: &str) -> Option<&str> {
    let inner = |mark| text.strip_prefix(mark)?.strip_suffix(mark);
    inner('\'').or_else(|| inner('"'))
}

fn steps(path: &str) -> Result<Vec<PathStep>, AuditStop> {
    let not = || AuditStop::at(format!("JSONPath `{path}`"));
    let mut steps = Vec::new();
    let mut rest = path;
    while let Some(c) = rest.chars().next() {
        let behind = rest.get(c.len_utf8()..).unwrap_or_default();
        match c {
            '$' => {
                steps.push(PathStep::Root);
                rest = behind;
            }
            '@' => rest = behind,
            '.' if behind.starts_with('.') => return Err(not()),
            '.' if behind.starts_with('[') => rest = behind,
            '.' => {
                let (name, left) = name(behind);
                match name.as_str() {
                    "*" => steps.push(PathStep::All),
                    "" => return Err(not()),
                    _ => steps.push(PathStep::Field(name)),
                }
                rest = left;
            }
            '[' => {
                let (inner, left) = behind.split_once(']').ok_or_else(not)?;
                rest = left;
                steps.push(match (inner, quoted(inner), inner.parse()) {
                    ("*" | ":", _, _) => PathStep::All,
                    (_, Some(name), _) => PathStep::Field(name.to_owned()),
                    (_, _, Ok(at)) => PathStep::At(at),
                    _ => return Err(not()),
                });
            }
            _ => return Err(not()),
        }
    }
    Ok(steps)
}

/// A name up to what ends it; a backslash takes the character behind it as it is.
fn name(text: &str) -> (String, &str) {
    let mut name = String::new();
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '\\' => name.extend(chars.next().map(|(_, c)| c)),
            '.' | '[' | ' ' => return (name, text.get(at..).unwrap_or_default()),
            _ => name.push(c),
        }
    }
    (name, "")
}

fn select<'n>(steps: &[PathStep], from: &[&'n Node], root: &'n Node) -> Vec<&'n Node> {
    let mut found = from.to_vec();
    for step in steps {
        let of = |node: &&'n Node| -> Vec<&'n Node> {
            match (step, &node.value) {
                (PathStep::Root, _) => vec![root],
                (PathStep::Field(name), _) => node.get(name).map(|e| &e.node).into_iter().collect(),
                (PathStep::All, Value::List(items)) => items.iter().collect(),
                (PathStep::All, Value::Map(entries)) => entries.iter().map(|e| &e.node).collect(),
                (PathStep::At(at), Value::List(items)) => {
                    let length = i64::try_from(items.len()).unwrap_or(i64::MAX);
                    let at = if *at < 0 { length + at } else { *at };
                    let item = usize::try_from(at).ok().and_then(|at| items.get(at));
                    item.into_iter().collect()
                }
                _ => Vec::new(),
            }
        };
        found = found.iter().flat_map(of).collect();
    }
    found
}

fn print(
    actions: &[Action],
    from: &[&Node],
    root: &Node,
    is_json: bool,
    out: &mut String,
) -> Result<(), String> {
    for action in actions {
        match action {
            Action::Text(text) => out.push_str(text),
            Action::Range(steps, body) => {
                for node in select(steps, from, root) {
                    print(body, &[node], root, is_json, out)?;
                }
            }
            Action::Path(steps) => {
                let whole = steps.iter().all(|step| matches!(step, PathStep::Root));
                for (at, node) in select(steps, from, root).into_iter().enumerate() {
                    out.push_str(if at > 0 { " " } else { "" });
                    match whole && matches!(node.value, Value::Map(_) | Value::List(_)) {
                        true => out.push_str(&in_go(node, is_json)),
                        false => out.push_str(&shown(node, is_json)?),
                    }
                }
            }
        }
    }
    Ok(())
}

/// A value as client-go prints it: lists, and maps of JSON, as JSON.
fn shown(node: &Node, is_json: bool) -> Result<String, String> {
    match &node.value {
        Value::Null => Ok("null".to_owned()),
        Value::List(_) | Value::Map(_) if !is_json && has_map(node) => {
            Err("json: unsupported type: map[interface {}]interface {}".to_owned())
        }
        Value::List(_) | Value::Map(_) => Ok(node.to_json().to_string()),
        _ => Ok(in_go(node, is_json)),
    }
}

fn has_map(node: &Node) -> bool {
    match &node.value {
        Value::Map(_) => true,
        Value::List(items) => items.iter().any(has_map),
        _ => false,
    }
}

/// A value as Go's `%v` prints it.
fn in_go(node: &Node, is_json: bool) -> String {
    match &node.value {
        Value::Null => "<nil>".to_owned(),
        Value::Int(number) if is_json => float(*number as f64),
        Value::Uint(number) if is_json => float(*number as f64),
        Value::Int(number) => number.to_string(),
        Value::Uint(number) => number.to_string(),
        Value::Float(number) => float(*number),
        Value::Bool(on) => on.to_string(),
        Value::String(text) => text.clone(),
        Value::List(items) => {
            let items: Vec<String> = items.iter().map(|item| in_go(item, is_json)).collect();
            format!("[{}]", items.join(" "))
        }
        Value::Map(entries) => {
            let mut pairs: Vec<String> = entries
                .iter()
                .map(|entry| format!("{}:{}", entry.key, in_go(&entry.node, is_json)))
                .collect();
            pairs.sort();
            format!("map[{}]", pairs.join(" "))
        }
    }
}

/// A float as Go's `%v` prints it: the shortest digits, an exponent from a million on.
fn float(number: f64) -> String {
    let scientific = format!("{number:e}");
    let (digits, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if number == 0.0 || (-4..6).contains(&exponent) {
        return format!("{number}");
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{digits}e{sign}{:02}", exponent.abs())
}

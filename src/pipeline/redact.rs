//! A bundle that came in → the same bundle without its secrets, which says what it was made from.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::bundle::checked::{self, SIGNATURE, SUMS};
use crate::bundle::written::NewMember;
use crate::bundle::{self, Bundle, Content, Member, Place, Selector, Signature, signature};
use crate::evidence::layout;
use crate::evidence::layouts;
use crate::evidence::manifest::{Manifest, RedactedFrom};
use crate::fleet::index::{HeldAs, Index};
use crate::limits::Limits;
use crate::problem::Problem;
use crate::redact::{self, Kind, KnownSecrets, MaskForm, Masked};

const MANIFEST: &str = "bundle.json";
/// Members of which bundle.json says that nobody can be sure of them; the rest is counted.
const NAMED: usize = 1000;

/// A kind of secret in a member, and how often.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MaskedSecret {
    /// The member.
    pub member: String,
    /// What was masked.
    pub kind: Kind,
    /// How often.
    pub count: u64,
}

/// A member that nobody can be sure of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Unsure {
    /// The member.
    pub member: String,
    /// Why.
    pub why: &'static str,
}

/// A bundle without its secrets.
#[derive(Debug)]
pub struct Redacted {
    /// The bundle it is made from.
    pub original: Bundle,
    /// What it is made from, as its description says.
    pub from: RedactedFrom,
    /// Its description.
    pub description: Vec<u8>,
    /// The bytes of each member, none of what is left out.
    contents: Vec<Option<Masked>>,
    /// What was masked, by member and kind.
    pub found: Vec<MaskedSecret>,
    /// What nobody can be sure of.
    pub unsure: Vec<Unsure>,
}

/// Why there is none.
#[derive(Debug)]
pub enum NotRedacted {
    /// The bundle cannot be read, or is not as its checksums or its signature say.
    Evidence(Problem),
    /// So many bundles are in it.
    Several(usize),
}

struct Wanted;

impl Selector for Wanted {
    fn wants(&self, name: &str, size: u64, head: &[u8]) -> bool {
        let below_top = name.split_once('/').map_or(name, |(_, rest)| rest);
        let is_printed = |name: &str| name.starts_with("commands/") || name.starts_with("proc/");
        layouts::wanted(name, size, head) || is_printed(name) || is_printed(below_top)
    }

    fn hashes_all(&self) -> bool {
        true
    }
}

/// Reads a bundle and masks its members.
///
/// # Errors
/// It cannot be read, or was changed: checksums made anew would hide that.
pub fn redact(
    place: &Place,
    limits: &Limits,
    read_as: Option<&'static str>,
) -> Result<Redacted, NotRedacted> {
    let places = std::slice::from_ref(place);
    let index = Index::of(places, limits, &layouts::wanted);
    if let [held] = &*index.held
        && matches!(held.what, HeldAs::Bundles(..))
    {
        return Err(NotRedacted::Several(held.bundle_numbers.len()));
    }
    let mut original = bundle::read_selected(place, limits, &Wanted)
        .map_err(|why| NotRedacted::Evidence(why.problem))?;
    original.read_as = read_as;
    let checksums = checksums(&original, limits)?;
    original.signature = signature::check(&original, None, limits);
    if let Signature::Bad(why) = &original.signature {
        return Err(changed(&original, why.clone()));
    }
    let mut known = KnownSecrets::default();
    for member in &original.members {
        if let Content::Kept(bytes) = &member.content {
            known.look(&member.name, bytes);
        }
    }
    let mut contents: Vec<Option<Masked>> = (original.members.iter())
        .map(|member| masked(member, &known, limits))
        .collect();
    without_digests(&original, &mut contents);
    let from = RedactedFrom {
        sha256: Some(original.digest.clone()),
        checksums: Some(checksums.to_owned()),
        signed_by: original.signature.key().map(str::to_owned),
        layout: layouts::layout_of(&original)
            .map(|layout| layout.name)
            .filter(|name| *name != "nodeproof")
            .map(str::to_owned),
        nodeproof: Some(env!("CARGO_PKG_VERSION").to_owned()),
        before: None,
    };
    Ok(described(original, from, contents))
}

impl Redacted {
    /// The members as they are written.
    #[must_use]
    pub fn members(&self) -> Vec<NewMember<'_>> {
        let members = self.original.members.iter().zip(&self.contents);
        let members = members.filter(|(member, _)| !is_own(&member.name));
        members
            .map(|(member, content)| NewMember {
                name: &member.name,
                bytes: content.as_ref().map(|content| &*content.bytes),
                attributes: member.attributes.as_deref(),
            })
            .collect()
    }
}

/// What is made anew, or left out.
fn is_own(name: &str) -> bool {
    [MANIFEST, SUMS, SIGNATURE].contains(&name)
}

fn changed(bundle: &Bundle, what: String) -> NotRedacted {
    NotRedacted::Evidence(Problem {
        bundle: bundle.name.clone(),
        member: None,
        what: format!("is not what was collected: {what}"),
        next: "get a whole copy: checksums that are made anew would hide this".to_owned(),
    })
}

/// Compares all members with the checksums.
fn checksums(bundle: &Bundle, limits: &Limits) -> Result<&'static str, NotRedacted> {
    let Some(listed) = bundle.members.iter().find(|member| member.name == SUMS) else {
        return Ok("none");
    };
    let Content::Kept(bytes) = &listed.content else {
        return Err(changed(bundle, format!("{SUMS} cannot be read")));
    };
    let listed = match checked::listed(bundle, bytes, limits) {
        Ok(listed) => listed,
        Err(why) => return Err(changed(bundle, format!("{SUMS} {why}"))),
    };
    match (bundle.members.iter()).find_map(|member| checked::against(member, &listed)) {
        Some(why) => Err(changed(bundle, why)),
        None => Ok("match"),
    }
}

/// `None` of what is no file.
fn masked(member: &Member, known: &KnownSecrets, limits: &Limits) -> Option<Masked> {
    match &member.content {
        Content::Kept(bytes) => Some(redact::member(&member.name, bytes, known, limits)),
        Content::Passed => Some(Masked::whole("no-evidence")),
        Content::TooLarge => Some(Masked::whole("too-large")),
        Content::Unreadable(_) => Some(Masked::whole("unreadable")),
        Content::NotAFile(_) => None,
    }
}

/// Takes the digests of masked files out of stat.tsv: they are those of other bytes.
fn without_digests(bundle: &Bundle, contents: &mut [Option<Masked>]) {
    let masked = |(member, content): (&Member, &Option<Masked>)| {
        let is_masked = content.as_ref().is_some_and(|it| !it.counts.is_empty());
        is_masked.then(|| layout::node_path(&member.name)).flatten()
    };
    let paths: BTreeSet<String> = bundle
        .members
        .iter()
        .zip(&*contents)
        .filter_map(masked)
        .collect();
    for (member, content) in bundle.members.iter().zip(contents) {
        if member.name != "stat.tsv" {
            continue;
        }
        if let Some(content) = content {
            content.bytes = rows_without_digests(&content.bytes, &paths);
        }
    }
}

fn rows_without_digests(tsv: &[u8], paths: &BTreeSet<String>) -> Vec<u8> {
    let mut lines = tsv.split(|b| *b == b'\n');
    let head = lines.next().unwrap_or_default();
    let column = |name: &[u8]| head.split(|b| *b == b'\t').position(|cell| cell == name);
    let (Some(path), Some(sha256)) = (column(b"path"), column(b"sha256")) else {
        return tsv.to_vec();
    };
    let row = |line: &[u8]| -> Vec<u8> {
        let mut cells: Vec<&[u8]> = line.split(|b| *b == b'\t').collect();
        let is_masked = cells.get(path).is_some_and(|cell| {
            let written = String::from_utf8_lossy(cell);
            let plain = written
                .replace("\\t", "\t")
                .replace("\\n", "\n")
                .replace("\\\\", "\\");
            paths.contains(&plain)
        });
        if is_masked && let Some(cell) = cells.get_mut(sha256) {
            *cell = b"";
        }
        cells.join(&b'\t')
    };
    let rows = std::iter::once(head.to_vec()).chain(lines.map(row));
    rows.collect::<Vec<_>>().join(&b'\n')
}

fn described(original: Bundle, mut from: RedactedFrom, contents: Vec<Option<Masked>>) -> Redacted {
    let mut found = Vec::new();
    let mut unsure = Vec::new();
    for (member, content) in original.members.iter().zip(&contents) {
        let Some(content) = content.as_ref().filter(|_| !is_own(&member.name)) else {
            continue;
        };
        found.extend(content.counts.iter().map(|(kind, count)| MaskedSecret {
            member: member.name.clone(),
            kind,
            count: *count,
        }));
        unsure.extend(content.unsure.map(|why| Unsure {
            member: member.name.clone(),
            why,
        }));
    }
    let own = original.members.iter().find(|m| m.name == MANIFEST);
    let own = own.and_then(|member| match &member.content {
        Content::Kept(bytes) => Some(&**bytes),
        _ => None,
    });
    let counts = own
        .map(|bytes| clean_description(bytes).1)
        .unwrap_or_default();
    found.extend(counts.into_iter().map(|(kind, count)| MaskedSecret {
        member: MANIFEST.to_owned(),
        kind,
        count,
    }));
    let mut keys: Map<String, Value> = own
        .and_then(|bytes| serde_json::from_slice(&clean_description(bytes).0).ok())
        .unwrap_or_else(|| {
            Map::from_iter([
                ("format".to_owned(), json!("nodeproof-bundle")),
                ("version".to_owned(), json!(1)),
            ])
        });
    if from.layout.is_none() {
        let before = own.and_then(|bytes| Manifest::parse(bytes).ok());
        from.before = before.and_then(|it| it.redacted_from).map(Box::new);
    }
    let redactions = keys.entry("redactions").or_insert_with(|| json!([]));
    if let Value::Array(list) = redactions {
        list.extend(found.iter().map(|one| json!(one)));
    }
    keys.insert("redacted_from".to_owned(), json!(from));
    let named: Vec<&Unsure> = unsure.iter().take(NAMED).collect();
    keys.insert("not_sure_of".to_owned(), json!(named));
    let mut description = Value::Object(keys).to_string().into_bytes();
    description.push(b'\n');
    Redacted {
        original,
        from,
        description,
        contents,
        found,
        unsure,
    }
}

/// A description without secrets, which are in arguments of commands.
fn clean_description(bytes: &[u8]) -> (Cow<'_, [u8]>, BTreeMap<Kind, u64>) {
    match redact::clean(MaskForm::Description, bytes, &[]) {
        Some(clean) => (Cow::Owned(clean.bytes), clean.counts),
        None => (Cow::Borrowed(b""), BTreeMap::new()),
    }
}

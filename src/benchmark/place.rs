//! What is wrong in a catalog file → the sentence a user reads: `file:line:column: what`.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::folder::File;
use crate::rules::written::{CatalogStep, Wrong};

/// The sentence. A path is followed as far as the file has it, so that what is missing is told of
/// the table that lacks it.
#[must_use]
pub fn message(file: &File, wrong: &Wrong) -> String {
    let at = DeTable::parse(&file.text).map_or(0, |root| offset(&root, &wrong.path));
    at_offset(&file.name, &file.text, at, &wrong.what)
}

/// The sentence on a file that is no TOML, or does not have the form.
#[must_use]
pub fn unread(file: &File, error: &toml::de::Error) -> String {
    match file.text.trim().is_empty() {
        true => at_offset(&file.name, &file.text, 0, "the file is empty"),
        false => in_text(&file.name, &file.text, error),
    }
}

/// The same on any text of this name.
#[must_use]
pub fn in_text(name: &str, text: &str, error: &toml::de::Error) -> String {
    let at = error.span().map_or(0, |span| span.start);
    let what = error.message().trim_end();
    at_offset(name, text, at, &what.replace('\n', ", "))
}

fn at_offset(name: &str, text: &str, at: usize, what: &str) -> String {
    let before = text.get(..at).unwrap_or_default();
    let line = before.matches('\n').count() + 1;
    let last = before.rsplit('\n').next().unwrap_or_default();
    let column = last.chars().count() + 1;
    format!("{name}:{line}:{column}: {what}")
}

fn offset(root: &Spanned<DeTable<'_>>, path: &[CatalogStep]) -> usize {
    let mut at = root.span();
    let mut children = Children::Table(root.get_ref());
    for step in path {
        let Some((found, value)) = children.step(step) else {
            break;
        };
        at = found;
        children = match value {
            DeValue::Table(table) => Children::Table(table),
            DeValue::Array(items) => Children::List(items),
            _ => break,
        };
    }
    at.start
}

enum Children<'t, 'i> {
    Table(&'t DeTable<'i>),
    List(&'t [Spanned<DeValue<'i>>]),
}

impl<'t, 'i> Children<'t, 'i> {
    /// Where a key or an item stands, and its value.
    fn step(&self, step: &CatalogStep) -> Option<(Range<usize>, &'t DeValue<'i>)> {
        match (self, step) {
            (Self::Table(table), CatalogStep::Key(key)) => table
                .iter()
                .find(|(name, _)| name.get_ref() == key)
                .map(|(name, value)| (name.span(), value.get_ref())),
            (Self::List(items), CatalogStep::Item(at)) => {
                items.get(*at).map(|item| (item.span(), item.get_ref()))
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn file(text: &str) -> File {
        File {
            name: "a.toml".to_owned(),
            text: text.to_owned().into(),
            json: None,
        }
    }

    #[test]
    fn a_path_leads_to_its_key_or_item_or_as_far_as_there_is_one() {
        let file = file(
            "# é\nkey = 1\n[[l]]\nb = [\n  1,\n  { c = 2 },\n]\n[t.u]\nv = { \"é\" = 0, w = 1 }\n",
        );
        let key = |key: &str| CatalogStep::from(key);
        for (path, place) in [
            (vec![], "1:1"),
            (vec![key("key")], "2:1"),
            (vec![key("none")], "1:1"),
            (vec![key("l"), 0.into()], "3:1"),
            (vec![key("l"), 0.into(), key("b"), 1.into()], "6:3"),
            (
                vec![key("l"), 0.into(), key("b"), 1.into(), key("c")],
                "6:5",
            ),
            (vec![key("l"), 0.into(), key("b"), 9.into()], "4:1"),
            (
                vec![key("t"), key("u"), key("v"), key("w"), key("x")],
                "9:16",
            ),
        ] {
            let what = "w".to_owned();
            let told = message(
                &file,
                &Wrong {
                    path: path.clone(),
                    what,
                },
            );
            assert_eq!(told, format!("a.toml:{place}: w"), "{path:?}");
        }
    }

    proptest! {
        #[test]
        fn no_file_and_no_path_panics(
            text in "[\\[\\]a-c=\"'{}, .\n1é]{0,60}",
            path in proptest::collection::vec(("[a-c]", 0_usize..3, any::<bool>()), 0..5),
        ) {
            let step = |(key, item, is_key): (String, usize, bool)| match is_key {
                true => CatalogStep::Key(key),
                false => CatalogStep::Item(item),
            };
            let path = path.into_iter().map(step).collect();
            let told = message(&file(&text), &Wrong { path, what: "w".to_owned() });
            prop_assert!(told.starts_with("a.toml:"));
            if let Err(error) = toml::from_str::<toml::Table>(&text) {
                let told = unread(&file(&text), &error);
                prop_assert_eq!(told.lines().count(), 1);
            }
        }
    }
}

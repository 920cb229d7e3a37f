//! Published checks: what a benchmark's own audit reads and compares, to the letter. Many controls
//! share one, so each has a name in `published.toml`.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::catalog::read;
use super::close::did_you_mean;
use super::files::Roles;
use super::folder::File;
use super::place::message;
use crate::rules::file::octal_mode;
use crate::rules::written::Wrong;

/// The published check to the letter.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Text {
    /// Whether one test or all must hold.
    #[serde(default)]
    pub join: Join,
    /// The tests.
    #[serde(default)]
    pub tests: Vec<Test>,
    /// In place of tests: what the control's own rule asks about is counted, that of the system and
    /// of distributions too.
    #[serde(default)]
    pub all_objects: bool,
}

/// How tests are joined.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum Join {
    /// One is enough.
    Or,
    /// All must hold.
    #[default]
    And,
}

/// One test of a published check: where it looks, and what it compares.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(default, deny_unknown_fields)]
pub struct Test {
    /// The argument looked for first; a text anywhere in the line where it has no dashes. With
    /// `stat`, a text looked for in what is printed.
    pub flag: Option<String>,
    /// The key of the file looked for second.
    pub path: Option<String>,
    /// What of the file's metadata is printed.
    pub stat: Option<StatText>,
    /// The role of the file, where it is not the rule's.
    pub file: Option<String>,
    /// The path of the file, where the check names one.
    pub at: Option<String>,
    /// The text it must have.
    pub equals: Option<String>,
    /// The text it must not have.
    pub not_equals: Option<String>,
    /// A part it must have.
    pub has: Option<String>,
    /// A part it must not have.
    pub not_has: Option<String>,
    /// The number it must reach.
    pub gte: Option<String>,
    /// The octal mode whose bits are all it may have.
    pub bitmask: Option<String>,
    /// The items a list may have.
    pub valid_elements: Option<Vec<String>>,
    /// It must be found.
    pub present: bool,
    /// It must not be found.
    pub absent: bool,
}

/// What `stat` prints for a published check.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum StatText {
    /// `%a`
    Mode,
    /// `%U:%G`
    Owner,
}

impl Text {
    /// Checks every test; the path of what is wrong begins at this check.
    pub(super) fn check(&self, files: &Roles) -> Result<(), Wrong> {
        if self.tests.is_empty() != self.all_objects {
            let what = "a published check has `tests`, or `all_objects = true`";
            return Err(Wrong::at("tests", what));
        }
        let mut tests = self.tests.iter().enumerate();
        tests.try_for_each(|(at, test)| {
            let here = |wrong: Wrong| wrong.below(["tests".into(), at.into()]);
            test.check(files).map_err(here)
        })
    }
}

impl Test {
    /// How many comparisons it has; a test has one.
    fn comparisons(&self) -> usize {
        [
            self.equals.is_some(),
            self.not_equals.is_some(),
            self.has.is_some(),
            self.not_has.is_some(),
            self.gte.is_some(),
            self.bitmask.is_some(),
            self.valid_elements.is_some(),
            self.present,
            self.absent,
        ]
        .into_iter()
        .filter(|there| *there)
        .count()
    }

    fn check(&self, files: &Roles) -> Result<(), Wrong> {
        if self.comparisons() != 1 {
            return Err(Wrong::here("a test has one comparison"));
        }
        if self.flag.is_none() && self.path.is_none() && self.stat.is_none() {
            return Err(Wrong::here("a test reads a `flag`, a `path` or a `stat`"));
        }
        let mode = self.bitmask.as_ref();
        if let Some(mode) = mode.filter(|mode| octal_mode(mode).is_none()) {
            return Err(Wrong::at("bitmask", format!("`{mode}` is no octal mode")));
        }
        if let Some(low) = self.gte.as_ref().filter(|low| low.parse::<i64>().is_err()) {
            return Err(Wrong::at("gte", format!("`{low}` is no whole number")));
        }
        match self.file.as_ref().filter(|role| files.role(role).is_none()) {
            Some(role) => Err(Wrong::at("file", no_role(role))),
            None => Ok(()),
        }
    }
}

/// What to say of a role that no file has.
pub(super) fn no_role(name: &str) -> String {
    format!("no files.toml has a role `{name}`")
}

/// The published checks of every `published.toml`, by name.
#[derive(Debug, Default)]
pub struct Published(BTreeMap<String, Text>);

impl Published {
    /// Reads and checks them; a name stands once.
    ///
    /// # Errors
    /// What is wrong, in which file and line.
    pub fn load<'f>(files: impl Iterator<Item = &'f File>, roles: &Roles) -> Result<Self, String> {
        let mut all = BTreeMap::new();
        for file in files {
            let more: BTreeMap<String, Text> = read(file)?;
            for (name, check) in more {
                let twice = all.contains_key(&name);
                let right = match twice {
                    true => Err(Wrong::here(format!(
                        "published check `{name}` stands twice"
                    ))),
                    false => check.check(roles),
                };
                let here = |wrong: Wrong| wrong.below([name.as_str().into()]);
                right.map_err(|wrong| message(file, &here(wrong)))?;
                all.insert(name, check);
            }
        }
        Ok(Self(all))
    }

    /// The check of a name.
    ///
    /// # Errors
    /// What to say where there is none.
    pub(super) fn named(&self, name: &str) -> Result<&Text, String> {
        self.0.get(name).ok_or_else(|| {
            let close = did_you_mean(name, self.0.keys().map(String::as_str));
            format!("no published.toml has a check `{name}`{close}")
        })
    }
}

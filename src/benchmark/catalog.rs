//! Folders of catalog files → rules and benchmarks, checked whole. A message names the file, and
//! where in it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

use rayon::prelude::*;
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::checks;
use super::close::did_you_mean;
use super::extend::expand;
use super::files::Roles;
use super::folder::{File, Folder, Sourced};
use super::place::{message, unread};
use super::published::Published;
use super::resolved::resolve;
use super::{Benchmark, Rule, RuleData, built_in};
use crate::evidence::objects::shape::Shapes;
use crate::rules::Check;
use crate::rules::objects::read as read_of_objects;
use crate::rules::objects::shared::Shared;
use crate::rules::setting::SettingRule;

/// Everything that rows are judged by.
pub struct Catalog {
    /// In catalog order: as they are numbered, then those without a number as they were read.
    pub benchmarks: Vec<Benchmark>,
    /// By key.
    pub rules: BTreeMap<String, Arc<Rule>>,
    /// Which file a rule means by its role.
    pub files: Roles,
    /// What rules about API objects share.
    pub shared: Shared,
    /// What checks read of API objects.
    pub shapes: Shapes,
    /// How many numbers [`Control::question`] has.
    pub questions: usize,
    /// How many numbers [`Control::published_question`] has.
    pub published_questions: usize,
    /// Which benchmark a version of Kubernetes has, where a folder of kube-bench says it.
    pub versions: BTreeMap<String, String>,
    /// What was added to what is built in, in the order in which it was named.
    pub added: Vec<Added>,
}

/// A catalog of a user.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Added {
    /// SHA-256 of the sorted `digest  path` lines of its files.
    pub sha256: String,
    /// The benchmarks it has.
    pub benchmarks: Vec<String>,
}

impl Catalog {
    /// The built-in catalog.
    ///
    /// # Errors
    /// What is wrong in which file.
    pub fn built_in() -> Result<Self, String> {
        Self::with(&[])
    }

    /// The built-in catalog and what these folders add to it.
    ///
    /// # Errors
    /// What is wrong in which file.
    pub fn with(added: &[PathBuf]) -> Result<Self, String> {
        let mut folders = vec![built_in::folder()];
        for path in added {
            folders.push(Folder::read(path)?);
        }
        Self::load(&folders)
    }

    /// Reads and checks catalog files. Nothing in a later folder replaces what an earlier one has.
    ///
    /// # Errors
    /// What is wrong in which file.
    pub fn load(folders: &[Folder]) -> Result<Self, String> {
        let files = Roles::load(folders.iter().filter_map(|folder| folder.files.as_ref()))?;
        let mut shared = Shared::default();
        for file in folders.iter().filter_map(|folder| folder.cluster.as_ref()) {
            shared.add(read(file)?);
        }
        let published = folders
            .iter()
            .filter_map(|folder| folder.published.as_ref());
        let published = Published::load(published, &files)?;
        let rules: Vec<&File> = folders.iter().flat_map(|folder| &folder.rules).collect();
        let rules = each(&rules, |file| {
            let data: RuleData = read(file)?;
            let rule = data.settle();
            let rule = rule.and_then(|rule| checks::rule(&rule, &files).map(|()| rule));
            rule.map_err(|wrong| message(file, &wrong))
        })?;
        let mut by_key: BTreeMap<String, Sourced<'_, Rule>> = BTreeMap::new();
        for (rule, file) in rules {
            checks::only_one(
                by_key.get(&rule.data.key).map(|(_, other)| *other),
                &rule,
                file,
            )?;
            by_key.insert(rule.data.key.clone(), (rule, file));
        }
        let benchmarks: Vec<&File> = folders.iter().flat_map(|f| &f.benchmarks).collect();
        let mut benchmarks = each(&benchmarks, |file| {
            let mut benchmark: Benchmark = read(file)?;
            checks::settle(&mut benchmark, &by_key, &files, &published)
                .map_err(|wrong| message(file, &wrong))?;
            Ok(benchmark)
        })?;
        checks::names(&benchmarks)?;
        expand(&mut benchmarks, &by_key)?;
        checks::references(&by_key, &benchmarks)?;
        let mut list: Vec<Benchmark> = benchmarks.into_iter().map(|(one, _)| one).collect();
        let mut catalogs = folders.iter().flat_map(|folder| {
            let digest = folder.digest.as_deref();
            std::iter::repeat_n(digest, folder.benchmarks.len())
        });
        for benchmark in &mut list {
            benchmark.catalog = catalogs.next().flatten().map(str::to_owned);
            benchmark.sort();
        }
        let added = folders.iter().filter_map(|folder| folder.digest.as_ref());
        let added = added.map(|digest| {
            let own = list.iter().filter(|b| b.catalog.as_ref() == Some(digest));
            Added {
                sha256: digest.clone(),
                benchmarks: own.map(|b| b.id.clone()).collect(),
            }
        });
        let added = added.collect();
        let mut shapes = Shapes::default();
        let own = list.iter().flat_map(|benchmark| &benchmark.controls);
        let own = own.filter_map(|control| control.check.as_ref());
        for check in by_key.values().map(|(rule, _)| &rule.check).chain(own) {
            read_of_objects::add(check, &mut shapes);
        }
        list.sort_by_key(|benchmark| (benchmark.order.is_none(), benchmark.order));
        let rules = by_key.into_iter();
        let rules: BTreeMap<String, Arc<Rule>> = rules
            .map(|(key, (rule, _))| (key, Arc::new(rule)))
            .collect();
        let [questions, published_questions] = resolve(&mut list, |key| rules.get(key).cloned());
        Ok(Self {
            benchmarks: list,
            rules,
            versions: BTreeMap::new(),
            questions,
            published_questions,
            files,
            shared,
            shapes,
            added,
        })
    }

    /// The benchmark of an id or alias.
    #[must_use]
    pub fn benchmark(&self, id: &str) -> Option<&Benchmark> {
        self.benchmarks
            .iter()
            .find(|b| b.id == id || b.aliases.iter().any(|alias| alias == id))
    }

    /// What to say of an id or alias that there is none of.
    #[must_use]
    pub fn no_benchmark(&self, id: &str) -> String {
        let close = did_you_mean(id, self.benchmarks.iter().map(|b| b.id.as_str()));
        format!("there is no benchmark `{id}`{close}; `nodeproof benchmarks` lists them")
    }

    /// The paths of all settings that some check reads, each once.
    #[must_use]
    pub fn settings(&self) -> Vec<&str> {
        let controls = self.benchmarks.iter().flat_map(|b| &b.controls);
        let own = controls.filter_map(|control| control.check.as_ref());
        let checks = self.rules.values().map(|rule| &rule.check).chain(own);
        let paths = checks.flat_map(Check::parts).flat_map(|check| match check {
            Check::Setting(rule) => vec![rule],
            Check::OtherFile(rule) => vec![&rule.own, &rule.other],
            _ => Vec::new(),
        });
        let paths = paths.map(|rule: &SettingRule| rule.setting.path.as_str());
        paths.collect::<BTreeSet<_>>().into_iter().collect()
    }
}

/// A file as the data it holds.
///
/// # Errors
/// It is no TOML, or has not this form.
pub fn read<T: DeserializeOwned>(file: &File) -> Result<T, String> {
    let read = file.json.and_then(|json| serde_json::from_str(json).ok());
    read.map_or_else(
        || toml::from_str(&file.text).map_err(|error| unread(file, &error)),
        Ok,
    )
}

/// Every file, read in parallel; the first that is wrong ends it.
fn each<'f, T: Send>(
    files: &[&'f File],
    read: impl Fn(&File) -> Result<T, String> + Sync,
) -> Result<Vec<Sourced<'f, T>>, String> {
    let all: Vec<Result<T, String>> = files.par_iter().map(|file| read(file)).collect();
    let pairs = all.into_iter().zip(files);
    pairs.map(|(one, file)| Ok((one?, *file))).collect()
}

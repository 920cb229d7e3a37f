//! A folder of kube-bench's own YAML → benchmarks of this run. A check that asks what a published
//! check of the catalog asks has that control's rule, so that the truth stands beside the letter.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use super::audited::Audited;
use super::catalog::{Added, Catalog};
use super::resolved::resolve;
use super::{Assessment, Benchmark, Control, Entry, Join, StatText, Test, Text};
use crate::kube_bench::check::{AuditCheck, AuditGroup, Item};
use crate::kube_bench::folder::KubeBenchFolder;
use crate::kube_bench::run::is_evaluated;
use crate::node::duty::Duty;
use crate::rules::Check as Rules;

/// What kube-bench calls a component in its variables, and what it is.
const PROGRAMS: [(&str, &str); 6] = [
    ("$apiserverbin", "kube-apiserver"),
    ("$controllermanagerbin", "kube-controller-manager"),
    ("$schedulerbin", "kube-scheduler"),
    ("$etcdbin", "etcd"),
    ("$kubeletbin", "kubelet"),
    ("$proxybin", "kube-proxy"),
];

/// What a check asks: its questions, and how they are joined.
type Asks = (bool, Vec<String>);

/// The rule that a check is taken to be of.
#[derive(Clone)]
struct Mapped {
    benchmark: usize,
    control: usize,
}

impl Catalog {
    /// Takes the benchmarks of a folder of kube-bench in; one with the id of a built-in benchmark
    /// stands in its place.
    ///
    /// # Errors
    /// What cannot be read, with its file.
    pub fn take_kube_bench(&mut self, path: &Path) -> Result<(), String> {
        let folder = KubeBenchFolder::read(path).map_err(|why| format!("--kube-bench: {why}"))?;
        let mut learned: BTreeMap<String, Mapped> = BTreeMap::new();
        let by_setting = self.published_settings();
        let mut files = 0;
        let mut checks = 0;
        let mut taken: Vec<(Benchmark, Vec<Option<Mapped>>, Vec<String>)> = Vec::new();
        for (id, benchmark) in folder.benchmarks {
            let known = self.benchmarks.iter().position(|known| known.id == id);
            let mut controls = Vec::new();
            let mut mapped = Vec::new();
            let mut spellings = Vec::new();
            for section in benchmark.sections {
                let section = Arc::new(section);
                files += 1;
                for (group, of_group) in section.controls.groups.iter().enumerate() {
                    for (check, one) in of_group.checks.iter().enumerate() {
                        checks += 1;
                        let audited = Audited {
                            section: Arc::clone(&section),
                            file: files,
                            number: checks,
                            group,
                            check,
                        };
                        let is_asked = is_evaluated(of_group, one);
                        let by_number = known.and_then(|at| self.of_number(at, one));
                        let rule =
                            by_number.or_else(|| by_setting.get(&setting_key(one)?).cloned());
                        let rule = rule.filter(|_| is_asked);
                        let spelling = spelling(one);
                        if let Some(rule) = &rule {
                            learned
                                .entry(spelling.clone())
                                .or_insert_with(|| rule.clone());
                        }
                        controls.push(control(audited, of_group, one, &controls));
                        mapped.push(rule);
                        spellings.push(if is_asked { spelling } else { String::new() });
                    }
                }
            }
            let base = known.and_then(|at| self.benchmarks.get(at));
            let benchmark = of_folder(&id, path, base, controls);
            taken.push((benchmark, mapped, spellings));
        }
        let ids = taken.iter().map(|(benchmark, ..)| benchmark.id.clone());
        self.added.push(Added {
            sha256: folder.digest.clone(),
            benchmarks: ids.collect(),
        });
        let mut all = Vec::new();
        for (mut benchmark, mapped, spellings) in taken {
            benchmark.catalog = Some(folder.digest.clone());
            let controls = benchmark.controls.iter_mut();
            for (control, (rule, spelling)) in controls.zip(mapped.into_iter().zip(spellings)) {
                let rule = rule.or_else(|| learned.get(&spelling).cloned());
                let of =
                    rule.and_then(|at| self.benchmarks.get(at.benchmark)?.controls.get(at.control));
                if let Some(of) = of {
                    control.mapping.clone_from(&of.mapping);
                    let entry = Arc::make_mut(&mut control.entry);
                    entry.rule.clone_from(&of.rule);
                    entry.expect.clone_from(&of.expect);
                    entry.check.clone_from(&of.check);
                    entry.level.clone_from(&of.level);
                }
            }
            benchmark.sort();
            all.push(benchmark);
        }
        for benchmark in all {
            match self
                .benchmarks
                .iter_mut()
                .find(|known| known.id == benchmark.id)
            {
                Some(known) => *known = benchmark,
                None => self.benchmarks.push(benchmark),
            }
        }
        self.versions = folder.versions;
        let rules = &self.rules;
        let numbers = resolve(&mut self.benchmarks, |key| rules.get(key).cloned());
        [self.questions, self.published_questions] = numbers;
        Ok(())
    }

    /// The control of this number of a built-in benchmark, if it asks what the check asks: by its
    /// published check, or where it has none by the settings or the files of its rule.
    fn of_number(&self, benchmark: usize, check: &AuditCheck) -> Option<Mapped> {
        let controls = &self.benchmarks.get(benchmark)?.controls;
        let at = controls.iter().position(|c| c.number == check.id)?;
        let control = controls.get(at)?;
        let (rule, own) = control.judging_check()?;
        let is_same = match &control.text {
            Some(text) if !text.all_objects => asks_of_text(text) == asks_of_check(check)?,
            _ => is_about(own, &rule.data.component, check),
        };
        is_same.then_some(Mapped {
            benchmark,
            control: at,
        })
    }

    /// Built-in controls whose published check asks for settings, by component and questions.
    fn published_settings(&self) -> BTreeMap<(String, Asks), Mapped> {
        let mut all = BTreeMap::new();
        for (benchmark, of) in self.benchmarks.iter().enumerate() {
            for (control, one) in of.controls.iter().enumerate() {
                let (Some(rule), Some(text)) = (one.judging_rule(), &one.text) else {
                    continue;
                };
                let is_of_file = |test: &Test| test.stat.is_some() || test.file.is_some();
                if text.all_objects || text.tests.iter().any(is_of_file) {
                    continue;
                }
                let key = (rule.data.component.clone(), asks_of_text(text));
                all.entry(key).or_insert(Mapped { benchmark, control });
            }
        }
        all
    }
}

/// Whether a rule's check is about what a check of kube-bench looks at.
fn is_about(own: &Rules, component: &str, check: &AuditCheck) -> bool {
    let parts = own.parts();
    let prints = |what: &str| check.audit.contains(what);
    let is_of_mode = parts.iter().any(|part| matches!(part, Rules::FileMode(_)));
    let is_of_owner = parts.iter().any(|part| matches!(part, Rules::FileOwner(_)));
    if is_of_mode || is_of_owner {
        return is_of_mode == prints("%a") && is_of_owner == prints("%U");
    }
    let settings = parts.iter().filter_map(|part| match part {
        Rules::Setting(rule) => Some(rule.setting),
        _ => None,
    });
    let flags: Vec<&str> = settings.map(|of| of.flag.trim_start_matches('-')).collect();
    let Some(tests) = check.tests.as_ref().filter(|_| !flags.is_empty()) else {
        return false;
    };
    let name = PROGRAMS.iter().find(|(_, program)| *program == component);
    let is_of_component = name.is_some_and(|(name, _)| check.audit.contains(name));
    // What is made of several settings, as the admission plug-ins in force, has no flag of its own.
    let is_derived = flags.iter().any(|flag| flag.is_empty());
    let mut asked = tests
        .items
        .iter()
        .map(|item| item.flag.trim_start_matches('-'));
    is_of_component && (is_derived || asked.all(|flag| flags.contains(&flag)))
}

fn of_folder(id: &str, path: &Path, base: Option<&Benchmark>, controls: Vec<Control>) -> Benchmark {
    let family = id.split('-').next().unwrap_or(id).to_owned();
    Benchmark {
        id: id.to_owned(),
        aliases: base.map(|base| base.aliases.clone()).unwrap_or_default(),
        family: base.map_or(family, |base| base.family.clone()),
        order: base.and_then(|base| base.order),
        publisher: "kube-bench".to_owned(),
        title: format!("{id} of a folder of kube-bench"),
        version: base.and_then(|base| base.version.clone()),
        address: None,
        numbers_from: path.display().to_string(),
        kubernetes: base.and_then(|base| base.kubernetes.clone()),
        extends: None,
        remove: Vec::new(),
        stig: None,
        references: None,
        controls,
        catalog: None,
    }
}

fn control(
    audited: Audited,
    group: &AuditGroup,
    check: &AuditCheck,
    before: &[Control],
) -> Control {
    let of_cluster = matches!(
        audited.section.name.as_str(),
        "policies" | "managedservices"
    );
    let duty = match audited.section.name.as_str() {
        "master" | "controlplane" => Duty::ControlPlane,
        "etcd" => Duty::Etcd,
        _ => Duty::Worker,
    };
    let assessment = match (is_evaluated(group, check), check.scored) {
        (false, _) => Assessment::Manual,
        (true, true) => Assessment::Scored,
        (true, false) => Assessment::NotScored,
    };
    // Some files have a number twice; each check has a row of its own.
    let same = |number: &String| before.iter().any(|control| control.number == *number);
    let mut number = check.id.clone();
    let mut times = 1;
    while same(&number) {
        times += 1;
        number = format!("{}#{times}", check.id);
    }
    Control::from(Entry {
        number,
        title: Some(check.text.trim().to_owned()),
        look_at: Some("kube-bench asks a person".to_owned()),
        role: Some(duty),
        of_cluster,
        remediation: Some(check.remediation.trim().to_owned()).filter(|text| !text.is_empty()),
        audited: Some(Arc::new(audited)),
        ..Entry::of_person(assessment)
    })
}

/// A check by what it runs and asks, whatever its number.
fn spelling(check: &AuditCheck) -> String {
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let tests = check.tests.as_ref();
    let items = tests.map(|tests| format!("{:?} {}", tests.items, tests.bin_op));
    format!(
        "{}\n{}\n{}",
        words(&check.audit),
        words(&check.audit_config),
        items.unwrap_or_default()
    )
}

/// The component whose arguments a check reads, and what it asks of them.
fn setting_key(check: &AuditCheck) -> Option<(String, Asks)> {
    let mut named = PROGRAMS
        .iter()
        .filter(|(name, _)| check.audit.contains(name));
    let (_, component) = named.next().filter(|_| named.next().is_none())?;
    // The output of another command than `ps` says something else by the same words.
    if check.audit.contains("stat ") || !check.audit.contains("ps ") {
        return None;
    }
    Some(((*component).to_owned(), asks_of_check(check)?))
}

fn asks_of_check(check: &AuditCheck) -> Option<Asks> {
    let tests = check.tests.as_ref()?;
    let is_mode = check.audit.contains("%a");
    let mut asks: Vec<String> = tests
        .items
        .iter()
        .map(|item| of_item(item, is_mode))
        .collect();
    asks.sort();
    Some((tests.bin_op == "or" && asks.len() > 1, asks))
}

fn asks_of_text(text: &Text) -> Asks {
    let mut asks: Vec<String> = text.tests.iter().map(of_test).collect();
    asks.sort();
    (text.join == Join::Or && asks.len() > 1, asks)
}

fn of_item(item: &Item, is_mode: bool) -> String {
    let path = item
        .path
        .trim_start_matches(['{', '.'])
        .trim_end_matches('}');
    if is_mode && item.op == "bitmask" {
        return format!("mode bitmask {}", item.value);
    }
    let is_owner = item.path.is_empty() && item.flag.contains(':') && !item.flag.starts_with('-');
    if is_owner && item.set {
        return format!("owner {}", item.flag);
    }
    let value = match item.op.as_str() {
        "valid_elements" => elements(item.value.split(',')),
        _ => item.value.clone(),
    };
    let asked = match (item.set, item.op.as_str()) {
        (false, _) => "absent".to_owned(),
        (true, "") => "present".to_owned(),
        (true, op) => format!("{op} {value}"),
    };
    format!("{}|{path}|{asked}", item.flag)
}

fn of_test(test: &Test) -> String {
    match (test.stat, &test.bitmask, &test.flag, &test.equals) {
        (Some(StatText::Mode), Some(mode), ..) => return format!("mode bitmask {mode}"),
        (Some(StatText::Owner), _, Some(owner), _) if test.present => {
            return format!("owner {owner}");
        }
        (Some(StatText::Owner), _, None, Some(owner)) => return format!("owner {owner}"),
        _ => {}
    }
    let words = [
        ("eq", &test.equals),
        ("noteq", &test.not_equals),
        ("has", &test.has),
        ("nothave", &test.not_has),
        ("gte", &test.gte),
        ("bitmask", &test.bitmask),
    ];
    let asked = words
        .iter()
        .find_map(|(op, value)| Some(format!("{op} {}", value.as_ref()?)));
    let lists = test.valid_elements.as_ref();
    let lists = lists.map(|all| elements(all.iter().map(String::as_str)));
    let asked = asked.or(lists.map(|all| format!("valid_elements {all}")));
    let asked = asked.unwrap_or_else(|| if test.absent { "absent" } else { "present" }.to_owned());
    let flag = test.flag.as_deref().unwrap_or_default();
    format!(
        "{flag}|{}|{asked}",
        test.path.as_deref().unwrap_or_default()
    )
}

fn elements<'t>(all: impl Iterator<Item = &'t str>) -> String {
    let mut all: Vec<&str> = all.map(str::trim).filter(|one| !one.is_empty()).collect();
    all.sort_unstable();
    all.join(",")
}

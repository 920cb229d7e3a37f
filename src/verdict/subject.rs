//! What a node's verdicts rest on, gathered once per node.

use std::cell::{OnceCell, RefCell};

use crate::evidence::citation::Citation;
use crate::evidence::process::{Candidate, Process, Program};
use crate::evidence::{Evidence, SeenOnDisk, epoch_seconds};
use crate::fleet::lend::Lent;
use crate::node::Node;
use crate::node::duty::Duty;
use crate::node::platform::Platform;
use crate::node::system::System;
use crate::node::version::{Minor, Version};
use crate::rules::objects::admission::Admission;
use crate::rules::objects::shared::{NONE, Shared};
use crate::settings::component::{Component, Instance};
use crate::settings::components::{self, ComponentProcess};
use crate::settings::kubelet::Setting;
use crate::settings::kubelet_process::{KubeletProcess, NextStart};
use crate::settings::live::Live;
use crate::settings::value::SettingValue;
use crate::settings::{Doubt, Statement};
use crate::verdict::audit_cache::AuditCache;
use crate::verdict::located::LocatedFiles;
use crate::verdict::running::others;

/// The components of one node, as far as the evidence shows them.
pub struct Subject<'e> {
    /// What is written down, per kubelet process.
    pub kubelets: Vec<KubeletProcess>,
    /// What is written down, per process of the other components.
    pub others: Vec<ComponentProcess>,
    /// The same processes, as a capture shows them that contradicts those.
    rivals: (Vec<KubeletProcess>, Vec<ComponentProcess>),
    /// Components that a process runs inside itself, with arguments that nothing shows.
    embeddings: Vec<(Component, Process)>,
    /// configz, from the node's own bundle or lent by a cluster bundle.
    pub live: Option<Live>,
    /// The same where it was not handed out; then there is none.
    pub refused: Option<Live>,
    /// The kubelet's version, and where it stands.
    pub version: Option<(Minor, Citation)>,
    /// What rules about API objects share; of a cluster.
    pub shared: &'e Shared,
    /// What its API servers let in, as the bundles of their nodes show it; of a cluster.
    pub admission: Option<&'e Admission>,
    /// The node's own evidence; `None` where only the API speaks of it.
    pub evidence: Option<&'e Evidence<'e>>,
    /// The distribution, where there is a sign of it.
    pub platform: Option<Platform>,
    /// The operating system, where there is a sign of it.
    pub system: Option<(System, Citation)>,
    /// When the node's bundle was made, in seconds since 1970.
    pub collected_at: Option<i64>,
    /// What kube-bench's checks say of it, once somebody asked.
    pub audits: AuditCache,
    /// Where its files are, once somebody asked.
    pub located: LocatedFiles,
    /// What the node is shown not to do, once somebody asked.
    lacking: OnceCell<Vec<(Duty, Citation)>>,
    /// Command lines that may be of a component, once somebody asked: of hundreds of thousands, a few.
    candidates: OnceCell<Vec<Candidate>>,
    /// Processes that may be components under another name, of components that somebody asked for.
    suspects: RefCell<Vec<(Component, Option<String>)>>,
}

/// Whether a component is on the node, where no process of it was seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Presence {
    /// Proven not to be: the process list and the metadata that prove it.
    ProvenAbsent(Citation),
    /// Not proven: what is missing.
    NotProven(String),
}

impl<'e> Subject<'e> {
    /// The subject of a node bundle.
    #[must_use]
    pub fn of(
        evidence: &'e Evidence<'e>,
        processes: &[Process],
        node: &Node,
        live: Option<Live>,
        lent: &Lent,
    ) -> Self {
        let version = minor(node);
        let known = version.as_ref().map(|(minor, _)| *minor);
        let mut subject = Self {
            version,
            evidence: Some(evidence),
            ..Self::of_api(node, live)
        };
        let mut host = None;
        for process in processes {
            match process.program() {
                Some(Program::Kubelet(first)) => {
                    let next = NextStart::planned(process, evidence, known);
                    let kubelet = KubeletProcess::new(process, first, evidence, known);
                    subject.kubelets.push(kubelet.with_next(next));
                }
                Some(Program::Embeds) => host = Some(process),
                None => {}
            }
        }
        let manifests = subject.static_pod_folder();
        let planned = evidence.planned_components(manifests.as_deref());
        subject.others = others(processes, &planned, lent, evidence);
        for other in processes.iter().filter_map(|p| p.otherwise.as_deref()) {
            if let Some(Program::Kubelet(first)) = other.program() {
                let kubelet = KubeletProcess::new(other, first, evidence, known);
                subject.rivals.0.push(kubelet);
            }
            let more = others(std::slice::from_ref(other), &[], &Lent::default(), evidence);
            subject.rivals.1.extend(more);
        }
        let kubelet = KubeletProcess::embedded(processes, evidence, known);
        let unseen = host.filter(|_| kubelet.is_none());
        subject.embed(Component::Kubelet, unseen);
        for described in components::ALL.iter() {
            // A component of every node that runs by itself does not keep such a program from
            // running its own.
            let runs = subject.others.iter().any(|o| o.described() == described);
            if runs && described.role() != Duty::Worker {
                continue;
            }
            let host = host.filter(|host| described.may_be_inside(host));
            match ComponentProcess::embedded(described, processes, evidence, known) {
                Some(inside) => subject.others.push(inside),
                None => subject.embed(Component::Described(described), host),
            }
        }
        subject.kubelets.extend(kubelet);
        let manifest = evidence.manifest.as_ref();
        subject.collected_at = manifest
            .and_then(|m| m.collected_at.as_deref())
            .and_then(epoch_seconds);
        subject
    }

    /// Adds a component that a process runs inside itself, with arguments that nothing shows.
    fn embed(&mut self, component: Component, host: Option<&Process>) {
        let host = host.map(|host| (component, host.clone()));
        self.embeddings.extend(host);
    }

    /// The folder that the node's kubelet takes static pods from, where it is known to name one.
    fn static_pod_folder(&self) -> Option<String> {
        let setting = Setting::named("staticPodPath")?;
        let [kubelet] = self.kubelets.as_slice() else {
            return None;
        };
        match kubelet.setting(setting).ok()?.winner.value {
            SettingValue::Text(path) if path.starts_with('/') => Some(path),
            _ => None,
        }
    }

    /// The subject of a node of which only the API speaks.
    #[must_use]
    pub fn of_api(node: &Node, live: Option<Live>) -> Self {
        let (refused, live) = match live {
            Some(live) if live.refusal().is_some() => (Some(live), None),
            live => (None, live),
        };
        Self {
            refused,
            kubelets: Vec::new(),
            others: Vec::new(),
            rivals: (Vec::new(), Vec::new()),
            embeddings: Vec::new(),
            collected_at: live.as_ref().and_then(|live| live.taken_at),
            live,
            version: minor(node),
            shared: &NONE,
            admission: None,
            evidence: None,
            platform: node.platform,
            system: node.system.clone(),
            audits: AuditCache::default(),
            located: LocatedFiles::default(),
            lacking: OnceCell::new(),
            candidates: OnceCell::new(),
            suspects: RefCell::default(),
        }
    }

    /// The subject of a node of which only a cluster bundle speaks; `nothing` is evidence of no node.
    #[must_use]
    pub fn of_loan(node: &Node, live: Option<Live>, lent: &Lent, nothing: &Evidence<'_>) -> Self {
        Self {
            others: others(&[], &[], lent, nothing),
            ..Self::of_api(node, live)
        }
    }

    /// Where an API server on the node keeps its objects, if k3s translates that into a database of
    /// another kind, so that the node has no etcd.
    #[must_use]
    pub fn other_store(&self) -> Option<(&str, &Citation)> {
        let mut servers = (self.others.iter()).filter(|o| o.described().name() == "kube-apiserver");
        let (server, None) = (servers.next()?, servers.next()) else {
            return None;
        };
        let address = server.line.text("etcd-servers")?;
        let is_socket = address.starts_with("unix://") && address.ends_with("kine.sock");
        let runs_none = !self.others.iter().any(|o| o.described().name() == "etcd");
        (is_socket && runs_none).then_some((address, &server.process().citation))
    }

    /// The processes of a component.
    #[must_use]
    pub fn instances(&self, component: Component) -> Vec<&dyn Instance> {
        match component {
            Component::Kubelet => self.kubelets.iter().map(|k| k as &dyn Instance).collect(),
            Component::Described(described) => {
                let others = self.others.iter().filter(|o| o.described() == described);
                others.map(|other| other as &dyn Instance).collect()
            }
        }
    }

    /// The same process of a component, as a capture shows it that contradicts this one.
    #[must_use]
    pub fn rival(&self, component: Component, of: &dyn Instance) -> Option<&dyn Instance> {
        let pid = of.process().pid;
        let (kubelets, others) = &self.rivals;
        let mut all: Box<dyn Iterator<Item = &dyn Instance>> = match component {
            Component::Kubelet => Box::new(kubelets.iter().map(|k| k as &dyn Instance)),
            Component::Described(described) => {
                let others = others.iter().filter(move |o| o.described() == described);
                Box::new(others.map(|other| other as &dyn Instance))
            }
        };
        all.find(|other| other.process().pid == pid)
    }

    /// A process that runs the component inside itself, where nothing shows with which arguments.
    #[must_use]
    pub fn embedding(&self, component: Component) -> Option<&Process> {
        let mut embeddings = self.embeddings.iter();
        let found = embeddings.find(|(embedded, _)| *embedded == component);
        found.map(|(_, process)| process)
    }

    /// The live value of a setting; configz speaks of kubelets alone.
    #[must_use]
    pub fn live_value(
        &self,
        component: Component,
        setting: &Setting,
    ) -> Option<Result<Statement, Doubt>> {
        if component != Component::Kubelet {
            return None;
        }
        let live = self.live.as_ref()?;
        match self.kubelets.as_slice() {
            [kubelet] => live.of_process(setting, kubelet),
            _ => live.setting(setting, self.minor()),
        }
    }

    /// Why configz, which is there, says nothing of a setting.
    #[must_use]
    pub fn silence_of_live(&self, component: Component, setting: &Setting) -> Option<Doubt> {
        let live = self
            .live
            .as_ref()
            .filter(|_| component == Component::Kubelet)?;
        live.silence(setting, self.minor())
    }

    /// The kubelet's minor version.
    #[must_use]
    pub fn minor(&self) -> Option<Minor> {
        self.version.as_ref().map(|(minor, _)| *minor)
    }

    /// The process list that shows that the node does nothing of this in its cluster. What a
    /// manifest plans, a file on disk and a program that may be it under another name are signs.
    #[must_use]
    pub fn lacks(&self, role: Duty) -> Option<&Citation> {
        let all = self.lacking.get_or_init(|| {
            let asked = [Duty::ControlPlane, Duty::Etcd].into_iter();
            let shown = asked.filter_map(|role| Some((role, self.shown_without(role)?)));
            shown.collect()
        });
        let found = all.iter().find(|(lacking, _)| *lacking == role);
        found.map(|(_, list)| list)
    }

    fn shown_without(&self, role: Duty) -> Option<Citation> {
        let evidence = self.evidence?;
        let of_role = || Component::all().filter(|component| component.role() == role);
        let has_sign = |component: Component| {
            !self.instances(component).is_empty()
                || self.embedding(component).is_some()
                || self.suspect(component, evidence).is_some()
                || matches!(
                    evidence.seen_on_disk(|path| component.is_path(path)),
                    SeenOnDisk::There(_)
                )
        };
        let list = evidence.whole_process_list()?;
        if role == Duty::Etcd && self.other_store().is_some() {
            return None;
        }
        (!of_role().any(has_sign)).then_some(list)
    }

    /// A process that may be a component under another name.
    fn suspect(&self, component: Component, evidence: &Evidence<'_>) -> Option<String> {
        let mut known = self.suspects.borrow_mut();
        let asked = known.iter().find(|(of, _)| *of == component);
        let suspect = asked.map(|(_, suspect)| suspect.clone());
        suspect.unwrap_or_else(|| {
            let wanted = || evidence.candidates(Component::may_run_with);
            let candidates = self.candidates.get_or_init(wanted);
            let suspect = evidence.suspect(candidates, |command| component.may_run_as(command));
            known.push((component, suspect.clone()));
            suspect
        })
    }

    /// Whether nothing shows which of several nodes the evidence is of.
    #[must_use]
    pub fn is_ambiguous(&self) -> bool {
        self.evidence
            .is_some_and(|evidence| evidence.machine.is_ambiguous)
    }

    /// Whose word a file's mode and owner are.
    #[must_use]
    pub fn metadata_source(&self) -> &'static str {
        let evidence = self.evidence.as_ref();
        evidence.map_or("stat.tsv", |evidence| evidence.metadata_source())
    }

    /// Whether a component is on the node.
    #[must_use]
    pub fn presence(&self, component: Component) -> Presence {
        let name = component.as_str();
        let not =
            |why: String| Presence::NotProven(format!("no {name} is among the processes, {why}"));
        let Some(evidence) = self.evidence else {
            return Presence::NotProven("nothing of this node was collected".to_owned());
        };
        if let Some(suspect) = self.suspect(component, evidence) {
            return not(format!("but {suspect}"));
        }
        let Some(list) = evidence.whole_process_list() else {
            return not(
                "and the list was not taken as root, ended early or lacks the host's init as PID 1"
                    .to_owned(),
            );
        };
        let version = evidence.kubelet_version();
        let version = version.filter(|_| component == Component::Kubelet);
        if let Some(version) = version.and_then(|(text, _)| Version::find(&text)) {
            return not(format!("but `kubelet --version` printed {version}"));
        }
        match evidence.seen_on_disk(|path| component.is_path(path)) {
            SeenOnDisk::There(path) => not(format!("but {path} is on the node")),
            SeenOnDisk::NotLooked => not(format!(
                "but {} does not show whether its files are on the node",
                evidence.metadata_source()
            )),
            SeenOnDisk::Absent => Presence::ProvenAbsent(list),
        }
    }
}

fn minor(node: &Node) -> Option<(Minor, Citation)> {
    let (version, citation) = node.version.as_ref()?;
    Some((version.minor, citation.clone()))
}

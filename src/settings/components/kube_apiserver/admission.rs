//! Which admission plug-ins are on: those on by default in the version, and those switched on, but
//! not those switched off; or what the old flag lists, and nothing else.

use std::sync::LazyLock;

use super::super::derived::Derived;
use super::super::document::{items, text};
use super::super::layer::{Layer, Stated};
use super::{ComponentProcess, StartRefusal};
use crate::node::version::Minor;
use crate::problem::Code;
use crate::settings::kubelet::Setting;
use crate::settings::value::{SettingValue, ValueKind};
use crate::settings::{Doubt, SettingSource};

const ENABLE: &str = "enable-admission-plugins";
const DISABLE: &str = "disable-admission-plugins";
pub(super) const CONFIG: &str = "admission-control-config-file";
const OLD: &str = "admission-control";

/// What a setting's name begins with.
pub(super) const PREFIX: &str = "admissionPlugins.";

struct Plugin {
    name: &'static str,
    first: Option<Minor>,
    last: Option<Minor>,
    on_from: Option<Minor>,
}

impl Plugin {
    fn is_of(&self, version: Minor) -> bool {
        self.first.is_none_or(|first| version >= first)
            && self.last.is_none_or(|last| version <= last)
    }

    fn is_on(&self, version: Minor) -> bool {
        self.is_of(version) && self.on_from.is_some_and(|first| version >= first)
    }
}

static PLUGINS: LazyLock<Vec<Plugin>> = LazyLock::new(|| {
    let lines = include_str!("../kube-apiserver/admission-plugins.csv").lines();
    lines
        .skip(1)
        .filter_map(|line| {
            let mut cells = line.split(',');
            Some(Plugin {
                name: cells.next()?,
                first: cells.next().and_then(Minor::parse),
                last: cells.next().and_then(Minor::parse),
                on_from: cells.next().and_then(Minor::parse),
            })
        })
        .collect()
});

/// A setting of each plug-in: whether it is on.
pub(super) fn derived() -> impl Iterator<Item = Derived> {
    PLUGINS.iter().map(|plugin| Derived {
        path: format!("{PREFIX}{}", plugin.name).leak(),
        kind: ValueKind::Bool,
        layers,
    })
}

pub(super) fn layers(
    process: &ComponentProcess,
    setting: &Setting,
    version: Option<Minor>,
) -> Vec<Layer> {
    let name = setting.path.strip_prefix(PREFIX).unwrap_or_default();
    let line = process.process.citation.clone();
    let unknown = |doubt| {
        vec![Layer::new(
            process.seen.source,
            &process.seen.place,
            Some(line.clone()),
            Stated::Unknown(doubt),
        )]
    };
    if process.process.cut {
        return unknown(process.may_follow(ENABLE));
    }
    let mut lists = Vec::new();
    for flag in [OLD, DISABLE, ENABLE] {
        match process.list(flag) {
            Some(list) => lists.push(list.iter().any(|item| item == name)),
            None => {
                let why = format!("--{flag} is masked or has a variable");
                return unknown(Doubt::new(Code::ValueRedacted, why, vec![line.clone()]));
            }
        }
    }
    let by = |flag: &str, on: bool, decides: bool| {
        let (source, place, citation) = process.origin(flag);
        let place = format!("--{flag} in {place}");
        let stated = match decides {
            true => Stated::Value(SettingValue::Bool(on)),
            false => Stated::Nothing(format!("--{flag} does not name it")),
        };
        Layer::new(source, &place, Some(citation), stated)
    };
    if process.line.last(OLD).is_some() {
        let named = lists.first() == Some(&true);
        return vec![by(OLD, named, true)];
    }
    let names = |at: usize| lists.get(at) == Some(&true);
    vec![
        by(DISABLE, false, names(1)),
        by(ENABLE, true, names(2)),
        by_default(process, name, version),
    ]
}

fn by_default(process: &ComponentProcess, name: &str, version: Option<Minor>) -> Layer {
    let plugin = PLUGINS.iter().find(|plugin| plugin.name == name);
    let place = "what is on where no argument names it";
    let always = plugin.is_some_and(|plugin| {
        plugin.first.is_none() && plugin.last.is_none() && plugin.on_from == Some(Minor(1, 0))
    });
    let never = plugin.is_none_or(|plugin| plugin.on_from.is_none());
    let stated = match (version, plugin) {
        (Some(version), Some(plugin)) => Stated::Value(SettingValue::Bool(plugin.is_on(version))),
        _ if always || never => Stated::Value(SettingValue::Bool(always)),
        _ => {
            let why = format!(
                "whether {name} is on by default depends on the version, which is not known"
            );
            let line = process.process.citation.clone();
            Stated::Unknown(Doubt::new(Code::VersionUnknown, why, vec![line]))
        }
    };
    Layer::new(SettingSource::Default, place, None, stated)
}

/// The plug-ins that the file for admission configures.
pub(super) const CONFIGURED: Derived = Derived {
    path: "admissionConfiguration",
    kind: ValueKind::List,
    layers: configured,
};

fn configured(process: &ComponentProcess, _: &Setting, _: Option<Minor>) -> Vec<Layer> {
    let mut all = Vec::new();
    all.extend(process.by_file(CONFIG, |file| {
        let plugins = items(&file.document.root, "plugins").iter();
        let names = plugins.filter_map(|plugin| text(plugin, "name"));
        Stated::Value(SettingValue::List(names.map(str::to_owned).collect()))
    }));
    let value = Stated::Value(SettingValue::List(Vec::new()));
    let place = format!("no --{CONFIG}");
    all.push(Layer::new(SettingSource::Default, &place, None, value));
    all
}

pub(super) fn refused(process: &ComponentProcess) -> Option<StartRefusal> {
    let lists: Vec<Vec<String>> = [ENABLE, DISABLE, OLD]
        .into_iter()
        .map(|flag| process.list(flag).unwrap_or_default())
        .collect();
    let line = |why: String| Some(StartRefusal::by_line(why));
    let is_vendors = |name: &str| match &process.flag_file {
        Some(Ok(file)) => file.any_plugin || name.contains(".openshift.io/"),
        Some(Err(_)) => name.contains(".openshift.io/"),
        None => false,
    };
    let strangers = lists.iter().flatten().filter(|name| !is_vendors(name));
    let stranger = strangers.into_iter().find(|name| {
        let plugin = PLUGINS.iter().find(|plugin| plugin.name == name.as_str());
        // One may have come to the branch before in a patch release.
        let is_of = |plugin: &Plugin, version: Minor| {
            plugin.is_of(version) || plugin.is_of(Minor(version.0, version.1 + 1))
        };
        plugin.is_none_or(|plugin| process.version.is_some_and(|v| !is_of(plugin, v)))
    });
    if let Some(stranger) = stranger {
        return line(format!("there is no admission plug-in `{stranger}`"));
    }
    let [enable, disable, old] = lists.as_slice() else {
        return None;
    };
    if process.line.last(OLD).is_some() && !(enable.is_empty() && disable.is_empty()) {
        return line(format!(
            "--{OLD} stands beside the flags that came after it ({} names)",
            old.len()
        ));
    }
    let both = enable.iter().find(|name| disable.contains(name))?;
    line(format!("admission plug-in {both} is switched on and off"))
}

//! The flags of a program as data: what each holds, and which versions have it.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::flag_shape::FlagShape;
use super::value::ValueKind;
use crate::node::version::Minor;

/// One flag the program knows.
#[derive(Clone, Debug)]
pub struct Flag {
    /// What it holds.
    pub kind: ValueKind,
    pub(super) shape: FlagShape,
    /// Every occurrence is one item, whatever commas it has.
    pub(super) is_array: bool,
    /// First version that has it; `None`: as far back as known.
    pub(super) first: Option<Minor>,
    /// Last version that has it; `None`: still there.
    pub(super) last: Option<Minor>,
}

/// All flags of one program, by name, and names that people mistake for flags.
pub struct FlagTable {
    pub(super) flags: HashMap<&'static str, Flag>,
    /// Spellings without dashes and case → the flag meant.
    folded: HashMap<String, &'static str>,
    /// Empty words among the arguments are passed over; the kubelet refuses them.
    pub(super) takes_empty_words: bool,
}

/// Every kubelet flag.
pub static KUBELET_FLAGS: LazyLock<FlagTable> = LazyLock::new(|| {
    FlagTable::read(
        include_str!("kubelet-flags.csv"),
        super::kubelet::SETTINGS
            .iter()
            .map(|setting| (setting.path.as_str(), setting.flag.as_str())),
    )
});

impl FlagTable {
    pub(super) fn read(
        data: &'static str,
        config_names: impl Iterator<Item = (&'static str, &'static str)>,
    ) -> Self {
        let mut flags = HashMap::new();
        let mut folded = HashMap::new();
        for line in data.lines().skip(1) {
            let mut cells = line.split(',');
            let (Some(name), Some(kind)) = (cells.next(), cells.next()) else {
                continue;
            };
            let shape = FlagShape::of(name, kind);
            let is_array = kind == "array";
            let kind = match (name, kind) {
                ("feature-gates", _) => ValueKind::Gates,
                (_, "gates") => ValueKind::Gates,
                (_, "list" | "array") => ValueKind::List,
                (_, "uint") => ValueKind::Int(64),
                (_, "map" | "less-map" | "colon-map") => ValueKind::Map,
                (_, kind) => ValueKind::named(kind).unwrap_or(ValueKind::Text),
            };
            let first = cells.next().and_then(Minor::parse);
            let last = cells.next().and_then(Minor::parse);
            let flag = Flag {
                kind,
                shape,
                is_array,
                first,
                last,
            };
            flags.insert(name, flag);
            folded.insert(fold(name), name);
        }
        for (path, flag) in config_names {
            let name = path.rsplit('.').next().unwrap_or(path);
            folded
                .entry(fold(name))
                .or_insert(if flag.is_empty() { path } else { flag });
        }
        Self {
            flags,
            folded,
            takes_empty_words: false,
        }
    }

    /// Adds a flag that a distribution's own build has in every version.
    pub(super) fn add(&mut self, name: &'static str, kind: ValueKind) {
        let flag = Flag {
            kind,
            shape: FlagShape::of(name, "string"),
            is_array: false,
            first: None,
            last: None,
        };
        self.flags.insert(name, flag);
    }

    /// What a flag holds, of any version.
    #[must_use]
    pub fn kind(&self, name: &str) -> Option<ValueKind> {
        self.flags.get(name).map(|flag| flag.kind)
    }

    /// Whether a version before this one has the flag.
    pub(super) fn is_older(&self, name: &str, than: Minor) -> bool {
        let flag = self.flags.get(name);
        flag.is_some_and(|flag| flag.first.is_none_or(|first| first < than))
    }

    /// The flag a name that is none was probably meant to be: another case, `no-`, a part of the
    /// name, or a `:` where `=` belongs.
    pub(super) fn misspelt(&self, name: &str) -> Option<&'static str> {
        let before_colon = name.split(':').next().unwrap_or(name);
        let stripped = before_colon.strip_prefix("no-").unwrap_or(before_colon);
        if let Some(known) = self.folded.get(&fold(stripped)) {
            return Some(known);
        }
        // One letter more than a word's start: shorter ones are as likely a vendor's own flag.
        let abbreviated = |known: &&&str| known.starts_with(stripped) && stripped.len() >= 6;
        self.flags.keys().filter(abbreviated).min().copied()
    }
}

fn fold(name: &str) -> String {
    name.chars()
        .filter(|c| *c != '-' && *c != '_')
        .map(|c| c.to_ascii_lowercase())
        .collect()
}

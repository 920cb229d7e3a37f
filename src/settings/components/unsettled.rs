//! What bears on a setting in a way that no source tells.

use serde::Deserialize;

use super::super::Doubt;
use super::super::config_file::ConfigFile;
use super::super::pflag::CommandLine;
use crate::evidence::citation::Citation;
use crate::problem::Code;

/// A flag or a key of the configuration file beside which a setting is not known.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Unsettled {
    pub setting: String,
    /// A flag beside which nobody knows what the arguments come to.
    pub flag: Option<String>,
    /// A key of the configuration file beside which the default is not known.
    key: Option<KeyText>,
    /// A sentence.
    why: String,
}

/// A text within what a key holds.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyText {
    name: String,
    part: String,
}

impl Unsettled {
    /// That such a flag is given.
    pub fn by_flag(&self, line: &CommandLine, citation: &Citation) -> Option<Doubt> {
        line.last(self.flag.as_deref()?)?;
        Some(self.doubt(citation))
    }

    /// That such a key is in the file.
    pub fn by_key(&self, file: &ConfigFile) -> Option<Doubt> {
        let KeyText { name, part } = self.key.as_ref()?;
        let entry = file.document.root.get(name)?;
        entry
            .node
            .holds_text(part)
            .then(|| self.doubt(&file.citation))
    }

    fn doubt(&self, at: &Citation) -> Doubt {
        Doubt::new(Code::DefaultUnknown, self.why.clone(), vec![at.clone()])
    }
}

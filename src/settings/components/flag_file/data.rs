//! Which file it is, and what in it becomes flags.

use std::collections::BTreeMap;

use serde::Deserialize;

/// Which file it is, and what in it becomes flags.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct FlagFileData {
    /// The flag that names it.
    pub flag: String,
    /// The program that reads it, where that is not the component's own.
    pub program: Option<String>,
    /// Flags of that program alone.
    #[serde(default)]
    pub own_flags: Vec<String>,
    /// Its `kind`.
    pub kind: String,
    /// The key of its map of flags.
    pub arguments: String,
    /// Keys that give a flag which the map does not: by key.
    #[serde(default)]
    pub unset: BTreeMap<String, String>,
    /// The key of an address and port, and the flags of both.
    pub bind: Option<(String, String, String)>,
    /// The key of its section about auditing.
    pub audit: Option<String>,
    /// The key of its map of admission plug-ins.
    pub plugins: Option<String>,
    /// Those that are on beside the component's own where the map does not switch them off.
    #[serde(default)]
    pub plugins_on: Vec<String>,
    /// Flags that the program gives where the file does not.
    #[serde(default)]
    pub fixed: BTreeMap<String, Vec<String>>,
}

impl FlagFileData {
    /// Whether a process with these words is of the program that reads it.
    pub fn is_of(&self, words: &[String]) -> bool {
        let own = words.first().and_then(|word| word.rsplit('/').next());
        match &self.program {
            None => true,
            Some(program) => own == Some(program),
        }
    }
}

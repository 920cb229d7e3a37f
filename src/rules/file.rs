//! Rules about a file of the node: its permissions, its owner.

use serde::Deserialize;
use toml::Table;

/// Which file, by its role in the catalog's table of files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileRole {
    /// The role's name.
    pub name: String,
    /// Where the file is not on the node, there is nothing to protect.
    pub if_exists: bool,
}

/// The permissions a file may have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileMode {
    /// Which file.
    pub file: FileRole,
    /// No bit beyond these, set-uid, set-gid and sticky included.
    pub at_most: u32,
}

/// The owner a file must have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileOwner {
    /// Which file.
    pub file: FileRole,
    /// The user's name.
    pub owner: String,
    /// The group's name.
    pub group: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenMode {
    file: String,
    #[serde(default)]
    if_exists: bool,
    at_most: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenOwner {
    file: String,
    #[serde(default)]
    if_exists: bool,
    owner: String,
}

impl FileMode {
    /// Reads the check of a catalog file.
    ///
    /// # Errors
    /// A key it must not have, or a mode that is none.
    pub fn settle(table: Table) -> Result<Self, String> {
        let written: WrittenMode = super::read(table)?;
        let at_most = u32::from_str_radix(&written.at_most, 8)
            .ok()
            .filter(|mode| *mode <= 0o7777)
            .ok_or_else(|| format!("`{}` is no octal mode", written.at_most))?;
        Ok(Self {
            file: FileRole {
                name: written.file,
                if_exists: written.if_exists,
            },
            at_most,
        })
    }

    /// Whether a mode has no bit it must not have.
    #[must_use]
    pub fn holds(&self, mode: u32) -> bool {
        mode & !self.at_most == 0
    }
}

impl FileOwner {
    /// Reads the check of a catalog file.
    ///
    /// # Errors
    /// A key it must not have, or an owner that is not `user:group`.
    pub fn settle(table: Table) -> Result<Self, String> {
        let written: WrittenOwner = super::read(table)?;
        let (owner, group) = written
            .owner
            .split_once(':')
            .ok_or_else(|| format!("`{}` is not user:group", written.owner))?;
        Ok(Self {
            file: FileRole {
                name: written.file,
                if_exists: written.if_exists,
            },
            owner: owner.to_owned(),
            group: group.to_owned(),
        })
    }

    /// Whether names are the wanted ones.
    #[must_use]
    pub fn holds(&self, owner: &str, group: &str) -> bool {
        owner == self.owner && group == self.group
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_bit_beyond_the_mask_is_allowed() {
        let rule = FileMode::settle("file = \"f\"\nat_most = \"600\"".parse().unwrap()).unwrap();
        for (mode, expected) in [
            (0o600, true),
            (0o400, true),
            (0o0, true),
            (0o640, false),
            (0o700, false),
            (0o1600, false),
            (0o4600, false),
        ] {
            assert_eq!(rule.holds(mode), expected, "{mode:o}");
        }
    }

    #[test]
    fn what_is_no_mode_and_no_owner_is_refused() {
        for wrong in [
            "file = \"f\"\nat_most = \"9\"",
            "file = \"f\"\nat_most = \"600\"\nx = 1",
        ] {
            assert!(FileMode::settle(wrong.parse().unwrap()).is_err(), "{wrong}");
        }
        assert!(FileOwner::settle("file = \"f\"\nowner = \"root\"".parse().unwrap()).is_err());
    }
}

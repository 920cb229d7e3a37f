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

    /// The bits of a mode that it must not have, in words.
    #[must_use]
    pub fn beyond(&self, mode: u32) -> Vec<&'static str> {
        const BITS: [(u32, &str); 12] = [
            (0o4000, "set-uid"),
            (0o2000, "set-gid"),
            (0o1000, "sticky"),
            (0o400, "owner read"),
            (0o200, "owner write"),
            (0o100, "owner execute"),
            (0o040, "group read"),
            (0o020, "group write"),
            (0o010, "group execute"),
            (0o004, "others read"),
            (0o002, "others write"),
            (0o001, "others execute"),
        ];
        let over = mode & !self.at_most;
        let bits = BITS.iter().filter(|(bit, _)| over & bit != 0);
        bits.map(|(_, word)| *word).collect()
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
    fn bits_that_are_too_many_are_named() {
        let rule = FileMode::settle("file = \"f\"\nat_most = \"600\"".parse().unwrap()).unwrap();
        for (mode, wanted) in [
            (0o600, vec![]),
            (0o400, vec![]),
            (0o644, vec!["group read", "others read"]),
            (0o4700, vec!["set-uid", "owner execute"]),
        ] {
            assert_eq!(rule.beyond(mode), wanted, "{mode:o}");
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

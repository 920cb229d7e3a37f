//! Rules about a file of the node: its permissions, its owner.

use super::written::{CheckTable, Wrong};

/// Which file, by its role in the catalog's table of files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileRole {
    /// The role's name.
    pub name: String,
    /// Where the file is not on the node, there is nothing to protect.
    pub if_exists: bool,
    /// A directory is meant.
    pub directory: bool,
    /// Every file below the directory with a name like one of these is meant; `*` stands for any text,
    /// and alone for the directories too.
    pub below: Vec<String>,
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

impl FileRole {
    fn settle(table: &mut CheckTable) -> Result<Self, Wrong> {
        Ok(Self {
            name: table.needed("file")?,
            if_exists: table.flag("if_exists")?,
            directory: table.flag("directory")?,
            below: table.texts("below")?,
        })
    }

    /// Whether a file below the directory is meant, by its name.
    #[must_use]
    pub fn means(&self, name: &str) -> bool {
        self.below.iter().any(|like| fits(like, name))
    }

    /// Whether directories below it are meant as well.
    #[must_use]
    pub fn means_directories(&self) -> bool {
        self.below.iter().any(|like| like == "*")
    }
}

/// Whether a name is this one, where each `*` stands for any text.
fn fits(like: &str, name: &str) -> bool {
    match like.split_once('*') {
        None => name == like,
        Some((before, after)) => name.strip_prefix(before).is_some_and(|rest| {
            let mut ends = rest.char_indices().map(|(at, _)| at).chain([rest.len()]);
            ends.any(|at| rest.get(at..).is_some_and(|rest| fits(after, rest)))
        }),
    }
}

impl FileMode {
    /// Reads the check of a catalog file.
    ///
    /// # Errors
    /// A key it must not have, or a mode that is none.
    pub fn settle(table: &mut CheckTable) -> Result<Self, Wrong> {
        let file = FileRole::settle(table)?;
        let text = table.needed("at_most")?;
        let at_most = octal_mode(&text)
            .ok_or_else(|| Wrong::at("at_most", format!("`{text}` is no octal mode")))?;
        Ok(Self { file, at_most })
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
    pub fn settle(table: &mut CheckTable) -> Result<Self, Wrong> {
        let file = FileRole::settle(table)?;
        let text = table.needed("owner")?;
        let (owner, group) = text
            .split_once(':')
            .filter(|(owner, group)| !owner.is_empty() && !group.is_empty())
            .ok_or_else(|| Wrong::at("owner", format!("`{text}` is not user:group")))?;
        Ok(Self {
            file,
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

/// `644`, `4755`: octal digits alone.
#[must_use]
pub fn octal_mode(text: &str) -> Option<u32> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    let mode = u32::from_str_radix(text, 8).ok();
    mode.filter(|mode| digits && *mode <= 0o7777)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(text: &str) -> CheckTable {
        CheckTable::new(text.parse().unwrap())
    }

    #[test]
    fn a_star_stands_for_any_text_wherever_it_is() {
        for (like, name, is) in [
            ("*.crt", "ca.crt", true),
            ("*.crt", ".crt", true),
            ("*.crt", "ca.crt.bak", false),
            ("*.*", "10.0.0.2", true),
            ("*.*", "last_reserved_ip.0", true),
            ("*.*", "lock", false),
            ("a*b*c", "a-b-b-c", true),
            ("a*b*c", "a-c", false),
            ("*", "x", true),
            ("db", "db", true),
            ("db", "db2", false),
        ] {
            assert_eq!(fits(like, name), is, "{like} {name}");
        }
    }

    #[test]
    fn no_bit_beyond_the_mask_is_allowed() {
        let rule = FileMode::settle(&mut written("file = \"f\"\nat_most = \"600\"")).unwrap();
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
        let rule = FileMode::settle(&mut written("file = \"f\"\nat_most = \"600\"")).unwrap();
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
        for wrong in ["9", "", "+600", "17777", "rw-------"] {
            let text = format!("file = \"f\"\nat_most = \"{wrong}\"");
            assert!(FileMode::settle(&mut written(&text)).is_err(), "{wrong}");
        }
        for wrong in ["root", ":root", "root:"] {
            let text = format!("file = \"f\"\nowner = \"{wrong}\"");
            assert!(FileOwner::settle(&mut written(&text)).is_err(), "{wrong}");
        }
    }
}

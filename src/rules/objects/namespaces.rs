//! A rule about namespaces: each has an object of a list.

use crate::rules::written::{CheckTable, Wrong};

/// What each namespace of users must have.
#[derive(Clone, Debug)]
pub struct NamespacesRule {
    /// The list: `networkpolicies`.
    pub list: String,
    /// What is to be true, for people.
    pub expected: String,
    /// What an offender is called, for people.
    pub offender: String,
}

impl NamespacesRule {
    /// Reads the check of a catalog file.
    ///
    /// # Errors
    /// A key that is missing.
    pub fn settle(table: &mut CheckTable) -> Result<Self, Wrong> {
        Ok(Self {
            list: table.needed("list")?,
            expected: table.needed("expected")?,
            offender: table.needed("offender")?,
        })
    }
}

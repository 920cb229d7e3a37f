//! Which node and bundle a line is of, where a layout has one line for all findings of a node.

use serde::{Deserialize, Serialize};

use crate::matrix::row::Row;

/// The first cells of such a line.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq, Serialize)]
pub(super) struct Leading {
    cluster: Option<String>,
    node: Option<String>,
    bundle: String,
}

impl Leading {
    /// The names of their columns.
    pub(super) const NAMES: [&'static str; 3] = ["cluster", "node", "bundle"];

    pub(super) fn of(row: &Row<'_>) -> Self {
        Self {
            cluster: row.cluster.map(str::to_owned),
            node: row.node.map(str::to_owned),
            bundle: row.bundle.to_owned(),
        }
    }

    /// Whether a row belongs in the line.
    pub(super) fn is_of(&self, row: &Row<'_>) -> bool {
        self.cells() == [row.cluster, row.node, Some(row.bundle)]
    }

    pub(super) fn cells(&self) -> [Option<&str>; 3] {
        [
            self.cluster.as_deref(),
            self.node.as_deref(),
            Some(&self.bundle),
        ]
    }

    /// The same, null as the empty text.
    pub(super) fn texts(&self) -> [&str; 3] {
        self.cells().map(Option::unwrap_or_default)
    }
}

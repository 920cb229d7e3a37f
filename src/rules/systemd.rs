//! A rule about a property of a systemd unit, as `systemctl show` prints it.

mod networks;

use super::comparison::Comparison;
use super::written::{CheckTable, Wrong};
use crate::settings::value::{SettingValue, ValueKind};

/// What a property of a unit must be.
#[derive(Clone, Debug)]
pub struct UnitProperty {
    /// The unit: `sshd.service`.
    pub unit: String,
    /// The property: `ActiveState`.
    pub property: String,
    /// A property that undoes it where its networks are all there are: `IPAddressAllow`.
    pub undone_by: Option<String>,
    kind: ValueKind,
    comparison: Comparison,
}

impl UnitProperty {
    /// Reads the check of a catalog file.
    ///
    /// # Errors
    /// A key it must not have, or no comparison.
    pub fn settle(table: &mut CheckTable) -> Result<Self, Wrong> {
        let kind = match table.has("contains_all") || table.has("subset_of") {
            true => ValueKind::List,
            false => ValueKind::Text,
        };
        Ok(Self {
            unit: table.needed("unit")?,
            property: table.needed("property")?,
            undone_by: table.text("undone_by")?,
            kind,
            comparison: Comparison::take(table, kind)?,
        })
    }

    /// Whether a property is as wanted; a list's items stand apart by blanks.
    #[must_use]
    pub fn holds(&self, text: &str) -> bool {
        self.comparison.holds(&match self.kind {
            ValueKind::List => {
                SettingValue::List(text.split_whitespace().map(str::to_owned).collect())
            }
            _ => SettingValue::Text(text.to_owned()),
        })
    }

    /// The family of which the property that undoes this one lists every address.
    #[must_use]
    pub fn undone_for(&self, text: &str) -> Option<&'static str> {
        networks::whole_family(text)
    }

    /// What the rule wants, for people.
    #[must_use]
    pub fn expected(&self) -> String {
        self.comparison
            .expected(&format!("{} of {}", self.property, self.unit))
    }
}

//! A rule about a property of a systemd unit, as `systemctl show` prints it.

use serde::Deserialize;
use toml::Table;

use super::comparison::Comparison;
use crate::settings::value::{Kind, SettingValue};

/// What a property of a unit must be.
#[derive(Clone, Debug)]
pub struct UnitProperty {
    /// The unit: `sshd.service`.
    pub unit: String,
    /// The property: `ActiveState`.
    pub property: String,
    kind: Kind,
    comparison: Comparison,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    unit: String,
    property: String,
}

impl UnitProperty {
    /// Reads the check of a catalog file.
    ///
    /// # Errors
    /// A key it must not have, or no comparison.
    pub fn settle(mut table: Table) -> Result<Self, String> {
        let comparison = Comparison::take(&mut table, Kind::Text)?;
        let Written { unit, property } = super::read(table)?;
        let kind = match comparison {
            Comparison::ContainsAll(_) | Comparison::SubsetOf(_) => Kind::List,
            _ => Kind::Text,
        };
        Ok(Self {
            unit,
            property,
            kind,
            comparison,
        })
    }

    /// Whether a property is as wanted; a list's items stand apart by blanks.
    #[must_use]
    pub fn holds(&self, text: &str) -> bool {
        self.comparison.holds(&match self.kind {
            Kind::List => SettingValue::List(text.split_whitespace().map(str::to_owned).collect()),
            _ => SettingValue::Text(text.to_owned()),
        })
    }

    /// What the rule wants, for people.
    #[must_use]
    pub fn expected(&self) -> String {
        self.comparison
            .expected(&format!("{} of {}", self.property, self.unit))
    }
}

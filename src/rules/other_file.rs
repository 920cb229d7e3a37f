//! A rule about two files that components name: they must not be one.

use super::setting::SettingRule;
use super::written::{CheckTable, Wrong};
use toml::{Table, Value};

/// A setting that names another file than a setting of another component.
#[derive(Clone, Debug)]
pub struct OtherFile {
    /// Names the file that is judged.
    pub own: SettingRule,
    /// Names the one that it must not be.
    pub other: SettingRule,
}

impl OtherFile {
    /// Reads the check of a catalog file.
    ///
    /// # Errors
    /// A key it must not have, or a setting that does not exist.
    pub fn settle(table: &mut CheckTable, component: &str) -> Result<Self, Wrong> {
        let own = named(table.needed("setting")?, component)?;
        let other = match table.take("than") {
            Some(Value::Table(than)) => {
                let mut than = CheckTable::new(than);
                let component = than.needed("component");
                let read = component.and_then(|component| {
                    let rule = named(than.needed("setting")?, &component)?;
                    than.finish("than")?;
                    Ok(rule)
                });
                read.map_err(|wrong| wrong.below(["than".into()]))?
            }
            _ => {
                let what = "`than` is a table with `component` and `setting`";
                return Err(Wrong::at("than", what));
            }
        };
        Ok(Self { own, other })
    }

    /// What the rule wants, for people.
    #[must_use]
    pub fn expected(&self) -> String {
        format!(
            "{} names another file than {} of {}",
            self.own.setting.shown(),
            self.other.setting.shown(),
            self.other.component.as_str()
        )
    }
}

/// The rule that somebody names a file there.
fn named(setting: String, component: &str) -> Result<SettingRule, Wrong> {
    let mut table = Table::new();
    table.insert("setting".to_owned(), setting.into());
    table.insert("expect".to_owned(), "in-force".into());
    table.insert("is_set".to_owned(), true.into());
    SettingRule::settle(&mut CheckTable::new(table), component)
}

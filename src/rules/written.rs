//! A table of a catalog file → its keys, taken one by one; what is wrong with it names its place.

use toml::{Table, Value};

/// What is wrong in a catalog file, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong {
    /// From the top of the file, or of the table that was read, to the key or item.
    pub path: Vec<CatalogStep>,
    /// A sentence.
    pub what: String,
}

/// One step down in a catalog file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CatalogStep {
    /// Into the value of a key.
    Key(String),
    /// Into an item of a list, counted from 0.
    Item(usize),
}

impl From<&str> for CatalogStep {
    fn from(key: &str) -> Self {
        Self::Key(key.to_owned())
    }
}

impl From<usize> for CatalogStep {
    fn from(item: usize) -> Self {
        Self::Item(item)
    }
}

impl Wrong {
    /// Of the table itself.
    #[must_use]
    pub fn here(what: impl Into<String>) -> Self {
        Self {
            path: Vec::new(),
            what: what.into(),
        }
    }

    /// Of one of its keys.
    #[must_use]
    pub fn at(key: &str, what: impl Into<String>) -> Self {
        Self::here(what).below([key.into()])
    }

    /// Seen from further up.
    #[must_use]
    pub fn below<const N: usize>(mut self, above: [CatalogStep; N]) -> Self {
        self.path.splice(0..0, above);
        self
    }
}

/// A table whose keys are taken out until none is left.
#[derive(Clone, Debug)]
pub struct CheckTable(Table);

impl CheckTable {
    /// Of a whole table.
    #[must_use]
    pub fn new(table: Table) -> Self {
        Self(table)
    }

    /// Whether a key is there.
    #[must_use]
    pub fn has(&self, key: &str) -> bool {
        self.0.contains_key(key)
    }

    /// A key that nobody has taken yet.
    #[must_use]
    pub fn any(&self) -> Option<&str> {
        self.0.keys().next().map(String::as_str)
    }

    /// The value of a key.
    pub fn take(&mut self, key: &str) -> Option<Value> {
        self.0.remove(key)
    }

    /// A text, if it is there.
    ///
    /// # Errors
    /// It is no text.
    pub fn text(&mut self, key: &str) -> Result<Option<String>, Wrong> {
        match self.take(key) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(other) => Err(Wrong::at(
                key,
                format!("`{key}` is {}, not a text", described(&other)),
            )),
        }
    }

    /// A text that must be there.
    ///
    /// # Errors
    /// It is missing, empty or no text.
    pub fn needed(&mut self, key: &str) -> Result<String, Wrong> {
        let text = self
            .text(key)?
            .ok_or_else(|| Wrong::here(format!("`{key}` is missing")))?;
        if text.is_empty() {
            return Err(Wrong::at(key, format!("`{key}` is empty")));
        }
        Ok(text)
    }

    /// A boolean, false where it is not there.
    ///
    /// # Errors
    /// It is no boolean.
    pub fn flag(&mut self, key: &str) -> Result<bool, Wrong> {
        match self.take(key) {
            None => Ok(false),
            Some(Value::Boolean(on)) => Ok(on),
            Some(other) => Err(Wrong::at(
                key,
                format!("`{key}` is {}, not true or false", described(&other)),
            )),
        }
    }

    /// A list of texts; empty where it is not there.
    ///
    /// # Errors
    /// It is no list, or has something else in it.
    pub fn texts(&mut self, key: &str) -> Result<Vec<String>, Wrong> {
        let wrong = |what: &str| Wrong::at(key, format!("`{key}` {what}"));
        match self.take(key) {
            None => Ok(Vec::new()),
            Some(Value::Array(items)) if !items.is_empty() => (items.into_iter())
                .map(|item| match item {
                    Value::String(text) => Ok(text),
                    other => Err(wrong(&format!("holds {}, not a text", described(&other)))),
                })
                .collect(),
            Some(_) => Err(wrong("is a list of texts, with one at least")),
        }
    }

    /// Everything must have been taken by now.
    ///
    /// # Errors
    /// A key that this kind of check does not have.
    pub fn finish(self, kind: &str) -> Result<(), Wrong> {
        match self.any() {
            None => Ok(()),
            Some(key) => Err(Wrong::at(
                key,
                format!("a `{kind}` check has no key `{key}`"),
            )),
        }
    }
}

/// What a value is, for people.
#[must_use]
pub fn described(value: &Value) -> &'static str {
    match value {
        Value::String(_) => "a text",
        Value::Integer(_) => "a whole number",
        Value::Float(_) => "a number with a point",
        Value::Boolean(_) => "true or false",
        Value::Datetime(_) => "a date",
        Value::Array(_) => "a list",
        Value::Table(_) => "a table",
    }
}

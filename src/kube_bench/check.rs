//! A check of kube-bench as its file says it (check/check.go, check/test.go and check/controls.go of
//! kube-bench; what yaml.v2 reads from which spelling is from its oracle's units).

use super::tree::Tree;

/// One check.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AuditCheck {
    /// `1.2.3`
    pub id: String,
    /// Its title.
    pub text: String,
    /// The script whose output flags are looked for in.
    pub audit: String,
    /// The script that prints an environment.
    pub audit_env: String,
    /// The script that prints a configuration file.
    pub audit_config: String,
    /// What is asked of the output; `None` where the file says nothing.
    pub tests: Option<Tests>,
    /// `manual`, `skip` or empty.
    pub kind: String,
    /// Whether a failure is a failure, and not a warning.
    pub scored: bool,
    /// Every line of the output is asked.
    pub use_multiple_values: bool,
    /// No environment is looked at that the check does not name.
    pub disable_env_testing: bool,
    /// What to do.
    pub remediation: String,
}

/// What is asked of an audit's output.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tests {
    /// The questions.
    pub items: Vec<Item>,
    /// How they are joined.
    pub bin_op: String,
}

/// One question.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    /// Looked for in the output of `audit`.
    pub flag: String,
    /// Looked for in the output of `audit_env`.
    pub env: String,
    /// A path of JSONPath, looked for in the output of `audit_config`.
    pub path: String,
    /// Whether it is to be there.
    pub set: bool,
    /// The comparison's name; empty: that it is there is enough.
    pub op: String,
    /// What the value is compared with.
    pub value: String,
}

/// A group of checks.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AuditGroup {
    /// `1.2`
    pub id: String,
    /// Its title.
    pub text: String,
    /// `skip` or empty.
    pub kind: String,
    /// Its checks.
    pub checks: Vec<AuditCheck>,
}

/// One file of checks.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AuditControls {
    /// `1`
    pub id: String,
    /// What it says of the benchmark.
    pub version: String,
    /// Its title.
    pub text: String,
    /// `master`, `node`, …
    pub node_type: String,
    /// Its groups.
    pub groups: Vec<AuditGroup>,
}

impl AuditControls {
    /// # Errors
    /// What yaml.v2 would refuse.
    pub fn of(tree: &Tree) -> Result<Self, String> {
        let groups = tree.get("groups").map_or(&[][..], Tree::items);
        Ok(Self {
            id: text(tree, "id")?,
            version: text(tree, "version")?,
            text: text(tree, "text")?,
            node_type: text(tree, "type")?,
            groups: groups
                .iter()
                .map(AuditGroup::of)
                .collect::<Result<_, _>>()?,
        })
    }
}

impl AuditGroup {
    fn of(tree: &Tree) -> Result<Self, String> {
        let checks = tree.get("checks").map_or(&[][..], Tree::items);
        Ok(Self {
            id: text(tree, "id")?,
            text: text(tree, "text")?,
            kind: text(tree, "type")?,
            checks: checks
                .iter()
                .map(AuditCheck::of)
                .collect::<Result<_, _>>()?,
        })
    }
}

impl AuditCheck {
    fn of(tree: &Tree) -> Result<Self, String> {
        let id = text(tree, "id")?;
        let all = || {
            let tests = match tree.get("tests") {
                Some(tests) if !tests.is_null() => Some(Tests::of(tests)?),
                _ => None,
            };
            Ok(Self {
                id: id.clone(),
                text: text(tree, "text")?,
                audit: text(tree, "audit")?,
                audit_env: text(tree, "audit_env")?,
                audit_config: text(tree, "audit_config")?,
                tests,
                kind: text(tree, "type")?,
                scored: truth(tree, "scored")?,
                use_multiple_values: truth(tree, "use_multiple_values")?,
                disable_env_testing: truth(tree, "disable_env_testing")?,
                remediation: text(tree, "remediation")?,
            })
        };
        all().map_err(|what: String| format!("check {id}: {what}"))
    }
}

impl Tests {
    /// # Errors
    /// What yaml.v2 would refuse.
    pub fn of(tree: &Tree) -> Result<Self, String> {
        if !matches!(tree, Tree::Map(_)) {
            return Err("`tests` is no map".to_owned());
        }
        let items = match tree.get("test_items") {
            Some(Tree::Map(_)) => return Err("`test_items` is no list".to_owned()),
            Some(tree) => tree.items(),
            None => &[],
        };
        Ok(Self {
            items: items.iter().map(Item::of).collect::<Result<_, _>>()?,
            bin_op: text(tree, "bin_op")?,
        })
    }
}

impl Item {
    fn of(tree: &Tree) -> Result<Self, String> {
        let compare = tree.get("compare").cloned();
        let compare = compare.unwrap_or_else(|| Tree::Map(Vec::new()));
        let set = match tree.get("set") {
            None => true,
            // What is there and empty is the type's own nothing.
            Some(set) if set.is_null() => false,
            Some(_) => truth(tree, "set")?,
        };
        Ok(Self {
            flag: text(tree, "flag")?,
            env: text(tree, "env")?,
            path: text(tree, "path")?,
            set,
            op: text(&compare, "op")?,
            value: text(&compare, "value")?,
        })
    }
}

fn text(tree: &Tree, key: &str) -> Result<String, String> {
    match tree.get(key) {
        None => Ok(String::new()),
        Some(Tree::List(_) | Tree::Map(_)) => Err(format!("`{key}` is no text")),
        Some(value) => Ok(value.text().unwrap_or_default().to_owned()),
    }
}

fn truth(tree: &Tree, key: &str) -> Result<bool, String> {
    match tree.get(key) {
        None => Ok(false),
        Some(value) if value.is_null() => Ok(false),
        Some(value) => value
            .as_bool()
            .ok_or_else(|| format!("`{key}` is neither true nor false")),
    }
}

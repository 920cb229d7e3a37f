//! Where the file of a role is on one node, kept for all rules that ask.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use crate::evidence::citation::Citation;
use crate::problem::Code;

/// Where a role's file is.
#[derive(Clone)]
pub enum Located {
    /// The first of these that is on the node; the process that names it.
    Paths(Vec<String>, Option<Citation>),
    /// A process was seen, and it names none: how that is known.
    NotNamed(String, Citation),
    /// Nodes of this platform have none.
    ByDesign,
    /// It cannot be told: code, sentence, evidence.
    Doubt(Code, String, Vec<Citation>),
}

/// What was located on one node: by role, and by the family whose paths were meant, where the role
/// has own ones for it.
#[derive(Default)]
pub struct LocatedFiles(RefCell<HashMap<String, OfRole>>);

type OfRole = Vec<(Option<String>, Rc<[Located]>)>;

impl LocatedFiles {
    /// What was located before, or what `locate` finds.
    pub fn get(
        &self,
        role: &str,
        family: Option<&str>,
        locate: impl FnOnce() -> Vec<Located>,
    ) -> Rc<[Located]> {
        let known = |of: &OfRole| {
            let mut known = of.iter();
            let known = known.find(|(of, _)| of.as_deref() == family);
            known.map(|(_, located)| Rc::clone(located))
        };
        if let Some(located) = self.0.borrow().get(role).and_then(known) {
            return located;
        }
        let located: Rc<[Located]> = locate().into();
        let mut all = self.0.borrow_mut();
        let of_role = all.entry(role.to_owned()).or_default();
        of_role.push((family.map(str::to_owned), Rc::clone(&located)));
        located
    }
}

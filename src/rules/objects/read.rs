//! What rules about API objects read of these.

use super::pattern::{From, ObjectPattern};
use super::{ENFORCE, NAMESPACES, ObjectsRule};
use crate::evidence::objects::shape::Shapes;
use crate::rules::Check;

/// Adds what a check reads.
pub fn add(check: &Check, shapes: &mut Shapes) {
    // Of roles, bindings and homes, what is read is kept of every object.
    for part in check.parts() {
        if let Check::Objects(rule) = part {
            rule.add(shapes);
        }
    }
}

impl ObjectsRule {
    fn add(&self, shapes: &mut Shapes) {
        if self.admission.is_some() {
            let namespaces = shapes.of_mut(NAMESPACES);
            namespaces.keep(&["metadata", "labels", ENFORCE]);
        }
        let names_alone =
            self.offends.is_empty() || self.offends.iter().any(ObjectPattern::may_hold_of_nothing);
        for list in &self.lists {
            let shape = shapes.of_mut(list);
            for path in &self.each {
                shape.pass(path, names_alone);
            }
            if let Some(join) = &self.join {
                shape.keep(&join.name);
            }
        }
        let whole = || vec![Vec::new()];
        for (patterns, starts) in [
            (&self.only, whole()),
            (&self.skip, whole()),
            (&self.offends, self.each.clone()),
            (&self.except, self.each.clone()),
        ] {
            for (from, keys, at_value) in patterns.iter().flat_map(ObjectPattern::paths) {
                match (from, &self.join) {
                    (From::Joined, Some(join)) => shapes.of_mut(&join.list).keep(keys),
                    (From::Joined, None) => {}
                    (From::Object, _) => self.keep(shapes, &[Vec::new()], (keys, at_value)),
                    (From::Element, _) => self.keep(shapes, &starts, (keys, at_value)),
                }
            }
        }
    }

    fn keep(
        &self,
        shapes: &mut Shapes,
        starts: &[Vec<String>],
        (keys, at_value): (&[String], bool),
    ) {
        for list in &self.lists {
            for start in starts {
                let path: Vec<&String> = start.iter().chain(keys).collect();
                match at_value {
                    true => shapes.of_mut(list).keep(&path),
                    false => shapes.of_mut(list).touch(&path),
                }
            }
        }
    }
}

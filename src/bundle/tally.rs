//! Many problems of one kind → one problem with a count.

use crate::problem::Problem;

/// Problems by kind. An archive of 100,000 links has one line in the report.
#[derive(Debug, Default)]
pub(super) struct ProblemTally(Vec<ProblemKind>);

#[derive(Debug)]
struct ProblemKind {
    what: String,
    next: &'static str,
    example: String,
    count: u64,
}

impl ProblemTally {
    /// `what` ends a sentence about `example`, or about the whole if that is empty. Of all examples the bytewise smallest is named, so
    /// that the order in which a file system lists does not matter.
    pub(super) fn add(&mut self, what: &str, next: &'static str, example: &str) {
        match self.0.iter_mut().find(|kind| kind.what == what) {
            Some(kind) => {
                kind.count += 1;
                if *example < *kind.example {
                    example.clone_into(&mut kind.example);
                }
            }
            None => self.0.push(ProblemKind {
                what: what.to_owned(),
                next,
                example: example.to_owned(),
                count: 1,
            }),
        }
    }

    /// One problem per kind, by kind, the example as its member.
    pub(super) fn into_problems(mut self, bundle: &str) -> impl Iterator<Item = Problem> {
        self.0.sort_by(|a, b| a.what.cmp(&b.what));
        self.0.into_iter().map(move |kind| Problem {
            bundle: bundle.to_owned(),
            member: Some(kind.example).filter(|example| !example.is_empty()),
            what: match kind.count - 1 {
                0 => kind.what,
                1 => format!("{}, and 1 more like it", kind.what),
                more => format!("{}, and {more} more like it", kind.what),
            },
            next: kind.next.to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_problem_per_kind_names_the_smallest_example() {
        let mut tally = ProblemTally::default();
        for name in ["c", "a", "b"] {
            tally.add("is odd", "look", name);
        }
        tally.add("is bad", "look", "z");
        let lines: Vec<String> = tally.into_problems("n").map(|p| p.to_string()).collect();
        assert_eq!(
            lines,
            [
                "n: z: is bad; look",
                "n: a: is odd, and 2 more like it; look"
            ]
        );
    }
}

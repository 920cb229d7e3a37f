//! The second pass: every bundle of a run, read in parallel, what was made of it in row order.

use std::collections::BTreeSet;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::budget::Budget;
use super::index::{Entry, Held, HeldAs, Index};
use super::reorder::Reorder;
use super::window;
use crate::bundle::nested::{self, InnerBundle, Nest, Unpacked};
use crate::bundle::signature::{self, AllowedSigners};
use crate::bundle::{self, Bundle, Place, Unreadable};
use crate::evidence::layouts;
use crate::evidence::objects::shrunk::EvidenceSelector;
use crate::limits::Limits;

/// What reading a bundle gave. A reader that panics on hostile input costs that bundle, never the
/// run.
pub type Read = Result<Bundle, Box<Unreadable>>;

/// The bundles of a run.
pub struct Reading<'f> {
    /// Where they are.
    pub places: &'f [Place],
    /// What the first pass found.
    pub index: Index,
    /// What is evidence, and what is kept of it.
    pub selected: EvidenceSelector<'f>,
    /// Caps on input.
    pub limits: &'f Limits,
    /// Whose signatures are good, where somebody listed them.
    pub signers: Option<&'f AllowedSigners>,
    /// The layout that somebody says they have.
    pub read_as: Option<&'static str>,
}

/// Bundles read ahead of the one at hand, per thread: enough to keep threads busy beside a large
/// bundle, few enough to bound memory.
const WINDOW_PER_THREAD: usize = 8;

/// One bundle to read.
struct Job<'f> {
    bundle_number: usize,
    budget: Option<&'f Budget>,
    source: ReadSource<'f>,
}

enum ReadSource<'f> {
    Place(&'f Place),
    Nest(Box<Result<InnerBundle, Box<Unreadable>>>),
    /// Nothing is to be read.
    Known,
}

impl Reading<'_> {
    /// The name of a bundle, as the `bundle` column has it.
    #[must_use]
    pub fn name(&self, bundle_number: usize) -> &str {
        self.index
            .names
            .get(bundle_number)
            .map_or("", String::as_str)
    }

    /// Reads the bundles of one place that `wanted` names, one after the other. An archive of
    /// bundles that cannot be read comes as its one bundle.
    pub fn some<T>(
        &self,
        place: usize,
        wanted: &dyn Fn(usize) -> bool,
        then: &dyn Fn(Bundle) -> T,
    ) -> Vec<(usize, Result<T, Box<Unreadable>>)> {
        let (Some(at), Some(held)) = (self.places.get(place), self.index.held.get(place)) else {
            return Vec::new();
        };
        let start = held.bundle_numbers.start;
        match &held.what {
            HeldAs::Unreadable(why) => vec![(start, Err(why.clone()))],
            HeldAs::Bundle if wanted(start) => vec![(start, self.read(at).map(then))],
            HeldAs::Bundle => Vec::new(),
            HeldAs::Bundles(nest, _) => {
                let mut read = Vec::new();
                self.unpack(at, held, nest, wanted, &mut |bundle_number, unpacked, _| {
                    let (bundle, _) = self.open(bundle_number, unpacked);
                    read.push((bundle_number, bundle.map(then)));
                    true
                });
                read
            }
        }
    }

    /// Reads every bundle but those that `is_known` names, makes something of each on the pool's
    /// threads, and hands that on in row order.
    ///
    /// # Errors
    /// What `emit` returned, or that a temporary file failed; reading stops there.
    pub fn all<'s, T, E>(
        &'s self,
        pool: &rayon::ThreadPool,
        is_known: &(dyn Fn(usize) -> bool + Sync),
        make: &(dyn Fn(usize, Option<Read>) -> T + Sync),
        emit: &mut dyn FnMut(T) -> Result<(), E>,
    ) -> Result<(), E>
    where
        T: Send + Serialize + DeserializeOwned,
        E: From<io::Error>,
    {
        let room = (
            pool.current_num_threads() * WINDOW_PER_THREAD,
            self.limits.nested_bytes,
        );
        let produce = |send: &mut window::Hand<'_, Job<'s>>| self.produce(is_known, send);
        let job = |job: Job<'s>| {
            let (bundle_number, budget) = (job.bundle_number, job.budget);
            let made = catch_unwind(AssertUnwindSafe(|| {
                let (read, inflated) = self.take(job);
                (make(bundle_number, read), inflated)
            }));
            let fault = |_| {
                (
                    make(
                        bundle_number,
                        Some(Err(Unreadable::fault(self.name(bundle_number)))),
                    ),
                    0,
                )
            };
            (bundle_number, budget, made.unwrap_or_else(fault))
        };
        let mut order = Reorder::default();
        window::streamed(pool, room, &produce, &job, &mut |(
            bundle_number,
            budget,
            made,
        )| {
            let (mut made, inflated) = made;
            match budget {
                Some(budget) if budget.is_over() => {
                    made = make(bundle_number, Some(Err(self.over(bundle_number))));
                }
                Some(budget) => budget.spend(inflated),
                None => {}
            }
            order.push(bundle_number, made, emit)
        })
    }

    fn produce<'s>(
        &'s self,
        is_known: &dyn Fn(usize) -> bool,
        send: &mut window::Hand<'_, Job<'s>>,
    ) {
        for (place, held) in self.places.iter().zip(&self.index.held) {
            let (nest, budget) = match &held.what {
                HeldAs::Bundles(nest, budget) => (Some(nest), Some(&**budget)),
                _ => (None, None),
            };
            let job = |bundle_number, source| Job {
                bundle_number,
                budget,
                source,
            };
            let known = held
                .bundle_numbers
                .clone()
                .filter(|bundle_number| is_known(*bundle_number));
            let mut goes_on = known
                .into_iter()
                .all(|bundle_number| send(job(bundle_number, ReadSource::Known), 0));
            let wanted = |bundle_number| !is_known(bundle_number);
            match nest {
                _ if !goes_on => {}
                Some(nest) => self.unpack(
                    place,
                    held,
                    nest,
                    &wanted,
                    &mut |bundle_number, unpacked, weight| {
                        goes_on = send(
                            job(bundle_number, ReadSource::Nest(Box::new(unpacked))),
                            weight,
                        );
                        goes_on
                    },
                ),
                None => {
                    let mut own = held
                        .bundle_numbers
                        .clone()
                        .filter(|bundle_number| wanted(*bundle_number));
                    goes_on = own
                        .all(|bundle_number| send(job(bundle_number, ReadSource::Place(place)), 0));
                }
            }
            if !goes_on {
                return;
            }
        }
    }

    /// Hands out the bundles of an archive that `wanted` names; of those that do not come, why.
    fn unpack(
        &self,
        place: &Place,
        held: &Held,
        nest: &Nest<Entry>,
        wanted: &dyn Fn(usize) -> bool,
        hand: &mut dyn FnMut(usize, Result<InnerBundle, Box<Unreadable>>, u64) -> bool,
    ) {
        let start = held.bundle_numbers.start;
        let mut open: BTreeSet<usize> = held
            .bundle_numbers
            .clone()
            .filter(|bundle_number| wanted(*bundle_number))
            .collect();
        if open.is_empty() {
            return;
        }
        let names = self
            .index
            .names
            .get(held.bundle_numbers.clone())
            .unwrap_or_default();
        let mut goes_on = true;
        let unpacked = catch_unwind(AssertUnwindSafe(|| {
            let mut hand = |unpacked: Unpacked| {
                open.remove(&(start + unpacked.at));
                goes_on = hand(start + unpacked.at, Ok(unpacked.inside), unpacked.weight);
                goes_on
            };
            let wanted = |at| wanted(start + at);
            let (inner, select) = (&nest.inner, &self.selected);
            nested::unpack(place, inner, names, &wanted, self.limits, select, &mut hand)
        }));
        for bundle_number in open {
            let name = self.name(bundle_number);
            let why = match &unpacked {
                Ok(Ok(())) => Unreadable::changed(name),
                Ok(Err(why)) => why.of(name),
                Err(_) => Unreadable::fault(name),
            };
            goes_on = goes_on && hand(bundle_number, Err(why), 0);
        }
    }

    fn read(&self, place: &Place) -> Read {
        let read = catch_unwind(AssertUnwindSafe(|| {
            bundle::read_selected(place, self.limits, &self.selected)
        }));
        self.as_said(read.unwrap_or_else(|_| Err(Unreadable::fault(&place.name))))
    }

    fn as_said(&self, read: Read) -> Read {
        read.map(|bundle| {
            layouts::unfolded(Bundle {
                signature: signature::check(&bundle, self.signers, self.limits),
                read_as: self.read_as,
                ..bundle
            })
        })
    }

    /// A bundle of an archive, and how many bytes it took to inflate.
    fn open(
        &self,
        bundle_number: usize,
        unpacked: Result<InnerBundle, Box<Unreadable>>,
    ) -> (Read, u64) {
        let inside = match unpacked {
            Ok(inside) => inside,
            Err(why) => return (Err(why), 0),
        };
        let read = catch_unwind(AssertUnwindSafe(|| {
            inside.read(self.limits, &self.selected)
        }));
        let fault = |_| (Err(Unreadable::fault(self.name(bundle_number))), 0);
        let (read, inflated) = read.unwrap_or_else(fault);
        (self.as_said(read), inflated)
    }

    fn take(&self, job: Job<'_>) -> (Option<Read>, u64) {
        match job.source {
            ReadSource::Known => (None, 0),
            ReadSource::Place(place) => (Some(self.read(place)), 0),
            // What is made of it is thrown away.
            ReadSource::Nest(_) if job.budget.is_some_and(Budget::is_over) => {
                (Some(Err(self.over(job.bundle_number))), 0)
            }
            ReadSource::Nest(unpacked) => {
                let (read, inflated) = self.open(job.bundle_number, *unpacked);
                (Some(read), inflated)
            }
        }
    }

    fn over(&self, bundle_number: usize) -> Box<Unreadable> {
        Unreadable::over(self.name(bundle_number), self.limits)
    }
}

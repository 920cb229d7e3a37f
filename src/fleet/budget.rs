//! What the bundles of one archive may inflate to together.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use crate::limits::{Limits, RATIO_FREE_BYTES};

/// A budget that the bundles of one archive share. It is spent in the order of the archive, so that
/// which of them it fails does not depend on threads.
#[derive(Debug)]
pub struct Budget {
    left: AtomicU64,
    is_over: AtomicBool,
}

impl Budget {
    /// Of an archive of so many bytes: what `ratio` allows one bundle of that size.
    #[must_use]
    pub fn of(bytes: u64, limits: &Limits) -> Self {
        Self {
            left: AtomicU64::new(bytes.saturating_mul(limits.ratio).max(RATIO_FREE_BYTES)),
            is_over: AtomicBool::new(false),
        }
    }

    /// Takes what the next bundle inflated to.
    pub fn spend(&self, bytes: u64) {
        match self.left.load(Ordering::Relaxed).checked_sub(bytes) {
            Some(left) => self.left.store(left, Ordering::Relaxed),
            None => self.is_over.store(true, Ordering::Relaxed),
        }
    }

    /// Whether nothing more of the archive is read.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.is_over.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_ends_with_the_bundle_that_passes_it() {
        let limits = Limits::default();
        let budget = Budget::of(1 << 20, &limits);
        budget.spend(200 << 20);
        assert!(!budget.is_over());
        budget.spend(1);
        assert!(budget.is_over());
        let small = Budget::of(1, &limits);
        small.spend(RATIO_FREE_BYTES);
        assert!(!small.is_over());
    }
}

//! A sink that remembers its first error and takes the rest in silence: the writer of zip archives
//! would print it when it is dropped.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};

/// The first error of a [`Latch`].
#[derive(Clone, Default)]
pub(super) struct Failed(Arc<Mutex<Option<io::Error>>>);

impl Failed {
    /// Whether there is one.
    pub(super) fn is_set(&self) -> bool {
        let error = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        error.is_some()
    }

    /// Gives the error, if there is one.
    pub(super) fn check(&self) -> io::Result<()> {
        match self.0.lock().unwrap_or_else(PoisonError::into_inner).take() {
            Some(error) => Err(error),
            None => Ok(()),
        }
    }
}

/// The sink.
pub(super) struct Latch<W> {
    to: W,
    failed: Failed,
}

impl<W: Write> Latch<W> {
    pub(super) fn new(to: W) -> (Self, Failed) {
        let failed = Failed::default();
        let latch = Self {
            to,
            failed: failed.clone(),
        };
        (latch, failed)
    }

    fn take(&mut self, step: impl FnOnce(&mut W) -> io::Result<()>) {
        let mut failed = self.failed.0.lock().unwrap_or_else(PoisonError::into_inner);
        if failed.is_none() {
            *failed = step(&mut self.to).err();
        }
    }
}

impl<W: Write> Write for Latch<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.take(|to| to.write_all(bytes));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.take(Write::flush);
        Ok(())
    }
}

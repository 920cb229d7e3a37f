//! Buffers that a thread uses again: fresh ones cost a small bundle as much as inflating a third of
//! it, for the pages behind them.

use std::cell::RefCell;
use std::io::{self, Read};
use std::ops::{Deref, DerefMut};

/// What a thread keeps: those of an archive inside an archive, file and inflated.
const SPARE: usize = 4;

thread_local! {
    static SPARES: RefCell<Vec<Box<[u8]>>> = const { RefCell::new(Vec::new()) };
}

/// Bytes to be written before they are read: what is in them is of a bundle before.
pub(super) struct Buffer(Box<[u8]>);

impl Buffer {
    pub(super) fn of(bytes: usize) -> Self {
        let spare = SPARES.with_borrow_mut(|spares| {
            let at = spares.iter().position(|spare| spare.len() == bytes)?;
            Some(spares.swap_remove(at))
        });
        Self(spare.unwrap_or_else(|| vec![0; bytes].into_boxed_slice()))
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        let bytes = std::mem::take(&mut self.0);
        // At the end of a thread there may be no more place to keep it.
        let _ = SPARES.try_with(|spares| {
            let mut spares = spares.borrow_mut();
            if spares.len() < SPARE {
                spares.push(bytes);
            }
        });
    }
}

impl Deref for Buffer {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

impl DerefMut for Buffer {
    fn deref_mut(&mut self) -> &mut [u8] {
        &mut self.0
    }
}

/// Fills `into` as far as the source goes.
pub(super) fn read_full(source: &mut dyn Read, into: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while let Some(rest) = into.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match source.read(rest) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

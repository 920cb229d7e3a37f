//! Results in the order in which an archive holds its bundles → in row order.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom, Write};
use std::marker::PhantomData;

use serde::Serialize;
use serde::de::DeserializeOwned;

/// Puts results in order. Those that come too early wait in a temporary file without a name, so
/// that memory holds where they are and not what they are.
pub struct Reorder<T> {
    next: usize,
    waiting: BTreeMap<usize, (u64, u64)>,
    file: Option<File>,
    end: u64,
    of: PhantomData<T>,
}

impl<T> Default for Reorder<T> {
    fn default() -> Self {
        Self {
            next: 0,
            waiting: BTreeMap::new(),
            file: None,
            end: 0,
            of: PhantomData,
        }
    }
}

impl<T: Serialize + DeserializeOwned> Reorder<T> {
    /// Takes result number `at`, counted from 0, and emits all whose turn it is.
    ///
    /// # Errors
    /// What `emit` returned, or that the temporary file failed.
    pub fn push<E: From<io::Error>>(
        &mut self,
        at: usize,
        result: T,
        emit: &mut dyn FnMut(T) -> Result<(), E>,
    ) -> Result<(), E> {
        if at != self.next {
            return Ok(self.wait(at, &result)?);
        }
        emit(result)?;
        self.next += 1;
        while let Some((start, length)) = self.waiting.remove(&self.next) {
            emit(self.fetch(start, length)?)?;
            self.next += 1;
        }
        if self.waiting.is_empty() {
            self.end = 0;
        }
        Ok(())
    }

    fn wait(&mut self, at: usize, result: &T) -> io::Result<()> {
        let bytes = serde_json::to_vec(result)?;
        let file = match &mut self.file {
            Some(file) => file,
            none => none.insert(tempfile::tempfile()?),
        };
        file.seek(SeekFrom::Start(self.end))?;
        file.write_all(&bytes)?;
        let length = bytes.len() as u64;
        self.waiting.insert(at, (self.end, length));
        self.end += length;
        Ok(())
    }

    fn fetch(&mut self, start: u64, length: u64) -> io::Result<T> {
        let file = self.file.as_mut().ok_or(io::ErrorKind::NotFound)?;
        file.seek(SeekFrom::Start(start))?;
        Ok(serde_json::from_reader(BufReader::new(file.take(length)))?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn any_order_becomes_the_order(order in Just((0..40usize).collect::<Vec<_>>()).prop_shuffle()) {
            let mut reorder = Reorder::default();
            let mut seen = Vec::new();
            for at in order {
                let emitted: io::Result<()> = reorder.push(at, format!("{at}\n\"é"), &mut |text| {
                    seen.push(text);
                    Ok(())
                });
                emitted.unwrap();
            }
            let wanted: Vec<String> = (0..40).map(|at| format!("{at}\n\"é")).collect();
            prop_assert_eq!(seen, wanted);
        }
    }
}

//! Parts of a document that come before what stands in front of them is known: they wait in a
//! temporary file without a name, so that memory does not grow with them.

use std::fs::File;
use std::io::{self, BufWriter, Seek, Write};

use serde::Serialize;

/// Values of a JSON array, in the order in which they came.
#[derive(Default)]
pub(super) struct Spooled {
    file: Option<BufWriter<File>>,
    /// How many there are.
    pub(super) count: u64,
}

impl Spooled {
    pub(super) fn push(&mut self, value: &impl Serialize) -> io::Result<()> {
        let file = match &mut self.file {
            Some(file) => {
                file.write_all(b",\n")?;
                file
            }
            none => none.insert(BufWriter::new(tempfile::tempfile()?)),
        };
        self.count += 1;
        Ok(serde_json::to_writer(file, value)?)
    }

    /// Writes them out.
    pub(super) fn copy(self, to: &mut dyn Write) -> io::Result<()> {
        if let Some(file) = self.file {
            let mut file = file.into_inner().map_err(io::IntoInnerError::into_error)?;
            file.rewind()?;
            io::copy(&mut file, to)?;
        }
        Ok(())
    }
}

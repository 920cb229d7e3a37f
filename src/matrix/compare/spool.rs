//! Texts → a temporary file without a name, and back by their place.

use std::fs::File;
use std::io::{self, BufWriter, Read, Seek, SeekFrom, Write};

/// What waits on disk.
#[derive(Default)]
pub(super) struct CompareSpool {
    writing: Option<BufWriter<File>>,
    reading: Option<File>,
    end: u64,
}

/// Where a text is.
pub(super) struct TextPlace {
    start: u64,
    length: usize,
}

impl CompareSpool {
    pub(super) fn put(&mut self, bytes: &[u8]) -> io::Result<TextPlace> {
        let file = match &mut self.writing {
            Some(file) => file,
            none => none.insert(BufWriter::new(tempfile::tempfile()?)),
        };
        file.write_all(bytes)?;
        let place = TextPlace {
            start: self.end,
            length: bytes.len(),
        };
        self.end += bytes.len() as u64;
        Ok(place)
    }

    /// What was put there. Nothing is put after the first of these.
    pub(super) fn get(&mut self, place: &TextPlace) -> io::Result<Vec<u8>> {
        if let Some(file) = self.writing.take() {
            let file = file.into_inner().map_err(io::IntoInnerError::into_error)?;
            self.reading = Some(file);
        }
        let mut bytes = vec![0; place.length];
        if let Some(file) = &mut self.reading {
            file.seek(SeekFrom::Start(place.start))?;
            file.read_exact(&mut bytes)?;
        }
        Ok(bytes)
    }
}

//! Bytes that can be read once → a file that can be read often.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::sync::{Arc, Mutex, PoisonError};

/// What arrived on stdin, in a temporary file without a name: gone with the process, however it ends.
/// Clones share it; every reader has its own place in it.
#[derive(Clone, Debug)]
pub struct Spool(Arc<Mutex<File>>);

impl Spool {
    pub(super) fn new(source: &mut dyn Read) -> io::Result<Self> {
        let mut file = tempfile::tempfile()?;
        io::copy(source, &mut file)?;
        Ok(Self(Arc::new(Mutex::new(file))))
    }

    pub(super) fn reader(&self) -> impl Read + Seek + use<> {
        SpoolReader {
            spool: self.clone(),
            at: 0,
        }
    }
}

struct SpoolReader {
    spool: Spool,
    at: u64,
}

impl Read for SpoolReader {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let mut file = self.spool.0.lock().unwrap_or_else(PoisonError::into_inner);
        file.seek(SeekFrom::Start(self.at))?;
        let count = file.read(into)?;
        self.at += count as u64;
        Ok(count)
    }
}

impl Seek for SpoolReader {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let mut file = self.spool.0.lock().unwrap_or_else(PoisonError::into_inner);
        if matches!(to, SeekFrom::Current(_)) {
            file.seek(SeekFrom::Start(self.at))?;
        }
        self.at = file.seek(to)?;
        Ok(self.at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_readers_do_not_disturb_each_other() {
        let spool = Spool::new(&mut &b"abcdef"[..]).unwrap();
        let (mut one, mut two) = (spool.reader(), spool.reader());
        let mut head = [0; 3];
        one.read_exact(&mut head).unwrap();
        assert_eq!(io::read_to_string(&mut two).unwrap(), "abcdef");
        assert_eq!(io::read_to_string(&mut one).unwrap(), "def");
    }
}

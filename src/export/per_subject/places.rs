//! Where documents go: a folder, a zip, or one file that takes one document.

use std::error::Error;
use std::fmt;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::PathBuf;

use zip::write::{SimpleFileOptions, StreamWriter};
use zip::{CompressionMethod, DateTime, ZipWriter};

use crate::export::Sink;
use crate::export::latch::{Failed, Latch};

/// Writes one document.
type Fill<'f> = &'f mut dyn FnMut(&mut dyn Write) -> io::Result<()>;

/// Where documents go.
pub(in crate::export) trait Places: Send {
    /// Puts a document there, under its path with `/`.
    fn put(&mut self, name: &str, fill: Fill<'_>) -> io::Result<()>;
    /// Puts the index beside the documents, where there is a place for it.
    fn index(&mut self, name: &str, from: &mut File) -> io::Result<()>;
    /// There was no document; why not.
    fn nothing(&mut self, _why: Option<&str>) -> io::Result<()> {
        Ok(())
    }
    /// Ends it.
    fn finish(&mut self) -> io::Result<()>;
    /// Where it is told of what nothing was written.
    fn where_told(&self) -> &'static str;
}

/// Why an output cannot take what there is: what was typed is wrong, not the disk.
#[derive(Debug)]
pub struct Refused(String);

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Error for Refused {}

/// A folder.
pub(in crate::export) struct OutputFolder(pub(in crate::export) PathBuf);

impl Places for OutputFolder {
    fn put(&mut self, name: &str, fill: Fill<'_>) -> io::Result<()> {
        let path = self.0.join(name);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        let mut file = BufWriter::new(File::create_new(path)?);
        fill(&mut file)?;
        file.flush()
    }

    fn index(&mut self, name: &str, from: &mut File) -> io::Result<()> {
        let mut file = File::create_new(self.0.join(name))?;
        io::copy(from, &mut file).map(drop)
    }

    fn finish(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn where_told(&self) -> &'static str {
        "index.csv says which"
    }
}

/// A zip, written in one pass.
pub(in crate::export) struct Zip {
    /// Until it is finished.
    writer: Option<ZipWriter<StreamWriter<Latch<Sink>>>>,
    failed: Failed,
}

impl Zip {
    pub(in crate::export) fn new(sink: Sink) -> Self {
        let (latch, failed) = Latch::new(sink);
        Self {
            writer: Some(ZipWriter::new_stream(latch)),
            failed,
        }
    }

    fn entry(&mut self, name: &str, fill: Fill<'_>) -> io::Result<()> {
        let Some(zip) = &mut self.writer else {
            return Ok(());
        };
        // Nothing written depends on the clock.
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .last_modified_time(DateTime::default());
        zip.start_file(name, options)?;
        let mut buffered = BufWriter::new(zip);
        fill(&mut buffered)?;
        buffered.flush()?;
        drop(buffered);
        self.failed.check()
    }
}

impl Places for Zip {
    fn put(&mut self, name: &str, fill: Fill<'_>) -> io::Result<()> {
        self.entry(name, fill)
    }

    fn index(&mut self, name: &str, from: &mut File) -> io::Result<()> {
        self.entry(name, &mut |to| io::copy(from, to).map(drop))
    }

    fn finish(&mut self) -> io::Result<()> {
        if let Some(zip) = self.writer.take() {
            zip.finish()?.into_inner().flush()?;
        }
        self.failed.check()
    }

    fn where_told(&self) -> &'static str {
        "index.csv says which"
    }
}

/// One file, for one document. It is written once nothing follows it: stdout takes nothing back.
pub(in crate::export) struct Single {
    sink: Sink,
    document: Option<Vec<u8>>,
}

impl Single {
    pub(in crate::export) fn new(sink: Sink) -> Self {
        Self {
            sink,
            document: None,
        }
    }
}

impl Places for Single {
    fn put(&mut self, _name: &str, fill: Fill<'_>) -> io::Result<()> {
        if self.document.is_some() {
            let why = "holds one node and one benchmark, and there are several; end the path in / or .zip to have a file for each";
            return Err(io::Error::other(Refused(why.to_owned())));
        }
        fill(self.document.insert(Vec::new()))
    }

    fn index(&mut self, _name: &str, _from: &mut File) -> io::Result<()> {
        Ok(())
    }

    fn nothing(&mut self, why: Option<&str>) -> io::Result<()> {
        let why = why.unwrap_or("no control is judged");
        let why = format!("there is nothing to write: {why}");
        Err(io::Error::other(Refused(why)))
    }

    fn finish(&mut self) -> io::Result<()> {
        self.sink
            .write_all(self.document.as_deref().unwrap_or_default())?;
        self.sink.flush()
    }

    fn where_told(&self) -> &'static str {
        "end the path in / or .zip for an index that says which"
    }
}

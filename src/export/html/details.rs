//! Values → gzip → base64, through a temporary file without a name. The header of gzip has no time.

use std::fs::File;
use std::io::{self, BufWriter, Seek, Write};

use base64::engine::general_purpose::{GeneralPurpose, STANDARD};
use base64::write::EncoderWriter;
use flate2::Compression;
use flate2::write::GzEncoder;
use serde::Serialize;

use super::inert;

type Base64<W> = EncoderWriter<'static, GeneralPurpose, W>;

/// A JSON array that grows, packed.
pub(super) struct PackedDetails {
    stream: GzEncoder<Base64<BufWriter<File>>>,
    has_any: bool,
}

impl PackedDetails {
    pub(super) fn new() -> io::Result<Self> {
        let file = BufWriter::new(tempfile::tempfile()?);
        let mut stream = gzip(EncoderWriter::new(file, &STANDARD));
        stream.write_all(b"[")?;
        Ok(Self {
            stream,
            has_any: false,
        })
    }

    pub(super) fn add(&mut self, value: &impl Serialize) -> io::Result<()> {
        if self.has_any {
            self.stream.write_all(b",\n")?;
        }
        self.has_any = true;
        inert::json(&mut self.stream, value)
    }

    pub(super) fn finish(mut self, to: &mut dyn Write) -> io::Result<()> {
        self.stream.write_all(b"]")?;
        let file = self.stream.finish()?.finish()?;
        let mut file = file.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.rewind()?;
        io::copy(&mut file, to).map(drop)
    }
}

/// Writes one value, packed.
pub(super) fn pack(to: &mut dyn Write, value: &impl Serialize) -> io::Result<()> {
    let mut stream = gzip(EncoderWriter::new(to, &STANDARD));
    inert::json(&mut stream, value)?;
    stream.finish()?.finish().map(drop)
}

fn gzip<W: Write>(to: W) -> GzEncoder<W> {
    GzEncoder::new(to, Compression::default())
}

//! Bytes as an archive of any container: as they are, and as a tar in each compression.

use std::io::Write as _;

use nodeproof::bundle;
use nodeproof::limits::Limits;

pub fn run(data: &[u8]) {
    let Some((how, data)) = data.split_first() else {
        return;
    };
    let bytes = match how % 4 {
        0 => data.to_vec(),
        1 => {
            let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
            let _ = gzip.write_all(data);
            gzip.finish().unwrap_or_default()
        }
        2 => zstd::encode_all(data, 1).unwrap_or_default(),
        // The tar's own checksums are put right, so that what lies behind them is reached.
        _ => with_checksums(data.to_vec()),
    };
    let place = super::place("a.tar.gz", bytes);
    let limits = Limits {
        inflated_bytes: 4 << 20,
        kept_bytes: 2 << 20,
        ..Limits::default()
    };
    let _ = bundle::first(&place, &limits);
    let _ = bundle::read(&place, &limits, &|_, _, _| true);
}

fn with_checksums(mut bytes: Vec<u8>) -> Vec<u8> {
    for block in bytes.chunks_exact_mut(512) {
        if block.iter().all(|b| *b == 0)
            || !block.starts_with(b"ustar") && block[257..262] != *b"ustar"
        {
            continue;
        }
        block[148..156].fill(b' ');
        let sum: u32 = block.iter().map(|b| u32::from(*b)).sum();
        block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    }
    bytes
}

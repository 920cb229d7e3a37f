//! What an analysis cannot do without, each alone and on one thread: inflating and hashing the
//! same bytes.

use std::fs::{self, File};
use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};
use std::time::Duration;

use flate2::bufread::MultiGzDecoder;
use libdeflater::{DecompressionError, Decompressor};
use nix::time::{ClockId, clock_gettime};
use nodeproof::bundle::{self, Content, Member, Place, Source, sha256_hex};
use nodeproof::evidence::kind::Kind;
use nodeproof::evidence::{layout, layouts};
use nodeproof::limits::Limits;
use ring::digest::{Context, SHA256};

/// The analysis reads and inflates in steps of this size.
const STEP: usize = 64 << 10;

/// The archives in a folder, in order.
fn archives(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut paths = fs::read_dir(folder)?
        .map(|entry| Ok(entry?.path()))
        .collect::<io::Result<Vec<_>>>()?;
    paths.sort();
    Ok(paths)
}

/// Inflates every archive as far as it goes, with the inflater of the analysis. Bytes that came out.
pub fn inflate(folder: &Path) -> io::Result<u64> {
    let mut buffer = vec![0; STEP];
    let mut total = 0;
    for path in archives(folder)? {
        let mut stream = MultiGzDecoder::new(BufReader::with_capacity(STEP, File::open(path)?));
        while let Ok(count @ 1..) = stream.read(&mut buffer) {
            total += count as u64;
        }
    }
    Ok(total)
}

/// The same with libdeflate, which needs the whole archive and all that comes out in memory.
pub fn libdeflate(folder: &Path) -> io::Result<u64> {
    let mut inflater = Decompressor::new();
    let (mut input, mut output) = (Vec::new(), Vec::new());
    let mut total = 0;
    for path in archives(folder)? {
        input.clear();
        File::open(path)?.read_to_end(&mut input)?;
        let mut rest = input.as_slice();
        while let Ok(count) = member(&mut inflater, rest, &mut output) {
            total += count as u64;
            rest = after_member(rest, count);
        }
    }
    Ok(total)
}

/// One gzip member, whatever follows it. The size at the end of the input is a hint: it may be of
/// another member, or damaged.
fn member(
    inflater: &mut Decompressor,
    input: &[u8],
    output: &mut Vec<u8>,
) -> Result<usize, DecompressionError> {
    let Some(size) = input.last_chunk().map(|size| u32::from_le_bytes(*size)) else {
        return Err(DecompressionError::BadData);
    };
    let most = input.len() * 1_032;
    let hint = (size as usize).min(most);
    if output.len() < hint {
        output.resize(hint, 0);
    }
    loop {
        match inflater.gzip_decompress(input, output) {
            Err(DecompressionError::InsufficientSpace) if output.len() < most => {
                output.resize((output.len() * 2).clamp(STEP, most), 0);
            }
            outcome => return outcome,
        }
    }
}

/// What follows a member of which so many bytes came out. The crate does not tell how many bytes
/// it took, but a member ends with its size, and the next one begins with gzip's magic.
fn after_member(input: &[u8], count: usize) -> &[u8] {
    let end = (count as u32).to_le_bytes();
    if input.ends_with(&end) {
        return &[];
    }
    let border = [&end[..], &[0x1f, 0x8b, 8]].concat();
    match memchr::memmem::find(input, &border) {
        Some(at) => &input[at + end.len()..],
        None => &[],
    }
}

/// CPU time of only hashing what the analysis hashes: every archive as it is on disk, and the
/// members that are compared with `SHA256SUMS` because a verdict reads them. Reading and inflating
/// them is not counted.
pub fn hash(folder: &Path) -> io::Result<Duration> {
    let limits = Limits::default();
    let mut spent = Duration::ZERO;
    let mut timed = |work: &mut dyn FnMut()| -> io::Result<()> {
        let before = cpu()?;
        work();
        spent += cpu()?.saturating_sub(before);
        Ok(())
    };
    for path in archives(folder)? {
        let archive = fs::read(&path)?;
        timed(&mut || {
            let mut hash = Context::new(&SHA256);
            archive.chunks(STEP).for_each(|step| hash.update(step));
            std::hint::black_box(hash.finish());
        })?;
        let place = Place {
            name: path.display().to_string(),
            source: Source::File(path),
        };
        if let Ok(bundle) = bundle::read(&place, &limits, &layouts::wanted) {
            let read: Vec<&[u8]> = bundle.members.iter().filter_map(decides).collect();
            timed(&mut || {
                for bytes in &read {
                    std::hint::black_box(sha256_hex(bytes));
                }
            })?;
        }
    }
    Ok(spent)
}

fn cpu() -> io::Result<Duration> {
    Ok(Duration::from(clock_gettime(
        ClockId::CLOCK_PROCESS_CPUTIME_ID,
    )?))
}

/// The bytes of a member that a verdict reads.
fn decides(member: &Member) -> Option<&[u8]> {
    let Content::Kept(bytes) = &member.content else {
        return None;
    };
    let read = match layout::classify(&member.name, b"") {
        Kind::Sums | Kind::LooseKubeletConfig | Kind::Other => false,
        // What the kubelets of the corpus name.
        Kind::File(path) => {
            let config = [
                "/config.yaml",
                "/config.json",
                "/kubelet-config.yaml",
                "/kubelet-config.json",
            ];
            path.contains("kube") && config.iter().any(|name| path.ends_with(name))
                || path.contains("/config.json.d/")
                || path == "/opt/node/kubelet.conf"
        }
        _ => true,
    };
    read.then_some(bytes)
}

//! Members → the bytes of an archive, sound or damaged.

use std::io::{self, Write as _};

use flate2::{Compression, GzBuilder};
use nodeproof::bundle::sha256_hex;

use super::case::Shape;
use super::node::COLLECTED;

/// Names below the top folder, and contents.
pub type Members = Vec<(String, Vec<u8>)>;

/// `SHA256SUMS` of members.
pub fn sums(members: &Members) -> Vec<u8> {
    let mut lines: Vec<(&str, String)> = members
        .iter()
        .map(|(name, bytes)| (name.as_str(), format!("{}  {name}\n", sha256_hex(bytes))))
        .collect();
    lines.sort_unstable();
    lines
        .into_iter()
        .flat_map(|(_, line)| line.into_bytes())
        .collect()
}

/// A compressed archive of one top folder, its folders as members of their own, as `tar` has them.
pub fn pack(top: &str, members: &Members, shape: Shape) -> io::Result<Vec<u8>> {
    let mut tar = tar::Builder::new(Vec::new());
    let prefix = if shape == Shape::DotNames { "./" } else { "" };
    let mut folders = Vec::new();
    for (name, bytes) in members {
        for (at, _) in name.match_indices('/') {
            let folder = &name[..=at];
            if !folders.contains(&folder) {
                folders.push(folder);
                let mut header = header(tar::EntryType::Directory, 0, 0o700);
                append(
                    &mut tar,
                    &mut header,
                    &format!("{prefix}{top}/{folder}"),
                    b"",
                )?;
            }
        }
        let mut header = header(tar::EntryType::Regular, bytes.len() as u64, 0o600);
        append(
            &mut tar,
            &mut header,
            &format!("{prefix}{top}/{name}"),
            bytes,
        )?;
    }
    damage(tar.into_inner()?, shape)
}

fn header(kind: tar::EntryType, size: u64, mode: u32) -> tar::Header {
    let mut header = tar::Header::new_gnu();
    header.set_entry_type(kind);
    header.set_size(size);
    header.set_mode(mode);
    header.set_mtime(COLLECTED.unsigned_abs());
    header
}

/// The `tar` crate's own way drops a leading `./`.
fn append(
    tar: &mut tar::Builder<Vec<u8>>,
    header: &mut tar::Header,
    name: &str,
    bytes: &[u8],
) -> io::Result<()> {
    if name.len() < 100 {
        header.as_mut_bytes()[..name.len()].copy_from_slice(name.as_bytes());
        header.set_cksum();
        tar.append(header, bytes)
    } else {
        tar.append_data(header, name, bytes)
    }
}

fn damage(mut tar: Vec<u8>, shape: Shape) -> io::Result<Vec<u8>> {
    Ok(match shape {
        Shape::Empty => Vec::new(),
        Shape::NotGzip => b"<html><body>503 Service Unavailable</body></html>\n".to_vec(),
        Shape::CutTar => {
            tar.truncate(tar.len() / 2);
            gzip(&tar)?
        }
        Shape::CutGzip => {
            let mut whole = gzip(&tar)?;
            whole.truncate(whole.len() * 2 / 3);
            whole
        }
        Shape::BadCrc => {
            let mut whole = gzip(&tar)?;
            if let Some(byte) = whole.iter_mut().rev().nth(7) {
                *byte ^= 1;
            }
            whole
        }
        Shape::SeveralGzips => {
            let (one, two) = tar.split_at(tar.len() / 3);
            [gzip(one)?, gzip(two)?].concat()
        }
        _ => gzip(&tar)?,
    })
}

/// As `gzip -n` does: no name, no time.
fn gzip(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut encoder = GzBuilder::new().write(Vec::new(), Compression::new(6));
    encoder.write_all(bytes)?;
    encoder.finish()
}

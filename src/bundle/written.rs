//! Members → a bundle: a tar archive whose first members are its description and its checksums.

use std::io::{self, Write};

use flate2::Compression;
use flate2::write::GzEncoder;
use tar::{Builder, EntryType, Header};

use super::checked::SUMS;
use super::known_names::MANIFEST;
use super::{Attributes, sha256_hex};

/// One member to be written.
pub struct NewMember<'m> {
    /// Below the top folder.
    pub name: &'m str,
    /// Its bytes; nothing of what is no file.
    pub bytes: Option<&'m [u8]>,
    /// What the archive it came from said of the file on its machine.
    pub attributes: Option<&'m Attributes>,
}

/// Whether an archive is compressed, by the ending of its name; `None` if it has none that is written.
#[must_use]
pub fn is_compressed(name: &str) -> Option<bool> {
    let name = name.to_ascii_lowercase();
    if name.ends_with(".tar.gz") || name.ends_with(".tgz") {
        return Some(true);
    }
    name.ends_with(".tar").then_some(false)
}

/// Writes an archive with the description first, the checksums of all members next. The same members
/// give the same bytes.
///
/// # Errors
/// What the system says.
pub fn write(
    to: &mut dyn Write,
    is_compressed: bool,
    top: Option<&str>,
    description: &[u8],
    members: &[NewMember<'_>],
) -> io::Result<()> {
    if !is_compressed {
        return write_tar(to, top, description, members);
    }
    let mut gzip = GzEncoder::new(to, Compression::default());
    write_tar(&mut gzip, top, description, members)?;
    gzip.finish()?.flush()
}

fn write_tar(
    to: &mut dyn Write,
    top: Option<&str>,
    description: &[u8],
    members: &[NewMember<'_>],
) -> io::Result<()> {
    let sums = sums(description, members);
    let mut archive = Builder::new(to);
    let own = [(MANIFEST, description), (SUMS, sums.as_bytes())];
    let own = own.map(|(name, bytes)| NewMember {
        name,
        bytes: Some(bytes),
        attributes: None,
    });
    for member in own.iter().chain(members) {
        let name = match top {
            Some(top) => format!("{top}/{}", member.name),
            None => member.name.to_owned(),
        };
        append(&mut archive, &name, member)?;
    }
    archive.into_inner()?.flush()
}

/// What is no file is a link to nowhere, which is reported and not followed.
const NOWHERE: &str = "REDACTED-BY-NODEPROOF";

fn append<W: Write>(
    archive: &mut Builder<W>,
    name: &str,
    member: &NewMember<'_>,
) -> io::Result<()> {
    let mut header = Header::new_ustar();
    header.set_mode(0o644);
    header.set_uid(0);
    header.set_gid(0);
    header.set_mtime(0);
    if let Some(of) = member.attributes {
        if let Some(ctime) = of.ctime {
            let ctime = ctime.to_string();
            archive.append_pax_extensions([("ctime", ctime.as_bytes())])?;
        }
        header.set_mode(of.mode.unwrap_or(0o644));
        header.set_uid(of.uid.unwrap_or(0).into());
        header.set_gid(of.gid.unwrap_or(0).into());
        header.set_mtime(of.mtime.and_then(|t| u64::try_from(t).ok()).unwrap_or(0));
        header.set_username(of.owner.as_deref().unwrap_or_default())?;
        header.set_groupname(of.group.as_deref().unwrap_or_default())?;
    }
    match member.bytes {
        Some(bytes) => {
            header.set_size(bytes.len() as u64);
            archive.append_data(&mut header, name, bytes)
        }
        None => {
            header.set_size(0);
            header.set_entry_type(EntryType::Symlink);
            archive.append_link(&mut header, name, NOWHERE)
        }
    }
}

/// `SHA256SUMS`, as sha256sum writes it.
fn sums(description: &[u8], members: &[NewMember<'_>]) -> String {
    let of = |name: &str, bytes: &[u8]| {
        let digest = sha256_hex(bytes);
        let escaped = name
            .replace('\\', "\\\\")
            .replace('\n', "\\n")
            .replace('\r', "\\r");
        let sign = if escaped == name { "" } else { "\\" };
        format!("{sign}{digest}  {escaped}\n")
    };
    let mut sums = of(MANIFEST, description);
    for member in members {
        if let Some(bytes) = member.bytes {
            sums.push_str(&of(member.name, bytes));
        }
    }
    sums
}

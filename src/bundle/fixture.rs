//! Archives for tests, honest and otherwise.

use std::io::Write;

use ::tar::{EntryType, Header};

use super::{Bundle, Content, First, Member, Place, Source, Spool, Unreadable};
use crate::limits::Limits;

/// A tar archive in the making. Nothing checks what goes in.
#[derive(Clone, Default)]
pub(super) struct Tar(pub(super) Vec<u8>);

impl Tar {
    pub(super) fn of(files: &[(&str, &str)]) -> Self {
        files.iter().fold(Self::default(), |tar, (name, text)| {
            tar.file(name.as_bytes(), text.as_bytes())
        })
    }

    pub(super) fn file(self, name: &[u8], content: &[u8]) -> Self {
        self.entry(EntryType::Regular, name, content.len() as u64, content)
    }

    pub(super) fn kind(self, kind: EntryType, name: &[u8]) -> Self {
        self.entry(kind, name, 0, b"")
    }

    /// A GNU header, and content that need not have the size it states.
    pub(super) fn entry(mut self, kind: EntryType, name: &[u8], size: u64, content: &[u8]) -> Self {
        let mut header = Header::new_gnu();
        header.as_old_mut().name[..name.len()].copy_from_slice(name);
        header.set_entry_type(kind);
        header.set_size(size);
        header.set_mode(0o644);
        header.set_cksum();
        self.0.extend(header.as_bytes());
        self.0.extend(content);
        self.pad()
    }

    pub(super) fn pax(self, records: &[(&str, &str)]) -> Self {
        let data = pax(records);
        self.entry(EntryType::XHeader, b"pax", data.len() as u64, &data)
    }

    pub(super) fn raw(mut self, bytes: &[u8]) -> Self {
        self.0.extend(bytes);
        self
    }

    fn pad(mut self) -> Self {
        self.0.resize(self.0.len().next_multiple_of(512), 0);
        self
    }

    pub(super) fn end(self) -> Vec<u8> {
        self.raw(&[0; 1024]).0
    }
}

pub(super) fn pax(records: &[(&str, &str)]) -> Vec<u8> {
    let mut data = Vec::new();
    for (key, value) in records {
        let rest = key.len() + value.len() + 3;
        let length = (1..)
            .map(|digits| rest + digits)
            .find(|length| length.to_string().len() + rest == *length)
            .unwrap();
        data.extend(format!("{length} {key}={value}\n").bytes());
    }
    data
}

pub(super) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    writer.write_all(bytes).unwrap();
    writer.finish().unwrap()
}

pub(super) fn zstd(bytes: &[u8]) -> Vec<u8> {
    let mut writer = ::zstd::Encoder::new(Vec::new(), 1).unwrap();
    writer.include_checksum(true).unwrap();
    writer.write_all(bytes).unwrap();
    writer.finish().unwrap()
}

pub(super) fn xz(bytes: &[u8]) -> Vec<u8> {
    xz_with(bytes, 1 << 20)
}

/// With a dictionary of so many bytes.
pub(super) fn xz_with(bytes: &[u8], dictionary: u32) -> Vec<u8> {
    let mut options = lzma_rust2::XzOptions::with_preset(0);
    options.lzma_options.dict_size = dictionary;
    let mut writer = lzma_rust2::XzWriter::new(Vec::new(), options).unwrap();
    writer.write_all(bytes).unwrap();
    writer.finish().unwrap()
}

pub(super) fn bzip2(bytes: &[u8]) -> Vec<u8> {
    let level = ::bzip2::Compression::fast();
    let mut writer = ::bzip2::write::BzEncoder::new(Vec::new(), level);
    writer.write_all(bytes).unwrap();
    writer.finish().unwrap()
}

pub(super) type Compress = fn(&[u8]) -> Vec<u8>;

/// Every compression there is.
pub(super) const COMPRESSIONS: [Compress; 4] = [gzip, zstd, xz, bzip2];

/// A zip in the making. Nothing checks what goes in.
#[derive(Clone, Default)]
pub(super) struct Zip {
    pub(super) local: Vec<u8>,
    pub(super) central: Vec<u8>,
    pub(super) entries: u16,
}

/// One entry of it, as both of its headers say.
#[derive(Clone, Copy)]
pub(super) struct ZipEntry<'n> {
    pub(super) name: &'n [u8],
    pub(super) content: &'n [u8],
    pub(super) flags: u16,
    pub(super) deflated: bool,
    /// 3 is Unix.
    pub(super) host: u8,
    pub(super) mode: u32,
}

impl<'n> ZipEntry<'n> {
    pub(super) fn of(name: &'n [u8], content: &'n [u8]) -> Self {
        Self {
            name,
            content,
            flags: 0,
            deflated: false,
            host: 3,
            mode: 0o100_644,
        }
    }
}

impl Zip {
    pub(super) fn of(files: &[(&str, &str)]) -> Self {
        files.iter().fold(Self::default(), |zip, (name, text)| {
            zip.entry(ZipEntry::of(name.as_bytes(), text.as_bytes()))
        })
    }

    pub(super) fn entry(mut self, entry: ZipEntry<'_>) -> Self {
        let mut crc = flate2::Crc::new();
        crc.update(entry.content);
        let packed = if entry.deflated {
            let level = flate2::Compression::best();
            let mut writer = flate2::write::DeflateEncoder::new(Vec::new(), level);
            writer.write_all(entry.content).unwrap();
            writer.finish().unwrap()
        } else {
            entry.content.to_vec()
        };
        let short = |n: usize| u16::try_from(n).unwrap().to_le_bytes();
        let long = |n: usize| u32::try_from(n).unwrap().to_le_bytes();
        let offset = long(self.local.len());
        let mut sums = crc.sum().to_le_bytes().to_vec();
        sums.extend(long(packed.len()));
        sums.extend(long(entry.content.len()));
        let mut head = [20, 0].to_vec();
        head.extend(entry.flags.to_le_bytes());
        head.extend([if entry.deflated { 8 } else { 0 }, 0, 0, 0, 0, 0]);
        self.local.extend(b"PK\x03\x04");
        self.local.extend(&head);
        let is_described = entry.flags & 8 != 0;
        self.local
            .extend(if is_described { &[0; 12] } else { &sums[..] });
        self.local.extend(short(entry.name.len()));
        self.local.extend([0; 2]);
        self.local.extend(entry.name);
        self.local.extend(packed);
        if is_described {
            self.local.extend(b"PK\x07\x08");
            self.local.extend(&sums);
        }
        self.central.extend(b"PK\x01\x02");
        self.central.extend([20, entry.host]);
        self.central.extend(head);
        self.central.extend(sums);
        self.central.extend(short(entry.name.len()));
        self.central.extend([0; 8]);
        self.central.extend((entry.mode << 16).to_le_bytes());
        self.central.extend(offset);
        self.central.extend(entry.name);
        self.entries += 1;
        self
    }

    pub(super) fn end(self) -> Vec<u8> {
        self.end_with(b"")
    }

    pub(super) fn end_with(self, comment: &[u8]) -> Vec<u8> {
        let long = |n: usize| u32::try_from(n).unwrap().to_le_bytes();
        let mut bytes = self.local;
        let offset = long(bytes.len());
        bytes.extend(&self.central);
        bytes.extend(b"PK\x05\x06\0\0\0\0");
        bytes.extend(self.entries.to_le_bytes());
        bytes.extend(self.entries.to_le_bytes());
        bytes.extend(long(self.central.len()));
        bytes.extend(offset);
        bytes.extend(u16::try_from(comment.len()).unwrap().to_le_bytes());
        bytes.extend(comment);
        bytes
    }
}

/// A place that holds these bytes.
pub(super) fn place(mut bytes: &[u8]) -> Place {
    Place {
        name: "-".to_owned(),
        source: Source::Stdin(Spool::new(&mut bytes).unwrap()),
    }
}

/// Reads and keeps everything.
pub(super) fn read(bytes: &[u8]) -> Result<Bundle, Box<Unreadable>> {
    read_within(bytes, &Limits::default())
}

pub(super) fn read_within(bytes: &[u8], limits: &Limits) -> Result<Bundle, Box<Unreadable>> {
    super::read(&place(bytes), limits, &|_: &str, _: u64, _: &[u8]| true)
}

pub(super) fn first_of(top: Option<&str>, name: &str, text: &str) -> First {
    First {
        top: top.map(str::to_owned),
        name: name.to_owned(),
        bytes: text.as_bytes().to_vec(),
    }
}

/// Limits, some of them set.
pub(super) fn limits(assignments: &[&str]) -> Limits {
    let mut limits = Limits::default();
    for assignment in assignments {
        limits.set(assignment).unwrap();
    }
    limits
}

/// `name=content`, or `name!why not`.
pub(super) fn shown(members: &[Member]) -> Vec<String> {
    let line = |member: &Member| match &member.content {
        Content::Kept(bytes) => format!("{}={}", member.name, String::from_utf8_lossy(bytes)),
        Content::NotAFile(kind) => format!("{}!{kind}", member.name),
        Content::Unreadable(_) => format!("{}!unreadable", member.name),
        Content::Passed => format!("{}!passed", member.name),
        Content::TooLarge => format!("{}!too large", member.name),
    };
    members.iter().map(line).collect()
}

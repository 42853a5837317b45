//! Archives as programs write them, and as no program should.

#![allow(dead_code, reason = "each test file uses a part of it")]

use std::io::Write;

use flate2::Compression;
use flate2::write::{DeflateEncoder, GzEncoder};

/// An entry of a zip file.
#[derive(Clone)]
pub(crate) struct Zipped {
    pub(crate) name: Vec<u8>,
    pub(crate) body: Vec<u8>,
    /// 0 for stored, 8 for deflated; others are written as they are.
    pub(crate) method: u16,
    pub(crate) flags: u16,
    /// The type and permissions that Unix gives it.
    pub(crate) mode: u32,
    /// What the directory says of its length, where that is a lie.
    pub(crate) size: Option<u32>,
    /// What the entry calls itself, where the directory calls it otherwise.
    pub(crate) own_name: Option<Vec<u8>>,
}

pub(crate) const FILE: u32 = 0o100_644;
pub(crate) const LINK: u32 = 0o120_777;

impl Zipped {
    pub(crate) fn new(name: impl AsRef<[u8]>, body: impl AsRef<[u8]>) -> Self {
        let (name, body) = (name.as_ref().to_vec(), body.as_ref().to_vec());
        Self { name, body, method: 8, flags: 0x800, mode: FILE, size: None, own_name: None }
    }

    pub(crate) fn link(name: &str, target: &str) -> Self {
        Self { mode: LINK, ..Self::new(name, target) }
    }
}

/// A zip file of these entries.
pub(crate) fn zip(entries: &[Zipped]) -> Vec<u8> {
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    for entry in entries {
        let mut crc = flate2::Crc::new();
        crc.update(&entry.body);
        let packed = match entry.method {
            8 => {
                let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
                encoder.write_all(&entry.body).expect("memory");
                encoder.finish().expect("memory")
            }
            _ => entry.body.clone(),
        };
        let (packed_len, len) = (packed.len() as u32, entry.body.len() as u32);
        let common = |name: &[u8], len: u32| {
            let mut bytes = Vec::new();
            for number in [20, entry.flags, entry.method, 0, 0x5c21] {
                bytes.extend(number.to_le_bytes());
            }
            for number in [crc.sum(), packed_len, len] {
                bytes.extend(number.to_le_bytes());
            }
            bytes.extend((name.len() as u16).to_le_bytes());
            bytes.extend(0_u16.to_le_bytes());
            bytes
        };
        let offset = out.len() as u32;
        let own = entry.own_name.as_ref().unwrap_or(&entry.name);
        out.extend(b"PK\x03\x04");
        out.extend(common(own, len));
        out.extend(own);
        out.extend(packed);
        // Written by version 2.0 on Unix.
        directory.extend(b"PK\x01\x02\x14\x03");
        directory.extend(common(&entry.name, entry.size.unwrap_or(len)));
        directory.extend([0; 6]);
        directory.extend((entry.mode << 16).to_le_bytes());
        directory.extend(offset.to_le_bytes());
        directory.extend(&entry.name);
    }
    let (start, count) = (out.len() as u32, entries.len() as u16);
    let len = directory.len() as u32;
    out.extend(directory);
    out.extend(b"PK\x05\x06\0\0\0\0");
    out.extend(count.to_le_bytes());
    out.extend(count.to_le_bytes());
    out.extend(len.to_le_bytes());
    out.extend(start.to_le_bytes());
    out.extend(0_u16.to_le_bytes());
    out
}

/// A zip file of these files.
pub(crate) fn zip_of<N: AsRef<[u8]>, B: AsRef<[u8]>>(files: &[(N, B)]) -> Vec<u8> {
    zip(&files.iter().map(|(name, body)| Zipped::new(name, body)).collect::<Vec<_>>())
}

/// An entry of a tar file.
pub(crate) struct Tarred {
    pub(crate) name: Vec<u8>,
    pub(crate) body: Vec<u8>,
    pub(crate) kind: u8,
    pub(crate) target: Vec<u8>,
}

impl Tarred {
    pub(crate) fn new(name: impl AsRef<[u8]>, body: impl AsRef<[u8]>) -> Self {
        let (name, body) = (name.as_ref().to_vec(), body.as_ref().to_vec());
        Self { name, body, kind: b'0', target: Vec::new() }
    }

    /// A link (`2`), a hard link (`1`), a device or whatever the kind says.
    pub(crate) fn other(name: &str, kind: u8, target: &str) -> Self {
        Self { kind, target: target.as_bytes().to_vec(), ..Self::new(name, "") }
    }
}

/// A tar file of these entries, without the mark of its end.
pub(crate) fn tar_without_end(entries: &[Tarred]) -> Vec<u8> {
    let mut out = Vec::new();
    for entry in entries {
        let mut header = tar::Header::new_ustar();
        header.set_entry_type(tar::EntryType::new(entry.kind));
        header.set_size(entry.body.len() as u64);
        header.set_mode(0o644);
        // Without the checks that keep a program from writing such names.
        let bytes = header.as_mut_bytes();
        assert!(entry.name.len() <= 100 && entry.target.len() <= 100, "it has room in the header");
        bytes[..entry.name.len()].copy_from_slice(&entry.name);
        bytes[157..157 + entry.target.len()].copy_from_slice(&entry.target);
        header.set_cksum();
        out.extend(header.as_bytes());
        out.extend(&entry.body);
        out.resize(out.len().next_multiple_of(512), 0);
    }
    out
}

/// A tar file of these entries.
pub(crate) fn tar(entries: &[Tarred]) -> Vec<u8> {
    let mut out = tar_without_end(entries);
    out.resize(out.len() + 1024, 0);
    out
}

/// A tar file of these files.
pub(crate) fn tar_of<N: AsRef<[u8]>, B: AsRef<[u8]>>(files: &[(N, B)]) -> Vec<u8> {
    tar(&files.iter().map(|(name, body)| Tarred::new(name, body)).collect::<Vec<_>>())
}

/// Bytes that are compressed with gzip.
pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).expect("memory");
    encoder.finish().expect("memory")
}

//! Tar files.

use std::io::{self, Cursor, Read};

use flate2::bufread::MultiGzDecoder;

use super::listing::{Listing, check_size, most_bytes};
use super::{ArchiveError, Form, Packed, Place};
use crate::limits::Limits;
use crate::tree::names::Node;
use crate::tree::{FILE, TreeError};

/// A tar file consists of blocks of this size.
const BLOCK: u64 = 512;

/// The tar file in a gzip file.
pub(super) fn unpack(bytes: &[u8], limits: &Limits) -> Result<Vec<u8>, ArchiveError> {
    let (by_size, by_ratio) = most_bytes(bytes.len(), limits);
    let most = by_size.min(by_ratio);
    let mut unpacked = Vec::new();
    let read = MultiGzDecoder::new(bytes).take(most.saturating_add(1)).read_to_end(&mut unpacked);
    match read {
        Ok(_) => check_size(bytes.len(), unpacked.len() as u64, false, limits)?,
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Err(ArchiveError::CutOff),
        Err(error) => return Err(ArchiveError::damaged(format_args!("it does not unpack ({error})"))),
    }
    Ok(unpacked)
}

/// Lists what a tar file holds.
pub(super) fn list(bytes: Vec<u8>, form: Form, listing: &mut Listing<'_>) -> Result<Vec<u8>, ArchiveError> {
    let len = bytes.len() as u64;
    let (mut count, mut end) = (0_u64, 0_u64);
    let mut archive = tar::Archive::new(Cursor::new(&bytes));
    let wrong = |error: io::Error, count: u64| match count {
        0 => ArchiveError::Form { expected: form.expected() },
        _ if error.kind() == io::ErrorKind::UnexpectedEof => ArchiveError::CutOff,
        _ => ArchiveError::damaged(error),
    };
    for entry in archive.entries_with_seek().map_err(|error| wrong(error, 0))? {
        let mut entry = entry.map_err(|error| wrong(error, count))?;
        count += 1;
        end = entry.raw_file_position().saturating_add(entry.size().div_ceil(BLOCK).saturating_mul(BLOCK));
        if end > len {
            return Err(ArchiveError::CutOff);
        }
        add(&mut entry, listing)?;
    }
    // A file that is cut off between two entries looks like a shorter one but for the mark of its end.
    let mark = usize::try_from(end).ok().and_then(|end| bytes.get(end..)).unwrap_or_default();
    let has_end = mark.get(..BLOCK as usize).is_some_and(|block| block.iter().all(|byte| *byte == 0));
    match has_end {
        true => Ok(bytes),
        false if count == 0 => Err(ArchiveError::Form { expected: form.expected() }),
        false => Err(ArchiveError::CutOff),
    }
}

fn add(entry: &mut tar::Entry<'_, impl Read>, listing: &mut Listing<'_>) -> Result<(), ArchiveError> {
    let kind = entry.header().entry_type();
    if kind.is_pax_global_extensions() {
        return Ok(());
    }
    let name = entry.path_bytes().into_owned();
    let extensions = entry.pax_extensions().map_err(ArchiveError::damaged)?;
    let has_holes = |extension: &io::Result<tar::PaxExtension<'_>>| {
        extension.as_ref().is_ok_and(|extension| extension.key_bytes().starts_with(b"GNU.sparse."))
    };
    if kind.is_gnu_sparse() || extensions.is_some_and(|mut extensions| extensions.any(|one| has_holes(&one)))
    {
        return Err(ArchiveError::Sparse { name: String::from_utf8_lossy(&name).into_owned() });
    }
    let target = || entry.link_name_bytes().unwrap_or_default();
    let other = |found| Node::Refused(TreeError::Other { expected: FILE, found, is_file: false });
    let node = if kind.is_dir() || kind.is_file() && name.ends_with(b"/") {
        return listing.add_folder(&name);
    } else if kind.is_file() || kind.is_contiguous() {
        let start = usize::try_from(entry.raw_file_position()).map_err(|_| ArchiveError::CutOff)?;
        Node::File(Packed { size: entry.size(), place: Place::Tar(start) })
    } else if kind.is_symlink() {
        Node::Link(String::from_utf8_lossy(&target()).into_owned())
    } else if kind.is_hard_link() {
        listing.linked(&target())
    } else if kind.is_character_special() || kind.is_block_special() {
        other("a device")
    } else if kind.is_fifo() {
        other("a pipe")
    } else {
        other("something else")
    };
    listing.add(&name, node)
}

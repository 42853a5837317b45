//! Zip files. The directory at their end counts, as for every program that unpacks them; an entry that says something else
//! of itself is a damaged archive.

use std::io::Read;

use flate2::bufread::DeflateDecoder;
use rawzip::{
    CompressionMethod, ErrorKind, ZipArchive, ZipArchiveEntryWayfinder, ZipFileHeaderRecord, ZipSliceArchive,
    ZipSliceEntry,
};

use super::listing::{Listing, check_size};
use super::{ArchiveError, Packed, Place as PlaceOf};
use crate::tree::names::Node;
use crate::tree::{FILE, TreeError};

pub(super) type Zip = ZipSliceArchive<Vec<u8>>;

/// Where a file is, and how it is packed.
#[derive(Debug, Clone)]
pub(super) struct Place {
    entry: ZipArchiveEntryWayfinder,
    method: CompressionMethod,
}

/// The longest link that is read: no path may be longer on Linux.
const LONGEST_LINK: u64 = 4096;

/// Lists what a zip file holds; no file is unpacked, only links are.
pub(super) fn list(bytes: Vec<u8>, listing: &mut Listing<'_>) -> Result<Zip, ArchiveError> {
    let packed = bytes.len();
    let archive = ZipArchive::from_slice(bytes).map_err(failed)?;
    let (mut count, mut unpacked) = (0_u64, 0_u64);
    for entry in archive.entries() {
        let entry = entry.map_err(failed)?;
        count += 1;
        unpacked = unpacked.saturating_add(entry.uncompressed_size_hint());
        add(&archive, &entry, listing)?;
    }
    // Without the larger form of its numbers an archive counts to 65,535 and starts again.
    if archive.entries_hint() & 0xffff != count & 0xffff {
        let (expected, found) = (archive.entries_hint(), count);
        return Err(ArchiveError::damaged(format_args!("it counts {expected} entries and lists {found}")));
    }
    check_size(packed, unpacked, true, listing.limits)?;
    Ok(archive)
}

fn add(
    archive: &Zip,
    entry: &ZipFileHeaderRecord<'_>,
    listing: &mut Listing<'_>,
) -> Result<(), ArchiveError> {
    let path = entry.file_path();
    let name = path.as_bytes();
    let shown = || String::from_utf8_lossy(name).into_owned();
    if entry.flags().is_encrypted() || entry.flags().has_strong_encryption() {
        return Err(ArchiveError::Encrypted { name: shown() });
    }
    let found = archive.get_entry(entry.wayfinder()).map_err(failed)?;
    if found.local_header().file_path().as_bytes() != name {
        let (listed, own) = (shown(), String::from_utf8_lossy(found.local_header().file_path().as_bytes()));
        return Err(ArchiveError::damaged(format_args!(
            "the entry that is listed as {listed} is called {own}"
        )));
    }
    let place = Place { entry: entry.wayfinder(), method: entry.compression_method() };
    let size = entry.uncompressed_size_hint();
    let other = |found| Node::Refused(TreeError::Other { expected: FILE, found, is_file: false });
    let node = match entry.mode().value() & 0o170_000 {
        0o040_000 => return listing.add_folder(name),
        _ if entry.is_dir() => return listing.add_folder(name),
        0o120_000 if size > LONGEST_LINK => {
            return Err(ArchiveError::damaged("a link is longer than a path"));
        }
        0o120_000 => match unpacked(&found, &place, size) {
            Ok(target) => Node::Link(String::from_utf8_lossy(&target).into_owned()),
            Err(error) => Node::Refused(error.into()),
        },
        0o020_000 | 0o060_000 => other("a device"),
        0o010_000 => other("a pipe"),
        0o140_000 => other("a socket"),
        _ => Node::File(Packed { size, place: PlaceOf::Zip(place) }),
    };
    listing.add(name, node)
}

/// Unpacks one file.
pub(super) fn read(archive: &Zip, place: &Place, size: u64) -> Result<Vec<u8>, ArchiveError> {
    unpacked(&archive.get_entry(place.entry).map_err(failed)?, place, size)
}

/// More than this is not made room for before it is there: the length is what the archive says.
const ROOM: u64 = 1 << 20;

fn unpacked(entry: &ZipSliceEntry<'_>, place: &Place, size: u64) -> Result<Vec<u8>, ArchiveError> {
    let reader: Box<dyn Read> = match place.method {
        CompressionMethod::STORE => Box::new(entry.data()),
        CompressionMethod::DEFLATE => Box::new(DeflateDecoder::new(entry.data())),
        method => return Err(ArchiveError::Method { method: method.as_u16() }),
    };
    let mut bytes = Vec::with_capacity(usize::try_from(size.min(ROOM)).unwrap_or(0));
    // The reader holds the length and the checksum against what the directory says.
    let read = entry.verifying_reader(reader).take(size.saturating_add(1)).read_to_end(&mut bytes);
    match read {
        Err(error) => Err(ArchiveError::damaged(format_args!("an entry does not unpack ({error})"))),
        Ok(_) if bytes.len() as u64 > size => Err(ArchiveError::damaged(format_args!(
            "an entry unpacks to more than the {size} bytes it lists"
        ))),
        Ok(_) => Ok(bytes),
    }
}

fn failed(error: rawzip::Error) -> ArchiveError {
    match error.kind() {
        ErrorKind::MissingEndOfCentralDirectory | ErrorKind::Eof => ArchiveError::CutOff,
        kind => ArchiveError::damaged(kind),
    }
}

//! Reading files as text.

use std::path::Path;
use std::sync::Arc;
use std::{fs, io};

use super::json::JsonError;
use super::yaml::YamlError;
use super::{json, yaml};
use crate::model::{Artifact, Document, DocumentFormat, InputError, position};

/// Reads a file as UTF-8, without its byte order mark. `name` is how reports call it.
pub(crate) fn document(path: &Path, name: &str) -> Result<Arc<Document>, InputError> {
    let fail = |line, message| InputError { artifact: None, file: name.to_owned(), line, message };
    let bytes = contents(path).map_err(|error| {
        let what = match error.kind() {
            std::io::ErrorKind::NotFound => {
                "expected a file or a directory, found nothing: is the path right?".to_owned()
            }
            _ => format!("cannot be read: {error}"),
        };
        fail(None, what)
    })?;
    let text = String::from_utf8(bytes).map_err(|error| {
        let valid = error.utf8_error().valid_up_to();
        let bytes = error.into_bytes();
        let prefix = String::from_utf8_lossy(&bytes[..valid]);
        let place = position(&prefix, valid);
        let message = if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
            "expected UTF-8 text, found UTF-16: save the file as UTF-8".to_owned()
        } else {
            format!("expected UTF-8 text, found byte 0x{:02x} at column {}", bytes[valid], place.column)
        };
        fail(Some(place.line), message)
    })?;
    let text = match text.strip_prefix('\u{feff}') {
        Some(rest) => rest.to_owned(),
        None => text,
    };
    let format = match path.extension().and_then(|extension| extension.to_str()) {
        Some("yaml" | "yml") => DocumentFormat::Yaml,
        Some("json") => DocumentFormat::Json,
        Some("jsonl" | "ndjson" | "log") => DocumentFormat::JsonLines,
        Some("md" | "py" | "txt") => DocumentFormat::Text,
        _ => guess_format(&text),
    };
    let shown = path.display().to_string();
    let root = shown.strip_suffix(name).unwrap_or_default().to_owned();
    Ok(Arc::new(Document::new(name.to_owned(), root, text, format)))
}

/// What a file holds. Of a large file the pieces are read side by side, since most of the time goes into making room
/// for them.
#[cfg(unix)]
fn contents(path: &Path) -> io::Result<Vec<u8>> {
    use std::os::unix::fs::FileExt;

    use rayon::prelude::*;

    const PIECE: usize = 4 << 20;
    let file = fs::File::open(path)?;
    let about = file.metadata()?;
    match usize::try_from(about.len()) {
        Ok(len) if about.is_file() && len > PIECE => {
            let mut bytes = vec![0; len];
            bytes
                .par_chunks_mut(PIECE)
                .enumerate()
                .try_for_each(|(index, piece)| file.read_exact_at(piece, (index * PIECE) as u64))?;
            Ok(bytes)
        }
        // A pipe has no length and no places.
        _ => {
            let mut bytes = Vec::new();
            io::Read::read_to_end(&mut { file }, &mut bytes)?;
            Ok(bytes)
        }
    }
}

#[cfg(not(unix))]
fn contents(path: &Path) -> io::Result<Vec<u8>> {
    fs::read(path)
}

/// A file whose name tells nothing: captured output and JSON start with a brace or bracket somewhere, YAML does not.
fn guess_format(text: &str) -> DocumentFormat {
    match text.trim_start().chars().next() {
        Some('{' | '[') => DocumentFormat::Json,
        _ if text.lines().any(|line| line.trim_start().starts_with('{')) => DocumentFormat::JsonLines,
        _ => DocumentFormat::Yaml,
    }
}

/// The whole document as one value.
pub(crate) fn value(document: &Document, artifact: Artifact) -> Result<serde_json::Value, InputError> {
    match document.format {
        DocumentFormat::Yaml => {
            yaml::parse(&document.text).map_err(|error| yaml_error(document, Some(artifact), error))
        }
        _ => json::parse(&document.text).map_err(|error| json_error(document, Some(artifact), error)),
    }
}

/// A JSON error as an input error of this document.
pub(crate) fn json_error(document: &Document, artifact: Option<Artifact>, error: JsonError) -> InputError {
    InputError {
        artifact,
        file: document.file.clone(),
        line: Some(error.position.line),
        message: error.message,
    }
}

/// A YAML error as an input error of this document.
pub(crate) fn yaml_error(document: &Document, artifact: Option<Artifact>, error: YamlError) -> InputError {
    InputError {
        artifact,
        file: document.file.clone(),
        line: Some(error.position.line),
        message: format!("not YAML that Python's safe loader reads: {}", error.message),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_several_pieces_is_read_whole() {
        let text: String = (0..1_400_000).map(|number| format!("{number}\n")).collect();
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("numbers.txt");
        fs::write(&path, &text).expect("a temporary file");
        assert!(text.len() > 8 << 20 && contents(&path).expect("the file") == text.as_bytes());
        assert!(contents(folder.path()).is_err(), "a folder is no file");
    }
}

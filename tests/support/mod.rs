//! Cases written in Markdown: a fenced block after a heading `## name` is the file of that name.

use std::fs;
use std::path::Path;

/// The blocks of a case with their headings, in order.
pub(crate) fn sections(text: &str) -> Vec<(String, String)> {
    let mut sections = Vec::new();
    let mut heading = String::new();
    let mut block: Option<String> = None;
    for line in text.lines() {
        if line.starts_with("```") {
            match block.take() {
                None => block = Some(String::new()),
                Some(body) => sections.push((heading.clone(), body)),
            }
        } else if let Some(body) = &mut block {
            body.push_str(line);
            body.push('\n');
        } else if let Some(name) = line.strip_prefix("## ") {
            heading = name.trim().trim_matches('`').to_owned();
        }
    }
    sections
}

/// Writes one file of a case below a folder.
pub(crate) fn write(folder: &Path, name: &str, body: &str) {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().expect("below the case")).expect("a temporary folder");
    fs::write(path, body).expect("a temporary file");
}

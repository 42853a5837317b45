//! The version in `pyproject.toml`: the bytes of its text, and nothing beside them.

use serde::Deserialize;
use toml::Spanned;

/// What is asked of the file; whatever else it holds is not looked at.
#[derive(Debug, Deserialize)]
struct Pyproject {
    project: Option<Section>,
    tool: Option<Tools>,
}

#[derive(Debug, Deserialize)]
struct Tools {
    poetry: Option<Section>,
}

#[derive(Debug, Deserialize)]
struct Section {
    version: Option<Spanned<toml::Value>>,
}

/// A version in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Version {
    /// The key that holds it.
    pub(super) key: &'static str,
    /// The version.
    pub(super) version: String,
    /// Its bytes, quotes included.
    range: std::ops::Range<usize>,
}

/// The versions that a `pyproject.toml` has.
///
/// # Errors
/// It is not TOML.
pub(super) fn versions(text: &str) -> Result<Vec<Version>, String> {
    let file: Pyproject = toml::from_str(text).map_err(|error| error.message().to_owned())?;
    let poetry = file.tool.and_then(|tools| tools.poetry);
    let sections = [("[tool.poetry] version", poetry), ("[project] version", file.project)];
    let version = |(key, section): (&'static str, Option<Section>)| {
        let version = section?.version?;
        let range = version.span();
        Some(Version { key, version: version.get_ref().as_str()?.to_owned(), range })
    };
    Ok(sections.into_iter().filter_map(version).collect())
}

/// The text with another version in the place of some.
///
/// # Errors
/// The file would not say what is meant.
pub(super) fn edited(text: &str, places: &[Version], version: &str) -> Result<String, String> {
    let mut new = text.to_owned();
    let mut places: Vec<&Version> = places.iter().collect();
    places.sort_by_key(|place| std::cmp::Reverse(place.range.start));
    for place in &places {
        let quote = if text[place.range.clone()].starts_with('\'') { '\'' } else { '"' };
        new.replace_range(place.range.clone(), &format!("{quote}{version}{quote}"));
    }
    let value = |text: &str| toml::from_str::<toml::Table>(text).map_err(|error| error.message().to_owned());
    let (mut meant, is) = (value(text)?, value(&new)?);
    for place in places {
        let mut keys: Vec<&str> = match place.key.starts_with("[tool") {
            true => vec!["tool", "poetry"],
            false => vec!["project"],
        };
        let first = keys.remove(0);
        let table = keys.into_iter().fold(meant.get_mut(first), |value, key| value?.get_mut(key));
        if let Some(place) = table.and_then(|table| table.get_mut("version")) {
            *place = toml::Value::String(version.to_owned());
        }
    }
    match meant == is {
        true => Ok(new),
        false => Err("its version cannot be changed alone: edit it by hand".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_version_moves() {
        let text = "# of us\r\n[tool.poetry]\r\nname = \"x\"\r\nversion = '1.2.3' # here\r\n\r\n[tool.poetry.dependencies]\r\nversion = \"1.2.3\"\r\n[project]\r\nversion = \"1.2.3\"";
        let found = versions(text).expect("TOML");
        assert_eq!(found.len(), 2, "{found:?}");
        let new = edited(text, &found, "2.0.0").expect("an edit");
        let expected = text.replacen("'1.2.3'", "'2.0.0'", 1);
        let last = expected.rfind("1.2.3").expect("a version");
        assert_eq!(new, format!("{}2.0.0\"", &expected[..last]));
        assert!(versions("[tool").is_err());
        assert_eq!(versions("version = \"1.0.0\"\n[project]\ndynamic = [\"version\"]"), Ok(Vec::new()));
        assert_eq!(versions("[project]\nversion = 1"), Ok(Vec::new()));
    }
}

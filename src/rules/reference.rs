//! Where rules come from, as pages that users can open.

/// Where a rule comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reference {
    /// What it is, without a full stop.
    pub title: &'static str,
    /// The page to open; `None` where there is none to point to.
    pub url: Option<&'static str>,
}

/// What keeps an address from being one that a [`Reference`] may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum AddressError {
    UnknownHost,
    Blank,
    Moving,
}

impl AddressError {
    const fn message(self) -> &'static str {
        match self {
            Self::UnknownHost => "expected an https address of a host in HOSTS",
            Self::Blank => "expected an address without blanks",
            Self::Moving => {
                "a file on GitHub changes: link to it at a tag (v1.2.3) or at a commit of 40 digits"
            }
        }
    }
}

/// The hosts that references lead to.
const HOSTS: &[&str] =
    &["https://docs.airbyte.com/", "https://github.com/airbytehq/", "https://json-schema.org/"];

impl Reference {
    /// A page.
    ///
    /// # Panics
    ///
    /// Panics where the address is not https, of another host, has blanks or is a file on GitHub that is not fixed to
    /// a tag or a commit. In a `static` or `const` that is a compile error.
    pub const fn link(title: &'static str, url: &'static str) -> Self {
        if let Err(error) = check(url.as_bytes()) {
            panic!("{}", error.message());
        }
        Self { title, url: Some(url) }
    }

    /// What has no page: a decision of this program, or a source that cannot be opened.
    pub const fn unlinked(title: &'static str) -> Self {
        Self { title, url: None }
    }

    /// As Markdown, on one line.
    pub fn markdown(&self) -> String {
        match self.url {
            Some(url) => format!("[{}]({url})", self.title),
            None => self.title.to_owned(),
        }
    }
}

const fn check(url: &[u8]) -> Result<(), AddressError> {
    let mut is_known = false;
    let mut index = 0;
    while index < HOSTS.len() {
        is_known |= starts_with(url, HOSTS[index].as_bytes());
        index += 1;
    }
    if !is_known {
        return Err(AddressError::UnknownHost);
    }
    let mut rest = url;
    while let [byte, tail @ ..] = rest {
        if byte.is_ascii_whitespace() {
            return Err(AddressError::Blank);
        }
        let is_file = starts_with(rest, b"/blob/") || starts_with(rest, b"/tree/");
        if is_file && !is_fixed(rest.split_at(6).1) {
            return Err(AddressError::Moving);
        }
        rest = tail;
    }
    Ok(())
}

/// Whether a path on GitHub starts with a tag of a version or with a commit.
const fn is_fixed(path: &[u8]) -> bool {
    if let [b'v', digit, ..] = path {
        return digit.is_ascii_digit();
    }
    let mut length = 0;
    while length < path.len() && path[length] != b'/' {
        if !path[length].is_ascii_hexdigit() {
            return false;
        }
        length += 1;
    }
    length == 40
}

const fn starts_with(text: &[u8], start: &[u8]) -> bool {
    let mut index = 0;
    while index < start.len() {
        if index == text.len() || text[index] != start[index] {
            return false;
        }
        index += 1;
    }
    true
}

/// A file of the Python CDK, in the version that rules were observed on.
macro_rules! cdk {
    ($path:literal) => {
        cdk!("Observed on the Python CDK 7.39.1", $path)
    };
    ($title:literal, $path:literal) => {
        Reference::link(
            $title,
            concat!("https://github.com/airbytehq/airbyte-python-cdk/blob/v7.39.1/", $path),
        )
    };
}

/// A file of the monorepo with the connectors, the bulk CDK and the tests of connectors.
macro_rules! airbyte {
    ($title:literal, $path:literal) => {
        Reference::link(
            $title,
            concat!(
                "https://github.com/airbytehq/airbyte/blob/83c19a036f39eb9e6c1e080482a2ccd9bb637cee/",
                $path
            ),
        )
    };
}

/// A file of the platform.
macro_rules! platform {
    ($title:literal, $path:literal) => {
        Reference::link(
            $title,
            concat!(
                "https://github.com/airbytehq/airbyte-platform/blob/310e6cb6ac0e7bd310fe99bfd505d5c36ba71f2e/",
                $path
            ),
        )
    };
}

/// A line of the definition of the Airbyte protocol.
macro_rules! protocol {
    ($title:literal, $line:literal) => {
        Reference::link(
            $title,
            concat!(
                "https://github.com/airbytehq/airbyte-protocol/blob/v0.18.0/protocol-models/src/main/resources/",
                "airbyte_protocol/v0/airbyte_protocol.yaml",
                $line
            ),
        )
    };
}

/// An issue or a pull request of Airbyte.
macro_rules! github {
    ($title:literal, $path:literal) => {
        Reference::link($title, concat!("https://github.com/airbytehq/", $path))
    };
}

/// A page of Airbyte's documentation.
macro_rules! docs {
    ($title:literal, $page:literal) => {
        Reference::link($title, concat!("https://docs.airbyte.com/", $page))
    };
}

/// Airbyte's regression tests, which are published as a package: there is no page of a file to open.
macro_rules! regression_tests {
    ($title:literal) => {
        Reference::unlinked($title)
    };
}

pub(super) use {airbyte, cdk, docs, github, platform, protocol, regression_tests};

pub(super) const PULL_REQUEST_HANDBOOK: Reference = docs!(
    "Airbyte's pull request handbook, versioning table",
    "community/contributing-to-airbyte/resources/pull-requests-handbook#semantic-versioning-for-connectors"
);

pub(super) const BREAKING_CHANGE_POLICY: Reference = docs!(
    "Airbyte's breaking-change policy page",
    "platform/connector-development/connector-breaking-changes"
);

pub(super) const METADATA_SCHEMA: Reference =
    docs!("Airbyte's page on the metadata file", "platform/connector-development/connector-metadata-file");

pub(super) const CONNECTOR_CHECKS: Reference = docs!(
    "Airbyte's page on its checks of connectors",
    "community/contributing-to-airbyte/resources/qa-checks"
);

pub(super) const POLICY_FILE: Reference =
    Reference::unlinked("This program's policy file: a finding is accepted with a reason, and for a time");

pub(super) const SUPPORTED_DATA_TYPES: Reference =
    docs!("Airbyte's supported data types page", "platform/understanding-airbyte/supported-data-types");

pub(super) const JSON_SCHEMA_DRAFT_7: Reference =
    Reference::link("JSON Schema draft 7", "https://json-schema.org/draft-07");

pub(super) const REGRESSION_TESTS: Reference = regression_tests!("Airbyte's regression tests");

pub(super) const CONFIG_VALIDATION: Reference = cdk!("airbyte_cdk/sources/utils/schema_helpers.py#L188");

pub(super) const SAVED_POSITION: Reference =
    cdk!("airbyte_cdk/sources/streams/concurrent/state_converters/datetime_stream_state_converter.py#L96");

pub(super) const DATETIME_FORMATS: Reference =
    cdk!("airbyte_cdk/sources/streams/concurrent/state_converters/datetime_stream_state_converter.py#L217");

pub(super) const PARTITIONED_STATE: Reference =
    cdk!("airbyte_cdk/sources/declarative/incremental/concurrent_partition_cursor.py#L421");

pub(super) const PARENT_STATE: Reference =
    cdk!("airbyte_cdk/sources/declarative/incremental/concurrent_partition_cursor.py#L623");

pub(super) const STATE_MESSAGE: Reference = protocol!("The Airbyte protocol, `AirbyteStateMessage`", "#L151");

pub(super) const PRIMARY_KEY_DIFF: Reference = platform!(
    "The platform's catalog diff",
    "airbyte-commons-protocol/src/main/kotlin/io/airbyte/commons/protocol/CatalogDiffHelpers.kt#L320"
);

pub(super) const MERGE_RULES: Reference = platform!(
    "The platform's merge rules",
    "airbyte-commons-server/src/main/kotlin/io/airbyte/commons/server/handlers/helpers/CatalogMergeHelper.kt#L40"
);

pub(super) const BULK_CDK_SCHEMAS: Reference = airbyte!(
    "The bulk CDK's reading of schemas",
    "airbyte-cdk/bulk/core/load/src/main/kotlin/io/airbyte/cdk/load/data/json/JsonSchemaToAirbyteType.kt#L39"
);

pub(super) const SOURCE_GITHUB_3: Reference =
    docs!("source-github 3.0.0", "integrations/sources/github-migrations#upgrading-to-300");

pub(super) const SOURCE_JIRA_3: Reference =
    docs!("source-jira 3.0.0", "integrations/sources/jira-migrations#upgrading-to-300");

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::rules;

    #[test]
    fn addresses_are_fixed_and_of_known_hosts() {
        let commit =
            "https://github.com/airbytehq/airbyte/blob/83c19a036f39eb9e6c1e080482a2ccd9bb637cee/a.py#L1";
        for right in [
            commit,
            "https://docs.airbyte.com/platform/",
            "https://github.com/airbytehq/airbyte/pull/1",
            "https://github.com/airbytehq/airbyte-protocol/blob/v0.18.0/a.yaml",
        ] {
            assert_eq!(check(right.as_bytes()), Ok(()), "{right}");
        }
        for (wrong, error) in [
            ("http://docs.airbyte.com/", AddressError::UnknownHost),
            ("https://docs.airbyte.com.example.org/", AddressError::UnknownHost),
            ("https://github.com/somebody/airbyte/pull/1", AddressError::UnknownHost),
            ("docs.airbyte.com/", AddressError::UnknownHost),
            ("", AddressError::UnknownHost),
            ("https://docs.airbyte.com/a page", AddressError::Blank),
            ("https://github.com/airbytehq/airbyte/blob/master/a.py", AddressError::Moving),
            ("https://github.com/airbytehq/airbyte/blob/main/a.py", AddressError::Moving),
            ("https://github.com/airbytehq/airbyte/tree/version/a", AddressError::Moving),
            ("https://github.com/airbytehq/airbyte/blob/83c19a0/a.py", AddressError::Moving),
            ("https://github.com/airbytehq/airbyte/blob/", AddressError::Moving),
        ] {
            assert_eq!(check(wrong.as_bytes()), Err(error), "{wrong}");
        }
    }

    #[test]
    fn every_rule_says_where_it_comes_from_once() {
        for rule in rules::all() {
            let mut seen = BTreeSet::new();
            for reference in rule.references {
                let is_title = !reference.title.is_empty() && !reference.title.ends_with('.');
                assert!(is_title, "{}: {reference:?}", rule.id);
                assert!(seen.insert(reference.url.unwrap_or(reference.title)), "{}: {reference:?}", rule.id);
            }
        }
    }

    #[test]
    fn every_explanation_has_a_page_to_open() {
        let of_rules = rules::all().iter().map(|rule| (rule.id, rule.references));
        let of_checks = rules::checks().iter().map(|check| (check.id, check.references));
        let without = of_rules
            .chain(of_checks)
            .filter(|(_, references)| references.iter().all(|reference| reference.url.is_none()));
        assert_eq!(without.map(|(id, _)| id).collect::<Vec<_>>(), [""; 0]);
    }
}

//! What fires a rule: a few lines of a file, before and after.

/// A snippet of a file in the old and in the new version. `tests/rule_examples.rs` compares the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Example {
    /// Where the lines are.
    pub context: Context,
    /// The lines of the old version; none where something is added.
    pub before: &'static [&'static str],
    /// The lines of the new version; none where something is removed.
    pub after: &'static [&'static str],
}

/// Where the lines of an [`Example`] are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Context {
    /// Keys of the spec, `connectionSpecification` beside them.
    Spec,
    /// Keys of `connectionSpecification`.
    SpecSchema,
    /// Properties of the config.
    SpecProperties,
    /// Properties of the config of a destination.
    Destination,
    /// Options of the property `credentials`.
    Options,
    /// Keys of `oauth_config_specification`.
    Oauth,
    /// The spec that is shipped, while the golden spec of the tests keeps the lines of the old version.
    GoldenSpec,
    /// Streams of the catalog.
    Catalog,
    /// Keys of one stream of the catalog.
    Stream,
    /// Keys of the record schema of a stream.
    Schema,
    /// Fields of a record schema.
    Fields,
    /// Keys of one stream of a manifest.
    ManifestStream,
    /// The saved state of one stream.
    State,
    /// State messages.
    StateMessages,
    /// Keys of `data` in the metadata.
    Metadata,
    /// The metadata of a release that removes a stream.
    ReleaseOfStream,
    /// The metadata of a release that removes a stream from one of two namespaces.
    ReleaseOfNamespace,
    /// The metadata of a release that removes a field from a schema file of a Python connector.
    ReleaseOfSchemaFile,
    /// The metadata of a release that breaks every config.
    ReleaseForAll,
    /// The metadata of a release that renames a stream.
    ReleaseOfRename,
    /// The migration guide of a release that declares a break.
    Guide,
    /// The page of a connector whose release declares a break, and which has no migration guide.
    PageWithoutGuide,
    /// The page of a connector, of a release.
    Page,
    /// The metadata of a release, in a repository that has the page of the connector.
    ReleaseWithPage,
    /// `pyproject.toml`, of a release.
    Pyproject,
    /// `block-release.yaml`.
    ReleaseBlock,
    /// `acceptance-test-config.yml` of a release after 1.4.2.
    AcceptanceTests,
    /// The policy file, while the release 2.0.0 removes the stream `orders` of `source-shop`.
    Policy,
    /// Lines of a case of the corpus, in the folder of the rule.
    Case {
        /// The file, or the files, that the lines are in, as Markdown.
        place: &'static str,
        /// The name of the case.
        case: &'static str,
    },
}

impl Context {
    /// In words: the place that the lines are in.
    pub fn place(self) -> String {
        let place = match self {
            Self::Spec => "In the spec",
            Self::SpecSchema => "In the spec, in `connectionSpecification`",
            Self::SpecProperties => "In the spec, in `connectionSpecification.properties`",
            Self::Destination => "In the spec of a destination, in `connectionSpecification.properties`",
            Self::Options => "In the spec, in the `oneOf` of a property `credentials`",
            Self::Oauth => "In the spec, in `advanced_auth.oauth_config_specification`",
            Self::GoldenSpec => {
                "In the spec, in `connectionSpecification.properties`, while `integration_tests/spec.json` does not change"
            }
            Self::Catalog => "In the catalog, in `streams`",
            Self::Stream => "In the catalog, in a stream",
            Self::Schema => "In the catalog, in the `json_schema` of a stream",
            Self::Fields => "In the catalog, in the `properties` of a stream's `json_schema`",
            Self::ManifestStream => "In `manifest.yaml`, in a stream",
            Self::State => "In saved state, in the `stream_state` of a stream",
            Self::StateMessages => "In saved state",
            Self::Metadata => "In `metadata.yaml`, in `data`",
            Self::ReleaseOfStream => {
                "In `metadata.yaml`, in `data`, of a release that removes the stream `orders`"
            }
            Self::ReleaseOfNamespace => {
                "In `metadata.yaml`, in `data`, of a release that removes `app.orders` and keeps `shop.orders`"
            }
            Self::ReleaseOfSchemaFile => {
                "In `metadata.yaml`, in `data`, of a release that removes a field from a schema file. The stream `daily` \
                 uses the file, and so may streams whose names the config decides"
            }
            Self::ReleaseForAll => {
                "In `metadata.yaml`, in `data`, of a release whose spec takes a number where it took a text"
            }
            Self::ReleaseOfRename => {
                "In `metadata.yaml`, in `data`, of a release that renames the stream `orders` to `order`"
            }
            Self::Guide => {
                "In `docs/integrations/sources/shop-migrations.md`, of a release 2.0.0 that declares a breaking change"
            }
            Self::PageWithoutGuide => {
                "In `docs/integrations/sources/shop.md`, of a release that declares a breaking change and has no \
                 `shop-migrations.md`"
            }
            Self::Page => "In `docs/integrations/sources/shop.md`, of a release 1.4.3",
            Self::ReleaseWithPage => {
                "In `metadata.yaml`, in `data`, of a release whose page is `docs/integrations/sources/shop.md`"
            }
            Self::Pyproject => "In `pyproject.toml`, of a release 1.4.3 after 1.4.2",
            Self::ReleaseBlock => "In `block-release.yaml`",
            Self::AcceptanceTests => "In `acceptance-test-config.yml` of the release after 1.4.2",
            Self::Policy => {
                "In `.connector-diff.toml`, while release 2.0.0 of `source-shop` removes the stream `orders`"
            }
            Self::Case { place, .. } => return format!("In {place}"),
        };
        place.to_owned()
    }
}

impl Example {
    /// What a rule starts from; [`is_given`](Self::is_given) refuses it.
    pub(super) const NONE: Self = Self { context: Context::Spec, before: &[], after: &[] };

    /// Whether there are any lines.
    pub(super) const fn is_given(&self) -> bool {
        !self.before.is_empty() || !self.after.is_empty()
    }

    /// The lines as a diff; as they are where they do not differ.
    pub fn markdown(&self) -> String {
        let place = self.context.place();
        if self.before == self.after {
            let place = match self.context {
                Context::Case { .. } => place,
                _ => format!("{place}, in both versions"),
            };
            return format!("{place}:\n\n```\n{}\n```", self.after.join("\n"));
        }
        let (before, after) = (self.before, self.after);
        let start = before.iter().zip(after).take_while(|(old, new)| old == new).count();
        let (old, new) = (&before[start..], &after[start..]);
        let end = old.iter().rev().zip(new.iter().rev()).take_while(|(old, new)| old == new).count();
        let (old, rest) = old.split_at(old.len() - end);
        let new = &new[..new.len() - end];
        let marked = [(' ', &before[..start]), ('-', old), ('+', new), (' ', rest)];
        let lines =
            marked.iter().flat_map(|(mark, lines)| lines.iter().map(move |line| format!("{mark} {line}\n")));
        format!("{place}:\n\n```diff\n{}```", lines.collect::<String>())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules;

    #[test]
    fn what_differs_is_marked() {
        let example = |before, after| Example { context: Context::Spec, before, after }.markdown();
        assert_eq!(
            example(&["a: 1", "b: 1", "c: 1"], &["a: 1", "b: 2", "c: 1"]),
            "In the spec:\n\n```diff\n  a: 1\n- b: 1\n+ b: 2\n  c: 1\n```"
        );
        assert_eq!(example(&["a: 1"], &["a: 1", "a: 1"]), "In the spec:\n\n```diff\n  a: 1\n+ a: 1\n```");
        assert_eq!(example(&["a: 1"], &[]), "In the spec:\n\n```diff\n- a: 1\n```");
        assert_eq!(example(&["a: 1"], &["a: 1"]), "In the spec, in both versions:\n\n```\na: 1\n```");
    }

    #[test]
    fn examples_are_short() {
        let of_rules = rules::all().iter().map(|rule| (rule.id, rule.example));
        let of_checks = rules::checks().iter().map(|check| (check.id, check.example));
        for (id, example) in of_rules.chain(of_checks) {
            assert!(example.is_given(), "{id} has no example");
            for lines in [example.before, example.after] {
                assert!(lines.len() <= 6, "{id}: expected at most 6 lines, found {}", lines.len());
                for line in lines {
                    assert!(line.len() <= 130, "{id}: expected at most 130 characters, found {}", line.len());
                }
            }
        }
    }
}

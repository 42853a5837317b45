//! The names that the format has for what is one of a few.

use schemars::JsonSchema;
use serde::Serialize;

use crate::model;

/// An enum of the format, from the enum of the program with the same variants.
macro_rules! mirrored {
    ($(#[$about:meta])* $name:ident of $model:path { $($(#[$what:meta])* $variant:ident),* $(,)? }) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
        #[serde(rename_all = "kebab-case")]
        pub(super) enum $name { $($(#[$what])* $variant),* }

        impl From<$model> for $name {
            fn from(value: $model) -> Self {
                use $model as Model;
                match value { $(Model::$variant => Self::$variant),* }
            }
        }
    };
}

mirrored! {
    /// The one-word answer, worst first.
    Outcome of model::Outcome {
        /// There is a breaking finding that nobody waived.
        Breaking,
        /// Something that is there cannot be read, or nothing could be compared.
        Inconclusive,
        /// There is a finding that the files cannot decide.
        Review,
        /// Neither.
        Compatible,
    }
}

mirrored! {
    /// How the release declares its breaks.
    Declaration of model::Declaration {
        /// Nothing breaks and nothing is declared.
        NotNeeded,
        /// The entry is there and covers every stream that breaks.
        Complete,
        /// The entry is there and covers every stream that breaks and is known, and others may break that are not known.
        Open,
        /// The entry is there and does not cover everything.
        Incomplete,
        /// Something breaks and there is no entry.
        Missing,
        /// There is an entry and nothing found to explain it.
        Unmatched,
        /// There is no metadata to look at.
        Unknown,
    }
}

mirrored! {
    /// The part of the version that has to move, smallest first.
    Bump of model::Bump {
        /// The version went down.
        Downgrade,
        /// Nothing has to move.
        None,
        /// The third number.
        Patch,
        /// The second number.
        Minor,
        /// The first number.
        Major,
    }
}

mirrored! {
    /// How bad a finding is, worst first.
    Level of model::Level {
        /// Users must act before they can sync again, or lose data or state.
        Breaking,
        /// Cannot be decided from the files; the finding says what would decide it.
        Review,
        /// Users can feel it and need not act.
        Safe,
        /// No reader of the data or the config can tell the difference.
        Cosmetic,
    }
}

mirrored! {
    /// The five kinds of breaking change of Airbyte's policy.
    BreakingType of model::BreakingType {
        /// Saved configs stop working.
        SpecChange,
        /// A property's type, or a key, changed.
        SchemaChange,
        /// A stream or property is gone.
        StreamOrPropertyRemoval,
        /// A destination writes in another form.
        DestinationFormatChange,
        /// Saved state no longer fits.
        StateChange,
    }
}

mirrored! {
    /// A part of a connector that is compared on its own.
    Artifact of model::Artifact {
        /// The ConnectorSpecification: what a user configures.
        Spec,
        /// The AirbyteCatalog: which streams there are, with their schemas.
        Catalog,
        /// Samples of saved state.
        State,
        /// What a destination writes.
        Destination,
        /// `metadata.yaml`.
        Metadata,
        /// The migration guide and the changelog.
        Docs,
    }
}

mirrored! {
    /// Which way data flows.
    ConnectorType of model::ConnectorType {
        /// Reads from somewhere.
        Source,
        /// Writes to somewhere.
        Destination,
        /// Nothing says.
        Unknown,
    }
}

mirrored! {
    /// An edition of the platform.
    Edition of model::Edition {
        /// Self-managed Airbyte.
        Oss,
        /// Airbyte Cloud.
        Cloud,
    }
}

mirrored! {
    /// What the platform does with a connection at schema refresh.
    Platform of model::Platform {
        /// It pauses the connection.
        Breaking,
        /// It goes on.
        NotBreaking,
        /// It does not look at this.
        Invisible,
    }
}

mirrored! {
    /// What a destination does, worst first.
    DestinationEffect of model::DestinationEffect {
        /// The sync fails.
        SyncFails,
        /// A column is dropped with what it holds.
        ColumnDropped,
        /// Until a refresh or a clear, what is stored and what is new do not go together.
        NeedsRefresh,
        /// Stored values become NULL.
        Null,
        /// Stored values lose something or become others.
        Truncate,
        /// Nobody knows.
        Unknown,
        /// The old column stays, and is no longer filled.
        OldColumnStays,
        /// A column is added.
        NewColumn,
        /// Stored values are written in the new type, and lose nothing.
        Cast,
        /// Nothing.
        None,
    }
}

mirrored! {
    /// What the effect in a destination is known from.
    EffectEvidence of model::EffectEvidence {
        /// An engine was asked, with the statements of the destination.
        Experiment,
        /// The destination's code, or a page, says so.
        Source,
        /// Nothing.
        Unknown,
    }
}

mirrored! {
    /// What a related place is to a finding.
    RelatedKind of model::RelatedKind {
        /// This may have been renamed to that.
        RenamedTo,
        /// This may be that under a new name.
        RenamedFrom,
        /// This may stand there now.
        MovedTo,
        /// This may have stood there.
        MovedFrom,
    }
}

mirrored! {
    /// What speaks for two places being one.
    Likeness of model::Likeness {
        /// The names are alike.
        SimilarName,
        /// The names are equal.
        SameName,
        /// The schemas are equal, titles and descriptions aside.
        EqualSchema,
        /// Most fields have the same names.
        SharedFields,
        /// Both stand below one parent.
        SamePlace,
    }
}

mirrored! {
    /// What a migration rewrites.
    MigrationKind of model::MigrationKind {
        /// Saved configs.
        Config,
        /// Saved state.
        State,
    }
}

mirrored! {
    /// How much of an artifact is known.
    CoverageStatus of model::CoverageStatus {
        /// Everything.
        Complete,
        /// A part; absence proves nothing.
        Partial,
        /// Nothing.
        Absent,
    }
}

mirrored! {
    /// How serious a problem of the declaration is.
    Severity of model::Severity {
        /// Fails under `--fail-on undeclared`.
        Error,
        /// Advice.
        Warning,
    }
}

mirrored! {
    /// One of the two sides.
    Which of model::Which {
        /// The old version.
        Old,
        /// The new version.
        New,
    }
}

mirrored! {
    /// What a saved state does when another version of the connector starts from it.
    StateOutcome of model::StateOutcome {
        /// The sync fails, often that of all streams.
        Fails,
        /// The sync goes on from another moment: records may be skipped without a word.
        LosesData,
        /// Everything is read again without a word.
        ReadsAgain,
        /// It cannot be told.
        Unknown,
        /// The sync goes on where the last one stopped.
        Resumes,
        /// Nothing is saved that a sync could go on from.
        NothingSaved,
        /// The stream is not in the other version.
        NoStream,
    }
}

mirrored! {
    /// What an outcome was read off.
    StateEvidence of model::StateEvidence {
        /// A sample of saved state, met by the other version's manifest.
        Replay,
        /// Samples of both versions, held side by side.
        Samples,
        /// The two manifests alone.
        Manifests,
        /// Nothing: what is missing is said.
        None,
    }
}

use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "state-unknown-after-rewrite",
    title: "Saved state may not fit",
    breaking_type: Some(BreakingType::StateChange),
    affects: Affects::IncrementalSyncs,
    decided: Decided::Replay,
    checks: "Incremental streams that Python built before and the new manifest lists, or the reverse, \
             where no sample shows the old state.",
    why: "These streams moved between Python code and the manifest. A rewrite often changes saved state: \
          the same position is written in another form.",
    example: Example {
        context: Context::Case { place: "`source.py`, then `manifest.yaml`", case: "fires" },
        before: &["class Users(HttpStream):", "    cursor_field = 'updated_at'"],
        after: &["incremental_sync:", "  type: DatetimeBasedCursor", "  cursor_field: updated_at"],
    },
    effect: Template::new("[{detail}|Rewritten streams] may fail or start over."),
    action: &[
        check("Sync with old state, or give `--old-state`."),
        ship_migration("If it breaks, migrate the state"),
        announce("or declare it."),
    ],
    cannot_see: "What the Python code writes or reads.",
    references: &[
        docs!("source-typeform 1.1.0", "integrations/sources/typeform-migrations#upgrading-to-110"),
        docs!("source-harvest 1.0.0", "integrations/sources/harvest-migrations#upgrading-to-100"),
    ],
    ..Rule::review(Bump::Major)
};

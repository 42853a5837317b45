use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "spec-property-made-required",
    title: "An optional property became required",
    affects: Affects::ConfigBranch,
    decided: Decided::Inclusion,
    checks: "A property that both specs declare and only the new one requires.",
    why: "Users who left the field empty have no value saved, and defaults are not applied to stored \
              configs.",
    example: "`required: []` becomes `required: [start_date]`.",
    effect: Template::new(
        "Configs saved without [{field}|the property] fail with a config error at the next sync.",
    ),
    action: &[
        avoid("Keep it optional and default it in the code,"),
        ship_migration("or ship a config migration."),
        edit_settings("Otherwise users fill in [{field}|the property] and save."),
    ],
    cannot_see: "How many users left it empty.",
    references: &[PULL_REQUEST_HANDBOOK, CONFIG_VALIDATION],
    ..Rule::breaking(BreakingType::SpecChange)
};

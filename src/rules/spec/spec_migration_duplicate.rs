use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "spec-migration-duplicate",
    title: "A config migration stands in the manifest twice",
    affects: Affects::Nobody,
    checks: "The steps of `config_migrations`: two that are equal.",
    why: "A step that runs twice does nothing more the second time, or does what nobody meant.",
    example: Example {
        context: Context::Case { place: "`manifest.yaml`", case: "fires" },
        before: &[],
        after: &[
            "- {type: ConfigRemoveFields, field_pointers: [[legacy]]}",
            "- {type: ConfigRemoveFields, field_pointers: [[legacy]]}",
        ],
    },
    effect: Template::new("The same step runs twice at every start."),
    action: &[avoid("Remove one of the two.")],
    cannot_see: "",
    references: &[cdk!("airbyte_cdk/sources/declarative/spec/spec.py#L74")],
    ..Rule::safe(Bump::None)
};

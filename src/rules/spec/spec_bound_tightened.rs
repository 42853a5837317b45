use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "spec-bound-tightened",
    title: "A bound allows less",
    affects: Affects::ConfigBranch,
    decided: Decided::Inclusion,
    checks: "`minimum`, `maximum`, lengths, counts, `multipleOf` and `uniqueItems` that allow less than \
             before.",
    why: "The runtime checks bounds in saved configs.",
    example: Example {
        context: Context::SpecProperties,
        before: &["page_size: {type: integer, maximum: 1000}"],
        after: &["page_size: {type: integer, maximum: 100}"],
    },
    effect: Template::new(
        "Saved values of [{field}|the property] beyond the new bound are refused[ ({new} instead of \
         {old})|].",
    ),
    action: &[avoid("Limit the value in the code instead,"), ship_migration("or ship a config migration.")],
    references: &[CONFIG_VALIDATION],
    ..Rule::breaking(BreakingType::SpecChange)
};

use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "spec-optional-property-added",
    title: "An optional property was added to the spec",
    decided: Decided::Inclusion,
    checks: "A property that only the new spec declares and does not require. It may require properties \
             inside it.",
    why: "No saved config has it, because the form never offered it.",
    example: Example {
        context: Context::SpecProperties,
        before: &[],
        after: &["page_size: {type: integer}"],
    },
    effect: Template::new("The settings have a new option[ {field}|]. Saved configs stay valid."),
    action: &[nothing("Nothing to do,"), document("but describe the option in the docs.")],
    references: &[PULL_REQUEST_HANDBOOK],
    ..Rule::safe(Bump::Minor)
};

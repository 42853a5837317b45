use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "spec-nested-required-in-new-optional-object",
    title: "An optional object with required properties of its own was added",
    decided: Decided::Inclusion,
    applies: |delta, _| match &delta.change {
        Change::Spec(SpecChange::PropertyAdded { required: false, .. }) => {
            let schema = delta.new.as_ref()?;
            let needs = schema
                .get("required")
                .and_then(|names| names.as_array())
                .is_some_and(|names| !names.is_empty());
            needs.then_some(Level::Safe)
        }
        _ => None,
    },
    checks: "An optional property that only the new spec declares and whose schema requires properties \
             inside it.",
    why: "These properties are required only after a user fills in the object.",
    example: Example {
        context: Context::SpecProperties,
        before: &[],
        after: &["tunnel: {type: object, required: [host], properties: {host: {type: string}}}"],
    },
    effect: Template::new("Users can fill in a new section[ {field}|]. Saved configs stay valid."),
    action: NOTHING,
    references: &[airbyte!(
        "The acceptance tests allow it",
        "airbyte-integrations/bases/connector-acceptance-test/connector_acceptance_test/utils/backward_compatibility.py#L153"
    )],
    ..Rule::safe(Bump::Minor)
};

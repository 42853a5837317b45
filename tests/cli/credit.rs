//! Config migrations that look right and lose something for some config, each beside one that does not: a wrong credit is the
//! worst fault. Each was held against what the CDK does with such configs.

use std::fmt::Write as _;
use std::fs;
use std::time::{Duration, Instant};

use super::migrate::{DAYS, judged_specs, with_manifests};

fn add(path: &str, value: &str, condition: &str) -> String {
    let kind = if value.contains("| s") { ", value_type: string" } else { "" };
    let value = value.replace("| s", "");
    format!(
        "{{type: ConfigAddFields, fields: [{{type: AddedFieldDefinition, path: {path}, value: \"{value}\"{kind}}}], condition: \"{{{{ {condition} }}}}\"}}"
    )
}

fn remove(pointers: &str) -> String {
    format!("{{type: ConfigRemoveFields, field_pointers: {pointers}}}")
}

fn spec(required: &str, properties: &str) -> String {
    format!("type: object\nrequired: [{required}]\nproperties:\n{properties}")
}

/// The code of `check` where `a` becomes `b`.
fn renamed(kind: &str, value: &str, condition: &str) -> i32 {
    let property = |name: &str| spec(name, &format!("  {name}: {{type: {kind}}}\n  z: {{type: string}}\n"));
    let condition = format!("'a' in config and 'b' not in config{condition}");
    let gone =
        "{type: ConfigRemoveFields, field_pointers: [[a]], condition: \"{{ 'b' in config }}\"}".to_owned();
    let (code, said) = judged_specs(&property("a"), &property("b"), &[add("[b]", value, &condition), gone]);
    assert!(code < 2, "{code}: {said}");
    code
}

#[test]
fn what_a_condition_looks_for_in_a_text_is_tried() {
    assert_eq!(renamed("string", "{{ config['a'] }}| s", ""), 0);
    for condition in [
        " and config['a'] != 'magic'",
        " and not config['a'].startswith('zq')",
        " and '@@' not in config['a']",
        " and config.get('z') != 'magic'",
    ] {
        assert_eq!(renamed("string", "{{ config['a'] }}| s", condition), 1, "{condition}");
    }
}

#[test]
fn a_condition_that_works_out_what_it_compares_is_not_believed() {
    assert_eq!(renamed("integer", "{{ config['a'] }}", " and config['a'] * 3 != 1257"), 1);
    assert_eq!(renamed("integer", "{{ config['a'] }}", " and config['a'] != 419"), 1);
    assert_eq!(renamed("integer", "{{ config['a'] }}", ""), 0);
    let text = |condition: &str| renamed("string", "{{ config['a'] }}| s", condition);
    assert_eq!(text(" and config.get('a', '').split('@')[1] != 'corp.example'"), 1);
    // A default makes no other value.
    assert_eq!(text(" and config.get('z') | default('q') is defined"), 0);
    assert_eq!(text(" and config.get('a', '').startswith('')"), 0);
    // A value that is worked out turns at nothing.
    assert_eq!(renamed("string", "{{ 'k-' + config.get('a', '') }}| s", ""), 0);
}

/// The code of `check` where a text `region` becomes `zone`, which takes small letters alone, with more steps.
fn moved(more: &[String], is_first_kept: bool) -> i32 {
    let text = "{type: string, pattern: '^[a-z@.-]*$'}";
    let property = |name: &str| spec(name, &format!("  {name}: {text}\n  tier: {{type: string}}\n"));
    let mut steps = vec![add("[zone]", "{{ config['region'] }}| s", "'region' in config")];
    let gone = remove("[[region]]");
    if is_first_kept {
        steps.extend(more.iter().cloned().chain([gone]));
    } else {
        steps.extend([gone].into_iter().chain(more.iter().cloned()));
    }
    let (code, said) = judged_specs(&property("region"), &property("zone"), &steps);
    assert!(code < 2, "{code}: {said}");
    code
}

#[test]
fn what_is_looked_for_where_a_value_flows_to_is_tried() {
    let spoilt = |condition: &str| [add("[zone]", "#| s", condition)];
    assert_eq!(moved(&[], false), 0);
    assert_eq!(moved(&spoilt("config.get('zone') == 'magic-word'"), false), 1);
    assert_eq!(moved(&spoilt("config.get('region') == 'magic-word'"), true), 1);
    // No text of the old spec is this one.
    assert_eq!(moved(&spoilt("config.get('zone') == 'MAGIC'"), false), 0);
}

#[test]
fn what_a_condition_looks_for_at_once_is_tried_at_once() {
    let spoilt = |condition: &str| moved(&[add("[zone]", "#| s", condition)], true);
    assert_eq!(moved(&[], true), 0);
    for condition in [
        "config.get('region') == 'magic' and config.get('tier') == 'gold'",
        "config.get('region') in ['other', 'magic'] and 'gold' == config.get('tier')",
        "not (config.get('region') != 'magic' or config.get('tier') != 'gold')",
        "config.get('region', '').startswith('ab') and config.get('region', '').endswith('yz')",
        "config.get('region', '').startswith('ab') and 'qq' in config.get('region', '') and config.get('tier') == 'gold'",
    ] {
        assert_eq!(spoilt(condition), 1, "{condition}");
    }
    assert_eq!(spoilt("config.get('region') == 'MAGIC' and config.get('tier') == 'gold'"), 0);
}

#[test]
fn a_map_whose_keys_are_worked_out_is_not_believed() {
    let map =
        |from: &str| [format!("{{type: ConfigRemapField, field_path: [zone], map: {{\"{from}\": '#'}}}}")];
    assert_eq!(moved(&map("{{ config['tier'] }}-x"), false), 1);
    assert_eq!(moved(&map("MAGIC"), false), 0);
}

#[test]
fn more_values_than_are_tried_are_credited_nothing() {
    let listed: Vec<String> = (0..60).map(|value| format!("v{value:0>100}")).collect();
    let listed = listed.join(", ");
    let code = |count: usize| {
        let names: Vec<String> = (0..count).map(|index| format!("p{index}")).collect();
        let others: String =
            names.iter().map(|name| format!("  {name}: {{type: string, enum: [{listed}]}}\n")).collect();
        let all = |own: &str| {
            spec(
                &[&[own.to_owned()], &names[..]].concat().join(", "),
                &format!("  {own}: {{type: string}}\n{others}"),
            )
        };
        let remap =
            |name: &String| format!("{{type: ConfigRemapField, field_path: [{name}], map: {{zz: yy}}}}");
        let mut steps = vec![add("[b]", "{{ config['a'] }}| s", "'a' in config"), remove("[[a]]")];
        steps.extend(names.iter().map(remap));
        judged_specs(&all("a"), &all("b"), &steps)
    };
    let (few, many) = (code(4), code(80));
    assert_eq!(few.0, 0, "{}", few.1);
    assert!(many.0 == 1 && many.1.contains("make more than 16000000 bytes of configs"), "{}", many.1);
}

#[test]
fn two_values_that_become_one_elsewhere_are_lost() {
    for (kind, value) in [
        ("integer", "{{ config['a'] or 30 }}"),
        ("integer", "{{ config['a'] | default(30, true) }}"),
        ("boolean", "{{ config['a'] or true }}"),
    ] {
        assert_eq!(renamed(kind, value, ""), 1, "{value}");
        assert_eq!(renamed(kind, "{{ config['a'] }}", ""), 0, "{kind}");
    }
    // What the new spec refuses is no value that it could keep.
    let old = spec("a", "  a: {type: integer, minimum: 1, maximum: 1000}\n");
    let new = |most: u32| spec("b", &format!("  b: {{type: integer, minimum: 1, maximum: {most}}}\n"));
    let capped = "{{ config['a'] if config.get('a', 0) < 365 else 365 }}";
    let steps = || [add("[b]", capped, "'a' in config and 'b' not in config"), remove("[[a]]")];
    let code = |most: u32| {
        let steps = steps().map(|step| {
            step.replace("config['a'] if config.get('a', 0)", "config.get('a', 1) if config.get('a', 1)")
        });
        judged_specs(&old, &new(most), &steps).0
    };
    assert_eq!((code(365), code(1000)), (0, 1));
}

#[test]
fn a_choice_of_the_user_is_not_made_otherwise() {
    let old = spec(
        "tok, mode",
        "  tok: {type: string, airbyte_secret: true}\n  mode: {type: string, enum: [p, q]}\n",
    );
    let option = |kind: &str| {
        format!(
            "    - {{type: object, required: [k, tok], properties: {{k: {{const: {kind}}}, tok: {{type: string, airbyte_secret: true}}}}}}\n"
        )
    };
    let new = spec("cr", &format!("  cr:\n   oneOf:\n{}{}", option("p"), option("q")));
    let steps = |kind: &str| {
        [
            add("[cr, k]", kind, "'mode' in config"),
            add("[cr, tok]", "{{ config.get('tok', '') }}| s", "'tok' in config"),
            remove("[[tok], [mode]]"),
        ]
    };
    assert_eq!(judged_specs(&old, &new, &steps("{{ config.get('mode', '') }}")).0, 0);
    let (code, said) = judged_specs(&old, &new, &steps("p"));
    assert!(code == 1 && said.contains("`mode`"), "{said}");
}

#[test]
fn what_is_changed_inside_is_saved_with_what_changes_at_the_top() {
    let inside = |rest: &str| format!("  o: {{type: object, properties: {{n: {{type: string, {rest}}}}}}}\n");
    let old = |kind: &str| spec("", &format!("{}  k: {{type: {kind}}}\n", inside("enum: [old]")));
    let new = spec("", &format!("{}  k: {{type: string}}\n", inside("pattern: '^n[a-z]{3,9}$'")));
    let texts = || add("[k]", "{{ config['k'] }}| s", "'k' in config");
    let remap =
        |more: &str| format!("{{type: ConfigRemapField, field_path: [o, n], map: {{old: nine{more}}}}}");
    // The change of `k` has `nine` saved, and the next start makes `BAD` of it.
    let (code, said) = judged_specs(&old("integer"), &new, &[texts(), remap(", nine: BAD")]);
    assert!(code == 1 && said.contains("o.n"), "{said}");
    assert_eq!(judged_specs(&old("integer"), &new, &[texts(), remap("")]).0, 0);
    // Nothing is saved: every start makes `nine` of `old`.
    assert_eq!(judged_specs(&old("string"), &new, &[remap(", nine: BAD")]).0, 0);
    // A secret inside is gone for good where the config is saved without it.
    let secret = |held: &str| {
        spec("", &format!("  o: {{type: object, properties: {{{held}}}}}\n  k: {{type: KIND}}\n"))
    };
    let (held, none) = (secret("t: {type: string, airbyte_secret: true, minLength: 1}"), secret(""));
    let lost = |kind: &str, steps: &[String]| {
        let was = held.replace("KIND", kind);
        judged_specs(&was, &none.replace("KIND", "string"), steps).1.contains("spec-migration-loses-secret")
    };
    assert!(lost("integer", &[texts(), remove("[[o, t]]")]));
    assert!(!lost("string", &[remove("[[o, t]]")]));
}

/// So long a run may take: on a machine that does other work too, some ten times what it takes.
const MOST: Duration = Duration::from_secs(900);

#[test]
fn many_steps_are_tried_apart_or_named_with_their_limit() {
    let names: Vec<String> = (0..300).map(|index| format!("p{index}")).collect();
    let properties: String = names.iter().map(|name| format!("  {name}: {{type: string}}\n")).collect();
    let own = |name: &str| format!("{{type: ConfigRemapField, field_path: [{name}], map: {{x: y}}}}");
    let (was, is) = ("  a: {type: string, enum: [x, y]}\n", "  a: {type: string, enum: [y]}\n");
    let started = Instant::now();
    // 600 steps on 300 properties.
    let steps: Vec<String> = names.iter().flat_map(|name| [own(name), own(name)]).chain([own("a")]).collect();
    let steps: Vec<String> = steps
        .into_iter()
        .enumerate()
        .map(|(index, step)| step.replace("x: y", &format!("x: y, v{index}: w")))
        .collect();
    let (code, said) = judged_specs(
        &spec("", &format!("{properties}{was}")),
        &spec("", &format!("{properties}{is}")),
        &steps,
    );
    assert!(code == 0 && !said.contains("migration-steps"), "{said}");
    // 2,000 on one property.
    let steps: Vec<String> =
        (0..2000).map(|index| own("a").replace("x: y", &format!("x: y, v{index}: w"))).collect();
    let (code, said) = judged_specs(&spec("", was), &spec("", is), &steps);
    assert!(
        code == 1
            && said.contains("the limit migration-steps=100: raise it with --limit migration-steps=2000"),
        "{said}"
    );
    let twenty: Vec<String> = steps[..20].to_vec();
    assert_eq!(judged_specs(&spec("", was), &spec("", is), &twenty).0, 0);
    assert!(started.elapsed() < MOST, "{:?}", started.elapsed());
}

#[test]
fn a_config_that_grows_ends_and_is_credited_nothing() {
    let (was, is) = (
        "  a: {type: string, enum: [x, y]}\n  g: {type: string}\n",
        "  a: {type: string, enum: [y]}\n  g: {type: string}\n",
    );
    let map = "{type: ConfigRemapField, field_path: [a], map: {x: y}}".to_owned();
    let started = Instant::now();
    for value in [
        "{{ config.get('g', '') + config.get('g', '') + 'x' }}| s",
        "{{ [config, config] }}",
        "{{ {'k': config} }}",
    ] {
        let grows = add("[g]", value, "config");
        let steps: Vec<String> = [map.clone()].into_iter().chain((0..20).map(|_| grows.clone())).collect();
        let (code, said) = judged_specs(&spec("", was), &spec("", is), &steps);
        assert_eq!(code, 1, "{said}");
        assert!(!said.contains("each is accepted after two starts"), "{said}");
    }
    assert_eq!(judged_specs(&spec("", was), &spec("", is), &[map]).0, 0);
    assert!(started.elapsed() < MOST, "{:?}", started.elapsed());
}

#[test]
fn a_thousand_formats_of_a_cursor_end() {
    let mut formats = String::new();
    for index in 0..1000 {
        let _ = write!(formats, "\"%Y/%m/%dT{index}\", ");
    }
    let new = DAYS.replace("\"%Y-%m-%d\"  #", "\"%Y-%m-%dT%H:%M:%SZ\"  #").replace(
        "      cursor_field: updated\n",
        &format!("      cursor_field: updated\n      cursor_datetime_formats: [{formats}]\n"),
    );
    let case = with_manifests(DAYS, &new);
    let started = Instant::now();
    assert_eq!(case.run("check", &[]).0, 1);
    let (code, said, errors) = case.run("migrate", &["--write"]);
    assert!(code == 1 && said.contains("the cursor lists 1000 formats"), "{said}{errors}");
    assert!(started.elapsed() < MOST, "{:?}", started.elapsed());
    assert_eq!(fs::read_to_string(case.path("new/manifest.yaml")).expect("the manifest"), new);
}

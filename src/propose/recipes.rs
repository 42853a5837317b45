//! Why no component of the CDK mends a break of saved state, and what a class of the connector would do.

/// Why no component of the CDK mends what a rule found.
pub(super) fn reason(rule: &str) -> &'static str {
    match rule {
        "state-cursor-key-renamed" | "cursor-changed" => {
            "no component of the CDK gives a key of saved state another name, and whether both fields hold the same moment is in no \
             file"
        }
        "state-departitioned" => "no component of the CDK makes one position of those of partitions",
        "state-partition-key-renamed" => {
            "no component of the CDK gives the keys of partitions other names, and whether their values are the same is in no file"
        }
        "state-partition-value-type-changed" => "no component of the CDK changes the values of partitions",
        "state-cursor-value-type-changed" => {
            "a count is no date and a date is no count: only whoever knows both fields can say which position corresponds"
        }
        "state-incremental-to-full-refresh" | "sync-mode-incremental-removed" | "cursor-removed" => {
            "the new version keeps no position: there is nothing that saved state could become"
        }
        "source-defined-cursor-disabled" => {
            "users choose the cursor now, and no file says which one they choose"
        }
        _ => "no component of the CDK changes such a state",
    }
}

/// What a class of the connector (`CustomStateMigration`) would do about what a rule found.
pub(super) fn recipe(rule: &str) -> Vec<String> {
    let lines: &[&str] = match rule {
        "state-cursor-key-renamed" | "cursor-changed" => &[
            "Only if both fields hold the same moment in every record: else users refresh the stream.",
            "should_migrate: the old key is in the state and the new key is not.",
            "migrate: put the value under the new key, and leave the old key out.",
        ],
        "state-departitioned" => &[
            "should_migrate: `states` is in the state.",
            "migrate: put the earliest cursor of all `states` under the cursor field. The `state` beside them is the latest, and \
             records of other partitions would be skipped from there.",
        ],
        "state-partition-key-renamed" => &[
            "Only if each partition has the same value under the new key: else users refresh the stream.",
            "should_migrate: a `partition` in `states` has the old keys.",
            "migrate: give each `partition` the keys of the new router, `parent_slice` among them where it has one, and leave \
             `cursor` as it is.",
        ],
        "state-partition-value-type-changed" => &[
            "should_migrate: a value of a `partition` in `states` has the old type.",
            "migrate: write each such value in the new type, and leave `cursor` as it is.",
        ],
        "state-legacy-map-replaced" => &[
            "should_migrate: `states` is not in the state, and each value is an object with the cursor field alone.",
            "migrate: make `{\"states\": [{\"partition\": …, \"cursor\": …}]}` of it, where each `partition` has the keys and the \
             types of the new router, `parent_slice` among them (`{}` where the parent has no partitions).",
        ],
        "state-datetime-format-changed" | "state-cursor-format-changed" => &[
            "Only if a text of the old format cannot be one of the new format: it runs at every start.",
            "should_migrate: the value under the cursor field is written in the old format.",
            "migrate: write it in the new one.",
        ],
        _ => &[],
    };
    lines.iter().map(|line| (*line).to_owned()).collect()
}

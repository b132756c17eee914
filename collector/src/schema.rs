//! The JSON Schema of the native format, made from the types that read it.

use cartbeacon::engine::wire::receive::Batch;

/// The schema as it is committed: `tests/schema/batch.v1.json`.
pub fn text() -> String {
    let schema = schemars::schema_for!(Batch);
    let mut text = serde_json::to_string_pretty(&schema).unwrap_or_default();
    text.push('\n');
    text
}

//! The state of the plug-in as a host stores it: where A and B are chosen without an editor.
//!
//! nice-plug writes 8 bytes of length (little-endian) and a JSON object whose `fields.session` is
//! again JSON, as text; what is in that is told in the plug-in's `state.rs`.

use anyhow::{Context, Result};
use presets::Patch;
use serde_json::{Value, json};

use crate::hex::hex;

/// The state with other sounds at its ends and the linear path between them.
///
/// # Errors
/// It is not the state of a Tween.
pub fn with_ends(state: &[u8], a: &Patch, b: &Patch) -> Result<Vec<u8>> {
    const WHAT: &str = "the state of the plug-in is not as expected";
    let mut state: Value = serde_json::from_slice(state.get(8..).context(WHAT)?).context(WHAT)?;
    let session = &mut state["fields"]["session"];
    let mut inner: Value = serde_json::from_str(session.as_str().context(WHAT)?).context(WHAT)?;
    for (end, patch) in [("a", a), ("b", b)] {
        inner[end] = json!({ "patch": hex(&patch.to_packed()), "origin": "" });
    }
    inner.as_object_mut().context(WHAT)?.remove("table");
    *session = inner.to_string().into();
    let body = state.to_string();
    Ok([&(body.len() as u64).to_le_bytes(), body.as_bytes()].concat())
}

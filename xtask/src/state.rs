//! The state of the plug-in as a host stores it: where A and B are chosen without an editor.
//!
//! nice-plug writes 8 bytes of length (little-endian) and a JSON object whose `fields.session` is
//! again JSON, as text; what is in that is told in the plug-in's `state.rs`.

use anyhow::{Context, Result};
use presets::Patch;
use serde_json::{Value, json};

use crate::hex::hex;

const UNEXPECTED: &str = "the state of the plug-in is not as expected";

/// The state with other sounds at its ends, between which the even path is still to be found.
///
/// # Errors
/// It is not the state of a Tween.
pub fn with_ends(state: &[u8], a: &Patch, b: &Patch) -> Result<Vec<u8>> {
    let (mut state, mut session) = read(state)?;
    for (end, patch) in [("a", a), ("b", b)] {
        session[end] = json!({ "patch": hex(&patch.to_packed()), "origin": "" });
    }
    session["path"] = json!("even");
    session.as_object_mut().context(UNEXPECTED)?.remove("table");
    state["fields"]["session"] = session.to_string().into();
    let body = state.to_string();
    Ok([&(body.len() as u64).to_le_bytes(), body.as_bytes()].concat())
}

/// Whether the path is still to be found.
///
/// # Errors
/// It is not the state of a Tween.
pub fn is_pending(state: &[u8]) -> Result<bool> {
    let (_, session) = read(state)?;
    session["pending"].as_bool().context(UNEXPECTED)
}

/// The state, and the session in it.
fn read(state: &[u8]) -> Result<(Value, Value)> {
    let state: Value =
        serde_json::from_slice(state.get(8..).context(UNEXPECTED)?).context(UNEXPECTED)?;
    let session = state["fields"]["session"].as_str().context(UNEXPECTED)?;
    let session = serde_json::from_str(session).context(UNEXPECTED)?;
    Ok((state, session))
}

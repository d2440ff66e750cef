//! Dexed's state: "VC2!", the length as 32 bits, XML, and a zero byte. Only attributes of its first
//! element are changed here; the patches in it, the tuning and all else stay as they are.

use engine::EngineKind;

/// An attribute of Dexed's state and its value.
pub type Attribute = (&'static str, String);

const MAGIC: &[u8; 4] = b"VC2!";
const HEADER: usize = 8;

/// What morphing needs of Dexed: notes found by their key on channel 1, many at once, all operators,
/// nothing between the voices and the output.
pub fn for_morphing(kind: EngineKind) -> Vec<Attribute> {
    let engine = match kind {
        EngineKind::Modern => "0",
        EngineKind::MarkI => "1",
        EngineKind::Opl => "2",
    };
    [
        ("engineType", engine),
        ("mpeEnabled", "0"),
        ("monoMode", "0"),
        ("opSwitch", "111111"),
        ("cutoff", "1.0"),
        ("reso", "0.0"),
        ("gain", "1.0"),
    ]
    .map(|(name, value)| (name, value.to_owned()))
    .into()
}

/// The state with these attributes; `None` if it is not a state of Dexed. Attributes it lacks are
/// added.
pub fn changed(state: &[u8], attributes: &[Attribute]) -> Option<Vec<u8>> {
    let (magic, rest) = state.split_first_chunk()?;
    let (length, rest) = rest.split_first_chunk()?;
    let xml = rest.get(..u32::from_le_bytes(*length) as usize)?;
    let xml = std::str::from_utf8(xml).ok().filter(|_| magic == MAGIC)?;
    let root = xml.find("<dexedState")? + "<dexedState".len();
    let end = root + xml[root..].find('>')?;
    let mut element = xml[root..end].to_owned();
    for (name, value) in attributes {
        let key = format!(" {name}=\"");
        if let Some(at) = element.find(&key) {
            let from = at + key.len();
            let to = from + element[from..].find('"')?;
            element.replace_range(from..to, value);
        } else {
            element.insert_str(0, &format!("{key}{value}\""));
        }
    }
    let xml = [&xml[..root], &element, &xml[end..]].concat();
    let mut changed = Vec::with_capacity(HEADER + xml.len() + 1);
    changed.extend_from_slice(MAGIC);
    changed.extend_from_slice(&u32::try_from(xml.len()).ok()?.to_le_bytes());
    changed.extend_from_slice(xml.as_bytes());
    changed.push(0);
    Some(changed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(xml: &str) -> Vec<u8> {
        let mut state = MAGIC.to_vec();
        state.extend_from_slice(&(xml.len() as u32).to_le_bytes());
        state.extend_from_slice(xml.as_bytes());
        state.push(0);
        state
    }

    #[test]
    fn attributes_are_changed_or_added_and_the_rest_is_kept() {
        let before =
            state("<?xml?><dexedState cutoff=\"0.5\" mono=\"1\"><blob gain=\"7\"/></dexedState>");
        let attributes = [("cutoff", "1.0".to_owned()), ("gain", "1.0".to_owned())];
        let after = state(
            "<?xml?><dexedState gain=\"1.0\" cutoff=\"1.0\" mono=\"1\"><blob gain=\"7\"/></dexedState>",
        );
        assert_eq!(changed(&before, &attributes), Some(after));
    }

    #[test]
    fn what_is_no_state_of_dexed_is_refused() {
        let whole = state("<dexedState/>");
        for bytes in [
            &b""[..],
            b"VC2!",
            b"{\"version\":1}",
            &whole[..whole.len() - 3],
            &state("<x/>"),
        ] {
            assert_eq!(changed(bytes, &[]), None);
        }
    }
}

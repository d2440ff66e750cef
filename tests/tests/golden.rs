//! The engine equals Dexed 1.0.1, sample for sample, on all recorded renders that are there.

use std::path::Path;

use engine::Quirks;
use host_bridge::fidelity::compare;

/// The golden folders and their items.
const FOLDERS: [(&str, usize); 2] = [("public", 160), ("extra", 19)];

/// Items that the instrument plays otherwise than Dexed, because it does not have its faults: stolen
/// voices fade out, and the phases of voices that have ended stand still.
const FIXED: [&str; 2] = ["steal20", "retrigger_oks_off"];

#[test]
fn recorded_renders_are_equal() {
    for (name, items) in FOLDERS {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../../shared/data/golden")
            .join(name);
        if !folder.exists() {
            println!("skipped {name}: {} is not there", folder.display());
            continue;
        }
        let report = compare(&folder, Quirks::DEXED, |_| {}).unwrap();
        assert_eq!(report.items, items, "{name}");
        assert_eq!(
            report.samples_differing, 0,
            "{name}: {:?}",
            report.differing
        );
        assert_eq!(report.items_differing, 0, "{name}: {:?}", report.differing);

        let product = compare(&folder, Quirks::default(), |_| {}).unwrap();
        for item in &product.differing {
            assert!(FIXED.contains(&item.id.as_str()), "{name}: {item:?}");
        }
    }
}

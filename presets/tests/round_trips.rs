//! Whatever is in range goes out and comes in again unchanged.

use presets::patch::{NAME_LEN, PACKED_LEN, UNPACKED_LEN};
use presets::sysex;
use presets::{Cartridge, Parameter, Patch};
use proptest::collection::vec;
use proptest::prelude::*;

fn patch() -> impl Strategy<Value = Patch> {
    let values = Parameter::all()
        .map(|parameter| 0..=parameter.spec().max)
        .collect::<Vec<_>>();
    let name = proptest::array::uniform10(0u8..0x80);
    (values, name).prop_map(|(values, name): (Vec<u8>, [u8; NAME_LEN])| {
        Patch::from_values(&values.try_into().unwrap(), &name)
    })
}

proptest! {
    #[test]
    fn a_patch_through_either_layout(patch in patch()) {
        let (packed, cleaning) = Patch::from_packed(&patch.to_packed());
        prop_assert!(cleaning.is_clean());
        prop_assert_eq!(packed, patch);
        let (unpacked, cleaning) = Patch::from_unpacked(&patch.to_unpacked());
        prop_assert!(cleaning.is_clean());
        prop_assert_eq!(unpacked, patch);
    }

    #[test]
    fn patches_through_a_file(patches in vec(patch(), 1..=32), channel in 0u8..16) {
        let bank = Cartridge::new(&patches).unwrap().to_sysex(channel);
        let singles = patches.iter().flat_map(|patch| sysex::single(patch, channel));
        let file: Vec<u8> = bank.into_iter().chain(singles).collect();
        let import = sysex::read(&file).unwrap();
        prop_assert!(import.is_clean());
        let read: Vec<Patch> = import.patches.iter().map(|found| found.patch).collect();
        prop_assert_eq!(&read[..patches.len()], &patches);
        prop_assert_eq!(&read[Cartridge::LEN..], &patches);
    }

    #[test]
    fn any_bytes_are_cleaned_once_and_for_all(
        packed in proptest::array::uniform32(any::<[u8; 4]>()),
        unpacked in vec(any::<u8>(), UNPACKED_LEN),
    ) {
        let packed: [u8; PACKED_LEN] = packed.concat().try_into().unwrap();
        let (patch, _) = Patch::from_packed(&packed);
        prop_assert_eq!(Patch::from_packed(&patch.to_packed()).0, patch);
        let unpacked: [u8; UNPACKED_LEN] = unpacked.try_into().unwrap();
        let (patch, cleaning) = Patch::from_unpacked(&unpacked);
        prop_assert_eq!(cleaning.is_clean(), patch.to_unpacked() == unpacked);
    }

    #[test]
    fn a_name_that_a_dx7_can_show_is_kept(name in "[ -\\[\\]-}¥→←]{0,10}") {
        let mut patch = Patch::INIT;
        patch.set_name(&name);
        prop_assert_eq!(patch.name(), name.trim_end());
    }
}

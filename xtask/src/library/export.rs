//! `library export`.

use std::path::PathBuf;

use anyhow::{Result, bail};
use presets::Patch;
use presets::library::export::{self, Existing};
use presets::library::{Library, PresetId};

use super::find::preset_id;

/// Writes presets to a .syx file: one as a single voice, up to 32 as a bank.
#[derive(clap::Args)]
pub struct Export {
    /// The presets, as library:ID.
    #[arg(value_parser = preset_id, required_unless_present = "cartridge")]
    presets: Vec<PresetId>,
    /// A user cartridge, by its name.
    #[arg(long, conflicts_with = "presets")]
    cartridge: Option<String>,
    /// The file.
    #[arg(long)]
    out: PathBuf,
    /// Write a bank even of one preset.
    #[arg(long)]
    bank: bool,
    /// Replace the file if it exists.
    #[arg(long)]
    replace: bool,
}

/// Writes the file and says so.
pub fn run(args: &Export) -> Result<()> {
    let mut library = Library::of_user()?;
    let existing = if args.replace {
        Existing::Replace
    } else {
        Existing::Keep
    };
    let patches = patches(&mut library, args)?;
    match patches.as_slice() {
        [patch] if !args.bank => export::single(patch, &args.out, existing)?,
        patches => export::bank(patches, &args.out, existing)?,
    }
    println!("{}", args.out.display());
    Ok(())
}

fn patches(library: &mut Library, args: &Export) -> Result<Vec<Patch>> {
    let Some(name) = &args.cartridge else {
        let patches = args.presets.iter().map(|&id| library.patch(id));
        return Ok(patches.collect::<presets::library::Result<_>>()?);
    };
    let all = library.cartridges()?;
    let Some((id, _)) = all
        .iter()
        .find(|(_, other)| other.eq_ignore_ascii_case(name))
    else {
        let names: Vec<_> = all.into_iter().map(|(_, name)| name).collect();
        bail!(
            "there is no cartridge {name:?}; there are: {}",
            names.join(", ")
        );
    };
    Ok(library.cartridge_patches(*id)?.to_vec())
}

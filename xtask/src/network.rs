//! [`Network`]: the network that paths are asked of, the one that ships or weights of the user's.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use model::Spinvae;
use model::checkpoint::Checkpoint;
use model::compact::Compact;
use model::path::compact::{self, CompactPath, Foretelling};
use model::path::latent;
use model::pool::Pool;
use presets::{FractionalPatch, Patch};

/// Which network.
#[derive(clap::Args)]
pub struct Args {
    /// Weights of another network than the one that ships: of a training of your own, or SPINVAE's as
    /// `convert` writes them.
    #[arg(long, value_name = "FILE.safetensors")]
    pub weights: Option<PathBuf>,
}

/// A network of either configuration.
pub enum Network {
    /// Ours, and the thread it computes on.
    Compact(Box<Compact>, Pool),
    /// SPINVAE as published.
    Paper(Spinvae),
}

impl Args {
    /// The network that is meant, ready to be asked.
    ///
    /// # Errors
    /// The file cannot be read or is not weights of a network known here.
    pub fn network(&self) -> Result<Network> {
        let Some(file) = &self.weights else {
            let pool = Pool::new(1)?;
            return Ok(Network::Compact(
                Box::new(pool.run(Compact::shipped)?),
                pool,
            ));
        };
        Network::open(file)
    }
}

impl Network {
    fn open(file: &Path) -> Result<Network> {
        let pool = Pool::new(1)?;
        let checkpoint = pool.run(|| Checkpoint::read(file))?;
        // What our own training writes says of which configuration it is in full.
        if checkpoint.metadata.contains_key("config") {
            let bytes = checkpoint.to_bytes()?;
            let network = pool
                .run(|| Compact::load(&bytes))
                .with_context(|| format!("{} cannot be used", file.display()))?;
            return Ok(Network::Compact(Box::new(network), pool));
        }
        let network = Spinvae::from_checkpoint(checkpoint, 1)
            .with_context(|| format!("{} cannot be used", file.display()))?;
        Ok(Network::Paper(network))
    }

    /// The likeliest latents of patches.
    ///
    /// # Errors
    /// The network cannot compute.
    pub fn encode(&self, patches: &[Patch]) -> Result<Vec<Vec<f32>>> {
        Ok(match self {
            Network::Compact(network, pool) => pool.run(|| network.encode(patches))?,
            Network::Paper(network) => {
                let latents = network.encode(patches)?.into_iter();
                latents.map(|latent| latent.mean).collect()
            }
        })
    }

    /// Decodes latents and forgets what they say, to measure how long it takes.
    ///
    /// # Errors
    /// The network cannot compute.
    pub fn decode(&self, latents: &[Vec<f32>]) -> Result<()> {
        match self {
            Network::Compact(network, pool) => drop(pool.run(|| network.decode(latents))?),
            Network::Paper(network) => drop(network.decode(latents)?),
        }
        Ok(())
    }

    /// Sounds along the path between two patches, ends exact, for whoever finds its pace.
    ///
    /// # Errors
    /// The network cannot compute.
    pub fn along(&self, a: &Patch, b: &Patch) -> Result<Vec<Patch>> {
        Ok(match self {
            Network::Compact(network, pool) => {
                pool.run(|| CompactPath::new(network, a, b))?.along()
            }
            Network::Paper(network) => latent::along(network, a, b)?,
        })
    }

    /// The path as the network has it, ends reconstructed and nothing found by listening: what the
    /// published evaluation measures.
    ///
    /// # Errors
    /// The network cannot compute.
    pub fn decoded(&self, a: &Patch, b: &Patch, positions: &[f32]) -> Result<Vec<Patch>> {
        Ok(match self {
            Network::Compact(network, pool) => {
                let patches = pool.run(|| compact::decoded(network, a, b, positions))?;
                let round = |patch: FractionalPatch| patch.round(&a.name());
                patches.into_iter().map(round).collect()
            }
            Network::Paper(network) => latent::reconstructed(network, a, b, &wide(positions))?,
        })
    }

    /// Sounds that may lie on the even path.
    ///
    /// # Errors
    /// The network cannot compute.
    pub fn candidates(&self, a: &Patch, b: &Patch) -> Result<Vec<Patch>> {
        match self {
            Network::Compact(network, pool) => {
                let path = pool.run(|| CompactPath::new(network, a, b))?;
                Ok(path.candidates())
            }
            Network::Paper(network) => Ok(latent::candidates(network, a, b)?),
        }
    }

    /// What foretells how sounds change with their parameters: SPINVAE has no ear that could.
    pub fn foretelling(&self) -> Option<Foretelling<'_>> {
        match self {
            Network::Compact(network, pool) => Some(Foretelling { network, pool }),
            Network::Paper(_) => None,
        }
    }
}

fn wide(positions: &[f32]) -> Vec<f64> {
    positions.iter().map(|&position| position.into()).collect()
}

//! [`Trainer`]: weights, moments and the steps that change them.
//!
//! A step is divided into shards, each computed by one thread of its own, for candle gains nothing
//! from several threads within an operation at this size. Equal seeds and shard counts give equal
//! results: what a shard draws depends on the seed, the step and its own number alone, and gradients
//! are added in the order of the shards.

use anyhow::{Context, Result, anyhow};
use candle_core::{Device, Tensor, Var};
use rayon::{ThreadPool, ThreadPoolBuilder};

use super::loss::{Figures, LossWeights, loss};
use super::material::{Batch, Material};
use crate::compact::network::{Config, Network, Weights, fresh};
use crate::random::Random;

/// What a training does, apart from what it learns from. Part of its checkpoints.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Plan {
    /// Sizes of the network.
    pub config: Config,
    /// Of all random numbers.
    pub seed: u64,
    /// Threads, each with a part of the batch of its own.
    pub shards: usize,
    /// Patches of a shard.
    pub per_shard: usize,
    /// Highest learning rate.
    pub rate: f64,
    /// Steps over which the rate rises.
    pub warm_up: u64,
    /// What counts how much.
    pub weights: LossWeights,
}

impl Plan {
    /// The usual plan for a configuration.
    pub fn new(config: Config, seed: u64, shards: usize) -> Plan {
        Plan {
            config,
            seed,
            shards,
            per_shard: 64,
            rate: 1.5e-3,
            warm_up: 200,
            weights: LossWeights::default(),
        }
    }
}

/// A training at some step.
pub struct Trainer {
    /// What it does.
    pub plan: Plan,
    /// Steps done.
    pub step: u64,
    /// One entry for each tensor, in the order of their names.
    pub(super) slots: Vec<Slot>,
    network: Network,
    pools: Vec<ThreadPool>,
}

/// A trained tensor with its moments and its running mean.
pub(super) struct Slot {
    pub(super) name: String,
    pub(super) var: Var,
    pub(super) value: Vec<f32>,
    pub(super) first: Vec<f32>,
    pub(super) second: Vec<f32>,
    pub(super) mean: Vec<f32>,
}

const BETAS: (f32, f32) = (0.9, 0.98);
const DECAY: f32 = 0.01;
const LARGEST_GRADIENT: f64 = 1.0;

impl Trainer {
    /// A training at its start.
    ///
    /// # Errors
    /// If threads or memory cannot be had.
    pub fn new(plan: Plan) -> Result<Trainer> {
        let slots = fresh(&plan.config, plan.seed)?
            .into_iter()
            .map(|(name, tensor)| {
                let value: Vec<f32> = tensor.flatten_all()?.to_vec1()?;
                let zeros = vec![0.0; value.len()];
                Ok(Slot {
                    name,
                    var: Var::from_tensor(&tensor)?,
                    first: zeros.clone(),
                    second: zeros,
                    mean: value.clone(),
                    value,
                })
            })
            .collect::<Result<Vec<Slot>>>()?;
        let weights = slots
            .iter()
            .map(|slot| (slot.name.clone(), slot.var.as_tensor().clone()));
        let network = Network::new(plan.config, weights.collect())?;
        let pools = (0..plan.shards)
            .map(|_| ThreadPoolBuilder::new().num_threads(1).build())
            .collect::<Result<_, _>>()
            .context("cannot start the threads of the training")?;
        Ok(Trainer {
            plan,
            step: 0,
            slots,
            network,
            pools,
        })
    }

    /// One step; `progress`, 0 to 1, is how much of the training is done, for the learning rate.
    ///
    /// # Errors
    /// If memory cannot be had, or the loss is no longer a number.
    pub fn step(&mut self, material: &Material, progress: f64) -> Result<Figures> {
        let warmth = (self.step as f64 / (5 * self.plan.warm_up).max(1) as f64).min(1.0);
        let (plan, network, step) = (&self.plan, &self.network, self.step);
        let shard = |shard: usize| -> Result<(Vec<Vec<f32>>, Figures)> {
            let mut random = Random::for_part(plan.seed, &format!("step {step}, shard {shard}"));
            let batch = material.draw(plan.per_shard, &mut random)?;
            self.gradients(network, &batch, warmth, &mut random)
        };
        let results: Vec<Result<_>> = std::thread::scope(|scope| {
            let shard = &shard;
            let running: Vec<_> = self
                .pools
                .iter()
                .enumerate()
                .map(|(index, pool)| scope.spawn(move || pool.install(|| shard(index))))
                .collect();
            let joined = running.into_iter().map(std::thread::ScopedJoinHandle::join);
            joined
                .map(|result| result.unwrap_or_else(|_| Err(anyhow!("a shard panicked"))))
                .collect()
        });
        let mut gradients: Vec<Vec<f32>> = Vec::new();
        let mut figures = Vec::new();
        for result in results {
            let (shard, of_shard) = result?;
            figures.push(of_shard);
            if gradients.is_empty() {
                gradients = shard;
            } else {
                for (sum, part) in gradients.iter_mut().flatten().zip(shard.iter().flatten()) {
                    *sum += part;
                }
            }
        }
        let figures = Figures::mean(&figures);
        if !figures.loss.is_finite() {
            return Err(anyhow!(
                "the loss is no longer a number at step {step}: start again from the last checkpoint \
                 with a lower --rate"
            ));
        }
        self.update(&gradients, progress)?;
        self.step += 1;
        Ok(figures)
    }

    fn gradients(
        &self,
        network: &Network,
        batch: &Batch,
        warmth: f64,
        random: &mut Random,
    ) -> Result<(Vec<Vec<f32>>, Figures)> {
        let (loss, figures) = loss(network, batch, &self.plan.weights, warmth, Some(random))?;
        let store = loss.backward()?;
        let gradients = self
            .slots
            .iter()
            .map(|slot| match store.get(&slot.var) {
                Some(gradient) => Ok(gradient.flatten_all()?.to_vec1()?),
                None => Err(anyhow!(
                    "tensor {} does not take part in the loss",
                    slot.name
                )),
            })
            .collect::<Result<_>>()?;
        Ok((gradients, figures))
    }

    /// AdamW (Loshchilov and Hutter 2019) with clipping, and the running mean of the weights.
    fn update(&mut self, gradients: &[Vec<f32>], progress: f64) -> Result<()> {
        let shards = self.plan.shards as f64;
        let squares: f64 = gradients
            .iter()
            .flatten()
            .map(|&g| f64::from(g) * f64::from(g))
            .sum();
        let length = squares.sqrt() / shards;
        let scale = (LARGEST_GRADIENT / length.max(LARGEST_GRADIENT) / shards) as f32;
        let rate = self.rate(progress) as f32;
        let time = (self.step + 1) as f32;
        let corrections = (1.0 - BETAS.0.powf(time), 1.0 - BETAS.1.powf(time));
        let keep = (time / (time + 10.0)).min(0.999);
        for (slot, gradient) in self.slots.iter_mut().zip(gradients) {
            // Biases, gains and places are not pulled towards zero.
            let decay = if slot.name.ends_with("weight") {
                DECAY
            } else {
                0.0
            };
            let moments = slot.first.iter_mut().zip(&mut slot.second);
            let values = slot.value.iter_mut().zip(&mut slot.mean);
            for (((first, second), (value, mean)), gradient) in moments.zip(values).zip(gradient) {
                let gradient = gradient * scale;
                *first = BETAS.0 * *first + (1.0 - BETAS.0) * gradient;
                *second = BETAS.1 * *second + (1.0 - BETAS.1) * gradient * gradient;
                let step = (*first / corrections.0) / ((*second / corrections.1).sqrt() + 1e-8);
                *value -= rate * (step + decay * *value);
                *mean = keep * *mean + (1.0 - keep) * *value;
            }
            let tensor = Tensor::from_slice(&slot.value, slot.var.shape(), &Device::Cpu)?;
            slot.var.set(&tensor)?;
        }
        Ok(())
    }

    /// The learning rate: up in a straight line, then down along a cosine.
    pub fn rate(&self, progress: f64) -> f64 {
        let rise = ((self.step + 1) as f64 / self.plan.warm_up.max(1) as f64).min(1.0);
        let fall = 0.5 * (1.0 + (std::f64::consts::PI * progress.clamp(0.0, 1.0)).cos());
        self.plan.rate * rise * (0.01 + 0.99 * fall)
    }

    /// The network with the running mean of the weights, which is better than any one step's.
    ///
    /// # Errors
    /// Only if memory cannot be had.
    pub fn averaged(&self) -> Result<Network> {
        let mut weights = Weights::new();
        for slot in &self.slots {
            let tensor = Tensor::from_slice(&slot.mean, slot.var.shape(), &Device::Cpu)?;
            weights.insert(slot.name.clone(), tensor);
        }
        Ok(Network::new(self.plan.config, weights)?)
    }

    /// Figures of the averaged network over batches, without noise, on the first shard's thread.
    ///
    /// # Errors
    /// Only if memory cannot be had.
    pub fn check(&self, batches: &[Batch]) -> Result<Figures> {
        let network = self.averaged()?;
        let check = || -> Result<Figures> {
            let figures = batches
                .iter()
                .map(|batch| Ok(loss(&network, batch, &self.plan.weights, 1.0, None)?.1))
                .collect::<Result<Vec<_>>>()?;
            Ok(Figures::mean(&figures))
        };
        match self.pools.first() {
            Some(pool) => pool.install(check),
            None => check(),
        }
    }
}

//! [`Network`]: the encoder, the decoder and the ear of the compact model, as tensors.
//!
//! Seven operator tokens go through a transformer that normalises before each block and drops
//! nothing out. Each token keeps its own part of the latent, and the token of the whole patch has the
//! largest. The decoder has an eighth token, the ear, from which timbre and a small spectrogram are
//! foretold: so the latent knows how a patch sounds.

use std::collections::BTreeMap;

use candle_core::{Device, Result, Tensor};

use super::layout::{ALGORITHMS, OPERATOR, OPERATORS, PATCH, TOKENS};
use super::ops::{attention, biased, normalised, product};
use crate::random::Random;

/// Sizes of a network. `compact` is what ships; `tiny` learns in seconds, for tests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Config {
    /// Floats of a token.
    pub width: usize,
    /// Parts of an attention; divides the width.
    pub heads: usize,
    /// Blocks of the encoder.
    pub encoder_blocks: usize,
    /// Blocks of the decoder.
    pub decoder_blocks: usize,
    /// Latent floats of each operator.
    pub operator_latent: usize,
    /// Latent floats of the whole patch; the first are ordered by timbre.
    pub patch_latent: usize,
    /// Foretold values: the timbre features, then the picture.
    pub heard: usize,
}

impl Config {
    /// Whether a network can have these sizes: what is computed with them stays small.
    fn is_possible(&self) -> bool {
        let sizes = [
            self.width,
            self.heads,
            self.operator_latent,
            self.patch_latent,
            self.heard,
        ];
        let blocks = [self.encoder_blocks, self.decoder_blocks];
        sizes.iter().all(|size| (1..=1 << 16).contains(size))
            && blocks.iter().all(|&blocks| blocks <= 1 << 10)
            && self.width.is_multiple_of(self.heads)
    }

    /// All latent floats of a patch.
    pub fn latent(&self) -> usize {
        OPERATORS * self.operator_latent + self.patch_latent
    }
}

/// Named tensors.
pub type Weights = BTreeMap<String, Tensor>;

/// The tensors of a network of that size, at the start of a training.
pub fn fresh(config: &Config, seed: u64) -> Result<Weights> {
    let mut weights = Weights::new();
    for (name, shape, spread) in tensors(config) {
        let mut random = Random::for_part(seed, &name);
        let count = shape.iter().product();
        let values: Vec<f32> = match spread {
            Spread::Constant(value) => vec![value; count],
            Spread::Normal(deviation) => (0..count).map(|_| deviation * random.normal()).collect(),
        };
        weights.insert(name, Tensor::from_vec(values, shape, &Device::Cpu)?);
    }
    Ok(weights)
}

#[derive(Clone, Copy)]
enum Spread {
    Constant(f32),
    Normal(f32),
}

/// Name, shape and first values of every tensor.
fn tensors(config: &Config) -> Vec<(String, Vec<usize>, Spread)> {
    let Config {
        width,
        operator_latent,
        patch_latent,
        heard,
        ..
    } = *config;
    let mut all = Vec::new();
    let mut linear = |name: &str, from: usize, to: usize, gain: f32| {
        let deviation = gain / (from as f32).sqrt();
        all.push((
            format!("{name}.weight"),
            vec![from, to],
            Spread::Normal(deviation),
        ));
        all.push((format!("{name}.bias"), vec![to], Spread::Constant(0.0)));
    };
    for (side, blocks) in [
        ("encoder", config.encoder_blocks),
        ("decoder", config.decoder_blocks),
    ] {
        // Blocks add to each other; what leaves them starts small, the more of them the smaller.
        let small = 1.0 / (2.0 * blocks as f32).sqrt();
        for block in 0..blocks {
            linear(&format!("{side}.{block}.qkv"), width, 3 * width, 1.0);
            linear(&format!("{side}.{block}.mix"), width, width, small);
            linear(&format!("{side}.{block}.widen"), width, 4 * width, 1.4);
            linear(&format!("{side}.{block}.narrow"), 4 * width, width, small);
        }
    }
    // Inputs are sparse: few of the one-of-n entries are set.
    linear("encoder.operator", OPERATOR.inputs(), width, 3.0);
    linear("encoder.patch", PATCH.inputs(), width, 3.0);
    linear("encoder.role", ALGORITHMS, OPERATORS * width, 3.0);
    linear("encoder.operator_latent", width, 2 * operator_latent, 1.0);
    linear("encoder.patch_latent", width, 2 * patch_latent, 1.0);
    linear("decoder.operator", operator_latent, width, 1.0);
    linear("decoder.patch", patch_latent, (1 + TOKENS) * width, 1.0);
    linear("decoder.operator_out", width, OPERATOR.outputs(), 0.5);
    linear("decoder.patch_out", width, PATCH.outputs(), 0.5);
    linear("ear.widen", width, 4 * width, 1.4);
    linear("ear.narrow", 4 * width, heard, 1.0);
    let mut norms = vec!["encoder".to_owned(), "decoder".to_owned()];
    for (side, blocks) in [
        ("encoder", config.encoder_blocks),
        ("decoder", config.decoder_blocks),
    ] {
        for block in 0..blocks {
            norms.push(format!("{side}.{block}.before_attention"));
            norms.push(format!("{side}.{block}.before_widening"));
        }
    }
    for norm in norms {
        all.push((format!("{norm}.gain"), vec![width], Spread::Constant(1.0)));
        all.push((format!("{norm}.offset"), vec![width], Spread::Constant(0.0)));
    }
    all.push((
        "encoder.place".to_owned(),
        vec![OPERATORS, width],
        Spread::Normal(0.5),
    ));
    all.push((
        "decoder.place".to_owned(),
        vec![OPERATORS, width],
        Spread::Normal(0.5),
    ));
    all
}

/// The network over a set of weights, which are shared, not copied.
#[derive(Clone, Debug)]
pub struct Network {
    /// Its sizes.
    pub config: Config,
    weights: Weights,
}

/// What the encoder says of patches: for each the middle of its place in the latent, and the log of
/// the variance around it. Both `(patches, latent)`.
pub struct Posterior {
    /// The middle.
    pub mean: Tensor,
    /// The log of the variance.
    pub log_variance: Tensor,
}

/// What the decoder says of latents.
pub struct Decoded {
    /// `(patches * 6, outputs of an operator)`.
    pub operators: Tensor,
    /// `(patches, outputs of a patch)`.
    pub patch: Tensor,
    /// `(patches, heard)`, where it was asked for.
    pub heard: Option<Tensor>,
}

impl Network {
    /// A network of these sizes over these weights.
    ///
    /// # Errors
    /// If there is no network of these sizes, or a tensor is missing or has another shape; the message
    /// names it.
    pub fn new(config: Config, weights: Weights) -> Result<Network> {
        if !config.is_possible() {
            candle_core::bail!("no network has these sizes: {config:?}");
        }
        for (name, shape, _) in tensors(&config) {
            match weights.get(&name) {
                Some(tensor) if tensor.dims() == shape => {}
                Some(tensor) => candle_core::bail!(
                    "tensor {name} is {:?}, not {shape:?}: these weights are of another configuration",
                    tensor.dims()
                ),
                None => candle_core::bail!(
                    "tensor {name} is missing: these weights are of something else"
                ),
            }
        }
        Ok(Network { config, weights })
    }

    /// The same network, to which no gradients pass.
    pub fn detached(&self) -> Network {
        let weights = self.weights.iter();
        Network {
            config: self.config,
            weights: weights
                .map(|(name, weight)| (name.clone(), weight.detach()))
                .collect(),
        }
    }

    /// Encodes patches given as inputs: `operators: (patches * 6, inputs)`, `patch: (patches,
    /// inputs)`, see [`super::layout`].
    pub fn encode(&self, operators: &Tensor, patch: &Tensor) -> Result<Posterior> {
        let (width, count) = (self.config.width, patch.dim(0)?);
        let algorithm = patch
            .narrow(1, PATCH.number_count(), ALGORITHMS)?
            .contiguous()?;
        let role = self.linear("encoder.role", &algorithm, false)?;
        let operators = self
            .linear("encoder.operator", operators, false)?
            .add(&role.reshape((count * OPERATORS, width))?)?
            .reshape((count, OPERATORS, width))?
            .broadcast_add(self.weight("encoder.place")?)?;
        let patch = self.linear("encoder.patch", patch, false)?;
        let tokens = Tensor::cat(&[operators, patch.reshape((count, 1, width))?], 1)?;
        let tokens = self.blocks("encoder", tokens, self.config.encoder_blocks)?;

        let operators = tokens
            .narrow(1, 0, OPERATORS)?
            .reshape((count * OPERATORS, width))?;
        let operators = self.linear("encoder.operator_latent", &operators, false)?;
        let patch = tokens.narrow(1, OPERATORS, 1)?.reshape((count, width))?;
        let patch = self.linear("encoder.patch_latent", &patch, false)?;
        let half = |second: usize| {
            let (n, m) = (self.config.operator_latent, self.config.patch_latent);
            let operators = operators
                .narrow(1, second * n, n)?
                .reshape((count, OPERATORS * n))?;
            Tensor::cat(&[operators, patch.narrow(1, second * m, m)?], 1)
        };
        Ok(Posterior {
            mean: half(0)?,
            // At rest the noise is small against the means.
            log_variance: (half(1)?.clamp(-6f32, 6f32)? - 4.0)?,
        })
    }

    /// Decodes latents, `(patches, latent)`; listens to them only if `listen` says so.
    pub fn decode(&self, latents: &Tensor, listen: bool) -> Result<Decoded> {
        let (width, count) = (self.config.width, latents.dim(0)?);
        let n = self.config.operator_latent;
        let operators = latents
            .narrow(1, 0, OPERATORS * n)?
            .reshape((count * OPERATORS, n))?;
        let operators = self
            .linear("decoder.operator", &operators, false)?
            .reshape((count, OPERATORS, width))?
            .broadcast_add(self.weight("decoder.place")?)?;
        let patch = latents
            .narrow(1, OPERATORS * n, self.config.patch_latent)?
            .contiguous()?;
        let patch =
            self.linear("decoder.patch", &patch, false)?
                .reshape((count, 1 + TOKENS, width))?;
        let operators = (operators + patch.narrow(1, 0, OPERATORS)?)?;
        let others = patch.narrow(1, OPERATORS, if listen { 2 } else { 1 })?;
        let tokens = Tensor::cat(&[operators, others], 1)?;
        let tokens = self.blocks("decoder", tokens, self.config.decoder_blocks)?;

        let token = |index: usize| tokens.narrow(1, index, 1)?.reshape((count, width));
        let operators = tokens
            .narrow(1, 0, OPERATORS)?
            .reshape((count * OPERATORS, width))?;
        let heard = if listen {
            let wide = self.linear("ear.widen", &token(TOKENS)?, true)?;
            Some(self.linear("ear.narrow", &wide, false)?)
        } else {
            None
        };
        Ok(Decoded {
            operators: self.linear("decoder.operator_out", &operators, false)?,
            patch: self.linear("decoder.patch_out", &token(OPERATORS)?, false)?,
            heard,
        })
    }

    /// The transformer blocks of one side and the norm after them. `tokens: (patches, tokens,
    /// width)`, as is what it gives.
    fn blocks(&self, side: &str, tokens: Tensor, blocks: usize) -> Result<Tensor> {
        let (count, length, width) = tokens.dims3()?;
        let mut rows = tokens.reshape((count * length, width))?;
        for block in 0..blocks {
            let name = |part: &str| format!("{side}.{block}.{part}");
            let normed = self.norm(&name("before_attention"), &rows)?;
            let qkv = self.linear(&name("qkv"), &normed, false)?;
            let heard = attention(&qkv, length, self.config.heads)?;
            rows = (rows + self.linear(&name("mix"), &heard, false)?)?;
            let normed = self.norm(&name("before_widening"), &rows)?;
            let wide = self.linear(&name("widen"), &normed, true)?;
            rows = (rows + self.linear(&name("narrow"), &wide, false)?)?;
        }
        self.norm(side, &rows)?.reshape((count, length, width))
    }

    fn linear(&self, name: &str, x: &Tensor, rectified: bool) -> Result<Tensor> {
        let product = product(x, self.weight(&format!("{name}.weight"))?)?;
        biased(&product, self.weight(&format!("{name}.bias"))?, rectified)
    }

    fn norm(&self, name: &str, x: &Tensor) -> Result<Tensor> {
        let gain = self.weight(&format!("{name}.gain"))?;
        normalised(x, gain, self.weight(&format!("{name}.offset"))?)
    }

    fn weight(&self, name: &str) -> Result<&Tensor> {
        match self.weights.get(name) {
            Some(tensor) => Ok(tensor),
            None => candle_core::bail!("tensor {name} is missing"),
        }
    }
}

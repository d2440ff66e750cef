//! [`Config`]: the sizes of the network.

/// Sizes of a network of the published kind. The pictures are always 257 x 251 and the latent's are
/// 2 x 2; what varies is how many channels, layers and notes there are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// Notes of a patch that are heard, one spectrogram each.
    pub notes: usize,
    /// Channels after each block of the picture encoder; the decoder's in reverse. Each is equal to
    /// or twice the one before.
    pub channels: [usize; 8],
    /// Width of tokens; also the number of latent values, four per latent channel.
    pub hidden: usize,
    /// Heads of every attention.
    pub heads: usize,
    /// Layers of the preset encoder, and of the preset decoder.
    pub layers: usize,
    /// Width inside a feed-forward block.
    pub feed_forward: usize,
}

impl Config {
    /// SPINVAE's own: 26,457,410 trainable values (facts 3).
    pub const PAPER: Config = Config {
        notes: 6,
        channels: [8, 16, 32, 64, 128, 256, 512, 512],
        hidden: 256,
        heads: 4,
        layers: 6,
        feed_forward: 1024,
    };

    /// The same in small, for tests of training.
    pub const SMALL: Config = Config {
        notes: 1,
        channels: [2, 4, 8, 16, 16, 16, 32, 32],
        hidden: 64,
        heads: 4,
        layers: 2,
        feed_forward: 128,
    };

    /// Channels of the latent picture.
    pub fn latent_channels(&self) -> usize {
        self.hidden / 4
    }
}

//! The 46 features: their names, how each is brought to a comparable scale, and the constants of
//! the published evaluation (SPINVAE, ICASSP 2023), which were computed once from the authors' own
//! validation sounds. They are kept so that figures can be set beside the published ones.

/// How many features describe a sound.
pub const FEATURES: usize = 46;

/// What is done to a feature before its mean is taken off and its deviation divided out.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Scale {
    Linear,
    /// ln(1 + x), for frequencies and ratios.
    Log,
}

/// A row of the table of features.
#[derive(Clone, Copy, Debug)]
pub struct Feature {
    /// As in the publication; `_med` is the median over frames, `_IQR` the range of the middle half.
    pub name: &'static str,
    scale: Scale,
    mean: f64,
    deviation: f64,
}

impl Feature {
    /// The value in standard deviations from the published mean. A value that is no number (a
    /// descriptor without meaning for this sound) counts as 0 before the scaling, as in the
    /// publication.
    pub fn standardised(&self, raw: f64) -> f64 {
        let raw = if raw.is_finite() { raw } else { 0.0 };
        let scaled = match self.scale {
            Linear => raw,
            Log => raw.max(0.0).ln_1p(),
        };
        (scaled - self.mean) / self.deviation
    }

    /// The power of a sound's amplitude with which the value grows.
    fn power(&self) -> i32 {
        match self.name.split('_').next() {
            Some("RMSEnv") => 1,
            Some("FrameErg" | "HarmDev" | "NoiseErg") => 2,
            Some("HarmErg") => 4,
            _ => 0,
        }
    }
}

const fn feature(name: &'static str, scale: Scale, mean: f64, deviation: f64) -> Feature {
    Feature {
        name,
        scale,
        mean,
        deviation,
    }
}

use Scale::{Linear, Log};

/// All features, in the order of the publication.
pub static TABLE: [Feature; FEATURES] = [
    feature("FrameErg_med", Linear, 0.02425812, 0.04727968),
    feature("FrameErg_IQR", Linear, 0.02351879, 0.03756241),
    feature("SpecCent_med", Log, 5.792312, 0.9382255),
    feature("SpecCent_IQR", Log, 4.376653, 1.612112),
    feature("SpecCrest_med", Linear, 92.84861, 34.1779),
    feature("SpecCrest_IQR", Linear, 30.6017, 24.21545),
    feature("SpecDecr_med", Linear, -0.03573709, 0.5127111),
    feature("SpecDecr_IQR", Linear, 0.1549195, 0.5634883),
    feature("SpecFlat_med", Linear, 0.01969614, 0.1072655),
    feature("SpecFlat_IQR", Linear, 0.02798541, 0.1279662),
    feature("SpecKurt_med", Linear, 1417.347, 4002.873),
    feature("SpecKurt_IQR", Linear, 1762.02, 4072.561),
    feature("SpecRollOff_med", Log, 6.431577, 1.040896),
    feature("SpecRollOff_IQR", Log, 4.841381, 2.299116),
    feature("SpecSkew_med", Linear, 12.53874, 22.5592),
    feature("SpecSkew_IQR", Linear, 11.91859, 19.76316),
    feature("SpecSlope_med", Linear, -1.27396e-6, 2.493444e-7),
    feature("SpecSlope_IQR", Linear, 8.147403e-8, 1.635235e-7),
    feature("SpecSpread_med", Log, 5.258077, 1.022294),
    feature("SpecSpread_IQR", Log, 4.52694, 1.364242),
    feature("SpecVar_med", Linear, 0.06415011, 0.2254047),
    feature("SpecVar_IQR", Linear, 0.06231254, 0.2047768),
    feature("F0_med", Log, 4.940744, 1.093881),
    feature("F0_IQR", Log, 0.9299377, 1.368153),
    feature("HarmDev_med", Linear, 0.0001296438, 0.0002924299),
    feature("HarmDev_IQR", Linear, 0.0001550281, 0.0002863984),
    feature("HarmErg_med", Linear, 9.874854e-5, 0.0009724166),
    feature("HarmErg_IQR", Linear, 0.0001528775, 0.001088968),
    feature("InHarm_med", Linear, 0.00700286, 0.1344046),
    feature("InHarm_IQR", Linear, 0.0117742, 0.1129043),
    feature("NoiseErg_med", Linear, 0.2298782, 0.4466124),
    feature("NoiseErg_IQR", Linear, 0.2169338, 0.3418264),
    feature("OddEvenRatio_med", Log, 3.684639, 5.77464),
    feature("OddEvenRatio_IQR", Log, 5.265544, 6.437053),
    feature("RMSEnv_med", Linear, 0.05500859, 0.05093668),
    feature("RMSEnv_IQR", Linear, 0.03539451, 0.02822586),
    feature("AmpMod", Linear, 0.08289283, 0.1114678),
    feature("Att", Linear, 0.06284253, 0.13075),
    feature("AttSlope", Linear, 9.587411, 2.862875),
    feature("Dec", Linear, 0.3610449, 0.4624599),
    feature("DecSlope", Linear, -1.058366, 2.119534),
    feature("EffDur", Linear, 2.050633, 1.135513),
    feature("FreqMod", Linear, 3.381914, 1.806581),
    feature("LAT", Linear, -0.9855746, 0.2441418),
    feature("Rel", Linear, 2.164201, 1.168398),
    feature("TempCent", Linear, 1.245031, 0.5174519),
];

/// The features of one sound, in the order of [`TABLE`], as measured.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Timbre(pub [f64; FEATURES]);

impl Timbre {
    /// What a sound counts as that cannot be analysed at all, silence for one.
    pub const SILENT: Timbre = Timbre([0.0; FEATURES]);

    /// The features in standard deviations of the published table, all comparable.
    pub fn standardised(&self) -> [f64; FEATURES] {
        std::array::from_fn(|i| TABLE[i].standardised(self.0[i]))
    }

    /// The features of the same sound, its amplitude `factor` times as large, without measuring it
    /// again: most are the same. (Of the noise's energy this takes the partials' for nothing, which
    /// as published they nearly are.)
    pub fn louder(&self, factor: f64) -> Timbre {
        let scaled = |i: usize| self.0[i] * factor.powi(TABLE[i].power());
        Timbre(std::array::from_fn(scaled))
    }

    /// The feature of that name.
    pub fn get(&self, name: &str) -> Option<f64> {
        let place = TABLE.iter().position(|feature| feature.name == name)?;
        Some(self.0[place])
    }
}

//! The tables that every engine kind shares: sine, powers of two, and the DX7's own curves.
//!
//! Formats: phases are Q24 cycles, gains and outputs Q24, levels and pitches Q24 octaves. The tables
//! are built the way that gives Dexed's last bits, which differ from a correctly rounded sine's.

/// Steps of the sine and exponential tables, as a power of two.
pub const STEPS_LOG: u32 = 10;
/// Steps of the sine and exponential tables.
pub const STEPS: usize = 1 << STEPS_LOG;
/// Bits of a Q24 number below a table's step.
pub const FRACTION: u32 = 24 - STEPS_LOG;
/// One, in Q24: a cycle, an octave, a gain of 1.
pub const ONE: i32 = 1 << 24;
/// 2^(1/1024).
const STEP_RATIO: f64 = 1.000_677_130_693_066_4;

/// A table entry (low half) and the slope to the next one (high half): one load gets both.
#[derive(Clone, Copy, Debug)]
pub struct Segment(u64);

impl Segment {
    const fn new(value: i32, slope: i32) -> Segment {
        Segment((value as u32 as u64) | (slope as u64) << 32)
    }

    const fn value(self) -> i32 {
        self.0 as i32
    }

    /// Value (low half) and slope (high half), for vectors.
    #[cfg(target_arch = "x86_64")]
    pub const fn bits(self) -> u64 {
        self.0
    }

    /// The function at `fraction` (Q14) of the way to the next step.
    #[inline(always)]
    pub fn at(self, fraction: i32) -> i32 {
        let slope = self.0 as i64 >> 32;
        ((self.0 as i64).wrapping_add((slope * i64::from(fraction)) >> FRACTION)) as i32
    }
}

/// One cycle of a sine, Q24, by a rotation that is rounded at every step.
pub static SINE: [Segment; STEPS] = SINE_SEGMENTS;

const SINE_SEGMENTS: [Segment; STEPS] = {
    const COSINE: i64 = 1_073_721_611; // 2^30 cos(2 pi / 1024)
    const SINE: i64 = 6_588_356; // 2^30 sin(2 pi / 1024)
    let mut values = [0i32; STEPS + 1];
    let (mut u, mut v) = (1i64 << 30, 0i64);
    let mut i = 0;
    while i < STEPS / 2 {
        let value = ((v + 32) >> 6) as i32;
        values[i] = value;
        values[i + STEPS / 2] = -value;
        let rotated = (u * SINE + v * COSINE + (1 << 29)) >> 30;
        u = (u * COSINE - v * SINE + (1 << 29)) >> 30;
        v = rotated;
        i += 1;
    }
    segments(&values)
};

/// Whether every slope of the sine, times any fraction, fits into 32 bits, as vectors want it.
#[cfg(target_arch = "x86_64")]
pub const SLOPES_FIT: bool = {
    let mut fit = true;
    let mut i = 0;
    while i < STEPS {
        let slope = (SINE_SEGMENTS[i].0 as i64) >> 32;
        fit &= (-1 << (31 - FRACTION)) <= slope && slope < 1 << (31 - FRACTION);
        i += 1;
    }
    fit
};

/// 2^(i / 1024), Q30.
static EXP2: [Segment; STEPS] = {
    let mut values = [0i32; STEPS + 1];
    let mut y = (1i64 << 30) as f64;
    let mut i = 0;
    while i < STEPS {
        values[i] = (y + 0.5) as i32;
        y *= STEP_RATIO;
        i += 1;
    }
    // 2^31 itself does not fit; the last slope is all that needs it.
    let mut table = segments(&values);
    let last = table[STEPS - 1].value();
    table[STEPS - 1] = Segment::new(last, ((1i64 << 31) - last as i64) as i32);
    table
};

const fn segments(values: &[i32; STEPS + 1]) -> [Segment; STEPS] {
    let mut table = [Segment(0); STEPS];
    let mut i = 0;
    while i < STEPS {
        table[i] = Segment::new(values[i], values[i + 1].wrapping_sub(values[i]));
        i += 1;
    }
    table
}

/// The sine of a phase (Q24 cycles, wrapping), Q24.
#[inline(always)]
pub fn sine(phase: i32) -> i32 {
    let step = (phase >> FRACTION) as usize & (STEPS - 1);
    SINE[step].at(phase & ((1 << FRACTION) - 1))
}

/// 2^x for x in Q24 octaves, Q24. Below 2^-25 it is 0; x must be under 6 octaves.
#[inline]
pub fn exp2(x: i32) -> i32 {
    let step = (x >> FRACTION) as usize & (STEPS - 1);
    let mantissa = EXP2[step].at(x & ((1 << FRACTION) - 1));
    mantissa >> (6 - (x >> 24)).clamp(0, 31)
}

/// From log2 of a frequency in Hz (Q24 octaves) to a phase increment per sample (Q24 cycles), for
/// one sample rate. 64 bits wide, because 32 hold it only from 32,768 Hz on.
#[derive(Clone, Debug)]
pub struct FrequencyTable([i64; STEPS + 1]);

impl FrequencyTable {
    /// The table for a sample rate in Hz.
    pub fn new(rate: f64) -> FrequencyTable {
        let mut values = [0; STEPS + 1];
        let mut y = (1u64 << 44) as f64 / rate;
        for value in &mut values {
            *value = (y + 0.5) as i64;
            y *= STEP_RATIO;
        }
        FrequencyTable(values)
    }

    /// The increment of a pitch. Above 2^21 Hz the shift wraps, as x86 processors do it and
    /// therefore Dexed.
    #[inline]
    pub fn increment(&self, pitch: i32) -> i32 {
        let step = (pitch >> FRACTION) as usize & (STEPS - 1);
        let (value, next) = (self.0[step], self.0[step + 1]);
        let fraction = i64::from(pitch & ((1 << FRACTION) - 1));
        let mantissa = value + (((next - value) * fraction) >> FRACTION);
        (mantissa >> ((20 - (pitch >> 24)) & 31)) as i32
    }
}

/// Output levels 0 to 99 in units of 0.75 dB: steeper at the bottom, then 28 + level.
pub const fn scaled_level(level: i32) -> i32 {
    const BOTTOM: [i32; 20] = [
        0, 5, 9, 13, 17, 20, 23, 25, 27, 29, 31, 33, 35, 37, 39, 41, 42, 43, 45, 46,
    ];
    if level >= 20 {
        28 + level
    } else {
        BOTTOM[level as usize]
    }
}

/// What a velocity (halved) is worth; 239 is neutral.
pub static VELOCITY: [i32; 64] = [
    0, 70, 86, 97, 106, 114, 121, 126, 132, 138, 142, 148, 152, 156, 160, 163, 166, 170, 173, 174,
    178, 181, 184, 186, 189, 190, 194, 196, 198, 200, 202, 205, 206, 209, 211, 214, 216, 218, 220,
    222, 224, 225, 227, 229, 230, 232, 233, 235, 237, 238, 240, 241, 242, 243, 244, 246, 246, 248,
    249, 250, 251, 252, 253, 254,
];

/// The exponential keyboard scaling curve, by distance from the break point in minor thirds.
pub static SCALING_CURVE: [i32; 33] = [
    0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 14, 16, 19, 23, 27, 33, 39, 47, 56, 66, 80, 94, 110, 126,
    142, 158, 174, 190, 206, 222, 238, 250,
];

/// Samples at 44.1 kHz that an envelope holds a plateau, by rate plus rate scaling.
pub const fn plateau(rate: i32) -> i32 {
    const SLOW: [i32; 77] = [
        1764000, 1764000, 1411200, 1411200, 1190700, 1014300, 992250, 882000, 705600, 705600,
        584325, 507150, 502740, 441000, 418950, 352800, 308700, 286650, 253575, 220500, 220500,
        176400, 145530, 145530, 125685, 110250, 110250, 88200, 88200, 74970, 61740, 61740, 55125,
        48510, 44100, 37485, 31311, 30870, 27562, 27562, 22050, 18522, 17640, 15435, 14112, 13230,
        11025, 9261, 9261, 7717, 6615, 6615, 5512, 5512, 4410, 3969, 3969, 3439, 2866, 2690, 2249,
        1984, 1896, 1808, 1411, 1367, 1234, 1146, 926, 837, 837, 705, 573, 573, 529, 441, 441,
    ];
    if rate < 77 {
        SLOW[rate as usize]
    } else {
        20 * (99 - rate)
    }
}

/// Speeds of the pitch envelope, in 1/21.3 octaves a second.
pub static PITCH_RATE: [i32; 100] = [
    1, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13, 14, 14, 15, 16,
    16, 17, 18, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 30, 31, 33, 34, 36, 37, 38, 39, 41, 42,
    44, 46, 47, 49, 51, 53, 54, 56, 58, 60, 62, 64, 66, 68, 70, 72, 74, 76, 79, 82, 85, 88, 91, 94,
    98, 102, 106, 110, 115, 120, 125, 130, 135, 141, 147, 153, 159, 165, 171, 178, 185, 193, 202,
    211, 232, 243, 254, 255,
];

/// Levels of the pitch envelope, in 1/32 octaves.
pub static PITCH_LEVEL: [i32; 100] = [
    -128, -116, -104, -95, -85, -76, -68, -61, -56, -52, -49, -46, -43, -41, -39, -37, -35, -33,
    -32, -31, -30, -29, -28, -27, -26, -25, -24, -23, -22, -21, -20, -19, -18, -17, -16, -15, -14,
    -13, -12, -11, -10, -9, -8, -7, -6, -5, -4, -3, -2, -1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11,
    12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35,
    38, 40, 43, 46, 49, 53, 58, 65, 73, 82, 92, 103, 115, 127,
];

/// Speeds of the LFO; 1 is 1.03319 Hz.
pub static LFO_SPEED: [f64; 100] = [
    0.062541, 0.125031, 0.312393, 0.437120, 0.624610, 0.750694, 0.936330, 1.125302, 1.249609,
    1.436782, 1.560915, 1.752081, 1.875117, 2.062494, 2.247191, 2.374451, 2.560492, 2.686728,
    2.873976, 2.998950, 3.188013, 3.369840, 3.500175, 3.682224, 3.812065, 4.000800, 4.186202,
    4.310716, 4.501260, 4.623209, 4.814636, 4.930480, 5.121901, 5.315191, 5.434783, 5.617346,
    5.750431, 5.946717, 6.062811, 6.248438, 6.431695, 6.564264, 6.749460, 6.868132, 7.052186,
    7.250580, 7.375719, 7.556294, 7.687577, 7.877738, 7.993605, 8.181967, 8.372405, 8.504848,
    8.685079, 8.810573, 8.986341, 9.122423, 9.300595, 9.500285, 9.607994, 9.798158, 9.950249,
    10.117361, 11.251125, 11.384335, 12.562814, 13.676149, 13.904338, 15.092062, 16.366612,
    16.638935, 17.869907, 19.193858, 19.425019, 20.833333, 21.034918, 22.502250, 24.003841,
    24.260068, 25.746653, 27.173913, 27.578599, 29.052876, 30.693677, 31.191516, 32.658393,
    34.317090, 34.674064, 36.416606, 38.197097, 38.550501, 40.387722, 40.749796, 42.625746,
    44.326241, 44.883303, 46.772685, 48.590865, 49.261084,
];

/// How strongly the LFO bends the pitch, by pitch modulation sensitivity.
pub static PITCH_SENSITIVITY: [i32; 8] = [0, 10, 20, 33, 55, 92, 153, 255];

/// How strongly the LFO moves an operator's level, by its amplitude modulation sensitivity, Q24.
pub static AMP_SENSITIVITY: [i32; 4] = [0, 4_342_338, 7_171_437, ONE];

/// Frequency ratios 0.5, 1, 2 ... 31 by coarse setting, Q24 octaves.
pub static COARSE: [i32; 32] = [
    -16777216, 0, 16777216, 26591258, 33554432, 38955489, 43368474, 47099600, 50331648, 53182516,
    55732705, 58039632, 60145690, 62083076, 63876816, 65546747, 67108864, 68576247, 69959732,
    71268397, 72509921, 73690858, 74816848, 75892776, 76922906, 77910978, 78860292, 79773775,
    80654032, 81503396, 82323963, 83117622,
];

//! Random patches and numbers, the same in every run.

use presets::{Operator, OperatorParameter, Parameter, Patch};

/// A small generator (SplitMix64) with a stated seed.
pub struct Random(pub u64);

#[allow(dead_code, reason = "each test file uses some of it")]
impl Random {
    /// 64 random bits.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ z >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ z >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ z >> 31
    }

    /// A whole number below `end`.
    pub fn below(&mut self, end: u64) -> u64 {
        self.bits() % end
    }

    /// A number from 0 to 1.
    pub fn unit(&mut self) -> f32 {
        self.below(1 << 24) as f32 / (1 << 24) as f32
    }

    /// Any patch at all.
    pub fn patch(&mut self) -> Patch {
        let mut patch = Patch::INIT;
        for parameter in Parameter::all() {
            let max = u64::from(parameter.spec().max);
            patch.set(parameter, self.below(max + 1) as u8);
        }
        patch
    }

    /// A patch as people make them: it sounds at once, goes on while the key is down, has levels
    /// and ratios in the usual range, and does not drown in feedback.
    pub fn playable_patch(&mut self) -> Patch {
        let mut patch = self.patch();
        for parameter in Parameter::all().skip(126) {
            patch.set(parameter, parameter.spec().default);
        }
        patch.set(Parameter::ALGORITHM, self.below(32) as u8);
        patch.set(Parameter::FEEDBACK, self.below(6) as u8);
        patch.set(Parameter::LFO_PM_DEPTH, self.below(20) as u8);
        for operator in Operator::ALL {
            let ranges = [
                (OperatorParameter::EgRate1, 60, 99),
                (OperatorParameter::EgRate2, 30, 60),
                (OperatorParameter::EgRate3, 30, 60),
                (OperatorParameter::EgLevel1, 80, 99),
                (OperatorParameter::EgLevel2, 80, 99),
                (OperatorParameter::EgLevel3, 75, 95),
                (OperatorParameter::EgLevel4, 0, 0),
                (OperatorParameter::LeftDepth, 0, 20),
                (OperatorParameter::RightDepth, 0, 20),
                (OperatorParameter::OutputLevel, 50, 90),
                (OperatorParameter::Mode, 0, 0),
                (OperatorParameter::Coarse, 0, 6),
                (OperatorParameter::Fine, 0, 10),
            ];
            for (parameter, from, to) in ranges {
                patch.set_op(
                    operator,
                    parameter,
                    (from + self.below(to - from + 1)) as u8,
                );
            }
        }
        patch
    }
}

//! [`Patch`]: one DX7 sound, and the two byte layouts of it.

use std::fmt;

use crate::parameter::{Operator, OperatorParameter, Parameter};

/// Bytes of a voice in a 32-voice bank.
pub const PACKED_LEN: usize = 128;
/// Bytes of a voice in a single-voice message.
pub const UNPACKED_LEN: usize = 155;
/// Characters of a patch's name.
pub const NAME_LEN: usize = 10;

/// Bytes of an operator in a packed voice.
const PACKED_OPERATOR: usize = 17;

/// One DX7 sound: 145 values, each in the range of its [`Parameter`], and a name of ten characters.
///
/// Values can only be in range: what reads bytes cleans them and says so ([`Cleaning`]).
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Patch {
    values: [u8; Parameter::COUNT],
    name: [u8; NAME_LEN],
}

/// What had to be changed to make a patch out of bytes. The rule: bit 7 of every byte is dropped,
/// bits that a packed voice does not use are ignored, and a value above its parameter's largest
/// becomes that largest.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cleaning {
    /// Parameters whose value was out of range, with the value that was found.
    pub clamped: Vec<(Parameter, u8)>,
    /// Whether any byte had bit 7 set, or a bit that the layout does not use.
    pub stray_bits: bool,
}

impl Cleaning {
    /// Whether the bytes were in order as they were.
    pub fn is_clean(&self) -> bool {
        self.clamped.is_empty() && !self.stray_bits
    }
}

impl Patch {
    /// The DX7's initial voice: operator 1 alone, a plain sine.
    pub const INIT: Patch = {
        let mut values = [0; Parameter::COUNT];
        let mut operator = 0;
        while operator < Operator::COUNT {
            let mut block = [
                99, 99, 99, 99, 99, 99, 99, 0, 39, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 7,
            ];
            if operator == Operator::COUNT - 1 {
                block[OperatorParameter::OutputLevel as usize] = 99;
            }
            let mut i = 0;
            while i < block.len() {
                values[operator * block.len() + i] = block[i];
                i += 1;
            }
            operator += 1;
        }
        let globals = [
            99, 99, 99, 99, 50, 50, 50, 50, 0, 0, 1, 35, 0, 0, 0, 1, 0, 3, 24,
        ];
        let mut i = 0;
        while i < globals.len() {
            values[126 + i] = globals[i];
            i += 1;
        }
        Patch {
            values,
            name: *b"INIT VOICE",
        }
    };

    /// The value of a parameter.
    pub fn get(&self, parameter: Parameter) -> u8 {
        self.values[parameter.index()]
    }

    /// Sets a parameter; a value above its largest becomes the largest.
    pub fn set(&mut self, parameter: Parameter, value: u8) {
        self.values[parameter.index()] = value.min(parameter.spec().max);
    }

    /// The value of an operator's parameter.
    pub fn op(&self, operator: Operator, parameter: OperatorParameter) -> u8 {
        self.get(Parameter::of(operator, parameter))
    }

    /// Sets an operator's parameter; a value above its largest becomes the largest.
    pub fn set_op(&mut self, operator: Operator, parameter: OperatorParameter, value: u8) {
        self.set(Parameter::of(operator, parameter), value);
    }

    /// All values, in the order of [`Parameter`].
    pub const fn values(&self) -> &[u8; Parameter::COUNT] {
        &self.values
    }

    /// A patch of values that are known to be in range.
    pub(crate) const fn from_parts(values: [u8; Parameter::COUNT], name: [u8; NAME_LEN]) -> Patch {
        Patch { values, name }
    }

    /// A patch of these values, in the order of [`Parameter`]; each above its largest becomes the
    /// largest.
    pub fn from_values(values: &[u8; Parameter::COUNT], name: &[u8; NAME_LEN]) -> Patch {
        let mut patch = Patch {
            values: *values,
            name: name.map(|byte| byte & 0x7F),
        };
        for parameter in Parameter::all() {
            patch.set(parameter, values[parameter.index()]);
        }
        patch
    }

    /// The name's ten bytes as they are in the sysex, seven bits each.
    pub const fn name_bytes(&self) -> &[u8; NAME_LEN] {
        &self.name
    }

    /// The name as a DX7 shows it, without the spaces at its end. The DX7's own characters become
    /// their nearest in Unicode; control characters become spaces.
    pub fn name(&self) -> String {
        let text: String = self
            .name
            .iter()
            .map(|&byte| match byte {
                0x5C => '¥',
                0x7E => '→',
                0x7F => '←',
                0x20..=0x7D => char::from(byte),
                _ => ' ',
            })
            .collect();
        text.trim_end().to_owned()
    }

    /// Gives the patch a name: the first ten characters, with those a DX7 cannot show as `?`.
    pub fn set_name(&mut self, name: &str) {
        self.name = [b' '; NAME_LEN];
        for (byte, character) in self.name.iter_mut().zip(name.chars()) {
            *byte = match character {
                '¥' => 0x5C,
                '→' => 0x7E,
                '←' => 0x7F,
                ' '..='}' if character != '\\' => character as u8,
                _ => b'?',
            };
        }
    }

    /// Reads the 155 bytes of a single voice.
    pub fn from_unpacked(bytes: &[u8; UNPACKED_LEN]) -> (Patch, Cleaning) {
        let mut cleaning = Cleaning::default();
        let mut values = [0; Parameter::COUNT];
        for parameter in Parameter::all() {
            values[parameter.index()] = cleaning.clean(parameter, bytes[parameter.index()]);
        }
        let name = std::array::from_fn(|i| cleaning.seven_bits(bytes[Parameter::COUNT + i]));
        (Patch { values, name }, cleaning)
    }

    /// The 155 bytes of a single voice.
    pub fn to_unpacked(&self) -> [u8; UNPACKED_LEN] {
        let mut bytes = [0; UNPACKED_LEN];
        bytes[..Parameter::COUNT].copy_from_slice(&self.values);
        bytes[Parameter::COUNT..].copy_from_slice(&self.name);
        bytes
    }

    /// Reads the 128 bytes of a voice in a bank.
    pub fn from_packed(bytes: &[u8; PACKED_LEN]) -> (Patch, Cleaning) {
        let mut cleaning = Cleaning::default();
        let mut unpacked = [0; UNPACKED_LEN];
        for (block, voice) in bytes[..102].chunks_exact(PACKED_OPERATOR).enumerate() {
            let out = &mut unpacked[block * 21..(block + 1) * 21];
            out[..11].copy_from_slice(&voice[..11]);
            cleaning.split(voice[11], &[(0, 2), (2, 2)], &mut out[11..13]);
            let mut scaling_detune = [0; 2];
            cleaning.split(voice[12], &[(0, 3), (3, 4)], &mut scaling_detune);
            [out[13], out[20]] = scaling_detune;
            cleaning.split(voice[13], &[(0, 2), (2, 3)], &mut out[14..16]);
            out[16] = voice[14];
            cleaning.split(voice[15], &[(0, 1), (1, 5)], &mut out[17..19]);
            out[19] = voice[16];
        }
        unpacked[126..134].copy_from_slice(&bytes[102..110]);
        cleaning.split(bytes[110], &[(0, 5)], &mut unpacked[134..135]);
        cleaning.split(bytes[111], &[(0, 3), (3, 1)], &mut unpacked[135..137]);
        unpacked[137..141].copy_from_slice(&bytes[112..116]);
        cleaning.split(
            bytes[116],
            &[(0, 1), (1, 3), (4, 3)],
            &mut unpacked[141..144],
        );
        unpacked[144] = bytes[117];
        unpacked[145..].copy_from_slice(&bytes[118..]);

        let (patch, ranges) = Patch::from_unpacked(&unpacked);
        cleaning.stray_bits |= ranges.stray_bits;
        cleaning.clamped = ranges.clamped;
        (patch, cleaning)
    }

    /// The 128 bytes of a voice in a bank.
    pub fn to_packed(&self) -> [u8; PACKED_LEN] {
        let mut bytes = [0; PACKED_LEN];
        for block in 0..Operator::COUNT {
            let voice = &self.values[block * 21..(block + 1) * 21];
            let out = &mut bytes[block * PACKED_OPERATOR..(block + 1) * PACKED_OPERATOR];
            out[..11].copy_from_slice(&voice[..11]);
            out[11] = voice[11] | voice[12] << 2;
            out[12] = voice[13] | voice[20] << 3;
            out[13] = voice[14] | voice[15] << 2;
            out[14] = voice[16];
            out[15] = voice[17] | voice[18] << 1;
            out[16] = voice[19];
        }
        let values = &self.values;
        bytes[102..110].copy_from_slice(&values[126..134]);
        bytes[110] = values[134];
        bytes[111] = values[135] | values[136] << 3;
        bytes[112..116].copy_from_slice(&values[137..141]);
        bytes[116] = values[141] | values[142] << 1 | values[143] << 4;
        bytes[117] = values[144];
        bytes[118..].copy_from_slice(&self.name);
        bytes
    }
}

impl Cleaning {
    fn seven_bits(&mut self, byte: u8) -> u8 {
        self.stray_bits |= byte & 0x80 != 0;
        byte & 0x7F
    }

    fn clean(&mut self, parameter: Parameter, byte: u8) -> u8 {
        let value = self.seven_bits(byte);
        let max = parameter.spec().max;
        if value > max {
            self.clamped.push((parameter, value));
        }
        value.min(max)
    }

    /// Takes a byte apart into fields of `(first bit, bits)`; bits of none of them are stray.
    fn split(&mut self, byte: u8, fields: &[(u8, u8)], out: &mut [u8]) {
        let mut used = 0;
        for (&(first, bits), out) in fields.iter().zip(out) {
            let mask = (1u8 << bits) - 1;
            used |= mask << first;
            *out = byte >> first & mask;
        }
        self.stray_bits |= byte & !used != 0;
    }
}

impl Default for Patch {
    fn default() -> Patch {
        Patch::INIT
    }
}

impl fmt::Debug for Patch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Patch({:?} {:?})", self.name(), self.values)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn init_is_the_table_s_defaults() {
        for parameter in Parameter::all() {
            let level = Parameter::of(Operator::ALL[0], OperatorParameter::OutputLevel);
            if parameter != level {
                assert_eq!(
                    Patch::INIT.get(parameter),
                    parameter.spec().default,
                    "{parameter}"
                );
            }
        }
    }

    #[test]
    fn both_layouts_round_trip() {
        let mut patch = Patch::INIT;
        for (i, parameter) in Parameter::all().enumerate() {
            patch.set(
                parameter,
                (i * 37 % (usize::from(parameter.spec().max) + 1)) as u8,
            );
        }
        assert_eq!(
            Patch::from_packed(&patch.to_packed()),
            (patch, Cleaning::default())
        );
        assert_eq!(
            Patch::from_unpacked(&patch.to_unpacked()),
            (patch, Cleaning::default())
        );
    }

    #[test]
    fn out_of_range_bytes_are_cleaned_and_reported() {
        let mut bytes = Patch::INIT.to_unpacked();
        bytes[134] = 40;
        bytes[137] = 0x80 | 12;
        let (patch, cleaning) = Patch::from_unpacked(&bytes);
        assert_eq!(patch.get(Parameter::ALGORITHM), 31);
        assert_eq!(patch.get(Parameter::LFO_SPEED), 12);
        assert_eq!(cleaning.clamped, [(Parameter::ALGORITHM, 40)]);
        assert!(cleaning.stray_bits);
    }
}

//! The parameters a host sees. Their ids, order and ranges are frozen: songs are written with them.

use std::sync::Arc;

use nice_plug::prelude::*;

use crate::editor::WindowSize;
use crate::motion;
use crate::motion::MotionParameters;
use crate::shared::Shared;

/// What names Morph in CLAP's per-note modulation.
pub const MORPH_MODULATION: u32 = 0;

/// The parameters, and with them everything a project stores.
#[derive(Params)]
pub struct Parameters {
    /// The position between A (0) and B (1).
    #[id = "morph"]
    pub morph: FloatParam,
    /// How far the travel of Morph reaches past A and B, in lengths of the path.
    #[id = "beyond"]
    pub beyond: FloatParam,
    /// Decibels; 0 leaves the engine's samples as they are.
    #[id = "volume"]
    pub volume: FloatParam,
    /// Cents up or down, for all notes.
    #[id = "tune"]
    pub tune: FloatParam,
    /// What moves Morph besides itself.
    #[nested]
    pub motion: MotionParameters,
    /// A, B and the path between them.
    #[persist = "session"]
    pub shared: Arc<Shared>,
    /// How large the user has drawn the editor.
    #[persist = "window"]
    pub window: Arc<WindowSize>,
}

/// Id, least, largest and default value of every parameter that takes any number, in the order hosts
/// show them.
pub const RANGES: [(&str, f32, f32, f32); 12] = [
    ("morph", 0.0, 1.0, 0.0),
    ("beyond", 0.0, 0.5, 0.0),
    ("volume", -60.0, 6.0, 0.0),
    ("tune", -100.0, 100.0, 0.0),
    ("velocity_morph", -1.0, 1.0, 0.0),
    ("key_morph", -1.0, 1.0, 0.0),
    ("wheel_morph", -1.0, 1.0, 0.0),
    ("lfo_morph", -1.0, 1.0, 0.0),
    ("lfo_rate", 0.01, 20.0, 1.0),
    ("envelope_morph", -1.0, 1.0, 0.0),
    ("envelope_attack", 0.0, 10.0, 0.0),
    ("envelope_decay", 0.01, 20.0, 1.0),
];

/// Id and largest value of every parameter that is chosen from a list; the least value and the
/// default are 0.
pub const LISTS: [(&str, i32); 2] = [
    ("lfo_shape", motion::SHAPES.len() as i32 - 1),
    ("lfo_sync", motion::SYNCS.len() as i32 - 1),
];

impl Parameters {
    /// All at their defaults, on this session.
    pub fn new(shared: Arc<Shared>) -> Parameters {
        let parameter = |index: usize, name: &str| {
            let (_, min, max, default) = RANGES[index];
            FloatParam::new(name, default, FloatRange::Linear { min, max })
        };
        Parameters {
            morph: parameter(0, "Morph")
                .with_poly_modulation_id(MORPH_MODULATION)
                .with_value_to_string(percentage(1))
                .with_string_to_value(formatters::s2v_f32_percentage())
                .with_unit(" %"),
            beyond: parameter(1, "Beyond")
                .with_value_to_string(percentage(0))
                .with_string_to_value(formatters::s2v_f32_percentage())
                .with_unit(" %"),
            volume: parameter(2, "Volume")
                .with_smoother(SmoothingStyle::Linear(10.0))
                .with_value_to_string(formatters::v2s_f32_rounded(1))
                .with_unit(" dB"),
            tune: parameter(3, "Tune")
                .with_value_to_string(formatters::v2s_f32_rounded(1))
                .with_unit(" ct"),
            motion: MotionParameters::new(),
            shared,
            window: Arc::new(WindowSize::default()),
        }
    }

    /// What a change of Morph by 1 is as a change of position.
    pub fn travel(&self) -> f32 {
        1.0 + 2.0 * self.beyond.value()
    }
}

/// Writes hundredths with so many digits after the point; what rounds to nothing has no sign.
pub fn percentage(digits: usize) -> Arc<dyn Fn(f32) -> String + Send + Sync> {
    let rounded = formatters::v2s_f32_rounded(digits);
    Arc::new(move |value| rounded(value * 100.0))
}

/// The position in the table. Without Beyond it is Morph itself, so that the ends are exact.
pub fn position(morph: f32, beyond: f32) -> f32 {
    morph * (1.0 + 2.0 * beyond) - beyond
}

/// The gain of a volume in decibels; the least volume is silence.
pub fn gain(volume: f32) -> f32 {
    if volume <= RANGES[2].1 {
        0.0
    } else {
        10f32.powf(volume / 20.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_frozen() {
        let parameters = Parameters::new(Arc::new(Shared::new().0));
        let map = parameters.param_map();
        let ids: Vec<&str> = map.iter().map(|(id, ..)| id.as_str()).collect();
        let frozen = [
            "morph",
            "beyond",
            "volume",
            "tune",
            "velocity_morph",
            "key_morph",
            "wheel_morph",
            "lfo_morph",
            "lfo_shape",
            "lfo_sync",
            "lfo_rate",
            "envelope_morph",
            "envelope_attack",
            "envelope_decay",
        ];
        assert_eq!(ids, frozen);
        let frozen = [
            (&parameters.morph, "Morph", 0.0, 1.0, 0.0),
            (&parameters.beyond, "Beyond", 0.0, 0.5, 0.0),
            (&parameters.volume, "Volume", -60.0, 6.0, 0.0),
            (&parameters.tune, "Tune", -100.0, 100.0, 0.0),
        ];
        for (parameter, name, min, max, default) in frozen {
            assert_eq!(parameter.name(), name);
            assert_eq!(parameter.preview_plain(0.0), min, "{name}");
            assert_eq!(parameter.preview_plain(1.0), max, "{name}");
            assert_eq!(parameter.default_plain_value(), default, "{name}");
        }
        assert_eq!(parameters.morph.poly_modulation_id(), Some(0));
    }

    #[test]
    fn ends_are_exact_and_beyond_passes_them() {
        assert_eq!([position(0.0, 0.0), position(1.0, 0.0)], [0.0, 1.0]);
        assert_eq!([position(0.0, 0.5), position(1.0, 0.5)], [-0.5, 1.5]);
        assert_eq!(position(0.5, 0.3), 0.5);
    }

    #[test]
    fn the_default_volume_changes_nothing() {
        assert_eq!(gain(0.0), 1.0);
        assert_eq!(gain(-60.0), 0.0);
    }

    fn numbers(parameters: &Parameters) -> [&FloatParam; RANGES.len()] {
        let motion = &parameters.motion;
        [
            &parameters.morph,
            &parameters.beyond,
            &parameters.volume,
            &parameters.tune,
            &motion.velocity,
            &motion.key,
            &motion.wheel,
            &motion.lfo,
            &motion.lfo_rate,
            &motion.envelope,
            &motion.envelope_attack,
            &motion.envelope_decay,
        ]
    }

    #[test]
    fn ranges_are_what_the_parameters_have() {
        let parameters = Parameters::new(Arc::new(Shared::new().0));
        for (parameter, (id, min, max, default)) in numbers(&parameters).into_iter().zip(RANGES) {
            let close = |a: f32, b: f32| (a - b).abs() < 1e-4 * b.abs().max(1.0);
            assert!(close(parameter.preview_plain(0.0), min), "{id}");
            assert!(close(parameter.preview_plain(1.0), max), "{id}");
            assert_eq!(parameter.default_plain_value(), default, "{id}");
        }
        let lists = [&parameters.motion.lfo_shape, &parameters.motion.lfo_sync];
        for (parameter, (id, max)) in lists.into_iter().zip(LISTS) {
            assert_eq!(parameter.step_count(), Some(max as usize), "{id}");
            assert_eq!(parameter.default_plain_value(), 0, "{id}");
            for value in 0..=max {
                let text =
                    parameter.normalized_value_to_string(parameter.preview_normalized(value), true);
                let read = parameter
                    .string_to_normalized_value(&text)
                    .expect("readable");
                assert_eq!(parameter.preview_plain(read), value, "{id} {text}");
            }
        }
    }

    #[test]
    fn nothing_is_written_without_a_sign() {
        let parameters = Parameters::new(Arc::new(Shared::new().0));
        for parameter in numbers(&parameters) {
            for plain in [0.0, -1e-7, -4e-4] {
                let value = parameter.preview_normalized(plain);
                let text = parameter.normalized_value_to_string(value, true);
                assert!(!text.starts_with("-0.0 "), "{} {text}", parameter.name());
            }
        }
    }

    #[test]
    fn texts_are_read_back() {
        let parameters = Parameters::new(Arc::new(Shared::new().0));
        for parameter in numbers(&parameters) {
            for step in 0..=10 {
                let value = step as f32 / 10.0;
                let text = parameter.normalized_value_to_string(value, true);
                let read = parameter
                    .string_to_normalized_value(&text)
                    .expect("readable");
                assert!((read - value).abs() < 0.01, "{} {text}", parameter.name());
            }
        }
    }
}

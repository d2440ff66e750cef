//! The host's parameters behind the view's knobs.

use nice_plug::context::gui::GuiContext;
use nice_plug::prelude::*;

use super::knob::{Knob, Setting};
use crate::parameters::Parameters;

/// A part of a gesture.
#[derive(Clone, Copy)]
pub enum Turn {
    /// The user takes hold.
    Begin,
    /// 0 to 1.
    To(f32),
    /// The user lets go.
    End,
}

/// A parameter of any kind, as a knob has it.
pub trait Turned {
    /// Where it stands.
    fn setting(&self) -> Setting;

    /// Tells the host of a part of a gesture.
    fn turn(&self, host: &GuiContext, turn: Turn);

    /// Which parameter it is.
    #[cfg(test)]
    fn pointer(&self) -> (ParamPtr, &str);
}

impl<P: Param> Turned for P {
    fn setting(&self) -> Setting {
        let value = self.unmodulated_normalized_value();
        Setting {
            value,
            default: self.default_normalized_value(),
            steps: self.step_count(),
            text: self.normalized_value_to_string(value, true),
        }
    }

    fn turn(&self, host: &GuiContext, turn: Turn) {
        let setter = host.param_setter();
        match turn {
            Turn::Begin => setter.begin_set_parameter(self),
            Turn::To(value) => setter.set_parameter_normalized(self, value),
            Turn::End => setter.end_set_parameter(self),
        }
    }

    #[cfg(test)]
    fn pointer(&self) -> (ParamPtr, &str) {
        (self.as_ptr(), self.name())
    }
}

/// The parameter of a knob.
pub fn of(parameters: &Parameters, knob: Knob) -> &dyn Turned {
    let motion = &parameters.motion;
    match knob {
        Knob::Morph => &parameters.morph,
        Knob::Beyond => &parameters.beyond,
        Knob::Volume => &parameters.volume,
        Knob::Tune => &parameters.tune,
        Knob::Velocity => &motion.velocity,
        Knob::Key => &motion.key,
        Knob::Wheel => &motion.wheel,
        Knob::Lfo => &motion.lfo,
        Knob::LfoShape => &motion.lfo_shape,
        Knob::LfoSync => &motion.lfo_sync,
        Knob::LfoRate => &motion.lfo_rate,
        Knob::Envelope => &motion.envelope,
        Knob::EnvelopeAttack => &motion.envelope_attack,
        Knob::EnvelopeDecay => &motion.envelope_decay,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shared::Shared;
    use std::sync::Arc;

    #[test]
    fn every_parameter_has_its_knob_in_the_order_of_the_list() {
        let parameters = Parameters::new(Arc::new(Shared::new().0));
        let map = parameters.param_map();
        assert_eq!(map.len(), Knob::ALL.len());
        for (place, ((_, parameter, _), knob)) in map.into_iter().zip(Knob::ALL).enumerate() {
            assert_eq!(knob as usize, place);
            assert_eq!(
                of(&parameters, knob).pointer(),
                (parameter, knob.name()),
                "{knob:?}"
            );
        }
    }
}

//! [`Theme`]: the few colours and sizes that everything is drawn with.

use egui::{Color32, Context, CornerRadius, FontFamily, FontId, Stroke, TextStyle, Vec2, Visuals};
use serde::{Deserialize, Serialize};

use crate::session::End;

/// Sizes of type, in points.
pub const SMALL: f32 = 11.0;
/// Of what is read most.
pub const BODY: f32 = 13.0;
/// Of names of sounds.
pub const TITLE: f32 = 19.0;
/// Of the one figure that matters.
pub const FIGURE: f32 = 26.0;
/// All distances are multiples of half of it.
pub const GRID: f32 = 8.0;

/// Which theme the user prefers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ThemeKind {
    /// For dark rooms.
    #[default]
    Dark,
    /// For bright ones.
    Light,
    /// Pure black and white with strong colours.
    HighContrast,
}

impl ThemeKind {
    /// All, as they are offered.
    pub const ALL: [ThemeKind; 3] = [ThemeKind::Dark, ThemeKind::Light, ThemeKind::HighContrast];

    /// As the user reads it.
    pub const fn name(self) -> &'static str {
        match self {
            ThemeKind::Dark => "Dark",
            ThemeKind::Light => "Light",
            ThemeKind::HighContrast => "High contrast",
        }
    }

    /// Its colours.
    pub const fn theme(self) -> &'static Theme {
        match self {
            ThemeKind::Dark => &DARK,
            ThemeKind::Light => &LIGHT,
            ThemeKind::HighContrast => &HIGH_CONTRAST,
        }
    }
}

/// Colours by what they are for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Theme {
    /// Whether light stands on dark.
    pub dark: bool,
    /// Behind everything.
    pub background: Color32,
    /// Behind what belongs together.
    pub panel: Color32,
    /// What can be pressed.
    pub raised: Color32,
    /// What controls move on.
    pub track: Color32,
    /// Lines that should not be looked at.
    pub line: Color32,
    /// What is to be read.
    pub text: Color32,
    /// What may be read.
    pub weak: Color32,
    /// A.
    pub a: Color32,
    /// B.
    pub b: Color32,
    /// What wants the user's attention.
    pub warn: Color32,
    /// The curves of a trail: brightness, loudness, attack, richness.
    pub curves: [Color32; 4],
    /// The loudest place of a spectrogram; the quietest is [`Theme::track`].
    pub loud: Color32,
}

const fn rgb(hex: u32) -> Color32 {
    Color32::from_rgb((hex >> 16) as u8, (hex >> 8) as u8, hex as u8)
}

const DARK: Theme = Theme {
    dark: true,
    background: rgb(0x11_14_1a),
    panel: rgb(0x1a_1e_26),
    raised: rgb(0x2a_30_3c),
    track: rgb(0x0b_0d_12),
    line: rgb(0x39_41_4f),
    text: rgb(0xe8_ec_f2),
    weak: rgb(0x9a_a5_b5),
    a: rgb(0x4c_c9_f0),
    b: rgb(0xf7_8c_4b),
    warn: rgb(0xff_c8_57),
    curves: [
        rgb(0xf5_d5_6a),
        rgb(0xe8_ec_f2),
        rgb(0xf2_7e_b2),
        rgb(0x7e_e0_9a),
    ],
    loud: rgb(0x5b_6e_96),
};

const LIGHT: Theme = Theme {
    dark: false,
    background: rgb(0xe9_ec_f0),
    panel: rgb(0xfb_fc_fd),
    raised: rgb(0xdf_e4_ea),
    track: rgb(0xd5_db_e3),
    line: rgb(0xb4_be_ca),
    text: rgb(0x16_1b_24),
    weak: rgb(0x52_5e_6e),
    a: rgb(0x00_6c_98),
    b: rgb(0xb5_48_0a),
    warn: rgb(0x8a_51_00),
    curves: [
        rgb(0x7a_57_00),
        rgb(0x16_1b_24),
        rgb(0xb0_1e_68),
        rgb(0x0a_6a_31),
    ],
    loud: rgb(0x8d_a0_c0),
};

const HIGH_CONTRAST: Theme = Theme {
    dark: true,
    background: rgb(0),
    panel: rgb(0),
    raised: rgb(0x26_26_26),
    track: rgb(0),
    line: rgb(0xb0_b0_b0),
    text: rgb(0xff_ff_ff),
    weak: rgb(0xd8_d8_d8),
    a: rgb(0x5f_d7_ff),
    b: rgb(0xff_a0_30),
    warn: rgb(0xff_ff_00),
    curves: [
        rgb(0xff_ff_00),
        rgb(0xff_ff_ff),
        rgb(0xff_80_d0),
        rgb(0x60_ff_90),
    ],
    loud: rgb(0x44_55_77),
};

impl Theme {
    /// The colour of an end.
    pub fn end(&self, end: End) -> Color32 {
        match end {
            End::A => self.a,
            End::B => self.b,
        }
    }

    /// The colour of a place between A (0) and B (1).
    pub fn between(&self, place: f32) -> Color32 {
        mix(self.a, self.b, place.clamp(0.0, 1.0))
    }

    /// Has egui's own widgets look like it.
    pub fn apply(&self, context: &Context) {
        let mut visuals = if self.dark {
            Visuals::dark()
        } else {
            Visuals::light()
        };
        visuals.panel_fill = self.background;
        visuals.window_fill = self.panel;
        visuals.window_stroke = Stroke::new(1.0, self.line);
        visuals.extreme_bg_color = self.track;
        visuals.faint_bg_color = self.panel;
        visuals.selection.bg_fill = mix(self.panel, self.a, 0.35);
        visuals.selection.stroke = Stroke::new(1.0, self.text);
        visuals.weak_text_color = Some(self.weak);
        let widgets = &mut visuals.widgets;
        for (state, fill) in [
            (&mut widgets.noninteractive, self.panel),
            (&mut widgets.inactive, self.raised),
            (&mut widgets.hovered, mix(self.raised, self.text, 0.15)),
            (&mut widgets.active, mix(self.raised, self.text, 0.3)),
            (&mut widgets.open, self.raised),
        ] {
            state.bg_fill = fill;
            state.weak_bg_fill = fill;
            state.fg_stroke = Stroke::new(1.0, self.text);
            state.bg_stroke = Stroke::NONE;
            state.corner_radius = CornerRadius::same(5);
            state.expansion = 0.0;
        }
        widgets.noninteractive.bg_stroke = Stroke::new(1.0, self.line);
        if self.track == self.panel {
            // Nothing else would show where a field is.
            widgets.inactive.bg_stroke = Stroke::new(1.0, self.line);
        }
        widgets.hovered.bg_stroke = Stroke::new(1.0, self.weak);
        context.all_styles_mut(|style| {
            style.visuals = visuals.clone();
            style.spacing.item_spacing = Vec2::new(GRID, GRID / 2.0);
            style.spacing.button_padding = Vec2::new(8.0, 3.0);
            style.spacing.interact_size = Vec2::new(26.0, 24.0);
            for (text, size, family) in [
                (TextStyle::Small, SMALL, FontFamily::Proportional),
                (TextStyle::Body, BODY, FontFamily::Proportional),
                (TextStyle::Button, BODY, FontFamily::Proportional),
                (TextStyle::Heading, TITLE, FontFamily::Proportional),
                (TextStyle::Monospace, BODY, FontFamily::Monospace),
            ] {
                style.text_styles.insert(text, FontId::new(size, family));
            }
        });
    }
}

/// Between two colours: `place` 0 is the first, 1 the second.
pub fn mix(a: Color32, b: Color32, place: f32) -> Color32 {
    let channel = |a: u8, b: u8| (f32::from(a) + (f32::from(b) - f32::from(a)) * place) as u8;
    Color32::from_rgb(
        channel(a.r(), b.r()),
        channel(a.g(), b.g()),
        channel(a.b(), b.b()),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The contrast of two colours, 1 to 21, as WCAG 2 defines it.
    fn contrast(a: Color32, b: Color32) -> f32 {
        let linear = |c: u8| match f32::from(c) / 255.0 {
            c if c <= 0.04045 => c / 12.92,
            c => ((c + 0.055) / 1.055).powf(2.4),
        };
        let light = |c: Color32| {
            0.05 + 0.2126 * linear(c.r()) + 0.7152 * linear(c.g()) + 0.0722 * linear(c.b())
        };
        let (a, b) = (light(a), light(b));
        a.max(b) / a.min(b)
    }

    #[test]
    fn all_text_is_readable() {
        for kind in ThemeKind::ALL {
            let theme = kind.theme();
            let least = if kind == ThemeKind::HighContrast {
                7.0
            } else {
                4.5
            };
            let texts = [theme.text, theme.weak, theme.a, theme.b, theme.warn];
            for text in texts.into_iter().chain(theme.curves) {
                let on = contrast(text, theme.panel).min(contrast(text, theme.background));
                assert!(on >= least, "{} {text:?} {on}", kind.name());
            }
            assert!(contrast(theme.text, theme.raised) >= least);
        }
    }
}

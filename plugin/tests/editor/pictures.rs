//! Every view and state is drawn; `SCREENSHOTS=FOLDER` keeps the pictures, which is what `cargo xtask
//! screenshot` does.

use std::path::Path;

use egui::{Context, FullOutput, RawInput, Rect, Shape, Vec2, ViewportId};
use plugin::editor::theme::ThemeKind;
use plugin::editor::view::Page;

use crate::raster::{Textures, draw};
use crate::scenes::{self, Bench};

/// The size of a new window, and the least.
const USUAL: Vec2 = Vec2::new(1040.0, 760.0);
const LEAST: Vec2 = Vec2::new(860.0, 620.0);

struct Screen {
    context: Context,
    textures: Textures,
    size: Vec2,
    scale: f32,
    time: f64,
}

impl Screen {
    fn new(size: Vec2, scale: f32) -> Screen {
        Screen {
            context: Context::default(),
            textures: Textures::default(),
            size,
            scale,
            time: 0.0,
        }
    }

    /// The third frame: by then sizes and styles have settled.
    fn show(&mut self, bench: &mut Bench) -> FullOutput {
        self.frame(bench);
        self.frame(bench);
        self.frame(bench)
    }

    fn frame(&mut self, bench: &mut Bench) -> FullOutput {
        let mut input = RawInput {
            screen_rect: Some(Rect::from_min_size(egui::Pos2::ZERO, self.size)),
            time: Some(self.time),
            ..RawInput::default()
        };
        let viewport = input.viewports.entry(ViewportId::ROOT).or_default();
        viewport.native_pixels_per_point = Some(self.scale);
        self.time += 1.0 / 60.0;
        let mut output = self.context.run_ui(input, |ui| bench.show(ui));
        self.textures
            .take(std::mem::take(&mut output.textures_delta));
        output
    }
}

/// The texts that reach out of where they may be drawn.
fn cut(output: &FullOutput, size: Vec2) -> Vec<String> {
    let whole = Rect::from_min_size(egui::Pos2::ZERO, size);
    let mut found = Vec::new();
    for clipped in &output.shapes {
        let mut shapes = vec![&clipped.shape];
        while let Some(shape) = shapes.pop() {
            match shape {
                Shape::Vec(inner) => shapes.extend(inner),
                Shape::Text(text) => {
                    let rect = text.galley.rect.translate(text.pos.to_vec2());
                    let clip = clipped.clip_rect.intersect(whole).expand(1.0);
                    let out_of_sight = rect.bottom() < clip.top() || rect.top() > clip.bottom();
                    let sideways = rect.left() < clip.left() || rect.right() > clip.right();
                    if sideways && !out_of_sight {
                        found.push(text.galley.text().to_owned());
                    }
                }
                _ => {}
            }
        }
    }
    found
}

#[test]
fn nothing_is_cut_off_in_any_view_at_any_size() {
    let mut wrong = Vec::new();
    for size in [USUAL, LEAST, Vec2::new(1600.0, 1000.0)] {
        for (name, mut bench) in scenes::all() {
            let output = Screen::new(size, 1.0).show(&mut bench);
            for text in cut(&output, size) {
                wrong.push(format!("{name} at {size:?}: {text}"));
            }
        }
    }
    assert!(wrong.is_empty(), "cut off:\n{}", wrong.join("\n"));
}

#[test]
fn a_picture_has_the_colours_of_the_theme() {
    let (_, mut bench) = scenes::all().swap_remove(0);
    let mut screen = Screen::new(USUAL, 1.0);
    let output = screen.show(&mut bench);
    let picture = draw(&screen.context, output, &screen.textures, USUAL);
    let corner = picture.pixel(2, 2).expect("a pixel");
    let theme = ThemeKind::Dark.theme();
    let color = [corner.red(), corner.green(), corner.blue(), corner.alpha()];
    assert_eq!(color, theme.background.to_array());
    let ink = picture.pixels().iter().filter(|p| p.red() > 0xc0).count();
    assert!(ink > 2000, "text was drawn, {ink} bright pixels");
}

#[test]
fn keys_that_the_host_holds_down_are_lit() {
    let theme = ThemeKind::Dark.theme();
    let lit = |keys: u128| {
        let mut scene = scenes::usual();
        scene.keys = keys;
        let lit = theme.between(scene.morph).to_array();
        let mut bench = Bench::new(scene, Page::Sound);
        let mut screen = Screen::new(USUAL, 1.0);
        let output = screen.show(&mut bench);
        let picture = draw(&screen.context, output, &screen.textures, USUAL);
        // The lower edge of the keyboard, where the white keys are.
        let row = (0..picture.width() * 3 / 5).map(|x| picture.pixel(x, 740));
        row.flatten()
            .filter(|p| [p.red(), p.green(), p.blue(), p.alpha()] == lit)
            .count()
    };
    assert_eq!(lit(0), 0);
    let one = lit(1 << 60);
    assert!(one > 5);
    assert!((lit(1 << 60 | 1 << 64) as f32 / one as f32 - 2.0).abs() < 0.3);
    // Neither the lowest nor the highest of MIDI is on this keyboard.
    assert_eq!(lit(1 | 1 << 127), 0);
}

#[test]
fn pictures_are_kept_where_they_are_wanted() {
    let Some(folder) = std::env::var_os("SCREENSHOTS") else {
        return;
    };
    let only = std::env::var("SCREENSHOT").unwrap_or_default();
    let keep = |name: &str, size: Vec2, scale: f32, theme: ThemeKind, mut bench: Bench| {
        bench.scene.preferences.theme = theme;
        let mut screen = Screen::new(size, scale);
        let output = screen.show(&mut bench);
        let picture = draw(&screen.context, output, &screen.textures, size);
        let file = Path::new(&folder).join(format!("{name}.png"));
        picture
            .save_png(&file)
            .unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    };
    let themes = [
        (ThemeKind::Dark, "dark"),
        (ThemeKind::Light, "light"),
        (ThemeKind::HighContrast, "contrast"),
    ];
    for (theme, word) in themes {
        for scale in [1.0, 2.0] {
            for (name, bench) in scenes::all() {
                let name = format!("{name}-{word}-{:.0}", scale * 100.0);
                if name.contains(&only) {
                    keep(&name, USUAL, scale, theme, bench);
                }
            }
        }
    }
    for (name, bench) in scenes::all() {
        let name = format!("{name}-least");
        if name.contains(&only) {
            keep(&name, LEAST, 1.0, ThemeKind::Dark, bench);
        }
    }
}

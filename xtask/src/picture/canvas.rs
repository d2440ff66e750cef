//! [`Canvas`]: pixels, shapes and text.

use ab_glyph::{Font, FontRef, Glyph, OutlineCurve, PxScale, ScaleFont, point};
use anyhow::{Context, Result};
use tiny_skia::{
    Color, FillRule, LineCap, LineJoin, Paint, PathBuilder, Pixmap, Rect, Stroke, Transform,
};

/// Red, green and blue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Colour(pub u8, pub u8, pub u8);

/// A rectangle in pixels; y grows downwards.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Frame {
    /// Left edge.
    pub x: f32,
    /// Top edge.
    pub y: f32,
    /// Width.
    pub width: f32,
    /// Height.
    pub height: f32,
}

/// Which point of a text lies where it is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    /// Its left end.
    Left,
    /// Its middle.
    Centre,
    /// Its right end.
    Right,
}

/// A picture that is being drawn. Coordinates are pixels from the top left.
pub struct Canvas {
    pixmap: Pixmap,
    font: FontRef<'static>,
}

impl Canvas {
    /// An empty picture of that size.
    ///
    /// # Errors
    /// A side is 0, or the picture does not fit into memory.
    pub fn new(width: u32, height: u32, background: Colour) -> Result<Canvas> {
        let mut pixmap = Pixmap::new(width, height)
            .with_context(|| format!("cannot draw a picture of {width} by {height} pixels"))?;
        pixmap.fill(background.into());
        let font = FontRef::try_from_slice(epaint_default_fonts::UBUNTU_LIGHT)
            .context("cannot read the built-in font")?;
        Ok(Canvas { pixmap, font })
    }

    /// Fills a rectangle.
    pub fn fill(&mut self, frame: Frame, colour: Colour) {
        if let Some(rect) = Rect::from_xywh(frame.x, frame.y, frame.width, frame.height) {
            self.pixmap
                .fill_rect(rect, &paint(colour), Transform::identity(), None);
        }
    }

    /// Draws a line through all points. Points that are no numbers interrupt it.
    pub fn line(
        &mut self,
        points: impl IntoIterator<Item = (f32, f32)>,
        width: f32,
        colour: Colour,
    ) {
        let mut path = PathBuilder::new();
        let mut drawing = false;
        for (x, y) in points {
            let finite = x.is_finite() && y.is_finite();
            match (finite, drawing) {
                (true, true) => path.line_to(x, y),
                (true, false) => path.move_to(x, y),
                (false, _) => {}
            }
            drawing = finite;
        }
        let stroke = Stroke {
            width,
            line_cap: LineCap::Round,
            line_join: LineJoin::Round,
            ..Stroke::default()
        };
        if let Some(path) = path.finish() {
            let identity = Transform::identity();
            self.pixmap
                .stroke_path(&path, &paint(colour), &stroke, identity, None);
        }
    }

    /// Colours every pixel of a frame; `colour` gets the place in the frame, 0 to 1 from the left
    /// and from the bottom.
    pub fn shade(&mut self, frame: Frame, colour: impl Fn(f32, f32) -> Colour) {
        let (left, top) = (frame.x.max(0.0) as u32, frame.y.max(0.0) as u32);
        let right = ((frame.x + frame.width) as u32).min(self.pixmap.width());
        let bottom = ((frame.y + frame.height) as u32).min(self.pixmap.height());
        let stride = self.pixmap.width();
        for y in top..bottom {
            for x in left..right {
                let across = (x as f32 + 0.5 - frame.x) / frame.width;
                let up = 1.0 - (y as f32 + 0.5 - frame.y) / frame.height;
                let pixel = Color::from(colour(across, up)).premultiply().to_color_u8();
                self.pixmap.pixels_mut()[(y * stride + x) as usize] = pixel;
            }
        }
    }

    /// Writes a line of text, `y` being its base line and `size` the height of its letters in pixels.
    pub fn text(
        &mut self,
        (x, y): (f32, f32),
        align: Align,
        size: f32,
        colour: Colour,
        text: &str,
    ) {
        self.glyphs(text, align, size, colour, Transform::from_translate(x, y));
    }

    /// Writes a line of text from bottom to top, `x` being its base line.
    pub fn text_upwards(
        &mut self,
        (x, y): (f32, f32),
        align: Align,
        size: f32,
        colour: Colour,
        text: &str,
    ) {
        let turned = Transform::from_row(0.0, -1.0, 1.0, 0.0, x, y);
        self.glyphs(text, align, size, colour, turned);
    }

    fn glyphs(&mut self, text: &str, align: Align, size: f32, colour: Colour, place: Transform) {
        let (glyphs, width) = self.lay_out(text, size);
        let shift = match align {
            Align::Left => 0.0,
            Align::Centre => -width / 2.0,
            Align::Right => -width,
        };
        let scale = self.font.as_scaled(size).scale_factor();
        let mut path = PathBuilder::new();
        for glyph in glyphs {
            let Some(outline) = self.font.outline(glyph.id) else {
                continue;
            };
            let start = glyph.position.x + shift;
            trace(
                &outline.curves,
                |p| (start + p.x * scale.horizontal, -p.y * scale.vertical),
                &mut path,
            );
        }
        if let Some(path) = path.finish() {
            self.pixmap
                .fill_path(&path, &paint(colour), FillRule::Winding, place, None);
        }
    }

    /// The glyphs of a text side by side from 0, and their width in pixels.
    fn lay_out(&self, text: &str, size: f32) -> (Vec<Glyph>, f32) {
        let font = self.font.as_scaled(size);
        let (mut glyphs, mut pen) = (Vec::new(), 0.0);
        for letter in text.chars() {
            let id = font.glyph_id(letter);
            if let Some(last) = glyphs.last().map(|glyph: &Glyph| glyph.id) {
                pen += font.kern(last, id);
            }
            glyphs.push(id.with_scale_and_position(PxScale::from(size), point(pen, 0.0)));
            pen += font.h_advance(id);
        }
        (glyphs, pen)
    }

    /// The finished picture, as the bytes of a PNG file.
    ///
    /// # Errors
    /// It does not fit into memory.
    pub fn to_png(&self) -> Result<Vec<u8>> {
        self.pixmap.encode_png().context("cannot encode a picture")
    }
}

/// Appends the outline of a glyph, closing a contour wherever the next curve does not go on.
fn trace(
    curves: &[OutlineCurve],
    place: impl Fn(ab_glyph::Point) -> (f32, f32),
    path: &mut PathBuilder,
) {
    let mut end = None;
    for curve in curves {
        let (from, to) = match *curve {
            OutlineCurve::Line(from, to)
            | OutlineCurve::Quad(from, _, to)
            | OutlineCurve::Cubic(from, _, _, to) => (from, to),
        };
        if end != Some(from) {
            if end.is_some() {
                path.close();
            }
            let (x, y) = place(from);
            path.move_to(x, y);
        }
        let (x, y) = place(to);
        match *curve {
            OutlineCurve::Line(..) => path.line_to(x, y),
            OutlineCurve::Quad(_, control, _) => {
                let (cx, cy) = place(control);
                path.quad_to(cx, cy, x, y);
            }
            OutlineCurve::Cubic(_, first, second, _) => {
                let ((ax, ay), (bx, by)) = (place(first), place(second));
                path.cubic_to(ax, ay, bx, by, x, y);
            }
        }
        end = Some(to);
    }
    if end.is_some() {
        path.close();
    }
}

fn paint(colour: Colour) -> Paint<'static> {
    let mut paint = Paint::default();
    paint.set_color(colour.into());
    paint
}

impl From<Colour> for Color {
    fn from(Colour(red, green, blue): Colour) -> Color {
        Color::from_rgba8(red, green, blue, 255)
    }
}

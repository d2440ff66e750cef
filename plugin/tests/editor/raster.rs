//! Pictures of what egui draws, made by filling its triangles one by one: the same on every machine,
//! without a window, a graphics card or a driver.

use egui::epaint::{ImageDelta, Primitive, Vertex};
use egui::{Color32, Context, FullOutput, Pos2, Rect, TextureId, TexturesDelta};
use std::collections::HashMap;
use tiny_skia::Pixmap;

/// The textures that triangles take their colours from.
#[derive(Default)]
pub struct Textures(HashMap<TextureId, Texture>);

struct Texture {
    width: usize,
    pixels: Vec<Color32>,
}

impl Textures {
    /// Takes over what a frame changed.
    pub fn take(&mut self, mut delta: TexturesDelta) {
        for (id, changes) in delta.set.drain() {
            for change in &changes {
                self.put(id, change);
            }
        }
    }

    fn put(&mut self, id: TextureId, change: &ImageDelta) {
        let egui::ImageData::Color(image) = &change.image;
        let [width, height] = image.size;
        let Some([x, y]) = change.pos else {
            let pixels = image.pixels.clone();
            self.0.insert(id, Texture { width, pixels });
            return;
        };
        let texture = self.0.get_mut(&id).expect("a texture to be changed");
        for row in 0..height {
            let from = (y + row) * texture.width + x;
            texture.pixels[from..from + width]
                .copy_from_slice(&image.pixels[row * width..(row + 1) * width]);
        }
    }
}

impl Texture {
    /// The colour at a place, mixed from the four pixels around it.
    fn sample(&self, u: f32, v: f32) -> [f32; 4] {
        let height = self.pixels.len() / self.width;
        let place = |at: f32, size: usize| {
            let at = (at * size as f32 - 0.5).clamp(0.0, size as f32 - 1.0);
            let low = at.floor();
            (low as usize, (low as usize + 1).min(size - 1), at - low)
        };
        let ((x0, x1, fx), (y0, y1, fy)) = (place(u, self.width), place(v, height));
        let pixel = |x: usize, y: usize| self.pixels[y * self.width + x].to_array();
        let corners = [pixel(x0, y0), pixel(x1, y0), pixel(x0, y1), pixel(x1, y1)];
        let weights = [
            (1.0 - fx) * (1.0 - fy),
            fx * (1.0 - fy),
            (1.0 - fx) * fy,
            fx * fy,
        ];
        std::array::from_fn(|channel| {
            let parts = corners.iter().zip(weights);
            parts
                .map(|(corner, weight)| f32::from(corner[channel]) * weight)
                .sum()
        })
    }
}

/// The picture of a frame.
pub fn draw(
    context: &Context,
    output: FullOutput,
    textures: &Textures,
    size: egui::Vec2,
) -> Pixmap {
    let scale = output.pixels_per_point;
    let pixels = size * scale;
    let mut pixmap = Pixmap::new(pixels.x as u32, pixels.y as u32).expect("a size above nothing");
    for clipped in context.tessellate(output.shapes, scale) {
        let Primitive::Mesh(mesh) = clipped.primitive else {
            panic!("only triangles are drawn");
        };
        let clip = Rect::from_min_max(
            (clipped.clip_rect.min.to_vec2() * scale).to_pos2().round(),
            (clipped.clip_rect.max.to_vec2() * scale).to_pos2().round(),
        );
        let texture = &textures.0[&mesh.texture_id];
        for corners in mesh.indices.chunks_exact(3) {
            let corners = [0, 1, 2].map(|i| mesh.vertices[corners[i] as usize]);
            fill(&mut pixmap, texture, clip, scale, corners);
        }
    }
    pixmap
}

/// Fills a triangle: the pixels whose middles are in it.
fn fill(pixmap: &mut Pixmap, texture: &Texture, clip: Rect, scale: f32, corners: [Vertex; 3]) {
    let at = corners.map(|corner| (corner.pos.to_vec2() * scale).to_pos2());
    let area = cross(at[0], at[1], at[2]);
    if area == 0.0 {
        return;
    }
    let bounds = Rect::from_points(&at).intersect(clip);
    let width = pixmap.width() as usize;
    let columns = (bounds.left() - 0.5).ceil().max(0.0) as usize
        ..((bounds.right() - 0.5).ceil().max(0.0) as usize).min(width);
    let rows = (bounds.top() - 0.5).ceil().max(0.0) as usize
        ..((bounds.bottom() - 0.5).ceil().max(0.0) as usize).min(pixmap.height() as usize);
    let plain = corners.iter().all(|corner| corner.uv == corners[0].uv);
    let plain = plain.then(|| texture.sample(corners[0].uv.x, corners[0].uv.y));
    let data = pixmap.data_mut();
    for y in rows {
        for x in columns.clone() {
            let here = Pos2::new(x as f32 + 0.5, y as f32 + 0.5);
            let share = [
                cross(here, at[1], at[2]) / area,
                cross(at[0], here, at[2]) / area,
                cross(at[0], at[1], here) / area,
            ];
            // Of an edge that two triangles share, one of them has the pixels.
            let inside = (0..3).all(|i| {
                let (from, to) = (at[(i + 1) % 3], at[(i + 2) % 3]);
                let turned = if area > 0.0 { to - from } else { from - to };
                let first = turned.y < 0.0 || (turned.y == 0.0 && turned.x > 0.0);
                share[i] > 0.0 || (share[i] == 0.0 && first)
            });
            if !inside {
                continue;
            }
            let mix = |of: fn(&Vertex) -> f32| -> f32 {
                corners
                    .iter()
                    .zip(share)
                    .map(|(corner, share)| of(corner) * share)
                    .sum()
            };
            let ground = plain.unwrap_or_else(|| texture.sample(mix(|c| c.uv.x), mix(|c| c.uv.y)));
            let color: [f32; 4] = std::array::from_fn(|channel| {
                let parts = corners.iter().zip(share);
                let vertex: f32 = parts
                    .map(|(corner, share)| f32::from(corner.color[channel]) * share)
                    .sum();
                vertex * ground[channel] / 255.0
            });
            let pixel = &mut data[4 * (y * width + x)..][..4];
            for (below, above) in pixel.iter_mut().zip(color) {
                let mixed = above + f32::from(*below) * (1.0 - color[3] / 255.0);
                *below = mixed.round().clamp(0.0, 255.0) as u8;
            }
        }
    }
}

fn cross(a: Pos2, b: Pos2, c: Pos2) -> f32 {
    (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x)
}

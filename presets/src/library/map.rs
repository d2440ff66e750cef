//! The library as a map: presets in a plane, alike ones near each other.

use super::Library;
use super::category::Category;
use super::error::Result;
use super::preset::PresetId;
use super::sound::{self, TIMBRE_LEN};

/// A preset in the plane.
#[derive(Clone, Debug, PartialEq)]
pub struct MapPoint {
    /// The preset.
    pub id: PresetId,
    /// Its name.
    pub name: String,
    /// Its category.
    pub category: Category,
    /// Along the direction in which timbres differ most; -1 to 1.
    pub x: f32,
    /// Along the direction in which they differ most across that; -1 to 1.
    pub y: f32,
}

/// How often a direction is turned towards where the timbres differ most.
const TURNS: usize = 60;

impl Library {
    /// All presets that were measured and can be heard, near duplicates left out, at their first
    /// two principal components of timbre: brighter ones to the right, longer ones up.
    pub fn map(&mut self) -> Result<Vec<MapPoint>> {
        let (mut points, timbres) = self.store.read(|transaction| {
            let mut statement = transaction.prepare_cached(
                "SELECT preset.id, name, category, timbre, brightness
                 FROM sound JOIN preset ON preset.id = sound.preset
                 WHERE near IS NULL AND NOT silent
                   AND measure = (SELECT max(measure) FROM sound) ORDER BY preset.id",
            )?;
            let (mut points, mut timbres) = (Vec::new(), Vec::new());
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                points.push(MapPoint {
                    id: PresetId(row.get(0)?),
                    name: row.get(1)?,
                    category: Category::from_key(&row.get::<_, String>(2)?)
                        .unwrap_or(Category::Other),
                    // Until the places are known: what the first direction is to agree with.
                    x: row.get(4)?,
                    y: 0.0,
                });
                timbres.push(sound::from_bytes(&row.get::<_, Vec<u8>>(3)?));
            }
            Ok((points, timbres))
        })?;
        let brightness: Vec<f32> = points.iter().map(|point| point.x.max(1.0).ln()).collect();
        let tail: Vec<f32> = timbres
            .iter()
            .map(|timbre| timbre[2 * TIMBRE_LEN / 3..].iter().sum())
            .collect();
        let [mut x, mut y] = principal(&timbres);
        for (axis, meaning) in [(&mut x, &brightness), (&mut y, &tail)] {
            agree(axis, meaning);
            scale(axis);
        }
        for ((point, x), y) in points.iter_mut().zip(x).zip(y) {
            (point.x, point.y) = (x, y);
        }
        Ok(points)
    }
}

/// The first two principal components of each.
fn principal(timbres: &[[f32; TIMBRE_LEN]]) -> [Vec<f32>; 2] {
    let count = timbres.len().max(1) as f64;
    let mut mean = [0.0f64; TIMBRE_LEN];
    for timbre in timbres {
        for (mean, &value) in mean.iter_mut().zip(timbre) {
            *mean += f64::from(value) / count;
        }
    }
    let centred = |timbre: &[f32; TIMBRE_LEN]| -> [f64; TIMBRE_LEN] {
        std::array::from_fn(|i| f64::from(timbre[i]) - mean[i])
    };
    let mut covariance = vec![[0.0f64; TIMBRE_LEN]; TIMBRE_LEN];
    for timbre in timbres {
        let timbre = centred(timbre);
        for (row, &a) in covariance.iter_mut().zip(&timbre) {
            for (cell, &b) in row.iter_mut().zip(&timbre) {
                *cell += a * b;
            }
        }
    }
    let dot = |a: &[f64; TIMBRE_LEN], b: &[f64; TIMBRE_LEN]| -> f64 {
        a.iter().zip(b).map(|(a, b)| a * b).sum()
    };
    let mut directions: Vec<[f64; TIMBRE_LEN]> = Vec::new();
    for which in 0..2 {
        // Not along any axis, and not the same for both.
        let mut direction: [f64; TIMBRE_LEN] =
            std::array::from_fn(|i| 1.0 + ((i * (3 + which)) % 7) as f64);
        for _ in 0..TURNS {
            direction = std::array::from_fn(|i| dot(&covariance[i], &direction));
            for other in &directions {
                let along = dot(other, &direction);
                direction = std::array::from_fn(|i| direction[i] - along * other[i]);
            }
            let length = dot(&direction, &direction).sqrt().max(1e-30);
            direction = direction.map(|value| value / length);
        }
        directions.push(direction);
    }
    [0, 1].map(|which| {
        let place = |timbre| dot(&centred(timbre), &directions[which]) as f32;
        timbres.iter().map(place).collect()
    })
}

/// Turns an axis round if it runs against what it shall mean.
fn agree(axis: &mut [f32], meaning: &[f32]) {
    let mean = meaning.iter().sum::<f32>() / meaning.len().max(1) as f32;
    let along: f32 = axis.iter().zip(meaning).map(|(a, m)| a * (m - mean)).sum();
    if along < 0.0 {
        for value in axis {
            *value = -*value;
        }
    }
}

/// From -1 to 1, with most of the plane for most of the presets: each lies half at its rank and half
/// at its value.
fn scale(axis: &mut [f32]) {
    let largest = axis
        .iter()
        .fold(0.0f32, |most, value| most.max(value.abs()));
    let mut order: Vec<usize> = (0..axis.len()).collect();
    order.sort_by(|&a, &b| axis[a].total_cmp(&axis[b]));
    let last = axis.len().saturating_sub(1).max(1) as f32;
    for (rank, index) in order.into_iter().enumerate() {
        let rank = 2.0 * rank as f32 / last - 1.0;
        axis[index] = (axis[index] / largest.max(1e-9) + rank) / 2.0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_axes_are_where_timbres_differ_most() {
        // A line along one direction with a little of another across it.
        let timbres: Vec<[f32; TIMBRE_LEN]> = (-20..=20)
            .map(|step| {
                let mut timbre = [0.0; TIMBRE_LEN];
                timbre[5] = step as f32;
                timbre[9] = if step % 2 == 0 { 0.5 } else { -0.5 };
                timbre
            })
            .collect();
        let [mut x, y] = principal(&timbres);
        agree(&mut x, &(0..41).map(|i| i as f32).collect::<Vec<_>>());
        for (i, value) in x.iter().enumerate() {
            assert!((value - (i as f32 - 20.0)).abs() < 0.2, "{i} {value}");
        }
        assert!(y.iter().all(|y| (0.4..0.6).contains(&y.abs())), "{y:?}");
        scale(&mut x);
        assert_eq!((x[0], x[40]), (-1.0, 1.0));
        assert!(x.is_sorted());
    }

    #[test]
    fn of_nothing_there_is_nothing() {
        assert_eq!(principal(&[]), [vec![], vec![]]);
        scale(&mut []);
    }
}

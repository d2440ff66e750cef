//! Finding presets: words as they are typed, filters, an order.

use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension};

use super::cartridge::CartridgeId;
use super::category::Category;
use super::error::Result;
use super::preset::PresetId;
use super::sound::{BRIGHT_HZ, DARK_HZ, PERCUSSIVE_DB};
use super::{Library, document};

/// What to look for. The default finds all that can be heard, in alphabetical order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Query {
    /// Words, the last perhaps unfinished: all must begin some word of the preset's names, tags,
    /// cartridges, folders or author.
    pub text: String,
    /// Only this category.
    pub category: Option<Category>,
    /// Only favourites.
    pub favourites: bool,
    /// Only with this tag.
    pub tag: Option<String>,
    /// Only what is in this user cartridge.
    pub cartridge: Option<CartridgeId>,
    /// Only this algorithm, 1 to 32.
    pub algorithm: Option<u8>,
    /// Only bright or only dark sounds.
    pub tone: Option<Tone>,
    /// Only percussive or only sustained sounds.
    pub shape: Option<Shape>,
    /// Only with at least so many stars.
    pub stars: u8,
    /// Only what was used before.
    pub used: bool,
    /// Sounds that cannot be heard, too.
    pub silent: bool,
    /// Of sounds that are nearly alike, the first alone.
    pub distinct: bool,
    /// The order of what is found.
    pub sort: Sort,
}

/// Bright or dark: above 1 kHz or below 400 Hz, as measured at middle C.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the type says what they are")]
pub enum Tone {
    Bright,
    Dark,
}

/// Percussive: a held note has lost 10 dB after a second. Sustained: it has not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the type says what they are")]
pub enum Shape {
    Percussive,
    Sustained,
}

/// The order of what is found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sort {
    /// By name; where there are words to look for, names that begin with them come first, then
    /// names that have them.
    #[default]
    Best,
    /// By name.
    Name,
    /// What was used last comes first.
    Used,
    /// What has most stars comes first.
    Rating,
    /// What was added last comes first.
    Newest,
    /// The brightest comes first.
    Brightest,
    /// The darkest comes first.
    Darkest,
}

/// A line of a browser.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// The preset.
    pub id: PresetId,
    /// Its name.
    pub name: String,
    /// Its category.
    pub category: Category,
    /// Its algorithm, 1 to 32.
    pub algorithm: u8,
    /// Whether it is a favourite.
    pub favourite: bool,
    /// Its stars; 0: not rated.
    pub rating: u8,
    /// The cartridge it was found in first; empty: it was saved here.
    pub cartridge: String,
    /// Whether it has the tag of the factory bank.
    pub factory: bool,
}

/// The tag of what came from the factory bank.
pub const FACTORY_TAG: &str = "factory";

impl Library {
    /// The presets that fit, `limit` of them after the first `offset`.
    pub fn search(&mut self, query: &Query, offset: usize, limit: usize) -> Result<Vec<Found>> {
        self.store.read(|transaction| {
            let ids = fitting(transaction, query, offset.saturating_add(limit))?;
            ids.into_iter()
                .skip(offset)
                .map(|id| found(transaction, id))
                .collect()
        })
    }

    /// How many presets fit.
    pub fn count(&mut self, query: &Query) -> Result<u64> {
        self.store.read(|transaction| {
            let mut sql = filters(query);
            if let Some(words) = document::query(&query.text) {
                sql.matching(&words, false);
            }
            let text = format!("SELECT count(*) FROM preset WHERE {}", sql.text);
            let mut statement = transaction.prepare_cached(&text)?;
            let values = rusqlite::params_from_iter(&sql.values);
            Ok(statement.query_row(values, |row| row.get(0))?)
        })
    }

    /// How many presets the library has, silent ones included.
    pub fn len(&mut self) -> Result<u64> {
        self.store.read(|transaction| {
            Ok(transaction.query_row("SELECT count(*) FROM preset", [], |row| row.get(0))?)
        })
    }

    /// Whether there is no preset.
    pub fn is_empty(&mut self) -> Result<bool> {
        Ok(self.len()? == 0)
    }

    /// The preset after or before this one among those that fit, round the ends; the first or the
    /// last where this one does not fit. `None`: nothing fits.
    pub fn step(
        &mut self,
        query: &Query,
        from: Option<PresetId>,
        forward: bool,
    ) -> Result<Option<PresetId>> {
        let ids = self
            .store
            .read(|transaction| fitting(transaction, query, usize::MAX))?;
        let here = from.and_then(|from| ids.iter().position(|&id| id == from));
        let last = ids.len().wrapping_sub(1);
        let there = match (here, forward) {
            (Some(here), true) if here < last => here + 1,
            (Some(here), false) if here > 0 => here - 1,
            (_, true) => 0,
            (_, false) => last,
        };
        Ok(ids.get(there).copied())
    }
}

/// A condition in SQL, and the values of its question marks.
#[derive(Clone, Debug)]
struct Condition {
    text: String,
    values: Vec<Value>,
}

impl Condition {
    fn and(&mut self, text: &str, values: impl IntoIterator<Item = Value>) {
        self.text += " AND ";
        self.text += text;
        self.values.extend(values);
    }

    /// Only what has the words. Where they are `many`, row after row is tested in the order that is
    /// asked for, rather than all looked up and sorted.
    fn matching(&mut self, words: &str, many: bool) {
        let id = if many { "+id" } else { "id" };
        let matches = "IN (SELECT rowid FROM document WHERE document MATCH ?)";
        self.and(&format!("{id} {matches}"), [Value::from(words.to_owned())]);
    }

    fn not_matching(&mut self, words: &str) {
        let words = Value::from(words.to_owned());
        self.and(
            "id NOT IN (SELECT rowid FROM document WHERE document MATCH ?)",
            [words],
        );
    }
}

/// With more matches than this it is quicker to go through all presets in order, and to stop when
/// enough of them have matched, than to sort the matches.
const MANY: usize = 2000;

/// The first presets that fit, in order.
fn fitting(connection: &Connection, query: &Query, limit: usize) -> Result<Vec<PresetId>> {
    let filters = filters(query);
    let Some(words) = document::query(&query.text) else {
        return select(connection, &filters, query.sort, limit);
    };
    let matches: usize = connection
        .prepare_cached("SELECT count(*) FROM document WHERE document MATCH ?1")?
        .query_row([&words], |row| row.get(0))?;
    let many = matches > MANY;
    if query.sort != Sort::Best {
        let mut all = filters;
        all.matching(&words, many);
        return select(connection, &all, query.sort, limit);
    }
    // First the names that begin with the text, then those that have the words, then what has them
    // elsewhere.
    let in_names = format!("{{name joined}} : ({words})");
    let (from, to) = (
        query.text.trim().to_owned(),
        format!("{}\u{10FFFF}", query.text.trim()),
    );
    let begins = "name COLLATE NOCASE >= ? AND name COLLATE NOCASE < ?";
    let range = [Value::from(from), Value::from(to)];
    let mut tiers = [filters.clone(), filters.clone(), filters];
    tiers[0].matching(&words, many);
    tiers[0].and(begins, range.clone());
    tiers[1].matching(&in_names, many);
    tiers[1].and(&format!("NOT ({begins})"), range.clone());
    tiers[2].matching(&words, many);
    tiers[2].not_matching(&in_names);
    tiers[2].and(&format!("NOT ({begins})"), range);
    let mut ids = Vec::new();
    for tier in &tiers {
        if ids.len() < limit {
            ids.extend(select(connection, tier, Sort::Name, limit - ids.len())?);
        }
    }
    Ok(ids)
}

/// The presets of a condition, in order.
fn select(
    connection: &Connection,
    condition: &Condition,
    sort: Sort,
    limit: usize,
) -> Result<Vec<PresetId>> {
    let (text, order) = (&condition.text, order(sort));
    let sql = format!("SELECT id FROM preset WHERE {text} ORDER BY {order} LIMIT ?");
    let limit = Value::from(i64::try_from(limit).unwrap_or(i64::MAX));
    let mut statement = connection.prepare_cached(&sql)?;
    let values = condition.values.iter().chain([&limit]);
    let ids = statement.query_map(rusqlite::params_from_iter(values), |row| {
        row.get(0).map(PresetId)
    })?;
    Ok(ids.collect::<rusqlite::Result<_>>()?)
}

/// All but the words.
fn filters(query: &Query) -> Condition {
    let mut all = Condition {
        text: "true".to_owned(),
        values: Vec::new(),
    };
    if let Some(category) = query.category {
        all.and("category = ?", [Value::from(category.key().to_owned())]);
    }
    if query.favourites {
        all.and("favourite", []);
    }
    if let Some(tag) = &query.tag {
        all.and(
            "id IN (SELECT preset FROM tag WHERE tag = ?)",
            [Value::from(tag.clone())],
        );
    }
    if let Some(cartridge) = query.cartridge {
        let presets = "id IN (SELECT preset FROM slot WHERE cartridge = ?)";
        all.and(presets, [Value::from(cartridge.0)]);
    }
    if let Some(algorithm) = query.algorithm {
        all.and("algorithm = ?", [Value::from(i64::from(algorithm))]);
    }
    match query.tone {
        Some(Tone::Bright) => all.and("brightness >= ?", [Value::from(f64::from(BRIGHT_HZ))]),
        Some(Tone::Dark) => all.and("brightness <= ?", [Value::from(f64::from(DARK_HZ))]),
        None => {}
    }
    let percussive = Value::from(f64::from(PERCUSSIVE_DB));
    match query.shape {
        Some(Shape::Percussive) => all.and("sustain <= ?", [percussive]),
        Some(Shape::Sustained) => all.and("sustain > ?", [percussive]),
        None => {}
    }
    if query.stars > 0 {
        all.and("rating >= ?", [Value::from(i64::from(query.stars))]);
    }
    if query.used {
        all.and("used > 0", []);
    }
    if !query.silent {
        all.and("NOT silent", []);
    }
    if query.distinct {
        all.and("near IS NULL", []);
    }
    all
}

fn order(sort: Sort) -> &'static str {
    match sort {
        Sort::Best | Sort::Name => "name COLLATE NOCASE, id",
        Sort::Used => "used DESC, id DESC",
        Sort::Rating => "rating DESC, name COLLATE NOCASE, id",
        Sort::Newest => "id DESC",
        Sort::Brightest => "brightness DESC, id DESC",
        // What was not measured comes last in either order.
        Sort::Darkest => "brightness NULLS LAST, id",
    }
}

/// The line of a preset.
pub fn found(connection: &Connection, id: PresetId) -> Result<Found> {
    let mut statement = connection.prepare_cached(
        "SELECT name, category, algorithm, favourite, rating,
            (SELECT cartridge FROM origin JOIN source ON source.id = origin.source
                WHERE preset = preset.id ORDER BY source.id LIMIT 1),
            EXISTS (SELECT 1 FROM tag WHERE preset = preset.id AND tag = ?2)
         FROM preset WHERE id = ?1",
    )?;
    let found = statement.query_row((id.0, FACTORY_TAG), |row| {
        Ok(Found {
            id,
            name: row.get(0)?,
            category: Category::from_key(&row.get::<_, String>(1)?).unwrap_or(Category::Other),
            algorithm: row.get(2)?,
            favourite: row.get(3)?,
            rating: row.get(4)?,
            cartridge: row.get::<_, Option<String>>(5)?.unwrap_or_default(),
            factory: row.get(6)?,
        })
    });
    found.optional()?.ok_or_else(|| super::preset::missing(id))
}

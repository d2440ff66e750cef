//! `library search`, `like`, `between`, `surprise`.

use anyhow::{Result, bail};
use clap::ValueEnum;
use host_bridge::measure::Ear;
use presets::Reference;
use presets::library::{
    Category, Found, Library, Measure, PresetId, Query, Shape, Similar, Sort, Tone,
};
use serde_json::{Value, json};

use crate::patches;

/// Lists presets whose names, tags, cartridges, folders or author have all of the words.
#[derive(clap::Args)]
pub struct Search {
    /// Words; the beginnings suffice.
    words: Vec<String>,
    /// Only this category.
    #[arg(long, value_parser = category)]
    category: Option<Category>,
    /// Only with this tag.
    #[arg(long)]
    tag: Option<String>,
    /// Only favourites.
    #[arg(long)]
    favourites: bool,
    /// Only what was used before.
    #[arg(long)]
    used: bool,
    /// Only with at least so many stars.
    #[arg(long, default_value_t = 0)]
    stars: u8,
    /// Only this algorithm, 1 to 32.
    #[arg(long, value_parser = clap::value_parser!(u8).range(1..=32))]
    algorithm: Option<u8>,
    /// Only bright sounds.
    #[arg(long, conflicts_with = "dark")]
    bright: bool,
    /// Only dark sounds.
    #[arg(long)]
    dark: bool,
    /// Only sounds that die away.
    #[arg(long, conflicts_with = "sustained")]
    percussive: bool,
    /// Only sounds that last.
    #[arg(long)]
    sustained: bool,
    /// Sounds that cannot be heard, too.
    #[arg(long)]
    silent: bool,
    /// Of sounds that are nearly alike, the first alone.
    #[arg(long)]
    distinct: bool,
    /// The order.
    #[arg(long, value_enum, default_value_t = Order::Best)]
    sort: Order,
    /// At most so many.
    #[arg(long, default_value_t = 50)]
    limit: usize,
    /// Print lines of JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum Order {
    Best,
    Name,
    Used,
    Rating,
    Newest,
    Brightest,
    Darkest,
}

/// Lists the presets that sound most like a patch.
#[derive(clap::Args)]
pub struct Like {
    /// The patch: library:ID, FILE.syx#NUMBER, factory:NAME.
    patch: Reference,
    /// So many.
    #[arg(long, default_value_t = 10)]
    limit: usize,
    /// Print lines of JSON.
    #[arg(long)]
    json: bool,
}

/// Lists presets that lie between two, as library:ID.
#[derive(clap::Args)]
pub struct Between {
    /// One end.
    #[arg(value_parser = preset_id)]
    a: PresetId,
    /// The other end.
    #[arg(value_parser = preset_id)]
    b: PresetId,
    /// So many.
    #[arg(long, default_value_t = 10)]
    limit: usize,
    /// Print lines of JSON.
    #[arg(long)]
    json: bool,
}

/// Names a preset that one would not have looked for, far from another if that is given.
#[derive(clap::Args)]
pub struct Surprise {
    /// Far from this one, as library:ID.
    #[arg(value_parser = preset_id)]
    from: Option<PresetId>,
    /// The same number gives the same surprise; the time of day if it is not given.
    #[arg(long)]
    seed: Option<u64>,
    /// Print a line of JSON.
    #[arg(long)]
    json: bool,
}

/// Searches and prints.
pub fn search(args: &Search) -> Result<()> {
    let query = Query {
        text: args.words.join(" "),
        category: args.category,
        favourites: args.favourites,
        tag: args.tag.clone(),
        cartridge: None,
        algorithm: args.algorithm,
        tone: match (args.bright, args.dark) {
            (true, _) => Some(Tone::Bright),
            (_, true) => Some(Tone::Dark),
            _ => None,
        },
        shape: match (args.percussive, args.sustained) {
            (true, _) => Some(Shape::Percussive),
            (_, true) => Some(Shape::Sustained),
            _ => None,
        },
        stars: args.stars,
        used: args.used,
        silent: args.silent,
        distinct: args.distinct,
        sort: match args.sort {
            Order::Best => Sort::Best,
            Order::Name => Sort::Name,
            Order::Used => Sort::Used,
            Order::Rating => Sort::Rating,
            Order::Newest => Sort::Newest,
            Order::Brightest => Sort::Brightest,
            Order::Darkest => Sort::Darkest,
        },
    };
    let mut library = Library::of_user()?;
    let found = library.search(&query, 0, args.limit)?;
    found.iter().for_each(|found| print(found, None, args.json));
    if !args.json {
        let all = library.count(&query)?;
        eprintln!("{} of {all}", found.len());
    }
    Ok(())
}

/// Measures the patch and prints what is near.
pub fn like(args: &Like) -> Result<()> {
    let patch = patches::one(&args.patch)?;
    let mut library = Library::of_user()?;
    let near = library.like(&patch, &Ear::new().measure(&patch), args.limit)?;
    print_similar(&near, args.json)
}

/// Prints what lies between.
pub fn between(args: &Between) -> Result<()> {
    let between = Library::of_user()?.between(args.a, args.b, args.limit)?;
    print_similar(&between, args.json)
}

/// Prints a surprise.
pub fn surprise(args: &Surprise) -> Result<()> {
    let now = || {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        since.unwrap_or_default().as_nanos() as u64
    };
    let seed = args.seed.unwrap_or_else(now);
    let surprise = Library::of_user()?.surprise(args.from, seed)?;
    print_similar(surprise.as_slice(), args.json)
}

fn print_similar(all: &[Similar], json: bool) -> Result<()> {
    if all.is_empty() {
        bail!("no measured preset fits: import some with `cargo xtask import`");
    }
    all.iter()
        .for_each(|similar| print(&similar.found, Some(similar.distance), json));
    Ok(())
}

fn print(found: &Found, distance: Option<f32>, json: bool) {
    if json {
        let distance = distance.map_or(Value::Null, |distance| json!(distance));
        println!(
            "{}",
            json!({
                "id": found.id.to_string(), "name": found.name, "category": found.category.key(),
                "algorithm": found.algorithm, "favourite": found.favourite,
                "rating": found.rating, "cartridge": found.cartridge, "distance": distance,
            })
        );
        return;
    }
    let (id, heart) = (
        found.id.to_string(),
        if found.favourite { '♥' } else { ' ' },
    );
    let distance = distance.map_or(String::new(), |distance| format!("{distance:5.1} dB  "));
    println!(
        "{id:15} {distance}{heart} {:10}  {:10}  algorithm {:2}  {}",
        found.name, found.category, found.algorithm, found.cartridge
    );
}

fn category(key: &str) -> Result<Category, String> {
    Category::from_key(key).ok_or_else(|| {
        let keys: Vec<_> = Category::all().map(Category::key).collect();
        format!("the categories are {}", keys.join(", "))
    })
}

/// `library:12`, or the number alone.
pub fn preset_id(text: &str) -> Result<PresetId, String> {
    let number = text.strip_prefix("library:").unwrap_or(text);
    let id = number
        .parse()
        .map_err(|_| "a preset is named as library:12".to_owned())?;
    Ok(PresetId(id))
}

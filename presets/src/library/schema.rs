//! The tables, as the steps that lead from one version of the schema to the next.
//!
//! A step that was ever released is never edited: a new version is a new step at the end.

/// Marks the file as ours in the database's header (`application_id`): "TWEN".
pub const APPLICATION_ID: i32 = 0x5457_454E;

/// The version of the schema that this program reads and writes (`user_version`).
pub const VERSION: u32 = MIGRATIONS.len() as u32;

/// Step `n` leads from version `n` to `n + 1`.
pub const MIGRATIONS: [&str; 3] = [V1, V2, PATHS];

/// Version 1: presets and where they came from, what users add to them, and the text index.
const V1: &str = "
-- One row per sound: two patches that differ only in their names are one preset.
CREATE TABLE preset (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    voice     BLOB    NOT NULL UNIQUE,            -- the packed voice without its name, 118 bytes
    name      TEXT    NOT NULL,
    algorithm INTEGER NOT NULL,                   -- 1 to 32
    category  TEXT    NOT NULL,                   -- a key of `Category`
    corrected INTEGER NOT NULL DEFAULT 0,         -- whether the user chose the category
    author    TEXT    NOT NULL DEFAULT '',
    favourite INTEGER NOT NULL DEFAULT 0,
    rating    INTEGER NOT NULL DEFAULT 0 CHECK (rating BETWEEN 0 AND 5),
    note      TEXT    NOT NULL DEFAULT '',
    used      INTEGER NOT NULL DEFAULT 0          -- grows with every use; 0: never used
) STRICT;
CREATE INDEX preset_name ON preset (name COLLATE NOCASE);
CREATE INDEX preset_used ON preset (used) WHERE used > 0;

-- A file that was imported, as it was then.
CREATE TABLE file (
    id       INTEGER PRIMARY KEY,
    path     TEXT    NOT NULL UNIQUE,
    size     INTEGER NOT NULL,                    -- bytes
    modified INTEGER NOT NULL,                    -- nanoseconds since 1970
    done     INTEGER NOT NULL DEFAULT 0           -- whether all of it is in the library
) STRICT;

-- A bank of a file: the file itself, a member of an archive, a cartridge of a database.
CREATE TABLE source (
    id        INTEGER PRIMARY KEY,
    file      INTEGER NOT NULL REFERENCES file ON DELETE CASCADE,
    entry     TEXT    NOT NULL,                   -- its place inside the file; empty: the file
    cartridge TEXT    NOT NULL,
    folder    TEXT    NOT NULL,
    UNIQUE (file, entry)
) STRICT;

-- Every place a preset was found at.
CREATE TABLE origin (
    source   INTEGER NOT NULL REFERENCES source ON DELETE CASCADE,
    position INTEGER NOT NULL,                    -- 0 is the first voice
    preset   INTEGER NOT NULL REFERENCES preset ON DELETE CASCADE,
    name     TEXT    NOT NULL,                    -- its name there
    cleaned  INTEGER NOT NULL,                    -- values that were out of range there
    PRIMARY KEY (source, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX origin_preset ON origin (preset);

CREATE TABLE tag (
    preset INTEGER NOT NULL REFERENCES preset ON DELETE CASCADE,
    tag    TEXT    NOT NULL COLLATE NOCASE,
    PRIMARY KEY (preset, tag)
) STRICT, WITHOUT ROWID;
CREATE INDEX tag_tag ON tag (tag);

-- The user's own cartridges.
CREATE TABLE cartridge (
    id   INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT    NOT NULL UNIQUE COLLATE NOCASE
) STRICT;
CREATE TABLE slot (
    cartridge INTEGER NOT NULL REFERENCES cartridge ON DELETE CASCADE,
    position  INTEGER NOT NULL CHECK (position BETWEEN 0 AND 31),
    preset    INTEGER NOT NULL REFERENCES preset ON DELETE CASCADE,
    PRIMARY KEY (cartridge, position)
) STRICT, WITHOUT ROWID;

-- Imports that were begun and have not come to their end.
CREATE TABLE job (path TEXT NOT NULL PRIMARY KEY) STRICT, WITHOUT ROWID;

-- The text index: one document per preset, without a copy of the text. `joined` has the names
-- without spaces and points, so that `epiano` finds `E.PIANO`.
CREATE VIRTUAL TABLE document USING fts5 (
    name, joined, tags, cartridge, folder, author,
    content = '', contentless_delete = 1, detail = 'column', prefix = '1 2 3',
    tokenize = 'unicode61 remove_diacritics 2'
);
";

/// Version 2: the measured sound of a preset, and which preset it nearly repeats. What a browser
/// filters and sorts by lies in the preset's row and in indices that hold all of it, so that 100,000
/// presets are gone through in some milliseconds.
const V2: &str = "
ALTER TABLE preset ADD COLUMN brightness REAL;    -- see `Features` for the units
ALTER TABLE preset ADD COLUMN sustain    REAL;
ALTER TABLE preset ADD COLUMN loudness   REAL;
ALTER TABLE preset ADD COLUMN silent INTEGER NOT NULL DEFAULT 0;
ALTER TABLE preset ADD COLUMN near   INTEGER REFERENCES preset ON DELETE SET NULL;

CREATE TABLE sound (
    preset  INTEGER PRIMARY KEY REFERENCES preset ON DELETE CASCADE,
    measure INTEGER NOT NULL,                     -- the version of what measured it
    attack  REAL    NOT NULL,
    pitched REAL    NOT NULL,
    timbre  BLOB    NOT NULL                      -- 48 numbers of 4 bytes, least byte first
) STRICT;

DROP INDEX preset_name;
DROP INDEX preset_used;
CREATE INDEX preset_browse ON preset (
    name COLLATE NOCASE, silent, near, category, algorithm, favourite, rating, used,
    brightness, sustain
);
CREATE INDEX preset_used ON preset (used);
CREATE INDEX preset_rating ON preset (rating DESC, name COLLATE NOCASE);
CREATE INDEX preset_brightness ON preset (brightness);
CREATE INDEX preset_near ON preset (near) WHERE near IS NOT NULL;
";

/// Version 3: paths that were found, see `PathCache`. All of them can be found again: nothing in this
/// table is the user's, and whoever cannot read it does without.
pub const PATHS: &str = "
CREATE TABLE path (
    id     INTEGER PRIMARY KEY,
    a      BLOB    NOT NULL,                      -- the packed patch where it begins, 128 bytes
    b      BLOB    NOT NULL,                      -- where it ends
    engine TEXT    NOT NULL,                      -- the arithmetic it was listened to with
    kind   TEXT    NOT NULL,                      -- how it leads from one to the other
    model  BLOB    NOT NULL,                      -- SHA-256 of the network's weights, 32 bytes
    search TEXT    NOT NULL,                      -- the version of what looked for it
    bytes  BLOB    NOT NULL,                      -- itself, with a version and a checksum of its own
    used   INTEGER NOT NULL,                      -- grows with every use
    UNIQUE (a, b, engine, kind)
) STRICT;
CREATE INDEX path_used ON path (used);
";

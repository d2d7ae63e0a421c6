-- A library: what the creator has (asset), what is in it (content), where it lies (location),
-- and everything that people say about it. Times are Unix milliseconds, UTC. Ids are UUIDv7, 16 bytes.

CREATE TABLE library (
    one         INTEGER PRIMARY KEY CHECK (one = 1),
    id          BLOB    NOT NULL CHECK (length(id) = 16),
    created_ms  INTEGER NOT NULL
) STRICT;

-- Bytes, once each, whoever uses them. What a reader found belongs to the bytes, not to the asset.
CREATE TABLE content (
    row          INTEGER PRIMARY KEY,
    hash         BLOB    NOT NULL UNIQUE CHECK (length(hash) = 32),   -- BLAKE3
    size         INTEGER NOT NULL CHECK (size >= 0),
    format       INTEGER NOT NULL,                                    -- domain::Format as u8
    stored       INTEGER NOT NULL DEFAULT 0 CHECK (stored IN (0, 1)), -- a copy is in objects/
    metadata     TEXT    NOT NULL DEFAULT '{"kind":"other"}',         -- domain::Metadata as JSON
    palette      TEXT    NOT NULL DEFAULT '[]',                       -- [domain::Swatch] as JSON
    phash        INTEGER,                                             -- 64 bits, as a signed integer
    -- 0 waits, 1 ready, 2 nothing to show for this format, 3 could not be read
    preview      INTEGER NOT NULL DEFAULT 0 CHECK (preview BETWEEN 0 AND 3),
    error_code   TEXT,
    error        TEXT,
    reader       INTEGER NOT NULL DEFAULT 0                           -- version of the readers that wrote this row
) STRICT;
CREATE INDEX content_waiting ON content (row) WHERE preview = 0;

-- A model of several files (gltf with its buffers, obj with its materials) that was copied in is kept together:
-- the names that it refers to, and the contents behind them at the time.
CREATE TABLE content_part (
    content      INTEGER NOT NULL REFERENCES content (row) ON DELETE CASCADE,
    name         TEXT    NOT NULL,           -- as asked for, normalised: “/” between names, no escapes
    hash         BLOB    NOT NULL CHECK (length(hash) = 32), -- BLAKE3, in objects/
    size         INTEGER NOT NULL,
    PRIMARY KEY (content, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE asset (
    row          INTEGER PRIMARY KEY,
    id           BLOB    NOT NULL UNIQUE CHECK (length(id) = 16),
    content      INTEGER NOT NULL REFERENCES content (row),
    name         TEXT    NOT NULL,
    rating       INTEGER NOT NULL DEFAULT 0 CHECK (rating BETWEEN 0 AND 5),
    label        INTEGER NOT NULL DEFAULT 0 CHECK (label BETWEEN 0 AND 7),
    notes        TEXT    NOT NULL DEFAULT '',
    licence      TEXT,
    source       TEXT    NOT NULL DEFAULT '',                         -- where it is from: a URL or words
    author       TEXT    NOT NULL DEFAULT '',
    added_ms     INTEGER NOT NULL,
    modified_ms  INTEGER NOT NULL,                                    -- the file's own time
    edited_ms    INTEGER NOT NULL,                                    -- the last change of any field here
    removed_ms   INTEGER                                              -- removed from the library, can be undone
) STRICT;
CREATE INDEX asset_content ON asset (content);
CREATE INDEX asset_added ON asset (added_ms DESC, row DESC) WHERE removed_ms IS NULL;

-- Every place where an asset's bytes are known to lie. A copied asset has where it came from.
CREATE TABLE location (
    row          INTEGER PRIMARY KEY,
    asset        INTEGER NOT NULL REFERENCES asset (row) ON DELETE CASCADE,
    path         BLOB    NOT NULL UNIQUE,    -- absolute, as the system gave it: not always UTF-8
    folder       TEXT    NOT NULL,           -- for showing and searching: lossy UTF-8, “/” between names
    in_place     INTEGER NOT NULL CHECK (in_place IN (0, 1)), -- 1: the asset lives here; 0: it was copied from here
    size         INTEGER NOT NULL,
    mtime_ns     INTEGER NOT NULL,
    file_id      BLOB,                       -- device and inode where the system has them: follows a rename
    missing_ms   INTEGER                     -- since when the file is not there
) STRICT;
CREATE INDEX location_asset ON location (asset);
CREATE INDEX location_file_id ON location (file_id) WHERE file_id IS NOT NULL;
CREATE INDEX location_missing ON location (row) WHERE missing_ms IS NOT NULL;

-- What an asset's content was before. The newest row is the present one.
CREATE TABLE version (
    row          INTEGER PRIMARY KEY,
    asset        INTEGER NOT NULL REFERENCES asset (row) ON DELETE CASCADE,
    content      INTEGER NOT NULL REFERENCES content (row),
    parent       INTEGER REFERENCES version (row),
    cause        TEXT    NOT NULL,           -- imported, changed on disk, …
    at_ms        INTEGER NOT NULL
) STRICT;
CREATE INDEX version_asset ON version (asset, row);

CREATE TABLE tag (
    row          INTEGER PRIMARY KEY,
    key          TEXT    NOT NULL UNIQUE,    -- TagPath::key: lower case, decides sameness
    path         TEXT    NOT NULL,           -- as written
    colour       INTEGER NOT NULL DEFAULT 0 CHECK (colour BETWEEN 0 AND 7)
) STRICT;

CREATE TABLE asset_tag (
    asset        INTEGER NOT NULL REFERENCES asset (row) ON DELETE CASCADE,
    tag          INTEGER NOT NULL REFERENCES tag (row) ON DELETE CASCADE,
    PRIMARY KEY (asset, tag)
) STRICT, WITHOUT ROWID;
CREATE INDEX asset_tag_tag ON asset_tag (tag, asset);

CREATE TABLE collection (
    row          INTEGER PRIMARY KEY,
    id           BLOB    NOT NULL UNIQUE CHECK (length(id) = 16),
    name         TEXT    NOT NULL,
    parent       INTEGER REFERENCES collection (row),
    position     REAL    NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE collection_asset (
    collection   INTEGER NOT NULL REFERENCES collection (row) ON DELETE CASCADE,
    asset        INTEGER NOT NULL REFERENCES asset (row) ON DELETE CASCADE,
    position     REAL    NOT NULL DEFAULT 0,
    PRIMARY KEY (collection, asset)
) STRICT, WITHOUT ROWID;
CREATE INDEX collection_asset_asset ON collection_asset (asset);

CREATE TABLE smart_folder (
    row          INTEGER PRIMARY KEY,
    id           BLOB    NOT NULL UNIQUE CHECK (length(id) = 16),
    name         TEXT    NOT NULL,
    query        TEXT    NOT NULL,
    sort         TEXT    NOT NULL DEFAULT '-added',
    position     REAL    NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE watched_folder (
    row          INTEGER PRIMARY KEY,
    id           BLOB    NOT NULL UNIQUE CHECK (length(id) = 16),
    path         BLOB    NOT NULL UNIQUE,
    copy         INTEGER NOT NULL DEFAULT 0 CHECK (copy IN (0, 1)),
    scanned_ms   INTEGER
) STRICT;

CREATE TABLE job (
    row          INTEGER PRIMARY KEY,
    id           BLOB    NOT NULL UNIQUE CHECK (length(id) = 16),
    task         TEXT    NOT NULL,           -- JSON: what to do, enough to start it again
    -- running, paused, done, cancelled, failed; one found “running” at start was cut off and is resumed
    state        TEXT    NOT NULL,
    found        INTEGER NOT NULL DEFAULT 0,
    counts       TEXT    NOT NULL DEFAULT '{}', -- JSON: imported, duplicates, unchanged, moved, updated, skipped, failed
    bytes        INTEGER NOT NULL DEFAULT 0,
    failure_code TEXT,                       -- wire::ErrorCode in JSON spelling: why it failed as a whole
    failure      TEXT,
    started_ms   INTEGER NOT NULL,
    ended_ms     INTEGER
) STRICT;

-- Files that an unfinished job has dealt with, so that after a restart each is counted once. Emptied at its end.
CREATE TABLE job_file (
    job          INTEGER NOT NULL REFERENCES job (row) ON DELETE CASCADE,
    path         BLOB    NOT NULL,
    outcome      INTEGER NOT NULL,           -- studio::import::Outcome
    content      INTEGER,                    -- content.row that waits to be read, until it was
    PRIMARY KEY (job, path)
) STRICT, WITHOUT ROWID;
CREATE INDEX job_file_content ON job_file (content) WHERE content IS NOT NULL;

CREATE TABLE job_issue (
    row          INTEGER PRIMARY KEY,
    job          INTEGER NOT NULL REFERENCES job (row) ON DELETE CASCADE,
    path         BLOB    NOT NULL,
    code         TEXT    NOT NULL,
    message      TEXT    NOT NULL,
    skipped      INTEGER NOT NULL DEFAULT 0 CHECK (skipped IN (0, 1)),
    UNIQUE (job, path)
) STRICT;

-- Everything a person did, so that it can be taken back, also after a restart.
CREATE TABLE history (
    row          INTEGER PRIMARY KEY,
    id           BLOB    NOT NULL UNIQUE CHECK (length(id) = 16),
    label        TEXT    NOT NULL,           -- “Add tag enemy to 12 assets”
    change       TEXT    NOT NULL,           -- JSON: each fact with what was and what is; inverted, it takes itself back
    undone       INTEGER NOT NULL DEFAULT 0 CHECK (undone IN (0, 1)),
    at_ms        INTEGER NOT NULL
) STRICT;

-- Which assets changed, in order of commit: how the search index and a second program keep up.
CREATE TABLE change (
    seq          INTEGER PRIMARY KEY AUTOINCREMENT,
    asset        INTEGER NOT NULL
) STRICT;

CREATE TABLE setting (
    key          TEXT    PRIMARY KEY,
    value        TEXT    NOT NULL            -- JSON
) STRICT, WITHOUT ROWID;

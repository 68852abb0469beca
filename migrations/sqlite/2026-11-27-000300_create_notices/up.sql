-- What operators announce at the portal.
CREATE TABLE notices (
    id           TEXT PRIMARY KEY NOT NULL,
    title_zh     TEXT NOT NULL,
    title_en     TEXT NOT NULL,
    text_zh      TEXT,
    text_en      TEXT,
    shown_from   INTEGER NOT NULL,
    shown_until  INTEGER,
    published_by TEXT NOT NULL REFERENCES operators (id),
    withdrawn_at INTEGER
) STRICT, WITHOUT ROWID;

-- The portal's first page asks for those that are shown.
CREATE INDEX notices_standing ON notices (shown_from) WHERE withdrawn_at IS NULL;

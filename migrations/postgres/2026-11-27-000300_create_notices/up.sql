-- What operators announce at the portal.
CREATE TABLE notices (
    id           TEXT PRIMARY KEY NOT NULL,
    title_zh     TEXT NOT NULL,
    title_en     TEXT NOT NULL,
    text_zh      TEXT,
    text_en      TEXT,
    shown_from   BIGINT NOT NULL,
    shown_until  BIGINT,
    published_by TEXT NOT NULL REFERENCES operators (id),
    withdrawn_at BIGINT
);

-- The portal's first page asks for those that are shown.
CREATE INDEX notices_standing ON notices (shown_from) WHERE withdrawn_at IS NULL;

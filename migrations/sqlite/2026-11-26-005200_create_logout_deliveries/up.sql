-- Platforms to be told that a session ended. state: waiting, confirmed, refused, given-up; state_at: since when, or
-- of one that waits from when on it is tried. Whoever takes one moves that forward, so that nobody else has it meanwhile.
CREATE TABLE logout_deliveries (
    id            TEXT PRIMARY KEY NOT NULL,
    platform_id   TEXT NOT NULL REFERENCES platforms (id),
    enterprise_id TEXT NOT NULL REFERENCES enterprises (id),
    session_id    TEXT NOT NULL,
    created_at    INTEGER NOT NULL,
    tried_since   INTEGER NOT NULL,
    attempts      INTEGER NOT NULL,
    state         TEXT NOT NULL,
    state_at      INTEGER NOT NULL,
    why           TEXT
) STRICT, WITHOUT ROWID;

CREATE INDEX logout_deliveries_by_state ON logout_deliveries (state, state_at);

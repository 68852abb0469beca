-- What enterprises are to hear of, each by one way. state: waiting, confirmed, refused, given-up; state_at: since when,
-- or of one that waits from when on it is tried. Whoever takes one moves that forward, so that nobody else has it
-- meanwhile. Addresses stand in enterprises alone.
CREATE TABLE notifications (
    id            TEXT PRIMARY KEY NOT NULL,
    enterprise_id TEXT NOT NULL REFERENCES enterprises (id),
    kind          TEXT NOT NULL,
    channel       TEXT NOT NULL,
    happening     TEXT NOT NULL,
    created_at    INTEGER NOT NULL,
    tried_since   INTEGER NOT NULL,
    attempts      INTEGER NOT NULL,
    state         TEXT NOT NULL,
    state_at      INTEGER NOT NULL,
    why           TEXT
) STRICT, WITHOUT ROWID;

CREATE INDEX notifications_by_state ON notifications (state, state_at);

-- How many of a kind went out lately.
CREATE INDEX notifications_of_enterprise ON notifications (enterprise_id, kind, channel, created_at);

-- Of which ends of certificates notice was given, so many days before. Another certificate ends at another time.
CREATE TABLE expiry_notices (
    key_lock_id TEXT NOT NULL REFERENCES key_locks (id),
    not_after   INTEGER NOT NULL,
    days        INTEGER NOT NULL,
    PRIMARY KEY (key_lock_id, not_after, days)
) STRICT, WITHOUT ROWID;

CREATE INDEX key_locks_by_end ON key_locks (state, not_after, id);

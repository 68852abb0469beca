-- entry: JSON, the PEM texts in it. loaded: the entry that the configuration last brought.
-- revision: a change is written over the one it was made from.
CREATE TABLE certificate_authorities (
    id         TEXT PRIMARY KEY NOT NULL,
    entry      TEXT NOT NULL,
    state      TEXT NOT NULL,
    revision   INTEGER NOT NULL,
    loaded     TEXT,
    created_at INTEGER NOT NULL,
    changed_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The history, each entry as it stood from then on. AUTOINCREMENT: a number never comes twice.
CREATE TABLE certificate_authority_changes (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    ca_id    TEXT NOT NULL REFERENCES certificate_authorities (id),
    revision INTEGER NOT NULL,
    at       INTEGER NOT NULL,
    by       TEXT NOT NULL,
    act      TEXT NOT NULL,
    reason   TEXT,
    state    TEXT NOT NULL,
    entry    TEXT NOT NULL,
    UNIQUE (ca_id, revision)
) STRICT;

CREATE TRIGGER certificate_authority_changes_refuse_update BEFORE UPDATE ON certificate_authority_changes
BEGIN
    SELECT RAISE(ABORT, 'certificate_authority_changes is append-only');
END;

CREATE TRIGGER certificate_authority_changes_refuse_delete BEFORE DELETE ON certificate_authority_changes
BEGIN
    SELECT RAISE(ABORT, 'certificate_authority_changes is append-only');
END;

-- INSERT OR REPLACE deletes without firing the trigger above.
CREATE TRIGGER certificate_authority_changes_refuse_replace BEFORE INSERT ON certificate_authority_changes
WHEN EXISTS (
    SELECT 1 FROM certificate_authority_changes
    WHERE sequence = NEW.sequence OR (ca_id = NEW.ca_id AND revision = NEW.revision)
)
BEGIN
    SELECT RAISE(ABORT, 'certificate_authority_changes is append-only');
END;

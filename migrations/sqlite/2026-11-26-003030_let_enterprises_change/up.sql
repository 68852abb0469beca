-- version grows with each change: a change of what has changed since is no change.
-- rebinding_until: an operator lets it bind a new primary lock until then.
ALTER TABLE enterprises ADD COLUMN version INTEGER NOT NULL DEFAULT 0;

ALTER TABLE enterprises ADD COLUMN rebinding_until INTEGER;

-- Changes of name, each with the paper behind it.
CREATE TABLE enterprise_renames (
    enterprise_id   TEXT NOT NULL REFERENCES enterprises (id),
    at              INTEGER NOT NULL,
    old_name        TEXT NOT NULL,
    new_name        TEXT NOT NULL,
    renamed_by      TEXT NOT NULL,
    reason          TEXT NOT NULL,
    evidence_name   TEXT NOT NULL,
    evidence_sha256 TEXT NOT NULL,
    evidence        BLOB NOT NULL,
    PRIMARY KEY (enterprise_id, at)
) STRICT;

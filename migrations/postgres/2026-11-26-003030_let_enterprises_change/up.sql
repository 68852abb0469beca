-- version grows with each change: a change of what has changed since is no change.
-- rebinding_until: an operator lets it bind a new primary lock until then.
ALTER TABLE enterprises ADD COLUMN version BIGINT NOT NULL DEFAULT 0;

ALTER TABLE enterprises ADD COLUMN rebinding_until BIGINT;

-- Changes of name, each with the paper behind it.
CREATE TABLE enterprise_renames (
    enterprise_id   TEXT NOT NULL REFERENCES enterprises (id),
    at              BIGINT NOT NULL,
    old_name        TEXT NOT NULL,
    new_name        TEXT NOT NULL,
    renamed_by      TEXT NOT NULL,
    reason          TEXT NOT NULL,
    evidence_name   TEXT NOT NULL,
    evidence_sha256 TEXT NOT NULL,
    evidence        BYTEA NOT NULL,
    PRIMARY KEY (enterprise_id, at)
);

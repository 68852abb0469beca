-- The audit trail as a transparency log (docs/adr/0020).
-- A row brings the hash of its own line; rows of before have none, and get their place in the tree all the same.
ALTER TABLE audit ADD COLUMN salt BLOB;
ALTER TABLE audit ADD COLUMN leaf_hash BLOB;

CREATE TRIGGER audit_refuse_unhashed BEFORE INSERT ON audit
WHEN NEW.leaf_hash IS NULL OR length(NEW.leaf_hash) <> 32
BEGIN
    SELECT RAISE(ABORT, 'audit is append-only: a row comes with its leaf hash');
END;

-- Where the tree and the chain end. One row.
CREATE TABLE audit_head (
    id            INTEGER PRIMARY KEY NOT NULL CHECK (id = 1),
    size          INTEGER NOT NULL,
    last_sequence INTEGER NOT NULL,
    chain         BLOB NOT NULL CHECK (length(chain) = 32)
) STRICT;

INSERT INTO audit_head (id, size, last_sequence, chain) VALUES (1, 0, 0, zeroblob(32));

CREATE TRIGGER audit_head_refuse_back BEFORE UPDATE ON audit_head
WHEN NEW.size <= OLD.size OR NEW.last_sequence <= OLD.last_sequence
BEGIN
    SELECT RAISE(ABORT, 'audit_head only grows');
END;

CREATE TRIGGER audit_head_refuse_delete BEFORE DELETE ON audit_head
BEGIN
    SELECT RAISE(ABORT, 'audit_head only grows');
END;

-- Up to 256 hashes of 32 octets each. The last tile of a level grows; a full one stands.
CREATE TABLE audit_tiles (
    level  INTEGER NOT NULL,
    number INTEGER NOT NULL,
    hashes BLOB NOT NULL CHECK (length(hashes) BETWEEN 32 AND 8192 AND length(hashes) % 32 = 0),
    PRIMARY KEY (level, number)
) STRICT;

CREATE TRIGGER audit_tiles_refuse_change BEFORE UPDATE ON audit_tiles
WHEN NEW.level <> OLD.level OR NEW.number <> OLD.number OR length(NEW.hashes) < length(OLD.hashes)
    OR substr(NEW.hashes, 1, length(OLD.hashes)) <> OLD.hashes
BEGIN
    SELECT RAISE(ABORT, 'audit_tiles only grow');
END;

CREATE TRIGGER audit_tiles_refuse_delete BEFORE DELETE ON audit_tiles
BEGIN
    SELECT RAISE(ABORT, 'audit_tiles only grow');
END;

CREATE TRIGGER audit_tiles_refuse_replace BEFORE INSERT ON audit_tiles
WHEN EXISTS (SELECT 1 FROM audit_tiles WHERE level = NEW.level AND number = NEW.number)
BEGIN
    SELECT RAISE(ABORT, 'audit_tiles only grow');
END;

-- Every 256 lines: the number of the last event among them, and the chain there.
CREATE TABLE audit_bundles (
    number        INTEGER PRIMARY KEY NOT NULL,
    last_sequence INTEGER NOT NULL UNIQUE,
    chain         BLOB NOT NULL CHECK (length(chain) = 32)
) STRICT;

CREATE TRIGGER audit_bundles_refuse_update BEFORE UPDATE ON audit_bundles
BEGIN
    SELECT RAISE(ABORT, 'audit_bundles is append-only');
END;

CREATE TRIGGER audit_bundles_refuse_delete BEFORE DELETE ON audit_bundles
BEGIN
    SELECT RAISE(ABORT, 'audit_bundles is append-only');
END;

CREATE TRIGGER audit_bundles_refuse_replace BEFORE INSERT ON audit_bundles
WHEN EXISTS (SELECT 1 FROM audit_bundles WHERE number = NEW.number OR last_sequence = NEW.last_sequence)
BEGIN
    SELECT RAISE(ABORT, 'audit_bundles is append-only');
END;

-- Signed tree heads, as they were signed.
CREATE TABLE audit_checkpoints (
    size INTEGER PRIMARY KEY NOT NULL,
    at   INTEGER NOT NULL,
    note TEXT NOT NULL
) STRICT;

CREATE TRIGGER audit_checkpoints_refuse_update BEFORE UPDATE ON audit_checkpoints
BEGIN
    SELECT RAISE(ABORT, 'audit_checkpoints is append-only');
END;

CREATE TRIGGER audit_checkpoints_refuse_delete BEFORE DELETE ON audit_checkpoints
BEGIN
    SELECT RAISE(ABORT, 'audit_checkpoints is append-only');
END;

CREATE TRIGGER audit_checkpoints_refuse_replace BEFORE INSERT ON audit_checkpoints
WHEN EXISTS (SELECT 1 FROM audit_checkpoints WHERE size = NEW.size)
BEGIN
    SELECT RAISE(ABORT, 'audit_checkpoints is append-only');
END;

-- What witnesses signed of them.
CREATE TABLE audit_cosignatures (
    size    INTEGER NOT NULL REFERENCES audit_checkpoints (size),
    witness TEXT NOT NULL,
    line    TEXT NOT NULL,
    at      INTEGER NOT NULL,
    PRIMARY KEY (size, witness)
) STRICT;

CREATE TRIGGER audit_cosignatures_refuse_update BEFORE UPDATE ON audit_cosignatures
BEGIN
    SELECT RAISE(ABORT, 'audit_cosignatures is append-only');
END;

CREATE TRIGGER audit_cosignatures_refuse_delete BEFORE DELETE ON audit_cosignatures
BEGIN
    SELECT RAISE(ABORT, 'audit_cosignatures is append-only');
END;

CREATE TRIGGER audit_cosignatures_refuse_replace BEFORE INSERT ON audit_cosignatures
WHEN EXISTS (SELECT 1 FROM audit_cosignatures WHERE size = NEW.size AND witness = NEW.witness)
BEGIN
    SELECT RAISE(ABORT, 'audit_cosignatures is append-only');
END;

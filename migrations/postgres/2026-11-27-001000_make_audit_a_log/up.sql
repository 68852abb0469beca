-- The audit trail as a transparency log (docs/adr/0020).
-- A row brings the hash of its own line; rows of before have none (hence NOT VALID), and get their place in the tree all
-- the same.
ALTER TABLE audit ADD COLUMN salt BYTEA;
ALTER TABLE audit ADD COLUMN leaf_hash BYTEA;
ALTER TABLE audit ADD CONSTRAINT audit_comes_with_its_leaf_hash
    CHECK (leaf_hash IS NOT NULL AND octet_length(leaf_hash) = 32) NOT VALID;

-- Where the tree and the chain end. One row.
CREATE TABLE audit_head (
    id            BIGINT PRIMARY KEY CHECK (id = 1),
    size          BIGINT NOT NULL,
    last_sequence BIGINT NOT NULL,
    chain         BYTEA NOT NULL CHECK (octet_length(chain) = 32)
);

INSERT INTO audit_head (id, size, last_sequence, chain) VALUES (1, 0, 0, decode(repeat('00', 32), 'hex'));

CREATE FUNCTION audit_head_refuse_back() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.size > OLD.size AND NEW.last_sequence > OLD.last_sequence THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'audit_head only grows';
END
$$;

CREATE TRIGGER audit_head_refuse_back BEFORE UPDATE OR DELETE ON audit_head
    FOR EACH ROW EXECUTE FUNCTION audit_head_refuse_back();

-- Up to 256 hashes of 32 octets each. The last tile of a level grows; a full one stands.
CREATE TABLE audit_tiles (
    level  BIGINT NOT NULL,
    number BIGINT NOT NULL,
    hashes BYTEA NOT NULL CHECK (octet_length(hashes) BETWEEN 32 AND 8192 AND octet_length(hashes) % 32 = 0),
    PRIMARY KEY (level, number)
);
-- Hashes can't be compressed.
ALTER TABLE audit_tiles ALTER COLUMN hashes SET STORAGE EXTERNAL;

CREATE FUNCTION audit_tiles_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.level = OLD.level AND NEW.number = OLD.number
        AND substring(NEW.hashes FROM 1 FOR octet_length(OLD.hashes)) = OLD.hashes THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'audit_tiles only grow';
END
$$;

CREATE TRIGGER audit_tiles_refuse_change BEFORE UPDATE OR DELETE ON audit_tiles
    FOR EACH ROW EXECUTE FUNCTION audit_tiles_refuse_change();

-- Every 256 lines: the number of the last event among them, and the chain there.
CREATE TABLE audit_bundles (
    number        BIGINT PRIMARY KEY,
    last_sequence BIGINT NOT NULL UNIQUE,
    chain         BYTEA NOT NULL CHECK (octet_length(chain) = 32)
);

-- Signed tree heads, as they were signed.
CREATE TABLE audit_checkpoints (
    size BIGINT PRIMARY KEY,
    at   BIGINT NOT NULL,
    note TEXT NOT NULL
);

-- What witnesses signed of them.
CREATE TABLE audit_cosignatures (
    size    BIGINT NOT NULL REFERENCES audit_checkpoints (size),
    witness TEXT NOT NULL,
    line    TEXT NOT NULL,
    at      BIGINT NOT NULL,
    PRIMARY KEY (size, witness)
);

CREATE FUNCTION audit_log_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
END
$$;

CREATE TRIGGER audit_bundles_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_bundles
    FOR EACH STATEMENT EXECUTE FUNCTION audit_log_refuse_change();
CREATE TRIGGER audit_checkpoints_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_checkpoints
    FOR EACH STATEMENT EXECUTE FUNCTION audit_log_refuse_change();
CREATE TRIGGER audit_cosignatures_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_cosignatures
    FOR EACH STATEMENT EXECUTE FUNCTION audit_log_refuse_change();
CREATE TRIGGER audit_tiles_refuse_truncate BEFORE TRUNCATE ON audit_tiles
    FOR EACH STATEMENT EXECUTE FUNCTION audit_log_refuse_change();
CREATE TRIGGER audit_head_refuse_truncate BEFORE TRUNCATE ON audit_head
    FOR EACH STATEMENT EXECUTE FUNCTION audit_log_refuse_change();

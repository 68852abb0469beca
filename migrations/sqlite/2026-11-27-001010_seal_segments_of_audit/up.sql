-- Sealed segments (docs/adr/0020): lines that stand in a file with what proves them. Their rows may go, no other.
CREATE TABLE audit_segments (
    from_line     INTEGER PRIMARY KEY NOT NULL,
    to_line       INTEGER NOT NULL UNIQUE,
    last_sequence INTEGER NOT NULL UNIQUE,
    at            INTEGER NOT NULL,
    manifest      TEXT NOT NULL
) STRICT;

CREATE TRIGGER audit_segments_refuse_other BEFORE INSERT ON audit_segments
WHEN NEW.from_line <> (SELECT coalesce(max(to_line), 0) FROM audit_segments)
    OR NOT EXISTS (
        SELECT 1 FROM audit_bundles
        WHERE (number + 1) * 256 = NEW.to_line AND last_sequence = NEW.last_sequence
    )
BEGIN
    SELECT RAISE(ABORT, 'audit_segments is append-only: one goes on where the last one ended, to the end of a bundle');
END;

CREATE TRIGGER audit_segments_refuse_update BEFORE UPDATE ON audit_segments
BEGIN
    SELECT RAISE(ABORT, 'audit_segments is append-only');
END;

CREATE TRIGGER audit_segments_refuse_delete BEFORE DELETE ON audit_segments
BEGIN
    SELECT RAISE(ABORT, 'audit_segments is append-only');
END;

DROP TRIGGER audit_refuse_delete;

CREATE TRIGGER audit_refuse_delete BEFORE DELETE ON audit
WHEN OLD.sequence > (SELECT coalesce(max(last_sequence), 0) FROM audit_segments)
BEGIN
    SELECT RAISE(ABORT, 'audit is append-only');
END;

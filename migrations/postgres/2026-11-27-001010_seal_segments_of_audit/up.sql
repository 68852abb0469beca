-- Sealed segments (docs/adr/0020): lines that stand in a file with what proves them. Their rows may go, no other.
CREATE TABLE audit_segments (
    from_line     BIGINT PRIMARY KEY,
    to_line       BIGINT NOT NULL UNIQUE,
    last_sequence BIGINT NOT NULL UNIQUE,
    at            BIGINT NOT NULL,
    manifest      TEXT NOT NULL
);

CREATE FUNCTION audit_segments_refuse_other() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.from_line = (SELECT coalesce(max(to_line), 0) FROM audit_segments) AND EXISTS (
        SELECT 1 FROM audit_bundles
        WHERE (number + 1) * 256 = NEW.to_line AND last_sequence = NEW.last_sequence
    ) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'audit_segments is append-only: one goes on where the last one ended, to the end of a bundle';
END
$$;

CREATE TRIGGER audit_segments_refuse_other BEFORE INSERT ON audit_segments
    FOR EACH ROW EXECUTE FUNCTION audit_segments_refuse_other();
CREATE TRIGGER audit_segments_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_segments
    FOR EACH STATEMENT EXECUTE FUNCTION audit_log_refuse_change();

DROP TRIGGER audit_refuse_change ON audit;
CREATE TRIGGER audit_refuse_change BEFORE UPDATE OR TRUNCATE ON audit
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse_change();

CREATE FUNCTION audit_refuse_removal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.sequence <= (SELECT coalesce(max(last_sequence), 0) FROM audit_segments) THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'audit is append-only';
END
$$;

CREATE TRIGGER audit_refuse_removal BEFORE DELETE ON audit
    FOR EACH ROW EXECUTE FUNCTION audit_refuse_removal();

DROP TRIGGER audit_refuse_delete;

CREATE TRIGGER audit_refuse_delete BEFORE DELETE ON audit
BEGIN
    SELECT RAISE(ABORT, 'audit is append-only');
END;

DROP TABLE audit_segments;

DROP TRIGGER audit_refuse_removal ON audit;
DROP FUNCTION audit_refuse_removal();
DROP TRIGGER audit_refuse_change ON audit;
CREATE TRIGGER audit_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON audit
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse_change();
DROP TABLE audit_segments;
DROP FUNCTION audit_segments_refuse_other();

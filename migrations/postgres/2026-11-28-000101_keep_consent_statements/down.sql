DROP TABLE consent_events;
DROP TABLE consent_statements;
DROP TABLE revocation_evidence;
DROP FUNCTION consent_events_refuse_change();
DROP FUNCTION consent_statements_refuse_change();
DROP FUNCTION revocation_evidence_refuse_change();
ALTER TABLE standing_consents DROP COLUMN signed_by;

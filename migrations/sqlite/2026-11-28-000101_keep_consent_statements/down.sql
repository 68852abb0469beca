DROP TABLE consent_events;
DROP TABLE consent_statements;
DROP TABLE revocation_evidence;
ALTER TABLE standing_consents DROP COLUMN signed_by;

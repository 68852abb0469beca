DROP TABLE standing_consents;
DROP TABLE consent_records;
DROP FUNCTION consent_records_refuse_change();

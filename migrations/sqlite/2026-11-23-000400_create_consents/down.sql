DROP TABLE standing_consents;
DROP TABLE consent_records;

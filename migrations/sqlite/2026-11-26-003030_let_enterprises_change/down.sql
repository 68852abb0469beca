DROP TABLE enterprise_renames;

ALTER TABLE enterprises DROP COLUMN rebinding_until;

ALTER TABLE enterprises DROP COLUMN version;

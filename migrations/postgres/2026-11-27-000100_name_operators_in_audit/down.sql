ALTER TABLE audit DROP COLUMN operator_id;

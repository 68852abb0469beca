ALTER TABLE platforms DROP COLUMN in_force_since;

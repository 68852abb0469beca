DROP INDEX sessions_by_root;

ALTER TABLE sessions DROP COLUMN root_id;

-- The first sign-in of the row that this one continues: the same enterprise signed again in the same browser.
ALTER TABLE sessions ADD COLUMN root_id TEXT NOT NULL DEFAULT '';

UPDATE sessions SET root_id = id;

CREATE INDEX sessions_by_root ON sessions (root_id);

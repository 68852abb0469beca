DROP INDEX grants_untold;
ALTER TABLE grants DROP COLUMN told_at;

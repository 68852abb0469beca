ALTER TABLE enterprises DROP COLUMN contact_email;

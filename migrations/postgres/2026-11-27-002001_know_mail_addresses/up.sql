-- Where an enterprise gets mail. Personal data, as its telephone and address are.
ALTER TABLE enterprises ADD COLUMN contact_email TEXT;

ALTER TABLE grants DROP COLUMN cnf;
ALTER TABLE grants DROP COLUMN acr;
ALTER TABLE grants DROP COLUMN resources;
ALTER TABLE grants DROP COLUMN id_token_claims;
ALTER TABLE grants DROP COLUMN userinfo_claims;
ALTER TABLE standing_consents DROP COLUMN claims;
ALTER TABLE consent_records DROP COLUMN claims;

-- Claims that a request named one by one, separated by blanks (OpenID Connect Core §5.5); none until now.
ALTER TABLE consent_records ADD COLUMN claims TEXT NOT NULL DEFAULT '';
ALTER TABLE standing_consents ADD COLUMN claims TEXT NOT NULL DEFAULT '';
ALTER TABLE grants ADD COLUMN userinfo_claims TEXT NOT NULL DEFAULT '';
ALTER TABLE grants ADD COLUMN id_token_claims TEXT NOT NULL DEFAULT '';

-- Resources that were named, separated by blanks (RFC 8707), and how sure the sign-in was.
ALTER TABLE grants ADD COLUMN resources TEXT NOT NULL DEFAULT '';
ALTER TABLE grants ADD COLUMN acr TEXT NOT NULL DEFAULT 'urn:yizhengtong:acr:key-lock';

-- Who redeemed the code, as JSON: key or certificate (RFC 7800 cnf).
ALTER TABLE grants ADD COLUMN cnf TEXT;

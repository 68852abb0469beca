UPDATE platforms SET client = (
    jsonb_set(client::jsonb, '{authentication,jwks}', client::jsonb #> '{keys,jwks}') - 'keys')::text
WHERE client::jsonb #>> '{authentication,method}' = 'private_key_jwt'
    AND client::jsonb #> '{keys,jwks}' IS NOT NULL;

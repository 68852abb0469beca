-- A client's keys serve for more than its authentication: they stand beside it.
UPDATE platforms SET client = (
    (client::jsonb #- '{authentication,jwks}')
    || jsonb_build_object('keys', jsonb_build_object('jwks', client::jsonb #> '{authentication,jwks}')))::text
WHERE client::jsonb #> '{authentication,jwks}' IS NOT NULL;

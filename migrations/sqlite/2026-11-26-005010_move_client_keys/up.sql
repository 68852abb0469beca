-- A client's keys serve for more than its authentication: they stand beside it.
UPDATE platforms SET client = json_remove(
    json_set(client, '$.keys', json_object('jwks', json_extract(client, '$.authentication.jwks'))),
    '$.authentication.jwks')
WHERE json_extract(client, '$.authentication.jwks') IS NOT NULL;

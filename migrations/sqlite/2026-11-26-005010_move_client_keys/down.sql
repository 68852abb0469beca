UPDATE platforms SET client = json_remove(
    json_set(client, '$.authentication.jwks', json_extract(client, '$.keys.jwks')), '$.keys')
WHERE json_extract(client, '$.authentication.method') = 'private_key_jwt'
    AND json_extract(client, '$.keys.jwks') IS NOT NULL;

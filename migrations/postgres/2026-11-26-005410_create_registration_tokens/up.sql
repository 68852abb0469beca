-- What lets platforms register themselves. sha256: of the token, hexadecimal; the token itself is kept nowhere. terms: JSON.
CREATE TABLE registration_tokens (
    id         TEXT PRIMARY KEY NOT NULL,
    sha256     TEXT NOT NULL UNIQUE,
    terms      TEXT NOT NULL,
    issued_by  TEXT NOT NULL,
    issued_at  BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    uses       BIGINT NOT NULL,
    used       BIGINT NOT NULL,
    revoked_at BIGINT,
    CHECK (used BETWEEN 0 AND uses)
);

-- Platforms that registered themselves. access_sha256: of the token by which each manages its registration. trusted: no operator
-- looks at it.
CREATE TABLE self_registrations (
    platform_id   TEXT PRIMARY KEY NOT NULL REFERENCES platforms (id),
    token_id      TEXT NOT NULL REFERENCES registration_tokens (id),
    access_sha256 TEXT NOT NULL,
    registered_at BIGINT NOT NULL,
    trusted       BIGINT NOT NULL
);

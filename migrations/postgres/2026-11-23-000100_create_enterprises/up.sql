CREATE TABLE enterprises (
    id                   TEXT PRIMARY KEY NOT NULL,
    credit_code          TEXT NOT NULL UNIQUE,
    name                 TEXT NOT NULL,
    region_code          TEXT NOT NULL,
    legal_representative TEXT NOT NULL,
    phone                TEXT,
    address              TEXT,
    subject_types        TEXT NOT NULL,
    state                TEXT NOT NULL,
    created_at           BIGINT NOT NULL
);

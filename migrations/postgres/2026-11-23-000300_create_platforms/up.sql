-- client: the client registration as JSON; absent while the platform is only listed.
CREATE TABLE platforms (
    id              TEXT PRIMARY KEY NOT NULL,
    name_zh         TEXT NOT NULL,
    name_en         TEXT NOT NULL,
    region_code     TEXT NOT NULL,
    zone            TEXT NOT NULL,
    support_contact TEXT,
    state           TEXT NOT NULL,
    client          TEXT
);

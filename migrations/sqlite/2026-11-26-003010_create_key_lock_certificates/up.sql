-- Certificates that a lock had before it was renewed. None of them is ever good for anything again.
CREATE TABLE key_lock_certificates (
    thumbprint      TEXT PRIMARY KEY NOT NULL,
    key_lock_id     TEXT NOT NULL REFERENCES key_locks (id),
    certificate_der BLOB NOT NULL,
    holder_name     TEXT NOT NULL,
    serial_number   TEXT NOT NULL,
    key_number      TEXT NOT NULL,
    not_before      INTEGER NOT NULL,
    not_after       INTEGER NOT NULL,
    replaced_at     INTEGER NOT NULL
) STRICT;

CREATE INDEX key_lock_certificates_of_lock ON key_lock_certificates (key_lock_id, replaced_at);

-- Papers that operators handed in and that wait for the signature under what they are evidence of: one of a sign-in, for minutes.
CREATE TABLE waiting_evidence (
    operator_id  TEXT NOT NULL REFERENCES operators (id),
    signed_in_at INTEGER NOT NULL,
    name         TEXT NOT NULL,
    content      BLOB NOT NULL,
    handed_in_at INTEGER NOT NULL,
    PRIMARY KEY (operator_id, signed_in_at)
) STRICT;

CREATE INDEX waiting_evidence_age ON waiting_evidence (handed_in_at);

-- Sign-ins go off record when they are old enough.
CREATE INDEX sessions_by_age ON sessions (begun_at);

-- Ways to walk the audit trail, newest first. Each costs every event that it holds: what the login path writes all day is in
-- three of them. An address has none, nor have locks, consents and grants: those are looked up in their enterprise's.
CREATE INDEX audit_by_time ON audit (at, sequence);
CREATE INDEX audit_of_enterprise ON audit (enterprise_id, at, sequence) WHERE enterprise_id IS NOT NULL;
CREATE INDEX audit_of_platform ON audit (platform_id, at, sequence) WHERE platform_id IS NOT NULL;
CREATE INDEX audit_of_operator ON audit (operator_id, at, sequence) WHERE operator_id IS NOT NULL;
CREATE INDEX audit_by_reason ON audit (reason, at, sequence) WHERE reason IS NOT NULL;
CREATE INDEX audit_by_incident ON audit (incident_id) WHERE incident_id IS NOT NULL;

-- Kinds that come all day are never far away; the others are few.
CREATE INDEX audit_by_rare_kind ON audit (kind, at, sequence) WHERE kind NOT IN
    ('login.succeeded', 'consent.granted', 'code.issued', 'code.redeemed', 'userinfo.read', 'grant.refreshed', 'client-credentials.granted');

-- Whose a sign-in was, once it is off record.
CREATE INDEX audit_of_sign_in ON audit (session_id) WHERE kind = 'login.succeeded';

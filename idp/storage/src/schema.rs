//! The tables as both databases have them. Times are milliseconds since the Unix epoch.
//!
//! Owns the shape; the databases' own differences (types, triggers, indexes) are in `migrations/`.

diesel::table! {
    enterprises (id) {
        id -> Text,
        credit_code -> Text,
        name -> Text,
        region_code -> Text,
        legal_representative -> Text,
        phone -> Nullable<Text>,
        address -> Nullable<Text>,
        subject_types -> Text,
        state -> Text,
        created_at -> BigInt,
        rebinding_until -> Nullable<BigInt>,
        version -> BigInt,
        contact_email -> Nullable<Text>,
    }
}

diesel::table! {
    enterprise_renames (enterprise_id, at) {
        enterprise_id -> Text,
        at -> BigInt,
        old_name -> Text,
        new_name -> Text,
        renamed_by -> Text,
        reason -> Text,
        evidence_name -> Text,
        evidence_sha256 -> Text,
        evidence -> Binary,
    }
}

diesel::table! {
    enterprise_words (number) {
        number -> BigInt,
        enterprise_id -> Text,
        words -> Text,
    }
}

diesel::table! {
    enterprise_grams (gram, number) {
        gram -> Text,
        number -> BigInt,
    }
}

diesel::table! {
    sessions (id) {
        id -> Text,
        root_id -> Text,
        enterprise_id -> Text,
        key_lock_id -> Text,
        begun_at -> BigInt,
        seen_at -> BigInt,
        remote_address -> Nullable<Text>,
        user_agent -> Nullable<Text>,
        ended_at -> Nullable<BigInt>,
        ending -> Nullable<Text>,
    }
}

diesel::table! {
    key_lock_certificates (thumbprint) {
        thumbprint -> Text,
        key_lock_id -> Text,
        certificate_der -> Binary,
        holder_name -> Text,
        serial_number -> Text,
        key_number -> Text,
        not_before -> BigInt,
        not_after -> BigInt,
        replaced_at -> BigInt,
    }
}

diesel::table! {
    key_locks (id) {
        id -> Text,
        enterprise_id -> Text,
        role -> Text,
        state -> Text,
        certificate_der -> Binary,
        thumbprint -> Text,
        ca_id -> Text,
        ca_name -> Text,
        holder_name -> Text,
        ca_platform -> Text,
        serial_number -> Text,
        key_number -> Text,
        media_number -> Nullable<Text>,
        not_before -> BigInt,
        not_after -> BigInt,
        bound_by -> Text,
        bound_at -> BigInt,
        ended_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    platforms (id) {
        id -> Text,
        name_zh -> Text,
        name_en -> Text,
        region_code -> Text,
        zone -> Text,
        support_contact -> Nullable<Text>,
        state -> Text,
        client -> Nullable<Text>,
        in_force_since -> Nullable<BigInt>,
    }
}

diesel::table! {
    consent_records (id) {
        id -> Text,
        enterprise_id -> Text,
        key_lock_id -> Text,
        platform_id -> Text,
        scopes -> Text,
        claims -> Text,
        claims_version -> BigInt,
        text_version -> BigInt,
        language -> Text,
        outcome -> Text,
        at -> BigInt,
    }
}

diesel::table! {
    standing_consents (enterprise_id, platform_id) {
        enterprise_id -> Text,
        platform_id -> Text,
        consent_id -> Text,
        scopes -> Text,
        claims -> Text,
        claims_version -> BigInt,
        granted_at -> BigInt,
        revoked_at -> Nullable<BigInt>,
        signed_by -> Text,
    }
}

diesel::table! {
    consent_statements (consent_id) {
        consent_id -> Text,
        statement -> Text,
        signed_at -> Nullable<BigInt>,
        origin -> Nullable<Text>,
        nonce -> Nullable<Text>,
        proof -> Nullable<Text>,
        chain -> Nullable<Text>,
        revocation -> Nullable<Text>,
    }
}

diesel::table! {
    consent_events (consent_id, sequence) {
        consent_id -> Text,
        sequence -> BigInt,
        kind -> Text,
        enterprise_id -> Text,
        platform_id -> Text,
        line -> Text,
    }
}

diesel::table! {
    revocation_evidence (sha256) {
        sha256 -> Text,
        octets -> Binary,
    }
}

diesel::table! {
    grants (id) {
        id -> Text,
        code_sha256 -> Text,
        enterprise_id -> Text,
        key_lock_id -> Text,
        platform_id -> Text,
        consent_id -> Text,
        session_id -> Text,
        scopes -> Text,
        userinfo_claims -> Text,
        id_token_claims -> Text,
        resources -> Text,
        acr -> Text,
        cnf -> Nullable<Text>,
        auth_time -> BigInt,
        created_at -> BigInt,
        revoked_at -> Nullable<BigInt>,
        told_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    revoked_tokens (jti) {
        jti -> Text,
        platform_id -> Text,
        expires_at -> BigInt,
    }
}

diesel::table! {
    refresh_tokens (sha256) {
        sha256 -> Text,
        grant_id -> Text,
        seed -> Text,
        issued_at -> BigInt,
        expires_at -> BigInt,
        used_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    logout_deliveries (id) {
        id -> Text,
        platform_id -> Text,
        enterprise_id -> Text,
        session_id -> Text,
        created_at -> BigInt,
        tried_since -> BigInt,
        attempts -> BigInt,
        state -> Text,
        state_at -> BigInt,
        why -> Nullable<Text>,
    }
}

diesel::table! {
    notifications (id) {
        id -> Text,
        enterprise_id -> Text,
        kind -> Text,
        channel -> Text,
        happening -> Text,
        created_at -> BigInt,
        tried_since -> BigInt,
        attempts -> BigInt,
        state -> Text,
        state_at -> BigInt,
        why -> Nullable<Text>,
    }
}

diesel::table! {
    health_checks (platform_id) {
        platform_id -> Text,
        due_at -> BigInt,
    }
}

diesel::table! {
    endpoint_health (platform_id, endpoint, url) {
        platform_id -> Text,
        endpoint -> Text,
        url -> Text,
        state -> Text,
        reason -> Nullable<Text>,
        since -> BigInt,
        checked_at -> BigInt,
        misses -> BigInt,
    }
}

diesel::table! {
    health_changes (platform_id, endpoint, url, at) {
        platform_id -> Text,
        endpoint -> Text,
        url -> Text,
        at -> BigInt,
        state_before -> Text,
        state -> Text,
        reason -> Nullable<Text>,
    }
}

diesel::table! {
    maintenances (id) {
        id -> Text,
        platform_id -> Text,
        from_at -> BigInt,
        until_at -> BigInt,
        text_zh -> Text,
        text_en -> Text,
        announced_by -> Text,
        announced_at -> BigInt,
        ended_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    expiry_notices (key_lock_id, not_after, days) {
        key_lock_id -> Text,
        not_after -> BigInt,
        days -> BigInt,
    }
}

diesel::table! {
    sealed_secrets (name) {
        name -> Text,
        sealed -> Binary,
    }
}

diesel::table! {
    signing_keys (id) {
        id -> Text,
        algorithm -> Text,
        generation -> BigInt,
        public_jwk -> Text,
        private_encrypted -> Binary,
        created_at -> BigInt,
        signs_from -> BigInt,
        retired_at -> Nullable<BigInt>,
        withdrawn_at -> Nullable<BigInt>,
        token -> Nullable<Text>,
        destroyed_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    audit (sequence) {
        sequence -> BigInt,
        at -> BigInt,
        kind -> Text,
        reason -> Nullable<Text>,
        enterprise_id -> Nullable<Text>,
        key_lock_id -> Nullable<Text>,
        platform_id -> Nullable<Text>,
        session_id -> Nullable<Text>,
        consent_id -> Nullable<Text>,
        grant_id -> Nullable<Text>,
        incident_id -> Nullable<Text>,
        remote_address -> Nullable<Text>,
        detail -> Nullable<Text>,
        operator_id -> Nullable<Text>,
        salt -> Nullable<Binary>,
        leaf_hash -> Nullable<Binary>,
    }
}

diesel::table! {
    audit_head (id) {
        id -> BigInt,
        size -> BigInt,
        last_sequence -> BigInt,
        chain -> Binary,
    }
}

diesel::table! {
    audit_tiles (level, number) {
        level -> BigInt,
        number -> BigInt,
        hashes -> Binary,
    }
}

diesel::table! {
    audit_bundles (number) {
        number -> BigInt,
        last_sequence -> BigInt,
        chain -> Binary,
    }
}

diesel::table! {
    audit_checkpoints (size) {
        size -> BigInt,
        at -> BigInt,
        note -> Text,
    }
}

diesel::table! {
    audit_cosignatures (size, witness) {
        size -> BigInt,
        witness -> Text,
        line -> Text,
        at -> BigInt,
    }
}

diesel::table! {
    audit_segments (from_line) {
        from_line -> BigInt,
        to_line -> BigInt,
        last_sequence -> BigInt,
        at -> BigInt,
        manifest -> Text,
    }
}

diesel::table! {
    audit_hours (hour, kind, platform_id, reason) {
        hour -> BigInt,
        kind -> Text,
        platform_id -> Text,
        reason -> Text,
        events -> BigInt,
    }
}

diesel::table! {
    audit_counted (id) {
        id -> BigInt,
        sequence -> BigInt,
    }
}

diesel::table! {
    certificate_authorities (id) {
        id -> Text,
        entry -> Text,
        state -> Text,
        revision -> BigInt,
        loaded -> Nullable<Text>,
        created_at -> BigInt,
        changed_at -> BigInt,
    }
}

diesel::table! {
    certificate_authority_changes (sequence) {
        sequence -> BigInt,
        ca_id -> Text,
        revision -> BigInt,
        at -> BigInt,
        by -> Text,
        act -> Text,
        reason -> Nullable<Text>,
        state -> Text,
        entry -> Text,
    }
}

diesel::table! {
    registration_tokens (id) {
        id -> Text,
        sha256 -> Text,
        terms -> Text,
        issued_by -> Text,
        issued_at -> BigInt,
        expires_at -> BigInt,
        uses -> BigInt,
        used -> BigInt,
        revoked_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    self_registrations (platform_id) {
        platform_id -> Text,
        token_id -> Text,
        access_sha256 -> Text,
        registered_at -> BigInt,
        trusted -> BigInt,
    }
}

diesel::table! {
    notices (id) {
        id -> Text,
        title_zh -> Text,
        title_en -> Text,
        text_zh -> Nullable<Text>,
        text_en -> Nullable<Text>,
        shown_from -> BigInt,
        shown_until -> Nullable<BigInt>,
        published_by -> Text,
        withdrawn_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    operators (id) {
        id -> Text,
        name -> Text,
        roles -> Text,
        state -> Text,
        certificate -> Binary,
        thumbprint -> Text,
        version -> BigInt,
        created_at -> BigInt,
        changed_at -> BigInt,
    }
}

diesel::table! {
    signed_statements (id) {
        id -> Text,
        operator_id -> Text,
        at -> BigInt,
        purpose -> Text,
        origin -> Text,
        nonce -> Text,
        statement -> Text,
        proof -> Text,
    }
}

diesel::table! {
    proposals (id) {
        id -> Text,
        change -> Text,
        reason -> Text,
        proposed_by -> Text,
        proposed_at -> BigInt,
        expires_at -> BigInt,
        signed -> Text,
        state -> Text,
        decided_by -> Nullable<Text>,
        decided_at -> Nullable<BigInt>,
        decision_signed -> Nullable<Text>,
    }
}

diesel::table! {
    waiting_evidence (operator_id, signed_in_at) {
        operator_id -> Text,
        signed_in_at -> BigInt,
        name -> Text,
        content -> Binary,
        handed_in_at -> BigInt,
    }
}

diesel::joinable!(grants -> enterprises (enterprise_id));
diesel::joinable!(grants -> key_locks (key_lock_id));
diesel::joinable!(grants -> platforms (platform_id));
diesel::joinable!(sessions -> enterprises (enterprise_id));
diesel::joinable!(sessions -> key_locks (key_lock_id));
diesel::allow_tables_to_appear_in_same_query!(key_locks, expiry_notices);
diesel::allow_tables_to_appear_in_same_query!(grants, enterprises, key_locks, platforms, sessions);

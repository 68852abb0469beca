//! Checks that need no other file.

use url::Url;

use super::{Config, ConfigError, authority};

impl Config {
    /// Checks what needs no other file.
    pub fn check(&self) -> Result<(), ConfigError> {
        self.origin()?;
        let value = |key, problem: &str| ConfigError::Value {
            key,
            problem: problem.to_owned(),
        };
        if self.listen.is_empty() {
            return Err(value("listen", "at least one address is needed"));
        }
        if self.agent.ports.is_empty() {
            return Err(value("agent.ports", "at least one port is needed"));
        }
        self.check_ranges()?;
        self.limits.check()?;
        self.notifications.check()?;
        self.platform_health.check()?;
        self.api.check()?;
        self.check_tls()?;
        if self.lifetimes.code > 600 {
            return Err(value(
                "lifetimes.code",
                "at most 600 seconds (RFC 6749 §4.1.2)",
            ));
        }
        if self.lifetimes.refresh_again > 60 {
            return Err(value(
                "lifetimes.refresh_again",
                "at most 60 seconds: a stolen token must not live by it",
            ));
        }
        if self.lifetimes.pushed > 600 {
            return Err(value(
                "lifetimes.pushed",
                "at most 600 seconds (RFC 9126 §2.2)",
            ));
        }
        self.check_signing_keys()?;
        self.check_audit()?;
        if self.outbound.allow_loopback && !self.is_for_tests()? {
            return Err(value(
                "outbound.allow_loopback",
                "for development and tests alone: the issuer must be on loopback, or its name end in .localhost or .test",
            ));
        }
        authority::check_all(&self.certificate_authorities)
    }

    /// Nothing that must last may last for nothing, and nothing that holds may hold nothing.
    fn check_ranges(&self) -> Result<(), ConfigError> {
        let lifetimes = &self.lifetimes;
        let numbers: [(&'static str, u64); 19] = [
            ("revocation.watch_seconds", self.revocation.watch_seconds),
            ("revocation.fetch_seconds", self.revocation.fetch_seconds),
            (
                "revocation.timeout_seconds",
                self.revocation.timeout_seconds,
            ),
            ("outbound.timeout_seconds", self.outbound.timeout_seconds),
            (
                "audit.sequence_milliseconds",
                self.audit.sequence_milliseconds,
            ),
            ("audit.checkpoint_seconds", self.audit.checkpoint_seconds),
            ("lifetimes.code", lifetimes.code),
            ("lifetimes.access_token", lifetimes.access_token),
            ("lifetimes.id_token", lifetimes.id_token),
            ("lifetimes.refresh_token", lifetimes.refresh_token),
            ("lifetimes.fresh_consent", lifetimes.fresh_consent),
            ("lifetimes.session_idle", lifetimes.session_idle),
            ("lifetimes.session_absolute", lifetimes.session_absolute),
            ("lifetimes.request", lifetimes.request),
            ("sign_ins.kept_days", u64::from(self.sign_ins.kept_days)),
            ("lifetimes.pushed", lifetimes.pushed),
            (
                "signing_keys.rotate_after_days",
                u64::from(self.signing_keys.rotate_after_days),
            ),
            (
                "database.pool_size",
                u64::try_from(self.database.pool_size).unwrap_or(u64::MAX),
            ),
            (
                "ephemeral.capacity_mib",
                u64::try_from(self.ephemeral.capacity_mib).unwrap_or(u64::MAX),
            ),
        ];
        for (key, number) in numbers {
            if number == 0 {
                let problem = "must be at least 1".to_owned();
                return Err(ConfigError::Value { key, problem });
            }
        }
        let schemes: [(&'static str, &str, &[&str]); 2] = [
            (
                "database.url",
                &self.database.url,
                &["sqlite:", "postgres:", "postgresql:"],
            ),
            (
                "ephemeral.url",
                &self.ephemeral.url,
                &["memory:", "redis:", "rediss:"],
            ),
        ];
        for (key, url, known) in schemes {
            if !url.is_empty() && !known.iter().any(|scheme| url.starts_with(scheme)) {
                let problem = format!("must begin with one of {}", known.join(" "));
                return Err(ConfigError::Value { key, problem });
            }
        }
        Ok(())
    }

    /// The issuer's origin, as a browser attests it.
    pub fn origin(&self) -> Result<String, ConfigError> {
        let value = |problem: &str| ConfigError::Value {
            key: "issuer",
            problem: problem.to_owned(),
        };
        let url = Url::parse(&self.issuer).map_err(|e| value(&format!("not a URL: {e}")))?;
        if url.scheme() != "https" && !(url.scheme() == "http" && is_loopback(&url)) {
            return Err(value("must be https (http only on loopback)"));
        }
        let origin = url.origin().ascii_serialization();
        // Pages, cookies and endpoints stand at the root of the origin.
        if self.issuer != origin {
            return Err(value(&format!(
                "must be an origin without path or trailing slash: {origin}"
            )));
        }
        Ok(origin)
    }

    /// Whether nobody but a developer or a test can mean this issuer: it is this machine, or has a name that is kept for
    /// tests (RFC 6761 §6.2, §6.3).
    fn is_for_tests(&self) -> Result<bool, ConfigError> {
        let origin = Url::parse(&self.origin()?).map_err(|e| ConfigError::Value {
            key: "issuer",
            problem: format!("not a URL: {e}"),
        })?;
        let kept = |name: &str| matches!(name.rsplit_once('.'), Some((_, "localhost" | "test")));
        Ok(is_loopback(&origin) || origin.domain().is_some_and(kept))
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        Some(url::Host::Domain(domain)) => domain == "localhost",
        None => false,
    }
}

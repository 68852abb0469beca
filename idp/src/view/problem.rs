//! A problem as a person meets it: what happened, what to do, where to go next.
//!
//! Owns the list of problem codes and the link each one offers. Does not know which check found the
//! problem, nor the HTTP status. The texts are the messages `problem-<code>` and
//! `problem-<code>-advice` (one advice a line).

use std::borrow::Cow;

use super::Frame;

/// One problem, ready to be shown.
#[derive(Clone, Copy, Debug)]
pub struct Problem<'a> {
    /// The code, e.g. `certificate-expired`; also shown, so that support can look it up.
    pub code: &'a str,
    /// Arguments of its message, e.g. `("n", "3")`.
    pub args: &'a [(&'a str, &'a str)],
    /// Number under which the incident is found in the logs.
    pub incident: Option<&'a str>,
}

/// A way back.
#[derive(Clone, Copy, Debug)]
pub struct BackLink<'a> {
    /// Where to.
    pub href: &'a str,
    /// The message with its text, e.g. `back-to-login`.
    pub label_key: &'a str,
}

impl<'a> Problem<'a> {
    /// A problem without arguments or incident.
    pub const fn plain(code: &'a str) -> Self {
        Self {
            code,
            args: &[],
            incident: None,
        }
    }

    /// A failure that the script will show; it fills in what is known only then.
    pub(super) const fn of_agent(code: &'a str) -> Self {
        Self {
            code,
            args: &[("n", "{n}")],
            incident: None,
        }
    }

    pub(super) fn message(&self, frame: &Frame<'_>) -> Cow<'static, str> {
        frame.ta(&format!("problem-{}", self.code), self.args)
    }

    pub(super) fn advice(&self, frame: &Frame<'_>) -> Vec<String> {
        frame.lines_with(&format!("problem-{}-advice", self.code), self.args)
    }

    /// The page that helps with this problem: path and message key.
    pub(super) fn link(&self) -> Option<(&'static str, &'static str)> {
        Some(match self.code {
            "no-agent" | "agent-version" => ("/driver", "link-driver"),
            "not-bound" => ("/bind", "link-bind"),
            "already-bound" | "lock-already-active" => ("/login", "link-login"),
            "credit-code-bound" => ("/help#faq-8", "link-faq-8"),
            "legal-person-lock" => ("/help#faq-2", "link-faq"),
            "foreign-ca" => ("/help#faq-4", "link-faq"),
            "enterprise-renamed" | "lock-name-differs" => ("/help#faq-6", "link-faq"),
            "pin-wrong" | "pin-wrong-unknown" | "pin-locked" => ("/help#faq-7", "link-faq"),
            "certificate-expired" | "certificate-revoked" => ("/help#faq-11", "link-faq"),
            "lock-ended-for-ever" => ("/help#faq-10", "link-faq"),
            "not-primary-lock" | "primary-lock-stays" | "bound-lock-not-active" => {
                ("/help#faq-9", "link-faq")
            }
            "not-the-primary-signature" | "lock-unknown" => ("/account/locks", "link-locks"),
            "consent-not-in-force" | "receipt-unknown" | "receipt-not-yet" => {
                ("/account/consents", "link-consents")
            }
            "session-unknown" => ("/account/sessions", "link-sessions"),
            "platform-not-connected" | "platform-suspended" | "platform-unknown" => {
                ("/platforms", "link-platforms")
            }
            _ => return None,
        })
    }
}

/// Failures the page's script shows by itself, because they happen between page and agent.
pub(super) const AGENT_CODES: [&str; 17] = [
    "no-agent",
    "agent-version",
    "popup-blocked",
    "no-lock",
    "only-encryption-certificate",
    "legal-person-lock",
    "pin-wrong",
    "pin-wrong-unknown",
    "pin-locked",
    "cancelled",
    "timed-out",
    "lock-removed",
    "busy",
    "origin-refused",
    "agent-failed",
    "session-expired",
    "unavailable",
];

/// Every problem that has a text and takes no argument, the script's own included.
#[cfg(test)]
pub(super) const CODES: &[&str] = &[
    "no-agent",
    "agent-version",
    "popup-blocked",
    "agent-failed",
    "no-lock",
    "only-encryption-certificate",
    "legal-person-lock",
    "lock-kind-undecidable",
    "foreign-ca",
    "pin-wrong-unknown",
    "pin-locked",
    "cancelled",
    "timed-out",
    "lock-removed",
    "busy",
    "origin-refused",
    "proof-missing",
    "proof-malformed",
    "challenge-expired",
    "challenge-of-other-browser",
    "signature-invalid",
    "algorithm-mismatch",
    "certificate-expired",
    "certificate-not-yet-valid",
    "certificate-revoked",
    "issuer-revoked",
    "ca-unreadable",
    "ca-suspended",
    "certificate-algorithm-not-allowed",
    "revocation-unavailable",
    "certificate-key-weak",
    "certificate-invalid",
    "certificate-not-for-signing",
    "no-credit-code",
    "conflicting-credit-codes",
    "bad-credit-code",
    "certificate-credit-code-bad",
    "certificate-unreadable",
    "credit-code-mismatch",
    "credit-code-bound",
    "already-bound",
    "not-bound",
    "enterprise-renamed",
    "lock-not-active",
    "bound-lock-not-active",
    "certificate-credit-code-differs",
    "enterprise-suspended",
    "certificate-superseded",
    "certificate-name-outdated",
    "not-primary-lock",
    "lock-already-active",
    "lock-bound-elsewhere",
    "lock-ended-for-ever",
    "lock-name-differs",
    "lock-credit-code-differs",
    "not-the-primary-signature",
    "not-the-lock-signed-in",
    "lock-unknown",
    "primary-lock-stays",
    "information-changed",
    "information-stale",
    "information-unsaved",
    "consent-not-in-force",
    "receipt-unknown",
    "receipt-not-yet",
    "receipt-no-file",
    "session-unknown",
    "platform-unknown",
    "platform-not-connected",
    "platform-suspended",
    "redirect-uri-mismatch",
    "request-invalid",
    "logout-hint-invalid",
    "logout-client-mismatch",
    "logout-uri-mismatch",
    "request-unusable",
    "request-expired",
    "session-expired",
    "form-expired",
    "page-outdated",
    "csrf",
    "not-found",
    "method-not-allowed",
    "too-large",
    "too-many-requests",
    "unavailable",
    "internal",
    "fields-invalid",
    "phone-malformed",
    "email-malformed",
    "region-unknown",
    "subject-type-required",
    "operator-unknown",
    "operator-suspended",
    "operator-certificate-differs",
    "operator-certificate-expired",
    "operator-certificate-not-yet-valid",
    "operator-certificate-not-for-signing",
    "operator-session-over",
    "act-spent",
    "operator-not-allowed",
    "operator-name",
    "operator-no-role",
    "operator-certificate-unreadable",
    "operator-key-unfit",
    "operator-certificate-taken",
    "operator-key-taken",
    "operator-gone",
    "operators-too-few",
    "proposal-unknown",
    "proposal-not-open",
    "proposal-own",
    "proposal-proposer-off",
    "proposal-not-own",
    "reason-missing",
    "change-overtaken",
    "change-nothing",
    "ca-bad-id",
    "ca-taken",
    "ca-unknown",
    "ca-entry-unreadable",
    "enterprise-unknown",
    "enterprise-lock-unknown",
    "enterprise-lock-state",
    "enterprise-lock-unfit",
    "enterprise-has-primary",
    "enterprise-sign-in-unknown",
    "enterprise-consent-unknown",
    "enterprise-in-use",
    "rebinding-time",
    "evidence-size",
    "platform-registration-refused",
    "platform-no-secret",
    "platform-overlap",
    "notice-title",
    "notice-text",
    "notice-time",
    "notice-gone",
    "proposal-altered",
    "platform-look-too-slow",
    "maintenance-text",
    "maintenance-time",
    "maintenance-unknown",
    "registration-token-bounds",
    "registration-token-no-openid",
    "registration-token-region",
    "api-token-missing",
    "api-token-malformed",
    "api-token-invalid",
    "api-token-expired",
    "api-token-wrong-sender",
    "api-operator-off-duty",
    "api-scope-insufficient",
    "api-dpop-invalid",
    "api-dpop-nonce",
    "search-words",
    "evidence-missing",
    "evidence-gone",
    "enterprise-name",
];

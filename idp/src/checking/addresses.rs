//! The addresses of a platform: where people arrive, where they begin and end, what pages link to.

use idp_core::platform::Client;
use url::Url;

use super::finding::Finding;
use super::reach::{Certified, Reach};
use crate::outbound::FetchError;
use crate::published::{SectorProblem, sector_by};

/// What an address must do to be well.
#[derive(Clone, Copy)]
pub(super) enum Wanted {
    /// Somebody answers; a bare visit may be refused.
    Answer,
    /// A page, or the way to one.
    Page,
    /// The way back to us, for a visit as the portal makes it.
    Beginning,
    /// An image.
    Image,
}

/// Every address that a platform registered, its keys aside.
pub async fn check(reach: &mut Reach, client: &Client, findings: &mut Vec<Finding>) {
    let (shown, logout) = (&client.presentation, &client.logout);
    let redirects = client
        .redirect_uris
        .iter()
        .map(|uri| ("redirect_uri", uri, Wanted::Answer));
    let one = |name, uri: &'_ Option<String>, wanted| uri.clone().map(|uri| (name, uri, wanted));
    let ends = logout.post_logout_redirect_uris.iter();
    let ends = ends.map(|uri| ("post_logout_redirect_uri", uri, Wanted::Page));
    let mut all: Vec<(&str, String, Wanted)> = redirects
        .chain(ends)
        .map(|(name, uri, wanted)| (name, uri.clone(), wanted))
        .collect();
    all.extend(one(
        "initiate_login_uri",
        &client.initiate_login_uri,
        Wanted::Beginning,
    ));
    all.extend(one(
        "target_link_uri",
        &client.target_link_uri,
        Wanted::Page,
    ));
    all.extend(one("client_uri", &shown.client_uri, Wanted::Page));
    all.extend(one("policy_uri", &shown.policy_uri, Wanted::Page));
    all.extend(one("tos_uri", &shown.tos_uri, Wanted::Page));
    all.extend(one("logo_uri", &shown.logo_uri, Wanted::Image));
    for uri in &client.requests.request_uris {
        let address = uri.split('#').next().unwrap_or_default();
        all.push(("request_uri", address.to_owned(), Wanted::Page));
    }
    for (name, uri, wanted) in &all {
        findings.push(address(reach, (name, uri), (*wanted, client)).await);
    }
    if let Some(uri) = &logout.backchannel_uri {
        findings.push(backchannel(reach, uri).await);
    }
    if let Some(uri) = &client.particulars.sector_identifier_uri {
        findings.push(sector(reach, uri, client).await);
    }
}

pub(super) async fn address(
    reach: &mut Reach,
    (name, uri): (&str, &str),
    (wanted, client): (Wanted, &Client),
) -> Finding {
    let subject = format!("{name} {uri}");
    if client.requests.native && is_loopback(uri) {
        return Finding::good(
            subject,
            "on the person's own machine: nothing to try from here",
        );
    }
    let visited = match wanted {
        // Without `iss` a platform refuses, and rightly.
        Wanted::Beginning => (reach.issuer.as_deref())
            .and_then(|issuer| client.initiation(issuer))
            .unwrap_or_else(|| uri.to_owned()),
        Wanted::Answer | Wanted::Page | Wanted::Image => uri.to_owned(),
    };
    let (look, certified) = match reach.look(&visited).await {
        Ok(looked) => looked,
        Err(error) => return unreachable(subject, &error),
    };
    let found = format!("answers {}{}", look.status, certified.words());
    let kind = look.content_type.as_deref().unwrap_or_default();
    match (wanted, look.status) {
        (_, 500..) => {
            let todo = "the platform fails there: see its own log";
            Finding::wrong(subject, found, todo).because("server-error")
        }
        (Wanted::Answer, 404) => Finding::warning(
            subject,
            found,
            "nothing seems to be there: compare it with the platform's settings, character by character",
        )
        .because("not-found"),
        (Wanted::Page | Wanted::Beginning | Wanted::Image, 400..) => Finding::wrong(
            subject,
            found,
            "people are sent there: correct it with `idp platform change --metadata`, or have it put up",
        )
        .because("refused"),
        (Wanted::Image, _) if !kind.starts_with("image/") => Finding::warning(
            subject,
            format!("answers {kind:?}, which is no image"),
            "browsers will show nothing: correct it",
        ),
        _ => with_certificate(subject, found, &certified),
    }
}

pub(super) fn with_certificate(subject: String, found: String, certified: &Certified) -> Finding {
    if certified.ends_soon() {
        let todo = "let the platform renew it: past that day nobody gets there";
        Finding::warning(subject, found, todo).because("certificate-ends-soon")
    } else {
        Finding::good(subject, found)
    }
}

/// What to do where nobody answers, or not so that it can be trusted.
pub(super) fn unreachable(subject: String, error: &FetchError) -> Finding {
    let todo = match error {
        FetchError::Forbidden { .. } => {
            "outbound.allow_addresses names inner networks where platforms are; a public platform has a public address"
        }
        FetchError::NotHttps(_) => "register the https address",
        FetchError::TooSlow(_) => {
            "the platform is slow, or a firewall between drops the call: open the way"
        }
        FetchError::Status(_) => "see the platform's own log",
        _ => {
            "see that the name resolves here, the way is open, and the certificate is complete and of a CA that is trusted \
             here (outbound.ca_file names others)"
        }
    };
    let reason = match error {
        FetchError::Forbidden { .. } => "address-forbidden",
        FetchError::Address(_) | FetchError::NotHttps(_) => "address-unusable",
        FetchError::TooSlow(_) => "too-slow",
        FetchError::TooLarge(_) => "too-large",
        FetchError::Status(_) | FetchError::TooManyRedirects(_) => "refused",
        FetchError::Failed(_) | FetchError::Roots { .. } => "unreachable",
    };
    Finding::wrong(subject, error.to_string(), todo).because(reason)
}

/// Back-Channel Logout §2.8: a request without a logout token is a bad one, 400. Nobody is signed out by it.
pub(super) async fn backchannel(reach: &mut Reach, uri: &str) -> Finding {
    let subject = format!("backchannel_logout_uri {uri}");
    match reach.tell(uri, &[]).await {
        Err(error) => unreachable(subject, &error),
        Ok(answer) => match answer.status {
            400 => Finding::good(subject, "refuses what is no logout token (400)"),
            200 | 204 => Finding::warning(
                subject,
                format!("takes an empty request ({})", answer.status),
                "it must refuse what is no logout token with 400: let the platform's developers look",
            )
            .because("takes-anything"),
            status => Finding::wrong(
                subject,
                format!("answers {status} to a post"),
                "sign-outs do not arrive: it must take a form by POST (Back-Channel Logout §2.5)",
            )
            .because(match status {
                500.. => "server-error",
                404 => "not-found",
                _ => "refused",
            }),
        },
    }
}

async fn sector(reach: &mut Reach, uri: &str, client: &Client) -> Finding {
    let subject = format!("sector_identifier_uri {uri}");
    let by = (&reach.fetcher, reach.bounds.time);
    match sector_by(by, uri, &client.redirect_uris).await {
        Ok(_) => Finding::good(subject, "lists every redirect URI"),
        Err(SectorProblem::Unreachable(error)) => unreachable(subject, &error),
        Err(problem) => Finding::wrong(
            subject,
            problem.to_string(),
            "let the platform put the list right",
        ),
    }
}

pub(super) fn is_loopback(uri: &str) -> bool {
    match Url::parse(uri).ok().as_ref().and_then(Url::host) {
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        _ => false,
    }
}

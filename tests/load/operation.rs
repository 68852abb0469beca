//! What is measured: names, requests, targets. The targets are server processor time in microseconds.

/// Kinds of locks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// ECDSA on P-256 with SHA-256.
    P256,
    /// RSA with 2048 bits and SHA-256.
    Rsa2048,
    /// SM2 with SM3.
    Sm2,
}

impl Algorithm {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::P256, Self::Rsa2048, Self::Sm2];

    /// Name in the table.
    pub const fn name(self) -> &'static str {
        match self {
            Self::P256 => "P-256",
            Self::Rsa2048 => "RSA-2048",
            Self::Sm2 => "SM2",
        }
    }
}

/// One operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// A platform's request, challenge, proof, certificate page, consent, code, token, userinfo.
    WholeLogin(Algorithm),
    /// A platform's request of a signed-in browser whose consent stands, code, token, userinfo.
    CodeFlow,
    /// The first third of it.
    AuthorizeSilent,
    /// Discovery document.
    Discovery,
    /// JWK Set.
    Jwks,
    /// A platform reads the data again.
    Userinfo,
    /// A platform pushes the request of a person (RFC 9126).
    Push,
    /// A platform refreshes (RFC 6749 §6), the refresh token replaced each time.
    Refresh,
    /// A platform asks for a token in its own name (RFC 6749 §4.4).
    ClientCredentials,
    /// A platform asks what a token is worth (RFC 7662).
    Introspect,
    /// A code that never was.
    TokenRefusal,
    /// The portal's first page.
    Home,
    /// The page with a fresh challenge.
    LoginPage,
    /// The ceiling.
    Bare,
}

impl Operation {
    /// Those of the provider, in the order of the table.
    pub fn all() -> impl Iterator<Item = Self> {
        let logins = Algorithm::ALL.map(Self::WholeLogin);
        logins.into_iter().chain([
            Self::CodeFlow,
            Self::AuthorizeSilent,
            Self::Push,
            Self::Refresh,
            Self::ClientCredentials,
            Self::TokenRefusal,
            Self::Userinfo,
            Self::Introspect,
            Self::Discovery,
            Self::Jwks,
            Self::Home,
            Self::LoginPage,
        ])
    }

    /// Name in the table and for `--only`.
    pub fn name(self) -> String {
        let name = match self {
            Self::WholeLogin(algorithm) => return format!("whole login, {}", algorithm.name()),
            Self::CodeFlow => "code flow, signed in",
            Self::AuthorizeSilent => "authorize, signed in (303)",
            Self::Discovery => "GET discovery",
            Self::Jwks => "GET JWKS",
            Self::Userinfo => "userinfo",
            Self::Push => "push a request (PAR)",
            Self::Refresh => "refresh",
            Self::ClientCredentials => "client credentials",
            Self::Introspect => "introspect",
            Self::TokenRefusal => "token refusal",
            Self::Home => "home page",
            Self::LoginPage => "login page",
            Self::Bare => "bare actix-web",
        };
        name.to_owned()
    }

    /// Requests it consists of.
    pub const fn requests(self) -> u32 {
        match self {
            Self::WholeLogin(_) => 8,
            Self::CodeFlow => 3,
            _ => 1,
        }
    }

    /// Microseconds of the server's processor at most.
    pub const fn target(self) -> Option<f64> {
        match self {
            Self::WholeLogin(Algorithm::P256) => Some(1000.0),
            Self::WholeLogin(Algorithm::Rsa2048) => Some(700.0),
            Self::WholeLogin(Algorithm::Sm2) => Some(1600.0),
            Self::CodeFlow => Some(400.0),
            Self::Userinfo => Some(50.0),
            Self::Discovery | Self::Jwks => Some(20.0),
            Self::AuthorizeSilent
            | Self::Push
            | Self::Refresh
            | Self::ClientCredentials
            | Self::Introspect
            | Self::TokenRefusal
            | Self::Home
            | Self::LoginPage
            | Self::Bare => None,
        }
    }
}

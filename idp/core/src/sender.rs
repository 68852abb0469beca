//! Shared step: may a token be used by whoever sent it?

use protocol::claims::Confirmation;

/// A bound token by whoever proves its key (RFC 9449 §7.1) or shows its certificate (RFC 8705 §3) alone, any other as a
/// bearer's. `bound`: `cnf` of the token; `jkt`, `x5t`: thumbprints of what was proven.
pub fn is_theirs(bound: Option<&Confirmation>, jkt: Option<&str>, x5t: Option<&str>) -> bool {
    match (bound, jkt) {
        (None, None) => true,
        (Some(Confirmation::Key(bound)), Some(jkt)) => bound == jkt,
        (Some(Confirmation::Certificate(bound)), None) => x5t == Some(bound),
        (None | Some(Confirmation::Certificate(_)), Some(_))
        | (Some(Confirmation::Key(_)), None) => false,
    }
}

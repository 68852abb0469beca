//! The CAs whose certificates platforms may show for `tls_client_auth`.

use std::path::Path;

use pki::anchors::TrustAnchors;
use pki::certificate::Certificate;

/// Reads them; none where no file is configured.
pub fn client_authorities(file: &Path) -> Result<TrustAnchors, String> {
    if file.as_os_str().is_empty() {
        return Ok(TrustAnchors::default());
    }
    let named = |why: String| format!("{}: {why}", file.display());
    let pem = std::fs::read_to_string(file).map_err(|e| named(e.to_string()))?;
    let certificates = Certificate::from_pem(&pem).map_err(|e| named(e.to_string()))?;
    TrustAnchors::from_certificates(&certificates).map_err(|e| named(e.to_string()))
}

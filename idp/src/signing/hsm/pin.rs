//! Where the PIN of a token's user comes from.

use zeroize::Zeroizing;

use super::failure::HsmError;
use crate::config::Pkcs11Config;
use crate::signing::master_key::is_its_owners_alone;

/// From the environment or the file; a file ends with a line's end, which is none of it.
pub(super) fn pin(settings: &Pkcs11Config) -> Result<Zeroizing<String>, HsmError> {
    if !settings.pin.is_empty() {
        return Ok(Zeroizing::new(settings.pin.clone()));
    }
    let file = &settings.pin_file;
    let failed = |why: &dyn std::fmt::Display| HsmError::Pin(format!("{}: {why}", file.display()));
    if !is_its_owners_alone(file).map_err(|e| failed(&e))? {
        return Err(failed(&"readable by others; set its mode to 600"));
    }
    let text = std::fs::read_to_string(file).map_err(|e| failed(&e))?;
    let text = Zeroizing::new(text);
    Ok(Zeroizing::new(
        text.trim_end_matches(['\r', '\n']).to_owned(),
    ))
}

//! Credit codes for enterprises that do not exist.
//!
//! Owns completing a code with its check character. The rule itself is the `pki` crate's.

use pki::holder::CreditCode;

use super::PkiError;

const ALPHABET: &str = "0123456789ABCDEFGHJKLMNPQRTUWXY";

/// The code that begins with these 17 characters; `None` if they can begin none.
pub fn complete_credit_code(beginning: &str) -> Option<String> {
    if beginning.chars().count() != 17 {
        return None;
    }
    ALPHABET
        .chars()
        .map(|check| format!("{beginning}{check}"))
        .find(|code| code.parse::<CreditCode>().is_ok())
}

/// A code nobody is likely to have, of an enterprise (91) of this region (six digits).
pub fn random_credit_code(region: &str) -> Result<String, PkiError> {
    let mut octets = [0; 8];
    aws_lc_rs::rand::fill(&mut octets).or(Err(PkiError::Key("no random numbers are to be had")))?;
    let organisation: String = octets
        .iter()
        .filter_map(|octet| ALPHABET.chars().nth(usize::from(octet % 31)))
        .collect();
    // MA opens the organisation codes given out since 2015; nine characters in all.
    let organisation: String = organisation.chars().take(7).collect();
    complete_credit_code(&format!("91{region}MA{organisation}"))
        .ok_or(PkiError::Key("a region is six digits"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_completed_code_is_a_credit_code() {
        assert_eq!(
            complete_credit_code("91350100M000100Y4").as_deref(),
            Some("91350100M000100Y43")
        );
        assert_eq!(complete_credit_code("short"), None);
        assert!(random_credit_code("150300").is_ok());
    }
}

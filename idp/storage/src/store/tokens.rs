//! [`TokenStore`] over one connection.

use idp_core::refresh_token::RefreshToken;
use idp_core::revoked_token::RevokedToken;
use idp_core::store::{StoreError, TokenStore};
use idp_core::timestamp::Timestamp;

use super::Transaction;
use crate::{refresh_token, revoked_token};

impl TokenStore for Transaction<'_> {
    fn insert_refresh_token(&mut self, token: &RefreshToken) -> Result<bool, StoreError> {
        self.run(|c| refresh_token::insert(c, token))
    }

    fn find_refresh_token(&mut self, sha256: &str) -> Result<Option<RefreshToken>, StoreError> {
        self.run(|c| refresh_token::find(c, sha256))
    }

    fn exchange_refresh_token_use(
        &mut self,
        sha256: &str,
        change: (Option<Timestamp>, Option<Timestamp>),
    ) -> Result<bool, StoreError> {
        self.run(|c| refresh_token::exchange_use(c, sha256, change))
    }

    fn insert_revoked_token(&mut self, token: &RevokedToken) -> Result<bool, StoreError> {
        self.run(|c| revoked_token::insert(c, token))
    }

    fn is_token_revoked(&mut self, jti: &str) -> Result<bool, StoreError> {
        self.run(|c| revoked_token::is_there(c, jti))
    }

    fn delete_expired_tokens(&mut self, before: Timestamp) -> Result<usize, StoreError> {
        self.run(|c| {
            let refresh_tokens = refresh_token::delete_expired(c, before)?;
            Ok(refresh_tokens + revoked_token::delete_expired(c, before)?)
        })
    }
}

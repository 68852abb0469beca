//! Configuration errors and `idp check-config`.

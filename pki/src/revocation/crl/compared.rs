//! Of two lists: which is the later, and whether one is about everything that the other is about.

use super::Crl;

impl Crl {
    /// Whether the two are about the same certificates, so that the later one replaces the other.
    pub fn is_about_the_same_as(&self, other: &Self) -> bool {
        self.is_by_signer_of(other) && self.inner.scope == other.inner.scope
    }

    /// Whether it was issued before another about the same certificates: by thisUpdate, and by cRLNumber where that is the
    /// same moment.
    pub fn is_older_than(&self, other: &Self) -> bool {
        self.age() < other.age()
    }

    /// What grows with each version of a list. A number is longer the greater it is.
    pub(in crate::revocation) fn age(&self) -> (i64, usize, &[u8]) {
        let number = self.inner.number.as_deref().unwrap_or_default();
        (self.inner.this_update, number.len(), number)
    }

    /// Whether it is about every certificate that the other is about, by the word of the same signer.
    pub fn is_about_all_of(&self, other: &Self) -> bool {
        self.is_by_signer_of(other) && self.inner.scope.includes_all_of(&other.inner.scope)
    }

    /// Whether one key under one name signed both.
    pub fn is_by_signer_of(&self, other: &Self) -> bool {
        let (ours, theirs) = (&self.inner.signer, &other.inner.signer);
        ours.subject_der() == theirs.subject_der()
            && ours.subject_public_key_info_der() == theirs.subject_public_key_info_der()
    }

    /// The names of its distribution point, URIs or directory names as text.
    pub fn points(&self) -> Vec<String> {
        self.inner.scope.points()
    }

    /// Whether it is about those certificates alone that name its distribution point.
    pub fn is_partial(&self) -> bool {
        self.inner.scope.is_partial() && !self.is_whole && !self.is_indirect()
    }

    /// Takes it for what it says itself again.
    #[must_use]
    pub fn as_written(mut self) -> Self {
        self.is_whole = false;
        self
    }

    /// Takes it for one about every certificate of its issuer if this is a name of its distribution point: an operator said
    /// so of the point. What it says of holders and CAs stands.
    #[must_use]
    pub fn whole_at(mut self, point: &str) -> Self {
        self.is_whole |= self.points().iter().any(|name| name == point);
        self
    }
}

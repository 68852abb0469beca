//! One seal: what it says of itself. Does not know whether any of it is true.

use std::fmt;
use std::sync::Arc;

use der::asn1::ObjectIdentifier;

use super::{SealError, read};
use crate::certificate::Certificate;

/// Which standard a seal follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Standard {
    /// GM/T 0031-2014; the versions 1 to 3.
    GmT0031,
    /// GB/T 38540-2020; version 4.
    GbT38540,
}

/// A seal. Cloning shares it.
#[derive(Clone)]
pub struct Seal {
    pub(super) facts: Arc<Facts>,
}

/// What was read from the DER.
pub(super) struct Facts {
    pub(super) standard: Standard,
    pub(super) version: u8,
    pub(super) vendor: String,
    pub(super) id: String,
    pub(super) kind: i64,
    pub(super) name: String,
    pub(super) created_at: i64,
    pub(super) valid_from: i64,
    pub(super) valid_until: i64,
    pub(super) listed: Listed,
    pub(super) picture: Picture,
    pub(super) critical_extension: bool,
    pub(super) maker: Certificate,
    pub(super) algorithm: ObjectIdentifier,
    /// The octets that the maker signed.
    pub(super) signed: Vec<u8>,
    pub(super) signature: Vec<u8>,
}

/// Who may use a seal.
pub(super) enum Listed {
    Certificates(Vec<Certificate>),
    Digests(Vec<Digest>),
}

/// The digest of a certificate, and what the seal calls the digest's kind: a word that the standard leaves to the maker.
pub(super) struct Digest {
    pub(super) kind: String,
    pub(super) value: Vec<u8>,
}

/// The picture of a seal.
#[derive(Clone, PartialEq, Eq)]
pub struct Picture {
    pub(super) declared: String,
    pub(super) bytes: Vec<u8>,
    pub(super) width_mm: u16,
    pub(super) height_mm: u16,
}

/// A kind of picture that a browser shows without running anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PictureFormat {
    /// PNG.
    Png,
    /// JPEG.
    Jpeg,
    /// GIF.
    Gif,
    /// Windows bitmap.
    Bmp,
}

impl Seal {
    /// Reads one DER seal: at most [`super::MAX_SEAL_BYTES`], strict, nothing after it.
    pub fn from_der(der: &[u8]) -> Result<Self, SealError> {
        Ok(Self {
            facts: Arc::new(read::facts(der)?),
        })
    }

    /// The standard it follows.
    pub fn standard(&self) -> Standard {
        self.facts.standard
    }

    /// The version in its header.
    pub fn version(&self) -> u8 {
        self.facts.version
    }

    /// Whether it carries a critical extension: none is understood here, so nothing can be said of the whole seal.
    pub fn has_critical_extension(&self) -> bool {
        self.facts.critical_extension
    }

    /// Whose software made it (Vid).
    pub fn vendor(&self) -> &str {
        &self.facts.vendor
    }

    /// Its identifier (esID).
    pub fn id(&self) -> &str {
        &self.facts.id
    }

    /// Its kind; the standard leaves the numbers to those who use them.
    pub fn kind(&self) -> i64 {
        self.facts.kind
    }

    /// 印章名称.
    pub fn name(&self) -> &str {
        &self.facts.name
    }

    /// When it was made, by its own words, in seconds since the Unix epoch.
    pub fn created_at(&self) -> i64 {
        self.facts.created_at
    }

    /// First second of its validity, in seconds since the Unix epoch.
    pub fn valid_from(&self) -> i64 {
        self.facts.valid_from
    }

    /// Last second of its validity, in seconds since the Unix epoch.
    pub fn valid_until(&self) -> i64 {
        self.facts.valid_until
    }

    /// Its picture.
    pub fn picture(&self) -> &Picture {
        &self.facts.picture
    }

    /// The certificates of those who may use it (签章者证书); empty if it lists digests only.
    pub fn certificates(&self) -> &[Certificate] {
        match &self.facts.listed {
            Listed::Certificates(certificates) => certificates,
            Listed::Digests(_) => &[],
        }
    }

    /// How many certificates, or digests of certificates, it lists.
    pub fn listed(&self) -> usize {
        match &self.facts.listed {
            Listed::Certificates(certificates) => certificates.len(),
            Listed::Digests(digests) => digests.len(),
        }
    }

    /// The certificate of its maker (制章者证书), which is part of the seal and proves nothing by being there.
    pub fn maker(&self) -> &Certificate {
        &self.facts.maker
    }
}

impl fmt::Debug for Seal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Seal")
            .field("standard", &self.standard())
            .field("id", &self.id())
            .field("name", &self.name())
            .finish_non_exhaustive()
    }
}

impl Picture {
    /// What the seal calls the picture's kind.
    pub fn declared(&self) -> &str {
        &self.declared
    }

    /// Its octets, as they stand in the seal.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Width on paper, in millimetres.
    pub fn width_mm(&self) -> u16 {
        self.width_mm
    }

    /// Height on paper, in millimetres.
    pub fn height_mm(&self) -> u16 {
        self.height_mm
    }

    /// The kind that its first octets tell, whatever the seal calls it. `None` for all others, among them SVG and OFD,
    /// which are documents and do not belong into a page unexamined.
    pub fn format(&self) -> Option<PictureFormat> {
        const BEGINNINGS: [(&[u8], PictureFormat); 5] = [
            (b"\x89PNG\r\n\x1a\n", PictureFormat::Png),
            (b"\xff\xd8\xff", PictureFormat::Jpeg),
            (b"GIF87a", PictureFormat::Gif),
            (b"GIF89a", PictureFormat::Gif),
            (b"BM", PictureFormat::Bmp),
        ];
        BEGINNINGS
            .iter()
            .find(|(beginning, _)| self.bytes.starts_with(beginning))
            .map(|(_, format)| *format)
    }
}

impl fmt::Debug for Picture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Picture")
            .field("declared", &self.declared)
            .field("octets", &self.bytes.len())
            .finish_non_exhaustive()
    }
}

impl PictureFormat {
    /// The media type.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Gif => "image/gif",
            Self::Bmp => "image/bmp",
        }
    }
}

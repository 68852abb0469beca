//! E-seals with what can be said of them (签章显示).
//!
//! Owns which facts are shown and which pictures may be: those that decode as what their first octets say. Does not know
//! how a seal is read or verified (`pki::eseal`), and claims nothing of who made it: this program knows no seal maker.

use std::io::Cursor;

use image::{ImageFormat, ImageReader, Limits};
use pki::certificate::Certificate;
use pki::eseal::{
    Listing, PictureFormat, Seal, SealError, SealSignatureError, SealValidity, Standard,
};
use sha2::{Digest as _, Sha256};

use crate::locks::LockSources;
use crate::service::view::day;
use crate::token::TokenError;

/// Widest and highest picture that is shown, in pixels.
const PIXELS_MAX: u32 = 4096;

/// Most memory that showing one may take.
const PICTURE_MEMORY_MAX: u64 = 64 * 1024 * 1024;

/// The seals of one lock.
pub struct LockSeals {
    /// What a person calls the lock.
    pub lock: String,
    /// Its seals.
    pub seals: Vec<Shown>,
    /// Why its seals could not be read.
    pub unreadable: Option<TokenError>,
}

/// One seal.
pub struct Shown {
    /// Names it among those present.
    pub id: String,
    /// What it says, or why it could not be read.
    pub facts: Result<Facts, SealError>,
}

/// What a seal says, and what is true of it.
pub struct Facts {
    /// 印章名称.
    pub name: String,
    /// Its identifier.
    pub number: String,
    /// The standard and version it follows.
    pub standard: String,
    /// Whose software made it (Vid).
    pub vendor: String,
    /// Whom the maker's certificate names.
    pub maker: String,
    /// The day it was made (Beijing time).
    pub created: String,
    /// First day of validity (Beijing time).
    pub from: String,
    /// Last day of validity (Beijing time).
    pub until: String,
    /// Whether it is within its validity.
    pub validity: SealValidity,
    /// Whether the signature fits the certificate that the seal itself carries. Who that is, is not looked at.
    pub signature: Result<(), SealSignatureError>,
    /// Whether a certificate of this lock is on its list.
    pub listing: Listing,
    /// Whom the certificates on its list name.
    pub users: Vec<String>,
    /// How many it lists.
    pub listed: usize,
    /// Whether it holds something that must be understood and is not.
    pub is_beyond_us: bool,
    /// Its picture.
    pub picture: Picture,
}

/// A seal's picture.
pub struct Picture {
    /// What the seal calls its kind.
    pub declared: String,
    /// Whether it can be shown.
    pub is_shown: bool,
    /// Size on paper, in millimetres.
    pub size_mm: (u16, u16),
}

/// The seals of all locks.
pub fn of_locks(source: &LockSources, now: i64) -> Vec<LockSeals> {
    let listing = source.list().unwrap_or_default();
    let of_lock = |lock: &crate::token::LockFacts| {
        let own: Vec<_> = lock
            .certificates
            .iter()
            .map(|one| &one.certificate)
            .collect();
        let read = source.find(&lock.id).and_then(|token| token.seals());
        let (octets, unreadable) = match read {
            Ok(seals) => (seals, None),
            Err(error) => (Vec::new(), Some(error)),
        };
        LockSeals {
            lock: lock.label.clone(),
            seals: octets
                .iter()
                .map(|octets| show(octets, &own, now))
                .collect(),
            unreadable,
        }
    };
    listing.locks.iter().map(of_lock).collect()
}

/// The picture of the seal with this id, with its media type.
pub fn picture(source: &LockSources, id: &str) -> Option<(&'static str, Vec<u8>)> {
    let listing = source.list().ok()?;
    for lock in &listing.locks {
        let seals = source.find(&lock.id).and_then(|token| token.seals());
        for octets in seals.unwrap_or_default() {
            if id_of(&octets) == id {
                let seal = Seal::from_der(&octets).ok()?;
                let picture = seal.picture();
                let format = shown_format(picture)?;
                return Some((format.media_type(), picture.bytes().to_vec()));
            }
        }
    }
    None
}

fn show(octets: &[u8], own: &[&Certificate], now: i64) -> Shown {
    Shown {
        id: id_of(octets),
        facts: Seal::from_der(octets).map(|seal| facts(&seal, own, now)),
    }
}

fn facts(seal: &Seal, own: &[&Certificate], now: i64) -> Facts {
    let standard = match seal.standard() {
        Standard::GmT0031 => "GM/T 0031",
        Standard::GbT38540 => "GB/T 38540",
    };
    let listings: Vec<_> = own.iter().map(|one| seal.listing_of(one)).collect();
    let listing = if listings.contains(&Listing::Listed) {
        Listing::Listed
    } else if listings.is_empty() || listings.contains(&Listing::Unknown) {
        // A lock that shows no certificate before its PIN cannot be compared.
        Listing::Unknown
    } else {
        Listing::NotListed
    };
    Facts {
        name: seal.name().to_owned(),
        number: seal.id().to_owned(),
        standard: format!("{standard} (v{})", seal.version()),
        vendor: seal.vendor().to_owned(),
        maker: name_of(seal.maker()),
        created: day(seal.created_at()),
        from: day(seal.valid_from()),
        until: day(seal.valid_until()),
        validity: seal.validity(now),
        signature: seal.verify_signature(),
        listing,
        users: seal.certificates().iter().map(name_of).collect(),
        listed: seal.listed(),
        is_beyond_us: seal.has_critical_extension(),
        picture: Picture {
            declared: seal.picture().declared().to_owned(),
            is_shown: shown_format(seal.picture()).is_some(),
            size_mm: (seal.picture().width_mm(), seal.picture().height_mm()),
        },
    }
}

fn name_of(certificate: &Certificate) -> String {
    let subject = certificate.subject();
    let short = subject.common_name().or_else(|| subject.organization());
    short.map_or_else(|| subject.to_string(), str::to_owned)
}

fn id_of(octets: &[u8]) -> String {
    hex::encode(Sha256::digest(octets))
        .chars()
        .take(32)
        .collect()
}

/// The kind of a picture that decodes as what it says to be; `None`: it is not shown.
fn shown_format(picture: &pki::eseal::Picture) -> Option<PictureFormat> {
    let format = picture.format()?;
    let decoder = match format {
        PictureFormat::Png => ImageFormat::Png,
        PictureFormat::Jpeg => ImageFormat::Jpeg,
        PictureFormat::Bmp => ImageFormat::Bmp,
        PictureFormat::Gif => return None,
    };
    let mut reader = ImageReader::with_format(Cursor::new(picture.bytes()), decoder);
    let mut limits = Limits::default();
    limits.max_image_width = Some(PIXELS_MAX);
    limits.max_image_height = Some(PIXELS_MAX);
    limits.max_alloc = Some(PICTURE_MEMORY_MAX);
    reader.limits(limits);
    reader.decode().is_ok().then_some(format)
}

//! Walking through DER one value after the other. Knows lengths and tags, not what they mean.

use der::asn1::{AnyRef, GeneralizedTime, UtcTime};
use der::{Decode as _, Reader as _, SliceReader, Tag, TagNumber, Tagged as _};

/// It is not DER, or not the value that had to come.
#[derive(Clone, Copy, Debug)]
pub(super) struct Malformed;

impl From<der::Error> for Malformed {
    fn from(_: der::Error) -> Self {
        Self
    }
}

/// Values in a row.
pub(super) struct Tlvs<'a>(SliceReader<'a>);

impl<'a> Tlvs<'a> {
    /// Those in these octets.
    pub(super) fn of(content: &'a [u8]) -> Result<Self, Malformed> {
        Ok(Self(SliceReader::new(content)?))
    }

    /// Those within one SEQUENCE that fills these octets.
    pub(super) fn of_sequence(der: &'a [u8]) -> Result<Self, Malformed> {
        let mut whole = Self::of(der)?;
        let content = whole.next(Tag::Sequence)?.value();
        whole.end()?;
        Self::of(content)
    }

    pub(super) fn is_at_end(&self) -> bool {
        self.0.is_finished()
    }

    /// Nothing may follow.
    pub(super) fn end(&self) -> Result<(), Malformed> {
        if self.is_at_end() {
            Ok(())
        } else {
            Err(Malformed)
        }
    }

    /// The next value, whatever it is.
    pub(super) fn any(&mut self) -> Result<AnyRef<'a>, Malformed> {
        Ok(AnyRef::decode(&mut self.0)?)
    }

    /// The next value, which must have this tag.
    pub(super) fn next(&mut self, tag: Tag) -> Result<AnyRef<'a>, Malformed> {
        match self.any()? {
            value if value.tag() == tag => Ok(value),
            _ => Err(Malformed),
        }
    }

    /// The next value with its tag and length, which must be a SEQUENCE.
    pub(super) fn whole_sequence(&mut self) -> Result<&'a [u8], Malformed> {
        if Tag::peek(&self.0)? == Tag::Sequence {
            Ok(self.0.tlv_bytes()?)
        } else {
            Err(Malformed)
        }
    }

    /// The next value, if it has this tag.
    pub(super) fn optional(&mut self, tag: Tag) -> Result<Option<AnyRef<'a>>, Malformed> {
        if !self.is_at_end() && Tag::peek(&self.0)? == tag {
            self.any().map(Some)
        } else {
            Ok(None)
        }
    }

    /// The next value, which must be a time; seconds since the Unix epoch.
    pub(super) fn time(&mut self) -> Result<i64, Malformed> {
        time(self.any()?)
    }

    /// The next value, if it is a time.
    pub(super) fn optional_time(&mut self) -> Result<Option<i64>, Malformed> {
        let is_time = |tag| matches!(tag, Tag::UtcTime | Tag::GeneralizedTime);
        if !self.is_at_end() && is_time(Tag::peek(&self.0)?) {
            self.time().map(Some)
        } else {
            Ok(None)
        }
    }
}

/// `[number]`, constructed.
pub(super) const fn constructed(number: u32) -> Tag {
    context_specific(number, true)
}

/// `[number]`, primitive.
pub(super) const fn primitive(number: u32) -> Tag {
    context_specific(number, false)
}

const fn context_specific(number: u32, constructed: bool) -> Tag {
    let number = TagNumber(number);
    Tag::ContextSpecific {
        constructed,
        number,
    }
}

fn time(value: AnyRef<'_>) -> Result<i64, Malformed> {
    let since_epoch = match value.tag() {
        Tag::UtcTime => value.decode_as::<UtcTime>()?.to_unix_duration(),
        Tag::GeneralizedTime => value.decode_as::<GeneralizedTime>()?.to_unix_duration(),
        _ => return Err(Malformed),
    };
    i64::try_from(since_epoch.as_secs()).map_err(|_too_late| Malformed)
}

/// One extension of a list, an entry, a request or an answer (RFC 5280 §4.1).
pub(super) struct Extension<'a> {
    /// The content octets of its identifier.
    pub(super) oid: &'a [u8],
    pub(super) critical: bool,
    pub(super) value: &'a [u8],
}

/// Every extension in the content of a SEQUENCE OF; none may stand twice.
pub(super) fn extensions(content: &[u8]) -> Result<Vec<Extension<'_>>, Malformed> {
    let mut rest = Tlvs::of(content)?;
    let mut found: Vec<Extension<'_>> = Vec::new();
    while !rest.is_at_end() {
        let mut one = Tlvs::of(rest.next(Tag::Sequence)?.value())?;
        let oid = one.next(Tag::ObjectIdentifier)?.value();
        let critical = match one.optional(Tag::Boolean)?.map(AnyRef::value) {
            None | Some([0]) => false,
            Some([0xFF]) => true,
            Some(_) => return Err(Malformed),
        };
        let value = one.next(Tag::OctetString)?.value();
        one.end()?;
        if found.iter().any(|before| before.oid == oid) {
            return Err(Malformed);
        }
        found.push(Extension {
            oid,
            critical,
            value,
        });
    }
    Ok(found)
}

//! Whom a certificate speaks for: values in each place and encoding.

use pki::certificate::Certificate;
use pki::holder::{
    AttributeProfile, CreditCode, CreditCodeError, Holder, HolderError, LockKind, read_holder,
};
use pki::sm2::SigningKey;

use crate::draft::{Draft, extension, name_of, tlv};
use crate::lab::{Kind, LOCK, Lab, Order};

const CODE: &str = "91350100M000100Y43";
const OTHER: &str = "91110000101623741K";

fn profile(text: &str) -> AttributeProfile {
    toml::from_str(text).unwrap()
}

fn plain_profile() -> AttributeProfile {
    profile(
        r#"
        holder_name = [{ subject = "O" }, { subject = "CN" }]
        credit_code = [{ extension = "1.2.156.10260.4.1.4" }, { subject = "2.5.4.97", strip_prefix = "NTRCN-" }]
        key_number = [{ extension = "1.2.156.112570.11.205" }, { serial_number = true }]
        lock_kind = [
            { is = "legal_person_lock", when = { extension = "1.2.156.112562.2.1.1.1", starts_with = "SF" } },
            { is = "key_lock", when = { extension = "1.2.156.112562.2.1.1.1", starts_with = "JJ" } },
        ]
        "#,
    )
}

/// 1.2.156.10260.4.1.4, content octets.
const USCC: &str = "2a811cd0140401 04";
/// 1.2.156.112562.2.1.1.1
const UNIQUE: &str = "2a811c86ef3202010101";

fn with(extensions: &[Vec<u8>]) -> Certificate {
    let key = SigningKey::generate().unwrap();
    let mut draft = Draft::lock("root", "法定名称");
    draft.extensions.extend_from_slice(extensions);
    draft.certificate(&key, &key)
}

fn uscc(value: &[u8]) -> Vec<u8> {
    extension(&USCC.replace(' ', ""), false, value)
}

fn read(extensions: &[Vec<u8>]) -> Result<Holder, HolderError> {
    read_holder(&with(extensions), &plain_profile())
}

#[test]
fn holder_is_read_from_a_certificate_of_openssl() {
    let lab = Lab::new();
    lab.root("root", Kind::Sm2);
    let extensions = format!(
        "{LOCK}1.2.156.10260.4.1.4=ASN1:PRINTABLESTRING:{CODE}\n1.2.156.112562.2.1.1.1=ASN1:UTF8:JJ{CODE}\n\
         1.2.156.112570.11.205=ASN1:SET:wrapper\n[wrapper]\nvalue=EXPLICIT:0,PRINTABLESTRING:1A100000000000A547FC\n"
    );
    let lock = lab.issue(
        "root",
        &Order {
            extensions: &extensions,
            ..Order::lock("lock", Kind::Sm2)
        },
    );
    let holder = read_holder(&lock, &plain_profile()).unwrap();
    assert_eq!(holder.name, "内蒙古测试有限公司");
    assert_eq!(holder.credit_code.unwrap().as_str(), CODE);
    assert_eq!(holder.key_number, "1A100000000000A547FC");
    assert_eq!(holder.lock_kind, LockKind::KeyLock);
}

#[test]
fn credit_code_is_found_in_each_encoding() {
    let text = CODE.as_bytes();
    let bmp: Vec<u8> = CODE.encode_utf16().flat_map(u16::to_be_bytes).collect();
    for value in [
        text.to_vec(),
        tlv(19, text),
        tlv(12, text),
        tlv(22, text),
        tlv(20, text),
        tlv(30, &bmp),
        tlv(4, text),
        tlv(4, &tlv(12, text)),
        tlv(0x31, &tlv(0xA0, &tlv(19, text))),
        tlv(0x30, &tlv(19, text)),
        tlv(0x31, &tlv(0x80, text)),
        format!(" {CODE} ").into_bytes(),
    ] {
        let holder = read(&[uscc(&value)]).unwrap_or_else(|why| panic!("{value:02x?}: {why}"));
        assert_eq!(holder.credit_code.unwrap().as_str(), CODE, "{value:02x?}");
    }
}

#[test]
fn a_chinese_name_in_an_extension_is_read_in_each_encoding() {
    const NAME: &str = "内蒙古测试有限公司";
    let gb18030 = encoding_rs::GB18030.encode(NAME).0.into_owned();
    let bmp: Vec<u8> = NAME.encode_utf16().flat_map(u16::to_be_bytes).collect();
    let utf8 = NAME.as_bytes();
    let wrapped = |value: Vec<u8>| tlv(0x31, &tlv(0xA0, &value));
    let name = |value: &[u8], decoding: &str| {
        let profile = profile(&format!(
            "holder_name = [{{ extension = \"1.2.3.4\", decoding = \"{decoding}\" }}]\n\
             key_number = [{{ serial_number = true }}]"
        ));
        read_holder(&with(&[extension("2a0304", false, value)]), &profile).map(|holder| holder.name)
    };
    for (value, decoding) in [
        (utf8.to_vec(), "utf8"),
        (gb18030.clone(), "gb18030"),
        (tlv(12, utf8), "string"),
        (tlv(30, &bmp), "string"),
        (tlv(20, &gb18030), "string"),
        (tlv(19, &gb18030), "string"),
        (wrapped(tlv(12, utf8)), "wrapped"),
        (wrapped(tlv(30, &bmp)), "wrapped"),
        (wrapped(tlv(19, &gb18030)), "wrapped"),
        (tlv(0xA0, &tlv(20, &gb18030)), "wrapped"),
    ] {
        assert_eq!(name(&value, decoding).as_deref(), Ok(NAME), "{value:02x?}");
        assert_eq!(name(&value, "auto").as_deref(), Ok(NAME), "{value:02x?}");
    }
    assert_eq!(name(&gb18030, "utf8"), Err(HolderError::Undecodable));
    assert_eq!(
        name(&tlv(12, utf8), "hex").unwrap(),
        hex::encode_upper(tlv(12, utf8))
    );
}

#[test]
fn value_that_cannot_be_decoded_is_refused_and_not_passed_over() {
    for value in [
        tlv(2, b"\x05"),
        tlv(0x31, &[tlv(19, b"a"), tlv(19, b"b")].concat()),
        b"\xff\xff\xff".to_vec(),
        (0..12).fold(tlv(19, CODE.as_bytes()), |inner, _| tlv(0x30, &inner)),
    ] {
        assert_eq!(
            read(&[uscc(&value)]),
            Err(HolderError::Undecodable),
            "{value:02x?}"
        );
    }
    assert_eq!(
        read(&[uscc(&vec![b'9'; 513])]),
        Err(HolderError::Undecodable)
    );
}

#[test]
fn codes_must_be_good_and_agree() {
    let organization = |code: &str| {
        let key = SigningKey::generate().unwrap();
        let mut draft = Draft::lock("root", "lock");
        let identifier = format!("NTRCN-{code}");
        draft.subject = name_of(&[
            (b"\x55\x04\x03", 12, b"lock"),
            (b"\x55\x04\x61", 12, identifier.as_bytes()),
        ]);
        draft.extensions.push(uscc(CODE.as_bytes()));
        read_holder(&draft.certificate(&key, &key), &plain_profile())
    };
    assert_eq!(
        organization(CODE).unwrap().credit_code.unwrap().as_str(),
        CODE
    );
    assert_eq!(
        organization(OTHER),
        Err(HolderError::ConflictingCreditCodes)
    );
    assert_eq!(
        organization("91350100M000100Y4A"),
        Err(HolderError::BadCreditCode(CreditCodeError::CheckDigit))
    );
    assert_eq!(
        read(&[uscc(b"123456789")]),
        Err(HolderError::BadCreditCode(CreditCodeError::Length))
    );
    assert_eq!(read(&[]).unwrap().credit_code, None);
    assert_eq!(read(&[uscc(b"  ")]).unwrap().credit_code, None);
}

#[test]
fn lock_kind_follows_the_first_rule_that_holds() {
    let kind = |unique: &[u8]| read(&[extension(UNIQUE, false, unique)]).unwrap().lock_kind;
    assert_eq!(kind(b"SF150102199001011234"), LockKind::LegalPersonLock);
    assert_eq!(kind(b"JJ91350100M000100Y43"), LockKind::KeyLock);
    assert_eq!(kind(b"XX1"), LockKind::Undecidable);
    assert_eq!(read(&[]).unwrap().lock_kind, LockKind::Undecidable);
}

#[test]
fn missing_name_and_key_number_are_refused() {
    let certificate = with(&[]);
    let nameless =
        profile("holder_name = [{ subject = \"O\" }]\nkey_number = [{ serial_number = true }]");
    assert_eq!(
        read_holder(&certificate, &nameless),
        Err(HolderError::NoName)
    );
    let numberless = profile(
        "holder_name = [{ subject = \"CN\" }]\nkey_number = [{ subject = \"serialNumber\" }]",
    );
    assert_eq!(
        read_holder(&certificate, &numberless),
        Err(HolderError::NoKeyNumber)
    );
}

#[test]
fn key_number_falls_back_in_order() {
    assert_eq!(read(&[]).unwrap().key_number, "1A10");
    let own = extension("2a811c86ef3a0b814d", false, b"KEY-7");
    assert_eq!(read(&[own]).unwrap().key_number, "KEY-7");
}

#[test]
fn credit_codes_are_checked_as_the_standard_says() {
    for good in [CODE, OTHER] {
        assert_eq!(good.parse::<CreditCode>().unwrap().to_string(), good);
    }
    assert_eq!(
        format!("\t{CODE} \n")
            .parse::<CreditCode>()
            .unwrap()
            .as_str(),
        CODE
    );
    assert_eq!(CODE.parse::<CreditCode>().unwrap().region(), "350100");
    let refusal = |text: &str| text.parse::<CreditCode>().unwrap_err();
    assert_eq!(refusal("91350100M000100Y4A"), CreditCodeError::CheckDigit);
    assert_eq!(refusal("91350100M000100Y4"), CreditCodeError::Length);
    assert_eq!(refusal(""), CreditCodeError::Length);
    assert_eq!(refusal("91350100m000100y43"), CreditCodeError::Alphabet);
    for letter in ["I", "O", "S", "V", "Z", "-", "９", "号"] {
        assert_eq!(
            refusal(&format!("9135010{letter}M000100Y43")),
            CreditCodeError::Alphabet,
            "{letter}"
        );
    }
    assert_eq!(
        refusal("91A50100M000100Y43"),
        CreditCodeError::Alphabet,
        "a region is digits"
    );
}

#[test]
fn every_single_wrong_character_is_noticed() {
    let alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY";
    for position in 0..18 {
        for wrong in alphabet.chars() {
            let text: String = CODE
                .chars()
                .enumerate()
                .map(|(at, c)| if at == position { wrong } else { c })
                .collect();
            assert_eq!(text.parse::<CreditCode>().is_ok(), text == CODE, "{text}");
        }
    }
}

#[test]
fn credit_code_travels_as_a_string() {
    let code: CreditCode = serde_json::from_str(&format!("\"{CODE}\"")).unwrap();
    assert_eq!(serde_json::to_string(&code).unwrap(), format!("\"{CODE}\""));
    assert!(serde_json::from_str::<CreditCode>("\"91350100M000100Y4A\"").is_err());
}

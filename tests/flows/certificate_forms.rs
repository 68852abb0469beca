//! Certificates in the forms that CAs of the field give them: how names are written, what is wrapped, and which of the two
//! certificates of a lock is used. What is refused says why, in either language.

use e2e::lock::credit_code;
use e2e::{Browser, KeyKind, Lock, Order, Platform, Provider, Strings, world};
use pki::certificate::CertificatePurpose;

async fn arrives_everywhere(lock: &Lock) {
    let provider = Provider::shared();
    let mut browser = Browser::new(provider);
    browser.bind(lock).await;
    browser.sign_in(lock).await;
    let page = browser.open("/certificate").await;
    assert_eq!(page.text("#holder-name").as_ref(), Some(&lock.holder));
    let subject = page.text("#subject").unwrap();
    assert!(subject.contains(&lock.holder), "{subject}");
    assert!(subject.contains("企业锁"), "{subject}");
    let platform = Platform::connect(provider).await;
    let tokens = platform.receive(&mut browser, lock).await;
    let info = platform.userinfo(tokens.access()).await.json();
    assert_eq!(info["name"], lock.holder);
    assert_eq!(info["credit_code"], lock.credit_code());
}

fn named(strings: Strings) -> Lock {
    let order = Order::enterprise(KeyKind::P256).with_strings(strings);
    world().p256.lock(&order)
}

/// Whether the subject holds this octet string, tag and length included.
fn subject_holds(lock: &Lock, tag: u8, content: &[u8]) -> bool {
    let length = u8::try_from(content.len()).unwrap();
    let value = [&[tag, length], content].concat();
    let der = lock.certificate.der();
    der.windows(value.len()).any(|window| window == value)
}

#[tokio::test]
async fn a_name_in_bmp_string_arrives_on_the_page_and_in_userinfo() {
    let lock = named(Strings::Bmp);
    let utf16: Vec<u8> = lock
        .holder
        .encode_utf16()
        .flat_map(u16::to_be_bytes)
        .collect();
    assert!(subject_holds(&lock, 30, &utf16));
    arrives_everywhere(&lock).await;
}

#[tokio::test]
async fn a_name_in_gb18030_arrives_on_the_page_and_in_userinfo() {
    let lock = named(Strings::Gb18030);
    let gb18030 = encoding_rs::GB18030.encode(&lock.holder).0;
    assert!(subject_holds(&lock, 20, &gb18030));
    arrives_everywhere(&lock).await;
}

#[tokio::test]
async fn a_name_in_utf8_string_arrives_on_the_page_and_in_userinfo() {
    let lock = named(Strings::Utf8);
    assert!(subject_holds(&lock, 12, lock.holder.as_bytes()));
    arrives_everywhere(&lock).await;
}

#[tokio::test]
async fn a_wrapped_credit_code_that_agrees_is_taken() {
    let code = credit_code();
    let wrapped = format!(
        "1.2.86.11.7.3=ASN1:SET:wrapper\n[wrapper]\nvalue=EXPLICIT:0,PRINTABLESTRING:{code}"
    );
    let order = Order::of(KeyKind::P256, "内蒙古包装测试有限公司", &code);
    let lock = world().p256.lock(&order.with_extension(&wrapped));
    let octets = lock.certificate.extension("1.2.86.11.7.3").unwrap();
    assert_eq!(octets[..6], [0x31, 22, 0xA0, 20, 19, 18]);
    arrives_everywhere(&lock).await;
}

/// The words of a refusal at login, in both languages.
async fn words(lock: &Lock) -> [String; 2] {
    let mut words = Vec::new();
    for language in ["zh-CN", "en"] {
        let mut browser = Browser::new(Provider::shared()).speaking(language);
        let refused = browser.try_sign_in(lock).await;
        assert_eq!(refused.status, 403, "{}", refused.summary());
        words.push(refused.text("main").unwrap());
    }
    words.try_into().unwrap()
}

#[tokio::test]
async fn the_encryption_certificate_of_the_pair_is_told_so_at_login() {
    let pair = Order::enterprise(KeyKind::Sm2);
    let signing = world().sm2.lock(&pair);
    let usage = "keyUsage=critical,keyEncipherment,dataEncipherment,keyAgreement";
    let encryption = world().sm2.lock(&pair.with_extension(usage));
    assert_eq!(
        encryption.certificate.subject(),
        signing.certificate.subject()
    );
    assert_eq!(signing.certificate.purpose(), CertificatePurpose::Signing);
    let [zh, en] = words(&encryption).await;
    assert!(
        zh.contains("只有加密证书，没有可用于登录的签名证书"),
        "{zh}"
    );
    assert!(en.contains("only an encryption certificate"), "{en}");
    arrives_everywhere(&signing).await;
}

#[tokio::test]
async fn two_credit_codes_that_differ_are_told_so_at_login() {
    let second = format!("1.2.86.11.7.3=ASN1:UTF8String:{}", credit_code());
    let order = Order::enterprise(KeyKind::P256).with_extension(&second);
    let [zh, en] = words(&world().p256.lock(&order)).await;
    assert!(zh.contains("多个不一致的统一社会信用代码"), "{zh}");
    assert!(en.contains("different unified social credit codes"), "{en}");
}

#[tokio::test]
async fn a_lock_whose_kind_nobody_can_tell_is_told_so_at_login() {
    let order = Order::enterprise(KeyKind::P256).with_subject("OU", "业务部");
    let [zh, en] = words(&world().p256.lock(&order)).await;
    assert!(zh.contains("无法判断这把CA锁是企业锁还是法人锁"), "{zh}");
    assert!(
        en.contains("cannot be decided whether this is an enterprise lock"),
        "{en}"
    );
}

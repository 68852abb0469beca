//! Lists of what was taken back.

use pki::certificate::Certificate;
use pki::path::{PathError, verify_path};
use pki::revocation::{
    CrlError, ListFault, Lists, Revocation, RevocationGap, RevocationStatus as _, UnverifiedCrl,
    crls_in,
};

use crate::lab::{AT, Kind, LOCK, Lab, Order, anchors, lists};

pub const LAST: &str = "20260601000000Z";
pub const NEXT: &str = "20260701000000Z";

fn verified(der: &[u8], certificates: &[&Certificate]) -> Result<Lists, CrlError> {
    let unverified = UnverifiedCrl::from_der(der)?;
    let list = unverified.verify(certificates.iter().copied())?;
    Ok(Lists::new(vec![list]))
}

fn unavailable(gap: RevocationGap) -> Result<(), PathError> {
    Err(PathError::RevocationUnavailable(gap))
}

fn judge(
    lock: &Certificate,
    root: &Certificate,
    intermediates: &[Certificate],
    crls: &[Vec<u8>],
) -> Result<(), PathError> {
    let certificates: Vec<&Certificate> = intermediates.iter().chain([root]).collect();
    let lists = lists(crls, &certificates);
    verify_path(
        lock,
        &anchors(&[root]),
        intermediates,
        &Revocation::Asked(&lists),
        AT,
    )
    .map(|_| ())
}

fn revoked_lock_is_refused_and_its_neighbour_passes(kind: Kind) {
    let lab = Lab::new();
    let root = lab.root("root", kind);
    let good = lab.issue("root", &Order::lock("good", kind));
    let bad = lab.issue("root", &Order::lock("bad", kind));
    lab.revoke("root", "bad");
    let crl = lab.crl("root", LAST, NEXT);
    let verified = UnverifiedCrl::from_der(&crl)
        .unwrap()
        .verify([&root])
        .unwrap();
    assert_eq!(verified.issuer().common_name(), Some("root"));
    assert_eq!(
        (verified.this_update(), verified.next_update()),
        (1_780_272_000, 1_782_864_000)
    );
    assert_eq!(verified.entries(), 1);
    let crls = [crl];
    assert_eq!(judge(&good, &root, &[], &crls), Ok(()));
    assert_eq!(judge(&bad, &root, &[], &crls), Err(PathError::Revoked));
    assert!(verify_path(&bad, &anchors(&[&root]), &[], &Revocation::NotChecked, AT).is_ok());
}

#[test]
fn revoked_rsa_lock_is_refused() {
    revoked_lock_is_refused_and_its_neighbour_passes(Kind::Rsa(2048));
}

#[test]
fn revoked_p256_lock_is_refused() {
    revoked_lock_is_refused_and_its_neighbour_passes(Kind::P256);
}

#[test]
fn revoked_sm2_lock_is_refused() {
    revoked_lock_is_refused_and_its_neighbour_passes(Kind::Sm2);
}

#[test]
fn list_counts_only_between_its_updates() {
    let lab = Lab::new();
    let root = lab.root("root", Kind::P256);
    let lock = lab.issue("root", &Order::lock("lock", Kind::P256));
    let stale = lab.crl("root", "20260401000000Z", "20260501000000Z");
    let future = lab.crl("root", "20260701000000Z", "20260801000000Z");
    let current = lab.crl("root", LAST, NEXT);
    assert_eq!(
        judge(&lock, &root, &[], &[]),
        unavailable(RevocationGap::NoList)
    );
    assert_eq!(
        judge(&lock, &root, &[], std::slice::from_ref(&stale)),
        unavailable(RevocationGap::Stale)
    );
    assert_eq!(
        judge(&lock, &root, &[], std::slice::from_ref(&future)),
        unavailable(RevocationGap::NotYetInForce)
    );
    // A stale list beside the current one does no harm, whatever the order.
    assert_eq!(
        judge(&lock, &root, &[], &[stale.clone(), current.clone()]),
        Ok(())
    );
    assert_eq!(judge(&lock, &root, &[], &[current.clone(), stale]), Ok(()));
    let current = lists(&[current], &[&root]);
    let at_the_end = |at| {
        let path = verify_path(
            &lock,
            &anchors(&[&root]),
            &[],
            &Revocation::Asked(&current),
            at,
        );
        path.map(|path| path.unrevoked_until())
    };
    let list = &current.all()[0];
    let until = Ok(Some(list.next_update()));
    assert_eq!(at_the_end(list.next_update() - 1), until);
    assert_eq!(
        at_the_end(list.next_update()),
        Err(PathError::RevocationUnavailable(RevocationGap::Stale))
    );
    assert_eq!(at_the_end(list.this_update()), until);
    assert_eq!(current.fault(list, list.this_update()), None);
    assert_eq!(
        current.fault(list, list.next_update()),
        Some(ListFault::Stale)
    );
    assert_eq!(
        current.fault(list, list.this_update() - 1),
        Some(ListFault::NotYetInForce)
    );
}

#[test]
fn later_list_outweighs_an_earlier_one() {
    let lab = Lab::new();
    let root = lab.root("root", Kind::P256);
    let lock = lab.issue("root", &Order::lock("lock", Kind::P256));
    let before = lab.crl("root", LAST, NEXT);
    lab.revoke("root", "lock");
    let after = lab.crl("root", "20260610000000Z", NEXT);
    assert_eq!(
        judge(&lock, &root, &[], &[before.clone(), after.clone()]),
        Err(PathError::Revoked)
    );
    assert_eq!(
        judge(&lock, &root, &[], &[after, before]),
        Err(PathError::Revoked)
    );
}

#[test]
fn an_older_list_in_force_clears_nobody_whom_a_newer_one_took_back_before_it_ran_out() {
    let lab = Lab::new();
    let root = lab.root("root", Kind::P256);
    let lock = lab.issue("root", &Order::lock("lock", Kind::P256));
    let older = lab.crl("root", LAST, NEXT);
    let older_of_users = list_of(
        &lab,
        LAST,
        "issuingDistributionPoint=critical,@point\n[point]\nonlyuser=TRUE\n",
    );
    lab.revoke("root", "lock");
    let ran_out = lab.crl("root", "20260610000000Z", "20260611000000Z");
    let stale = unavailable(RevocationGap::Stale);
    for others in [vec![older.clone()], vec![older_of_users.clone()]] {
        let others = [others, vec![ran_out.clone()]].concat();
        assert_eq!(judge(&lock, &root, &[], &others), stale);
    }
    // That a newer one is out of force is a fault, and no comfort in an older one beside it.
    let known = lists(&[older.clone(), ran_out.clone()], &[&root]);
    let faults: Vec<_> = known.all().iter().map(|one| known.fault(one, AT)).collect();
    assert_eq!(faults, [Some(ListFault::Stale), None]);
    assert_eq!(
        known.covers_holders_of(&root, AT),
        Err(RevocationGap::Stale)
    );
    // A later version in force settles it.
    let fresh = lab.crl("root", "20260612000000Z", NEXT);
    let all = [older, ran_out, fresh];
    assert_eq!(judge(&lock, &root, &[], &all), Err(PathError::Revoked));
}

#[test]
fn a_lock_that_was_taken_back_is_so_although_nothing_is_known_of_a_ca_above_it() {
    let lab = Lab::new();
    let root = lab.root("root", Kind::P256);
    let issuing = lab.issue(
        "root",
        &Order::ca("issuing", Kind::P256, "/C=CN/O=Test/CN=issuing"),
    );
    let good = lab.issue("issuing", &Order::lock("good", Kind::P256));
    let bad = lab.issue("issuing", &Order::lock("bad", Kind::P256));
    lab.revoke("issuing", "bad");
    let of_root = lab.crl("root", "20260601000000Z", "20260602000000Z");
    let of_issuing = lab.crl("issuing", LAST, NEXT);
    let between = std::slice::from_ref(&issuing);
    for (lists, gap) in [
        (vec![of_root, of_issuing.clone()], RevocationGap::Stale),
        (vec![of_issuing.clone()], RevocationGap::NoList),
    ] {
        let judge = |lock| judge(lock, &root, between, &lists);
        assert_eq!(judge(&bad), Err(PathError::Revoked));
        assert_eq!(judge(&good), unavailable(gap));
    }
    // Of a CA that was taken back itself nothing counts.
    lab.revoke("root", "issuing");
    let lists = [lab.crl("root", LAST, NEXT), of_issuing];
    assert_eq!(
        judge(&bad, &root, between, &lists),
        Err(PathError::IssuerRevoked)
    );
}

#[test]
fn forged_list_is_not_believed() {
    let lab = Lab::new();
    let root = lab.root("root", Kind::P256);
    let lock = lab.issue("root", &Order::lock("lock", Kind::P256));
    // Another key under the same name.
    let impostor = Lab::new();
    impostor.root("root", Kind::P256);
    let forged = impostor.crl("root", "20260610000000Z", NEXT);
    assert_eq!(
        verified(&forged, &[&root]).unwrap_err(),
        CrlError::Unverifiable
    );
    assert_eq!(
        judge(&lock, &root, &[], std::slice::from_ref(&forged)),
        unavailable(RevocationGap::NoList)
    );
    // Nor does it push the true one aside, though it is the later one.
    lab.revoke("root", "lock");
    let true_one = lab.crl("root", LAST, NEXT);
    assert_eq!(
        judge(&lock, &root, &[], &[forged, true_one]),
        Err(PathError::Revoked)
    );
}

#[test]
fn foreign_list_covers_nothing() {
    let lab = Lab::new();
    let root = lab.root("root", Kind::P256);
    lab.root("other", Kind::P256);
    let lock = lab.issue("root", &Order::lock("lock", Kind::P256));
    let foreign = lab.crl("other", LAST, NEXT);
    assert_eq!(verified(&foreign, &[&root]).unwrap_err(), CrlError::Foreign);
    assert_eq!(
        judge(&lock, &root, &[], &[foreign]),
        unavailable(RevocationGap::NoList)
    );
}

#[test]
fn unknown_issuer_is_said_before_missing_lists() {
    let lab = Lab::new();
    let root = lab.root("root", Kind::P256);
    lab.root("foreign", Kind::P256);
    let lock = lab.issue("foreign", &Order::lock("lock", Kind::P256));
    assert_eq!(judge(&lock, &root, &[], &[]), Err(PathError::UnknownIssuer));
}

#[test]
fn every_certificate_below_the_anchor_needs_a_list() {
    let lab = Lab::new();
    let root = lab.root("root", Kind::Sm2);
    let issuing = lab.issue("root", &Order::ca("issuing", Kind::Sm2, "/CN=issuing"));
    let lock = lab.issue("issuing", &Order::lock("lock", Kind::Sm2));
    let (by_root, by_issuing) = (lab.crl("root", LAST, NEXT), lab.crl("issuing", LAST, NEXT));
    let chain = [issuing.clone()];
    let both = [by_root.clone(), by_issuing.clone()];
    assert_eq!(judge(&lock, &root, &chain, &both), Ok(()));
    let only_lower = std::slice::from_ref(&by_issuing);
    assert_eq!(
        judge(&lock, &root, &chain, only_lower),
        unavailable(RevocationGap::NoList)
    );
    assert_eq!(
        judge(&lock, &root, &chain, &[by_root]),
        unavailable(RevocationGap::NoList)
    );
    // The remedy where a CA publishes nothing about its intermediates: the issuing CA as the anchor.
    assert_eq!(judge(&lock, &issuing, &[], only_lower), Ok(()));

    lab.revoke("root", "issuing");
    let revoking = [lab.crl("root", "20260610000000Z", NEXT), by_issuing];
    assert_eq!(
        judge(&lock, &root, &chain, &revoking),
        Err(PathError::IssuerRevoked)
    );
}

#[test]
fn authority_without_the_right_to_sign_lists_has_no_say() {
    let lab = Lab::new();
    let extensions = "basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign\nsubjectKeyIdentifier=hash\n";
    let root = lab.issue(
        "root",
        &Order {
            extensions,
            ..Order::ca("root", Kind::P256, "/CN=root")
        },
    );
    let lock = lab.issue("root", &Order::lock("lock", Kind::P256));
    let crl = lab.crl("root", LAST, NEXT);
    assert_eq!(
        judge(&lock, &root, &[], &[crl]),
        unavailable(RevocationGap::Unverifiable)
    );
}

#[test]
fn what_is_no_list_is_refused() {
    let empty = UnverifiedCrl::from_der(b"\x30\x00");
    assert_eq!(empty.err(), Some(CrlError::Malformed));
    let nothing = crls_in(b"-----BEGIN X509 CRL-----\n".to_vec());
    assert_eq!(nothing.unwrap_err(), CrlError::BadPem);
}

/// A list of OpenSSL with these lines for its extensions.
fn list_with(lab: &Lab, extensions: &str) -> Vec<u8> {
    list_of(lab, LAST, extensions)
}

fn list_of(lab: &Lab, last: &str, extensions: &str) -> Vec<u8> {
    let config = format!(
        "[ca]\ndefault_ca=d\n[d]\ndatabase=root.db\ncrlnumber=root.crlnumber\ndefault_md=sha256\n\
         default_crl_days=30\ncrl_extensions=ext\n[ext]\nauthorityKeyIdentifier=keyid\n{extensions}"
    );
    std::fs::write(lab.path("list.cnf"), config).unwrap();
    lab.openssl(&[
        "ca",
        "-gencrl",
        "-config",
        "list.cnf",
        "-keyfile",
        "root.key",
        "-cert",
        "root.pem",
        "-out",
        "crl.pem",
        "-crl_lastupdate",
        last,
        "-crl_nextupdate",
        NEXT,
    ]);
    lab.openssl(&[
        "crl", "-in", "crl.pem", "-outform", "DER", "-out", "crl.der",
    ]);
    std::fs::read(lab.path("crl.der")).unwrap()
}

#[test]
fn a_later_list_about_another_part_takes_no_revocation_away() {
    let lab = Lab::new();
    let root = lab.root("root", Kind::P256);
    // It names both parts, so that either may speak of it.
    let extensions =
        format!("{LOCK}crlDistributionPoints=URI:http://ca.test/1.crl,URI:http://ca.test/2.crl\n");
    let order = Order {
        extensions: &extensions,
        ..Order::lock("lock", Kind::P256)
    };
    let lock = lab.issue("root", &order);
    let part = |number: u8| {
        format!(
            "issuingDistributionPoint=critical,@point\n[point]\nfullname=URI:http://ca.test/{number}.crl\n"
        )
    };
    let (later, whole) = (
        list_of(&lab, "20260610000000Z", &part(2)),
        list_of(&lab, "20260611000000Z", ""),
    );
    let released = list_of(&lab, "20260612000000Z", &part(1));
    lab.revoke("root", "lock");
    let naming = list_of(&lab, LAST, &part(1));
    for other in [later, whole] {
        for lists in [[naming.clone(), other.clone()], [other, naming.clone()]] {
            assert_eq!(judge(&lock, &root, &[], &lists), Err(PathError::Revoked));
        }
    }
    // A later version of the same part does.
    assert_eq!(judge(&lock, &root, &[], &[naming, released]), Ok(()));
}

#[test]
fn of_two_lists_of_one_moment_the_one_with_the_higher_number_is_the_later_version() {
    let lab = Lab::new();
    let root = lab.root("root", Kind::P256);
    let lock = lab.issue("root", &Order::lock("lock", Kind::P256));
    let one = |der: &[u8]| verified(der, &[&root]).unwrap().all()[0].clone();
    std::fs::write(lab.path("root.crlnumber"), "00FF\n").unwrap();
    let before = lab.crl("root", LAST, NEXT);
    lab.revoke("root", "lock");
    let after = lab.crl("root", LAST, NEXT);
    let (older, newer) = (one(&before), one(&after));
    assert!(older.is_older_than(&newer) && !newer.is_older_than(&older));
    assert!(!newer.is_older_than(&newer));
    for lists in [[before.clone(), after.clone()], [after, before]] {
        assert_eq!(judge(&lock, &root, &[], &lists), Err(PathError::Revoked));
    }
}

#[test]
fn a_partial_list_covers_no_certificate_that_does_not_name_its_point() {
    let lab = Lab::new();
    let root = lab.root("root", Kind::P256);
    let lock = lab.issue("root", &Order::lock("lock", Kind::P256));
    let point = |names: &str| format!("issuingDistributionPoint=critical,@point\n[point]\n{names}");
    let here = "http://ca.test/1.crl";
    let partial = list_with(&lab, &point(&format!("fullname=URI:{here}\n")));
    let uncovered = unavailable(RevocationGap::NoList);
    assert_eq!(
        judge(&lock, &root, &[], std::slice::from_ref(&partial)),
        uncovered,
        "RFC 5280 §6.3.3: another part may be about it"
    );
    let list = &verified(&partial, &[&root]).unwrap().all()[0].clone();
    assert!(list.is_partial());
    assert_eq!(list.points(), [here]);
    // An operator says of which point the list is the whole; of another it says nothing.
    let judge_by = |list| {
        let lists = Lists::new(vec![list]);
        let revocation = Revocation::Asked(&lists);
        verify_path(&lock, &anchors(&[&root]), &[], &revocation, AT).map(|_| ())
    };
    let elsewhere = list.clone().whole_at("http://ca.test/2.crl");
    assert_eq!(judge_by(elsewhere), uncovered);
    let whole = list.clone().whole_at(here);
    assert!(!whole.is_partial());
    assert_eq!(judge_by(whole), Ok(()));
    // §6.3.3: a certificate without a point is taken to name its issuer.
    let of_issuer = point("fullname=dirName:issuer\n[issuer]\nC=CN\nO=Test\nCN=root\n");
    let of_issuer = list_with(&lab, &of_issuer);
    assert_eq!(judge(&lock, &root, &[], &[of_issuer]), Ok(()));
    let of_other = point("fullname=dirName:issuer\n[issuer]\nC=CN\nO=Test\nCN=other\n");
    let of_other = list_with(&lab, &of_other);
    assert_eq!(judge(&lock, &root, &[], &[of_other]), uncovered);
}

#[test]
fn a_list_covers_more_than_another_by_its_signer_its_point_and_whom_it_is_about() {
    let lab = Lab::new();
    let root = lab.root("root", Kind::P256);
    let list = |lines: &str| {
        let der = list_with(&lab, lines);
        verified(&der, &[&root]).unwrap().all()[0].clone()
    };
    let point = |more: &str| format!("issuingDistributionPoint=critical,@point\n[point]\n{more}");
    let whole = list("");
    let users = list(&point("onlyuser=TRUE\n"));
    let one = list(&point("fullname=URI:http://ca.test/1.crl\n"));
    let other = list(&point("fullname=URI:http://ca.test/2.crl\n"));
    for part in [&users, &one, &other] {
        assert!(whole.is_about_all_of(part) && !part.is_about_all_of(&whole));
    }
    assert!(!one.is_about_all_of(&other) && !users.is_about_all_of(&one));
    assert!(one.is_about_all_of(&one));
}

#[test]
fn lists_that_say_less_than_everything_are_refused_or_kept_to_what_they_say() {
    let lab = Lab::new();
    let root = lab.root("root", Kind::P256);
    let points = "crlDistributionPoints=URI:http://ca.test/1.crl\n";
    let extensions = format!("{LOCK}{points}");
    let order = Order {
        extensions: &extensions,
        ..Order::lock("lock", Kind::P256)
    };
    let lock = lab.issue("root", &order);
    let point = |more: &str| format!("issuingDistributionPoint=critical,@point\n[point]\n{more}");
    let try_out = |lines: &str| {
        let der = list_with(&lab, lines);
        verified(&der, &[&root]).map(|_| judge(&lock, &root, &[], &[der]))
    };
    let uncovered = || Ok(unavailable(RevocationGap::NoList));
    for refused in [
        "2.5.29.27=critical,ASN1:INTEGER:1\n".to_owned(),
        "1.2.3.4=critical,ASN1:NULL\n".to_owned(),
        point("indirectCRL=TRUE\n"),
        point("onlysomereasons=keyCompromise\n"),
        point("onlyAA=TRUE\n"),
    ] {
        assert_eq!(try_out(&refused), Err(CrlError::Unsupported), "{refused}");
    }
    assert_eq!(try_out("1.2.3.4=ASN1:NULL\n"), Ok(Ok(())));
    assert_eq!(try_out(&point("onlyuser=TRUE\n")), Ok(Ok(())));
    assert_eq!(try_out(&point("onlyCA=TRUE\n")), uncovered());
    let here = point("fullname=URI:http://ca.test/1.crl\n");
    assert_eq!(try_out(&here), Ok(Ok(())));
    let elsewhere = point("fullname=URI:http://ca.test/2.crl\n");
    assert_eq!(try_out(&elsewhere), uncovered());
}

#[test]
fn serial_numbers_of_every_length_are_found_and_their_neighbours_are_not() {
    let lab = Lab::new();
    let root = lab.root("root", Kind::P256);
    let lock = |serial: &[u8]| {
        let key = pki::sm2::SigningKey::generate().unwrap();
        let mut draft = crate::draft::Draft::lock("unused", "lock");
        draft.serial = serial.to_vec();
        draft.issuer = crate::draft::name_of(&[
            (b"\x55\x04\x06", 19, b"CN"),
            (b"\x55\x04\x0a", 12, b"Test"),
            (b"\x55\x04\x03", 12, b"root"),
        ]);
        draft.certificate(&key, &key)
    };
    let numbers: [&[u8]; 5] = [
        &[5],
        &[0, 0xFF],
        &[1, 2, 3, 4, 5, 6, 7, 8],
        &[9; 16],
        &[0x7F; 20],
    ];
    for upto in 1..=numbers.len() {
        let lines: Vec<String> = numbers[..upto]
            .iter()
            .map(|number| {
                let number = hex::encode_upper(number);
                format!("R\t491231235959Z\t260101000000Z,keyCompromise\t{number}\tunknown\t/CN=x\n")
            })
            .collect();
        let lines = lines.concat();
        std::fs::write(lab.path("root.db"), lines).unwrap();
        let der = lab.crl("root", LAST, NEXT);
        let lists = verified(&der, &[&root]).unwrap();
        let list = &lists.all()[0];
        assert_eq!(list.entries(), upto);
        for (place, number) in numbers.iter().enumerate() {
            assert_eq!(list.takes_back(&lock(number)), place < upto);
            let mut beside = number.to_vec();
            *beside.last_mut().unwrap() ^= 1;
            assert!(!list.takes_back(&lock(&beside)));
        }
    }
}

#[test]
fn a_certificate_on_hold_is_revoked() {
    let lab = Lab::new();
    let root = lab.root("root", Kind::P256);
    let lock = lab.issue("root", &Order::lock("lock", Kind::P256));
    let number = lock.serial_number();
    let line = format!(
        "R\t491231235959Z\t260101000000Z,holdInstruction,holdInstructionReject\t{number}\tunknown\t/CN=x\n"
    );
    std::fs::write(lab.path("root.db"), line).unwrap();
    let crl = lab.crl("root", LAST, NEXT);
    assert_eq!(judge(&lock, &root, &[], &[crl]), Err(PathError::Revoked));
}

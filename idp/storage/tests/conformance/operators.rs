//! Properties of operators, of what they signed, and of changes that two of them agree on.

use std::time::Duration;

use idp_core::evidence::{Evidence, Holder, WaitingEvidence};
use idp_core::id::{CaId, NoticeId, OperatorId, ProposalId, SignedStatementId};
use idp_core::key_lock::Thumbprint;
use idp_core::notice::Notice;
use idp_core::operator::{Operator, OperatorState, Role, Roles};
use idp_core::proposal::{Change, Decision, Proposal, ProposalState};
use idp_core::signed_statement::SignedStatement;

use crate::backend::{Backend, Property, properties};
use crate::past_the_store::refuse_all;
use crate::races::all;
use crate::samples::{self, at};
use crate::steps::{read, write};

pub const ALL: &[Property] = properties![
    operator_comes_back_as_stored_and_its_certificate_is_its_own,
    of_two_changes_of_one_version_one_is_made,
    of_many_who_hold_the_operators_each_sees_what_the_others_did,
    signed_statement_comes_back_as_stored,
    proposals_come_newest_first_and_page_by_page,
    of_many_decisions_of_a_proposal_one_is_made,
    notices_are_shown_in_their_time_until_they_are_taken_back,
    evidence_waits_for_one_sign_in_and_another_one_takes_its_place,
];

/// What the database itself refuses, whatever the store.
pub const PAST_THE_STORE: &[Property] = properties![
    signed_statements_refuse_change_and_removal,
    nobody_decides_alone_what_he_proposed,
];

fn operator() -> Operator {
    let name = samples::name("operator");
    let mut thumbprint = [0; 32];
    for (octet, of) in thumbprint.iter_mut().zip(name.bytes().rev()) {
        *octet = of;
    }
    Operator {
        id: OperatorId::from_text(name.clone()),
        roles: Roles::new([Role::Trust, Role::Auditor]).unwrap(),
        state: OperatorState::Active,
        certificate: name.clone().into_bytes(),
        thumbprint: Thumbprint(thumbprint),
        name,
        version: 1,
        created_at: at(1),
        changed_at: at(2),
    }
}

fn signed(by: &Operator) -> SignedStatement {
    let name = samples::name("signed");
    SignedStatement {
        id: SignedStatementId::from_text(name.clone()),
        operator_id: by.id.clone(),
        at: at(3),
        purpose: "approve".into(),
        origin: "https://idp.example".into(),
        nonce: name,
        statement: "本人批准".into(),
        proof: "{}".into(),
    }
}

fn proposal(by: &Operator, signed: &SignedStatement) -> Proposal {
    Proposal {
        id: ProposalId::from_text(samples::name("proposal")),
        change: Change::SuspendCa {
            id: CaId::from_text("ca"),
            revision: 3,
        },
        reason: "检查".into(),
        proposed_by: by.id.clone(),
        proposed_at: at(3),
        expires_at: at(100),
        signed: signed.id.clone(),
        state: ProposalState::Waiting,
        decision: None,
    }
}

fn decided(proposal: &Proposal, by: &Operator, signed: &SignedStatement) -> Proposal {
    Proposal {
        state: ProposalState::Approved,
        decision: Some(Decision {
            by: by.id.clone(),
            at: at(4),
            signed: Some(signed.id.clone()),
        }),
        ..proposal.clone()
    }
}

/// A proposal that waits, who proposed it, and somebody else with a signature.
async fn waiting(b: &Backend) -> (Proposal, Operator, Operator, SignedStatement) {
    let (one, other) = (operator(), operator());
    let (first, second) = (signed(&one), signed(&other));
    let waits = proposal(&one, &first);
    let all = (
        one.clone(),
        other.clone(),
        first,
        second.clone(),
        waits.clone(),
    );
    write!(b, |s| {
        s.insert_operator(&all.0)?;
        s.insert_operator(&all.1)?;
        s.insert_signed_statement(&all.2)?;
        s.insert_signed_statement(&all.3)?;
        s.insert_proposal(&all.4)?;
    });
    (waits, one, other, second)
}

async fn operator_comes_back_as_stored_and_its_certificate_is_its_own(b: &Backend) {
    let first = operator();
    let taken = Operator {
        thumbprint: first.thumbprint,
        ..operator()
    };
    let (a, c) = (first.clone(), taken);
    let inserted = write!(b, |s| [
        s.insert_operator(&a)?,
        s.insert_operator(&a)?,
        s.insert_operator(&c)?,
    ]);
    assert_eq!(inserted, [true, false, false]);
    let (id, thumbprint) = (first.id.clone(), first.thumbprint);
    let found = read!(b, |s| [
        s.find_operator(&id)?,
        s.find_operator_by_thumbprint(thumbprint)?,
    ]);
    assert_eq!(found, [Some(first.clone()), Some(first.clone())]);
    assert!(read!(b, |s| s.list_operators()?).contains(&first));
}

async fn of_two_changes_of_one_version_one_is_made(b: &Backend) {
    let first = operator();
    let a = first.clone();
    write!(b, |s| s.insert_operator(&a)?);
    let changed = Operator {
        state: OperatorState::Suspended,
        version: 2,
        ..first
    };
    let a = changed.clone();
    let made = write!(b, |s| [
        s.exchange_operator(&a, 1)?,
        s.exchange_operator(&a, 1)?,
    ]);
    assert_eq!(made, [true, false]);
    let id = changed.id.clone();
    assert_eq!(read!(b, |s| s.find_operator(&id)?), Some(changed));
}

/// So of many who go, the last two stay. Each writes a row that points to its operator, and a new certificate, as approvals do.
async fn of_many_who_hold_the_operators_each_sees_what_the_others_did(b: &Backend) {
    let people: Vec<_> = (0..5).map(|_| operator()).collect();
    let stored = people.clone();
    write!(b, |s| {
        for one in &stored {
            assert!(s.insert_operator(one)?);
        }
    });
    let went = all(people.len(), |number| {
        let (database, people) = (b.database.clone(), people.clone());
        async move {
            let written = database.write(move |s| {
                let own = &people[number];
                let is_active = |one: &Operator| one.state == OperatorState::Active;
                let held = s.hold_operators()?;
                s.insert_signed_statement(&signed(own))?;
                let ours = |one: &&Operator| people.iter().any(|it| it.id == one.id);
                if held
                    .iter()
                    .filter(ours)
                    .filter(|one| is_active(one))
                    .count()
                    <= 2
                {
                    return Ok(false);
                }
                std::thread::sleep(Duration::from_millis(20));
                let gone = Operator {
                    state: OperatorState::Suspended,
                    version: 2,
                    thumbprint: operator().thumbprint,
                    ..own.clone()
                };
                s.exchange_operator(&gone, 1)
            });
            written.await.unwrap()
        }
    })
    .await;
    assert_eq!(went.iter().filter(|went| **went).count(), 3);
}

async fn signed_statement_comes_back_as_stored(b: &Backend) {
    let by = operator();
    let signed = signed(&by);
    let kept = signed.clone();
    write!(b, |s| {
        s.insert_operator(&by)?;
        s.insert_signed_statement(&kept)?;
    });
    let id = signed.id.clone();
    assert_eq!(read!(b, |s| s.find_signed_statement(&id)?), Some(signed));
}

async fn proposals_come_newest_first_and_page_by_page(b: &Backend) {
    let mut made = Vec::new();
    for _ in 0..3 {
        made.push(waiting(b).await.0);
    }
    let ids = |found: &[Proposal]| found.iter().map(|p| p.id.clone()).collect::<Vec<_>>();
    let all = read!(b, |s| s.list_proposals(None, None, 1000)?);
    let mut sorted = ids(&all);
    sorted.sort_by(|a, b| b.as_str().cmp(a.as_str()));
    assert_eq!(ids(&all), sorted);
    for one in &made {
        assert!(all.contains(one));
    }
    let second = all[0].id.clone();
    let rest = read!(b, |s| s.list_proposals(
        Some(ProposalState::Waiting),
        Some(&second),
        1
    )?);
    let waits = |p: &&Proposal| p.state == ProposalState::Waiting;
    assert_eq!(rest.first(), all.iter().skip(1).find(waits));
}

async fn of_many_decisions_of_a_proposal_one_is_made(b: &Backend) {
    let (waits, _, other, signed) = waiting(b).await;
    let ended = decided(&waits, &other, &signed);
    let (database, to) = (b.database.clone(), ended.clone());
    let results = all(8, move |_| {
        let (database, to) = (database.clone(), to.clone());
        async move {
            let won = database.write(move |s| s.exchange_waiting_proposal(&to));
            won.await.unwrap()
        }
    })
    .await;
    assert_eq!(results.iter().filter(|won| **won).count(), 1);
    let id = waits.id.clone();
    assert_eq!(read!(b, |s| s.find_proposal(&id)?), Some(ended));
}

async fn notices_are_shown_in_their_time_until_they_are_taken_back(b: &Backend) {
    let by = operator();
    let notice = |from: i64, until: Option<i64>| Notice {
        id: NoticeId::from_text(samples::name("notice")),
        title_zh: "检修".into(),
        title_en: "Maintenance".into(),
        text_zh: Some("夜间".into()),
        text_en: None,
        from: at(from),
        until: until.map(at),
        published_by: by.id.clone(),
        withdrawn_at: None,
    };
    // Moments that no other property uses.
    let (open, ended, later) = (
        notice(9_000_000, None),
        notice(9_000_001, Some(9_000_005)),
        notice(9_000_100, None),
    );
    let all = [open.clone(), ended.clone(), later.clone()];
    let who = by.clone();
    write!(b, |s| {
        s.insert_operator(&who)?;
        for one in &all {
            s.insert_notice(one)?;
        }
    });
    let ours = |found: Vec<Notice>| -> Vec<Notice> {
        let mut found = found;
        found.retain(|one| one.published_by == by.id);
        found
    };
    let shown = read!(b, |s| s.list_shown_notices(at(9_000_004), 50)?);
    assert_eq!(ours(shown), [ended.clone(), open.clone()]);
    let shown = read!(b, |s| s.list_shown_notices(at(9_000_005), 50)?);
    assert_eq!(ours(shown), std::slice::from_ref(&open));
    let id = open.id.clone();
    let taken = write!(b, |s| [
        s.withdraw_notice(&id, at(9_000_006))?,
        s.withdraw_notice(&id, at(9_000_007))?,
    ]);
    assert_eq!(taken, [true, false]);
    let shown = read!(b, |s| s.list_shown_notices(at(9_000_200), 50)?);
    assert_eq!(ours(shown), std::slice::from_ref(&later));
    let kept = ours(read!(b, |s| s.list_notices(None, 1000)?));
    let withdrawn = kept.iter().find(|one| one.id == open.id).unwrap();
    assert_eq!(
        (kept.len(), withdrawn.withdrawn_at),
        (3, Some(at(9_000_006)))
    );
}

async fn signed_statements_refuse_change_and_removal(b: &Backend) {
    let (_, _, _, signed) = waiting(b).await;
    let id = &signed.id;
    let mut attempts = vec![
        format!("UPDATE signed_statements SET statement = 'x' WHERE id = '{id}'"),
        format!("DELETE FROM signed_statements WHERE id = '{id}'"),
    ];
    if b.is_postgres() {
        attempts.push("TRUNCATE signed_statements CASCADE".into());
    } else {
        attempts.push(format!(
            "INSERT OR REPLACE INTO signed_statements SELECT id, operator_id, at, purpose, origin, nonce, 'x', proof \
             FROM signed_statements WHERE id = '{id}'"
        ));
    }
    refuse_all(b, attempts, "signed statements are append-only");
}

async fn nobody_decides_alone_what_he_proposed(b: &Backend) {
    let (waits, one, _, signed) = waiting(b).await;
    let (id, by) = (&waits.id, &one.id);
    let attempts = vec![
        format!(
            "UPDATE proposals SET state = 'approved', decided_by = '{by}', decision_signed = '{}' WHERE id = '{id}'",
            signed.id
        ),
        format!("UPDATE proposals SET state = 'approved', decided_by = 'x' WHERE id = '{id}'"),
    ];
    refuse_all(b, attempts, "");
    let id = waits.id.clone();
    assert_eq!(read!(b, |s| s.find_proposal(&id)?), Some(waits));
}

async fn evidence_waits_for_one_sign_in_and_another_one_takes_its_place(b: &Backend) {
    let (one, other) = (operator(), operator());
    let written = (one.clone(), other.clone());
    write!(b, |s| assert!(
        s.insert_operator(&written.0)? && s.insert_operator(&written.1)?
    ));
    let waiting = |of: &Operator, signed_in: i64, content: &[u8]| WaitingEvidence {
        holder: Holder {
            operator_id: of.id.clone(),
            signed_in_at: at(signed_in),
        },
        evidence: Evidence {
            name: "核准通知书.pdf".into(),
            content: content.to_vec(),
        },
        handed_in_at: at(signed_in + 5),
    };
    let large = vec![0xFF; idp_core::evidence::EVIDENCE_MAX];
    let first = waiting(&one, 10, b"first");
    let second = waiting(&one, 10, &large);
    let elsewhere = waiting(&one, 11, b"another sign-in");
    let others = waiting(&other, 10, b"another operator");
    for each in [&first, &second, &elsewhere, &others] {
        let each = each.clone();
        write!(b, |s| s.put_waiting_evidence(&each)?);
    }
    for each in [&second, &elsewhere, &others] {
        let holder = each.holder.clone();
        let found = read!(b, |s| s.find_waiting_evidence(&holder)?);
        assert_eq!(found.as_ref(), Some(each));
    }
    let holder = elsewhere.holder.clone();
    write!(b, |s| s.delete_waiting_evidence(&holder)?);
    let holder = elsewhere.holder.clone();
    assert_eq!(read!(b, |s| s.find_waiting_evidence(&holder)?), None);
    let holders = (second.holder.clone(), others.holder.clone());
    let forgotten = write!(b, |s| s.forget_waiting_evidence(at(16))?);
    assert!(forgotten >= 2, "{forgotten}");
    let gone = read!(b, |s| (
        s.find_waiting_evidence(&holders.0)?,
        s.find_waiting_evidence(&holders.1)?
    ));
    assert_eq!(gone, (None, None));
}

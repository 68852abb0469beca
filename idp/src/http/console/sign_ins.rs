//! `GET /console/sign-ins`, `GET /console/consents`: sign-ins of everybody, and what everybody was asked.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use idp_core::consent::{ConsentOutcome, ConsentRecord};
use idp_core::id::{EnterpriseId, KeyLockId, PlatformId};
use idp_core::inspect::{ConsentsSeen, SignInsSeen, consents, sign_ins};
use idp_core::listing::{ConsentFilter, List, Page, SessionFilter};
use idp_core::operator::Right;
use idp_core::proposal::Change;
use idp_core::session::{LiveSince, SessionRecord};
use pki::holder::credit_code::CreditCode;

use super::act::review;
use super::asked::{choices, invalid, proposal, reason};
use super::audit_asked::moment as read_moment;
use super::bench::{bench, frame};
use super::enterprise_rows::sign_in_row;
use super::paging::{asked, cursor, pager};
use super::shown::{show as show_page, submit};
use super::{CONSENTS, SIGN_INS};
use crate::http::error::Failure;
use crate::http::extract::{Desk, Visit};
use crate::http::page::{moment, platform_name};
use crate::view::console::{ConsentSeenRow, ConsentsSeenPage, SignInSeenRow, SignInsSeenPage};

const RIGHTS: [Right; 1] = [Right::SeeEnterprises];

/// What the address asks for, by field.
struct Asked<const N: usize>([(&'static str, String); N]);

impl<const N: usize> Asked<N> {
    fn read(request: &HttpRequest, fields: [&'static str; N]) -> Self {
        Self(fields.map(|name| (name, asked(request, name).unwrap_or_default())))
    }

    fn value(&self, name: &str) -> &str {
        let found = self.0.iter().find(|(known, _)| *known == name);
        found.map_or("", |(_, value)| value)
    }

    fn pairs(&self) -> Vec<(&str, &str)> {
        self.0
            .iter()
            .map(|(name, value)| (*name, &**value))
            .collect()
    }

    /// The enterprise whose code was typed. `Err`: there is none.
    async fn enterprise(&self, visit: &Visit) -> Result<Result<Option<EnterpriseId>, ()>, Failure> {
        let typed = self.value("enterprise").to_ascii_uppercase();
        if typed.is_empty() {
            return Ok(Ok(None));
        }
        let Ok(code) = typed.parse::<CreditCode>() else {
            return Ok(Err(()));
        };
        let database = &visit.state.database;
        let found = database
            .read(move |store| store.find_enterprise_by_credit_code(&code))
            .await?;
        Ok(found.map(|found| Some(found.id)).ok_or(()))
    }

    fn moment(&self, name: &str) -> Result<Option<idp_core::timestamp::Timestamp>, Failure> {
        match self.value(name) {
            "" => Ok(None),
            said => read_moment(said).map(Some).ok_or(invalid()),
        }
    }
}

/// `GET /console/sign-ins`
pub async fn list(visit: Visit, request: HttpRequest) -> HttpResponse {
    show_page(&visit, &request, &RIGHTS, async |desk| {
        let fields = ["enterprise", "state", "from", "until", "address"];
        let asked = Asked::read(&request, fields);
        let since = LiveSince::at(&visit.cx.settings, visit.cx.now);
        let (live, past) = match asked.value("state") {
            "" => (None, None),
            "live" => (Some(since), None),
            "past" => (None, Some(since)),
            _ => return Err(invalid()),
        };
        let address = Some(asked.value("address")).filter(|said| !said.is_empty());
        let mut filter = SessionFilter {
            live,
            past,
            from: asked.moment("from")?,
            until: asked.moment("until")?,
            remote_address: address.map(str::to_owned),
            ..SessionFilter::default()
        };
        let seen = match asked.enterprise(&visit).await? {
            Err(()) => SignInsSeen {
                page: Page::whole(Vec::new()),
                enterprises: std::collections::BTreeMap::default(),
                locks: std::collections::BTreeMap::default(),
            },
            Ok(enterprise) => {
                filter.enterprise = enterprise;
                let cursor = cursor(&request);
                let database = &visit.state.database;
                database
                    .read(move |store| sign_ins(store, &filter, (cursor.as_deref(), None)))
                    .await?
            }
        };
        Ok(sign_ins_page(&visit, desk, &seen, &asked.pairs()))
    })
    .await
}

/// `POST /console/sign-ins`: toward the page on which it is proposed that every sign-in ends.
pub async fn end_every(mut visit: Visit, request: HttpRequest, body: web::Bytes) -> HttpResponse {
    visit.at(SIGN_INS);
    let rights = [Right::ChangeEnterprises];
    submit(&visit, (&request, &body), &rights, async |desk, form| {
        let change = Change::EndEverySignIn {};
        let act = proposal(change, reason(form)?);
        review(&visit, desk, (act, SIGN_INS)).await
    })
    .await
}

fn sign_ins_page(
    visit: &Visit,
    desk: &Desk,
    seen: &SignInsSeen,
    values: &[(&str, &str)],
) -> HttpResponse {
    let locks = seen.locks.iter().collect();
    let row = |one| sign_in_seen(visit, one, (seen, &locks));
    let page = SignInsSeenPage {
        frame: frame(visit, desk),
        bench: bench(desk),
        values: values.to_vec(),
        sign_ins: seen.page.items.iter().map(row).collect(),
        pager: pager((&seen.page, List::Sessions), (SIGN_INS, values), ""),
        may_change: desk.may(Right::ChangeEnterprises),
    };
    visit.html(StatusCode::OK, page.render())
}

type Locks<'a> = std::collections::BTreeMap<&'a KeyLockId, &'a idp_core::key_lock::KeyLock>;

fn sign_in_seen<'a>(
    visit: &Visit,
    session: &'a SessionRecord,
    (seen, locks): (&'a SignInsSeen, &Locks<'_>),
) -> SignInSeenRow<'a> {
    let enterprise = seen.enterprises.get(&session.enterprise_id);
    SignInSeenRow {
        code: enterprise.map_or("", |one| one.credit_code.as_str()),
        name: enterprise.map_or(session.enterprise_id.as_str(), |one| &one.name),
        sign_in: sign_in_row(visit, session, locks),
    }
}

/// `GET /console/consents`
pub async fn list_consents(visit: Visit, request: HttpRequest) -> HttpResponse {
    show_page(&visit, &request, &RIGHTS, async |desk| {
        let fields = ["enterprise", "platform", "outcome", "from", "until"];
        let asked = Asked::read(&request, fields);
        let outcome = match asked.value("outcome") {
            "" => None,
            word => Some(ConsentOutcome::of_word(word).ok_or(invalid())?),
        };
        let platform = Some(asked.value("platform")).filter(|said| !said.is_empty());
        let mut filter = ConsentFilter {
            platform: platform.map(PlatformId::from_text),
            outcome,
            from: asked.moment("from")?,
            until: asked.moment("until")?,
            ..ConsentFilter::default()
        };
        let database = &visit.state.database;
        let seen = match asked.enterprise(&visit).await? {
            Err(()) => ConsentsSeen {
                page: Page::whole(Vec::new()),
                enterprises: std::collections::BTreeMap::default(),
                platforms: std::collections::BTreeMap::default(),
            },
            Ok(enterprise) => {
                filter.enterprise = enterprise;
                let cursor = cursor(&request);
                database
                    .read(move |store| consents(store, &filter, (cursor.as_deref(), None)))
                    .await?
            }
        };
        let platforms = database.read(|store| store.list_platforms()).await?;
        let connected = platforms.iter().filter(|one| one.client.is_some());
        let named: Vec<_> = connected
            .map(|one| {
                let name = platform_name(one, visit.locale).to_owned();
                (one.id.as_str(), name)
            })
            .collect();
        let pairs = asked.pairs();
        let page = ConsentsSeenPage {
            frame: frame(&visit, desk),
            bench: bench(desk),
            platforms: choices(&named),
            consents: (seen.page.items.iter())
                .map(|one| consent_seen(&visit, one, &seen))
                .collect(),
            pager: pager((&seen.page, List::Consents), (CONSENTS, &pairs), ""),
            values: pairs,
        };
        Ok(visit.html(StatusCode::OK, page.render()))
    })
    .await
}

fn consent_seen<'a>(
    visit: &Visit,
    record: &'a ConsentRecord,
    seen: &'a ConsentsSeen,
) -> ConsentSeenRow<'a> {
    let enterprise = seen.enterprises.get(&record.enterprise_id);
    let platform = seen.platforms.get(&record.platform_id);
    ConsentSeenRow {
        id: record.id.as_str(),
        code: enterprise.map_or("", |one| one.credit_code.as_str()),
        name: enterprise.map_or(record.enterprise_id.as_str(), |one| &one.name),
        platform: platform.map_or(record.platform_id.as_str(), |one| {
            platform_name(one, visit.locale)
        }),
        scopes: record.scopes.to_string(),
        outcome: record.outcome.as_str(),
        at: visit.locale.date_time(moment(record.at)),
    }
}

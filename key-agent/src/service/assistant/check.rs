//! 一键检测 as a page: started by a button, run in the background, looked at until it is over.

use std::cmp::Reverse;
use std::time::SystemTime;

use actix_web::rt;
use actix_web::web::{self, Bytes, Data};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::form::Form;
use super::frame::{self, Frame, Page};
use super::state::CheckRun;
use crate::assistant::check::{Circumstances, Service, Verdict, of_portal, of_this_computer};
use crate::service::server::Shared;

/// The page.
#[derive(Template)]
#[template(path = "check.html")]
struct CheckPage<'a> {
    frame: Frame<'a>,
    run: CheckRun,
    token: String,
}

impl CheckPage<'_> {
    fn count(&self, verdict: Verdict) -> usize {
        let all = self.run.findings.iter();
        all.filter(|finding| finding.verdict == verdict).count()
    }

    /// What a repair's button says.
    fn button_key(action: &str) -> &'static str {
        match action {
            "allow-portal" => "repair-allow-portal-button",
            _ => "repair-clear-stale-button",
        }
    }

    /// Read aloud once it is over.
    fn outcome(&self) -> String {
        let counts = [
            ("passed", self.count(Verdict::Pass)),
            ("warned", self.count(Verdict::Warn)),
            ("failed", self.count(Verdict::Fail)),
        ];
        let facts = counts.map(|(name, count)| (name, count.to_string())).into();
        self.frame.say.telling("check-outcome", &facts)
    }
}

pub(super) async fn page(request: HttpRequest, shared: Data<Shared>) -> HttpResponse {
    let frame = match Frame::of(&request, &shared, Page::Check) {
        Ok(frame) => frame,
        Err(answer) => return answer,
    };
    let mut run = shared.assistant.check().clone();
    if !run.is_running() {
        // What needs doing comes first.
        run.findings.sort_by_key(|finding| Reverse(finding.verdict));
    }
    // While it runs there is no button, and a page that is looked at often uses no token up.
    let token = if run.is_running() {
        String::new()
    } else {
        frame::token(&shared)
    };
    frame::page(&CheckPage { frame, run, token })
}

pub(super) async fn start(request: HttpRequest, body: Bytes, shared: Data<Shared>) -> HttpResponse {
    let frame = Frame::of_form(&request, &shared, Page::Check);
    if Form::read(&request, &body, &shared).is_none() {
        return frame.refuse();
    }
    begin(&shared);
    frame.back()
}

/// Does what a finding offers, and looks again.
pub(super) async fn repair(
    request: HttpRequest,
    body: Bytes,
    shared: Data<Shared>,
) -> HttpResponse {
    let frame = Frame::of_form(&request, &shared, Page::Check);
    let Some(form) = Form::read(&request, &body, &shared) else {
        return frame.refuse();
    };
    let done = match (form.field("repair"), shared.settings.portal_origin()) {
        // The settings name the website; a page or a form cannot.
        (Some("allow-portal"), Some(portal)) => shared.assistant.memory.confirm(&portal),
        (Some("clear-stale"), _) => {
            let stale = shared.assistant.memory.clear_stale(&shared.allowed());
            stale.map(|_| ())
        }
        _ => return frame.refuse(),
    };
    if let Err(error) = done {
        tracing::warn!(%error, "a repair came to nothing");
    }
    begin(&shared);
    frame.back()
}

/// Starts a check, unless one is under way.
fn begin(shared: &Data<Shared>) {
    let allowed = shared.allowed();
    {
        let mut run = shared.assistant.check();
        if run.is_running() {
            return;
        }
        *run = CheckRun {
            findings: Vec::new(),
            done: 0,
            steps: 1 + allowed.len(),
        };
    }
    let circumstances = Circumstances {
        locks: Some(shared.settings.locks.clone()),
        allowed: Some(allowed.clone()),
        portal: shared.settings.portal_url.clone(),
        memory: Some(shared.assistant.memory.clone()),
        service: Service::Here(shared.port, shared.settings.page_ports.clone()),
    };
    let shared = shared.clone();
    rt::spawn(async move {
        let here = web::block(move || of_this_computer(&circumstances, SystemTime::now())).await;
        step(&shared, here.unwrap_or_default());
        for origin in allowed {
            let findings = of_portal(&origin).await;
            step(&shared, findings);
        }
    });
}

fn step(shared: &Shared, findings: Vec<crate::assistant::check::Finding>) {
    let mut run = shared.assistant.check();
    run.findings.extend(findings);
    run.done += 1;
}

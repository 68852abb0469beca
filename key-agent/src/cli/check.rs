//! `key-agent check` (一键检测): one line for each thing that signing needs, and what to repair.

use std::io::{self, Write as _};
use std::path::PathBuf;
use std::time::SystemTime;

use clap::Args;
use key_agent::assistant::check::{
    Circumstances, Finding, Service, Verdict, of_portal, of_this_computer,
};
use key_agent::service::DEFAULT_PORTS;
use key_agent::texts::{Language, Texts};
use serde_json::json;

use super::CliError;
use super::config::{self, Config, Spoken};

#[derive(Args)]
pub(super) struct Check {
    #[command(flatten)]
    config: Config,
    /// Folder with lock files; without locks here or in the configuration only the service is checked
    #[arg(long, value_name = "DIR")]
    locks: Option<PathBuf>,
    /// A PKCS #11 library; may be repeated. It runs inside this program: trust it
    #[arg(long, value_name = "LIB")]
    pkcs11: Vec<PathBuf>,
    /// A SKF library (GM/T 0016); may be repeated. Trust it likewise
    #[arg(long, value_name = "LIB")]
    skf: Vec<PathBuf>,
    /// Port of the service [default: 17650–17654]
    #[arg(long)]
    port: Option<u16>,
    /// Contact no website
    #[arg(long)]
    offline: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    spoken: Spoken,
}

impl Check {
    pub(super) fn run(self) -> Result<(), CliError> {
        let language = self.spoken.language();
        let is_configured = self.config.place().is_some();
        let mut file = self.config.read()?;
        file.locks = self.locks.or(file.locks);
        file.pkcs11.extend(self.pkcs11);
        file.skf.extend(self.skf);
        file.port = self.port.or(file.port);
        let memory = config::memory(&file);
        let service = file.port.map_or(DEFAULT_PORTS, |port| port..=port);
        let settings = file.into_settings()?;
        let origins = if self.offline {
            Vec::new()
        } else {
            settings.allow_origins.clone()
        };
        let knows_origins = settings.portal_url.is_some() || !settings.allow_origins.is_empty();
        let circumstances = Circumstances {
            // What no settings were given for is not held against them.
            locks: Some(settings.locks).filter(|locks| is_configured || !locks.is_empty()),
            allowed: (is_configured || knows_origins).then_some(settings.allow_origins),
            portal: settings.portal_url,
            memory: Some(memory),
            service: Service::LookedFor(service),
        };
        let mut findings = of_this_computer(&circumstances, SystemTime::now());
        findings.extend(actix_web::rt::System::new().block_on(async {
            let mut found = Vec::new();
            for origin in &origins {
                found.extend(of_portal(origin).await);
            }
            found
        }));
        let texts = Texts::load().map_err(key_agent::service::StartError::from)?;
        if self.json {
            write_json(&findings, &texts, language)?;
        } else {
            write_text(&findings, &texts, language)?;
        }
        if findings
            .iter()
            .any(|finding| finding.verdict == Verdict::Fail)
        {
            Err(CliError::ChecksFailed)
        } else {
            Ok(())
        }
    }
}

fn write_text(findings: &[Finding], texts: &Texts, language: Language) -> io::Result<()> {
    let mut out = io::stdout().lock();
    let say = |key: &str, finding: &Finding| texts.say_telling(language, key, &finding.facts);
    for finding in findings {
        let verdict = match finding.verdict {
            Verdict::Pass => "pass",
            Verdict::Warn => "warn",
            Verdict::Fail => "FAIL",
        };
        writeln!(out, "{verdict}  {}", say(finding.text, finding))?;
        if let Some(repair) = finding.repair {
            writeln!(out, "      repair: {}", say(repair.text_key(), finding))?;
        }
    }
    Ok(())
}

fn write_json(findings: &[Finding], texts: &Texts, language: Language) -> io::Result<()> {
    let all = findings.iter().map(|finding| {
        let say = |key: &str| texts.say_telling(language, key, &finding.facts);
        let repair = finding.repair.map(|repair| {
            json!({ "text": repair.text_key(), "message": say(repair.text_key()), "action": repair.action() })
        });
        json!({
            "topic": finding.topic,
            "verdict": finding.verdict,
            "text": finding.text,
            "message": say(finding.text),
            "facts": finding.facts,
            "repair": repair,
        })
    });
    let worst = findings.iter().map(|finding| finding.verdict).max();
    let all: Vec<_> = all.collect();
    let report = json!({ "verdict": worst.unwrap_or(Verdict::Pass), "findings": all });
    writeln!(io::stdout(), "{report:#}")
}

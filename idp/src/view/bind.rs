//! 企业绑定: what the certificate says, what the person types, and the signature that proves the lock.
//!
//! Owns which message goes with which field. Does not check a value.

use std::borrow::Cow;

use askama::Template;

use super::{ChallengeForm, Choice, ChoiceGroup, Frame, Problem, page};

/// The binding page.
#[derive(Clone, Debug, Template)]
#[template(path = "bind.html")]
pub struct BindPage<'a> {
    /// The frame.
    pub frame: Frame<'a>,
    /// What the lock is asked to sign.
    pub challenge: ChallengeForm<'a>,
    /// What was typed so far.
    pub values: BindValues<'a>,
    /// What was read from the certificate before, when the page comes back with errors.
    pub certificate: Option<ReadCertificate<'a>>,
    /// Leagues and cities with their banners, counties and districts: GB/T 2260 code and name.
    pub regions: Vec<ChoiceGroup<'a>>,
    /// CA办理平台.
    pub ca_platforms: Vec<Choice<'a>>,
    /// 主体类型.
    pub subject_types: Vec<Choice<'a>>,
    /// Fields that were refused.
    pub errors: Vec<FieldError<'a>>,
    /// How long texts may be.
    pub limits: Limits,
    /// Why the binding as a whole was refused.
    pub problem: Option<Problem<'a>>,
}

/// The typed values, kept when the page comes back.
#[derive(Clone, Debug, Default)]
pub struct BindValues<'a> {
    /// 统一社会信用代码.
    pub credit_code: &'a str,
    /// 企业所在地市, GB/T 2260.
    pub region_code: &'a str,
    /// CA办理平台.
    pub ca_platform: &'a str,
    /// 法人代表.
    pub legal_representative: &'a str,
    /// 联系电话.
    pub phone: &'a str,
    /// 联系邮箱.
    pub contact_email: &'a str,
    /// 单位地址.
    pub address: &'a str,
    /// 主体类型, one or more.
    pub subject_types: Vec<&'a str>,
    /// 绑定人姓名.
    pub binder_name: &'a str,
}

/// What 读取证书 showed.
#[derive(Clone, Copy, Debug)]
pub struct ReadCertificate<'a> {
    /// 主体名称.
    pub holder_name: &'a str,
    /// 证书Key号.
    pub key_number: &'a str,
    /// 硬件介质号.
    pub media_number: &'a str,
    /// The certificate itself, base64, which the form carries on.
    pub certificate: &'a str,
}

/// One refused field.
#[derive(Clone, Copy, Debug)]
pub struct FieldError<'a> {
    /// The field's name in the form, e.g. `phone`.
    pub field: &'a str,
    /// A problem code, e.g. `field-required`.
    pub code: &'a str,
    /// The greatest length, for `field-too-long`.
    pub max: Option<usize>,
}

/// How long typed text may be, in characters.
#[derive(Clone, Copy, Debug, Default)]
pub struct Limits {
    /// Names of people.
    pub person: usize,
    /// The address.
    pub address: usize,
    /// The telephone number.
    pub phone: usize,
    /// The mail address.
    pub email: usize,
}

/// What a browser can say of one text before a lock is asked; the server judges all the same.
struct Rule {
    max: usize,
    pattern: Option<&'static str>,
    inputmode: Option<&'static str>,
    /// The text when the pattern does not match.
    wrong: Option<Cow<'static, str>>,
    /// The text when there is too much.
    long: Option<Cow<'static, str>>,
}

/// A credit code with blanks between its groups, as people paste it; the script takes them out.
const SPACED_CREDIT_CODE: usize = 36;

/// Nothing that can't be seen: controls, zero-width and bidirectional characters.
const SEEN: &str = r"\s*[^\p{Cc}\u00AD\u061C\u200B-\u200F\u2028-\u202E\u2060-\u206F\uFEFF]*";

/// From 5 to 20 digits, with what stands between and before them.
const TELEPHONE: &str = r"\s*(?:[ +\-\(\)]*[0-9]){5,20}[ +\-\(\)]*\s*";

/// What looks like a mail address.
const EMAIL: &str = r"\s*[^\s@]+@[^\s@]+\.[^\s@]+\s*";

impl FieldError<'_> {
    pub(super) fn message(&self, frame: &Frame<'_>) -> Cow<'static, str> {
        let label = frame.t(&format!("bind-{}", self.field));
        let max = self.max.map(|max| max.to_string()).unwrap_or_default();
        let args = [("field", label.as_ref()), ("max", max.as_str())];
        frame.ta(&format!("problem-{}", self.code), &args)
    }
}

impl BindPage<'_> {
    fn error_of(&self, field: &str) -> Option<Cow<'static, str>> {
        let error = self.errors.iter().find(|error| error.field == field)?;
        Some(error.message(&self.frame))
    }

    fn rule_of(&self, field: &str) -> Rule {
        let Limits {
            person,
            address,
            phone,
            email,
        } = self.limits;
        let (max, pattern, inputmode, codes) = match field {
            "credit_code" => (SPACED_CREDIT_CODE, None, Some("text"), None),
            "phone" => {
                let codes = ("phone-malformed", "phone-malformed");
                (phone, Some(TELEPHONE), Some("tel"), Some(codes))
            }
            "contact_email" => {
                let codes = ("email-malformed", "field-too-long");
                (email, Some(EMAIL), Some("email"), Some(codes))
            }
            _ => {
                let max = if field == "address" { address } else { person };
                let codes = ("field-unseen", "field-too-long");
                (max, Some(SEEN), None, Some(codes))
            }
        };
        let text = |code| {
            let max = Some(max);
            FieldError { field, code, max }.message(&self.frame)
        };
        let (wrong, long) = codes.map(|(wrong, long)| (text(wrong), text(long))).unzip();
        Rule {
            max,
            pattern,
            inputmode,
            wrong,
            long,
        }
    }

    /// The guide marks everything but telephone and address with a star; it knows no mail.
    fn is_optional(&self, field: &str) -> bool {
        let _ = self; // the template calls it as a method
        matches!(field, "phone" | "contact_email" | "address")
    }

    fn is_subject_type(&self, value: &str) -> bool {
        self.values.subject_types.contains(&value)
    }

    fn has_errors(&self) -> bool {
        self.problem.is_some() || !self.errors.is_empty()
    }
}

page!(BindPage, 32 * 1024);

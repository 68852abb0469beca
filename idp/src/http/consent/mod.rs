//! 确认授权: `GET /consent` names the platform and every datum, `POST /consent` takes the answer.
//!
//! Two ways lead here (REQUIREMENTS §3): a platform's waiting request (`?request=`), or a platform chosen
//! at the portal (`?platform=`).

mod answer;
mod page;
mod signing;
mod statement;
mod wanted;

pub use answer::answer;
pub use page::show;

//! What a person is told when everything is up: where it is and what to try. Chinese first.

use std::io::{self, Write};
use std::path::Path;

use crate::ready::{Ready, ReadyLock};

/// Prints to standard output. A closed output is no reason to end.
pub(super) fn print(ready: &Ready, ready_file: Option<&Path>) {
    let _ = write(&mut io::stdout().lock(), ready, ready_file);
}

fn write(out: &mut impl Write, ready: &Ready, ready_file: Option<&Path>) -> io::Result<()> {
    writeln!(out, "\n一证通演示已启动 · The demonstration is up\n")?;
    writeln!(
        out,
        "  {:<27}  门户 · portal and identity provider",
        ready.issuer
    )?;
    for platform in &ready.platforms {
        let (zh, en) = (&platform.name_zh, &platform.name_en);
        writeln!(out, "  {:<27}  {zh} · {en}", platform.origin)?;
    }
    writeln!(
        out,
        "  {:<27}  证书助手 · certificate assistant (key agent)",
        ready.agent.address
    )?;
    locks(out, ready)?;
    writeln!(out, "{}", try_zh(ready))?;
    writeln!(out, "{}", try_en(ready))?;
    commands(out, ready)?;
    let folder = ready.state_dir.display();
    writeln!(out, "状态目录 · state folder: {folder}")?;
    writeln!(
        out,
        "  保留到下次启动；删除即从头开始 · kept for the next start; remove it to begin anew"
    )?;
    if let Some(file) = ready_file {
        writeln!(out, "脚本用 · for scripts: {}", file.display())?;
    }
    writeln!(out, "按 Ctrl-C 结束 · Ctrl-C ends it")?;
    out.flush()
}

fn locks(out: &mut impl Write, ready: &Ready) -> io::Result<()> {
    let pin = ready.locks.first().map_or("", |lock| lock.pin.as_str());
    writeln!(
        out,
        "\n示例锁，CA锁密码均为 {pin} · Sample locks, PIN {pin}"
    )?;
    writeln!(out, "  {}\n", ready.agent.locks.display())?;
    for lock in &ready.locks {
        let file = lock.file.file_name().unwrap_or_default().to_string_lossy();
        writeln!(out, "  {file:<22}  {}（{}）", lock.name, lock.enterprise)?;
        writeln!(out, "  {:<22}    {}", "", lock.expect.zh)?;
        writeln!(out, "  {:<22}    {}: {}", "", lock.name_en, lock.expect.en)?;
    }
    Ok(())
}

fn try_zh(ready: &Ready) -> String {
    let (issuer, agent) = (&ready.issuer, &ready.agent.address);
    let platform = ready.platforms.first().map_or("", |p| p.origin.as_str());
    let (number, code) = first_good(&ready.locks);
    format!(
        "
试一试
  1. 打开 {issuer} ，进入“企业绑定”，用第 {number} 把锁签名；统一社会信用代码 {code}
  2. 登录 → 查看证书信息 → 进入授权 → 选择赤峰 → 确认授权 → 在平台确认登录，填写主体信息备案
  3. 打开 {platform} ，从平台自己的登录页再走一遍
  4. 换第 3 至 7 把锁试试，每一把都会说明原因和办法
  5. 绑定第 8 把锁（即将到期）并登录：提醒办理延期；再用第 9 把锁登录：作为同一把锁继续使用
  6. 用 a 锁登录：单位名称已变更，说明三个步骤；技术人员办理变更后即可登录
  7. 登录后打开 {issuer}/account （个人信息维护）：修改信息，把第 3 把锁激活为副锁，查看授权、登录记录和会话
  8. 打开证书助手 {agent} ：一键检测、证书显示、签章显示、登录系统、清理证书、常见问题、软件升级
  9. 技术人员：另开终端运行 cargo run --bin demo -- operator --name 其其格 和 --name 巴特尔，用各自的锁登录 {issuer}/console ，一人提议变更，另一人批准
  10. 技术人员的命令见下
"
    )
}

fn try_en(ready: &Ready) -> String {
    let (issuer, agent) = (&ready.issuer, &ready.agent.address);
    let platform = ready.platforms.first().map_or("", |p| p.origin.as_str());
    let (number, code) = first_good(&ready.locks);
    format!(
        "Try it
  1. Open {issuer}, choose Bind, sign with lock {number}; its credit code is {code}
  2. Sign in → certificate → continue → choose Chifeng → consent → confirm at the platform and file there
  3. Open {platform} and come in from the platform's own login page
  4. Try locks 3 to 7: each is refused with its reason and what to do
  5. Bind lock 8, which ends soon, and sign in: a reminder; then sign in with lock 9: it goes on as the same lock
  6. Sign in with lock a: the enterprise was renamed, the three steps are told; once an operator has applied them it signs in
  7. Signed in, open {issuer}/account: change your information, activate lock 3 as a secondary one, see consents, sign-ins, sessions
  8. Open the certificate assistant {agent}: check, certificates, e-seals, sign in, tidy up, questions, update
  9. Operators: in another terminal run cargo run --bin demo -- operator --name 其其格 and --name 巴特尔, sign in at {issuer}/console with each lock; one proposes a change, the other approves it
  10. Operators' commands are below
"
    )
}

/// Those an operator would try first, ready to be copied.
fn commands(out: &mut impl Write, ready: &Ready) -> io::Result<()> {
    let state = ready.state_dir.display();
    let (_, code) = first_good(&ready.locks);
    let idp = format!(
        "IDP_ISSUER={} IDP_STATE_DIR={state}/provider cargo run --bin idp --",
        ready.issuer
    );
    writeln!(
        out,
        "技术人员的命令，在另一个终端运行；--help 说明各项 · operators' commands, in another terminal; --help tells what each does"
    )?;
    for command in ["enterprise --help", "ca list", "revocation list"] {
        writeln!(out, "  {idp} {command}")?;
    }
    writeln!(out, "  {idp} enterprise show {code}")?;
    if let Some(lock) = ready.locks.first() {
        let file = lock.file.display();
        writeln!(
            out,
            "  cargo run --bin demo -- revoke --state-dir {state} {file}"
        )?;
    }
    writeln!(out)
}

/// What to bind first: the number of the first lock that binds, and its credit code.
fn first_good(locks: &[ReadyLock]) -> (usize, &str) {
    let is_good = |lock: &ReadyLock| lock.expect.recognised && lock.expect.refusal.is_none();
    let place = locks.iter().position(is_good).unwrap_or_default();
    let code = locks
        .get(place)
        .map_or("", |lock| lock.credit_code.as_str());
    (place + 1, code)
}

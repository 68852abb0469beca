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
    let issuer = &ready.issuer;
    let platform = ready.platforms.first().map_or("", |p| p.origin.as_str());
    let code = first_code(&ready.locks);
    format!(
        "
试一试
  1. 打开 {issuer} ，进入“企业绑定”，用第 1 把锁签名；统一社会信用代码 {code}
  2. 登录 → 查看证书信息 → 进入授权 → 选择赤峰 → 确认授权 → 在平台确认登录，填写主体信息备案
  3. 打开 {platform} ，从平台自己的登录页再走一遍
  4. 换第 3 至 7 把锁试试，每一把都会说明原因和办法
"
    )
}

fn try_en(ready: &Ready) -> String {
    let issuer = &ready.issuer;
    let platform = ready.platforms.first().map_or("", |p| p.origin.as_str());
    let code = first_code(&ready.locks);
    format!(
        "Try it
  1. Open {issuer}, choose Bind, sign with lock 1; its credit code is {code}
  2. Sign in → certificate → continue → choose Chifeng → consent → confirm at the platform and file there
  3. Open {platform} and come in from the platform's own login page
  4. Try locks 3 to 7: each is refused with its reason and what to do
"
    )
}

fn first_code(locks: &[ReadyLock]) -> &str {
    locks.first().map_or("", |lock| lock.credit_code.as_str())
}

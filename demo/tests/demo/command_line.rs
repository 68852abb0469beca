//! `demo lock` and `demo revoke`: what they say, and what they leave as it is.

use std::path::Path;
use std::process::{Command, Output};

fn demo(state: &Path, words: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_demo"))
        .args(words)
        .env("DEMO_STATE_DIR", state)
        .output()
        .unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn a_lock_that_is_there_is_replaced_only_by_force() {
    let state = tempfile::tempdir().unwrap();
    let file = state.path().join("locks/mine.pem");
    let name = file.to_str().unwrap();
    let words = ["lock", "--name", "赤峰市试验有限公司", "--out", name];
    assert!(demo(state.path(), &words).status.success());
    let before = std::fs::read(&file).unwrap();

    let refused = demo(state.path(), &words);
    assert!(!refused.status.success());
    let said = said(&refused);
    assert!(
        said.contains("已经存在") && said.contains("--force"),
        "{said}"
    );
    assert_eq!(std::fs::read(&file).unwrap(), before);

    let forced = demo(state.path(), &[&words[..], &["--force"]].concat());
    assert!(forced.status.success());
    assert_ne!(std::fs::read(&file).unwrap(), before);
}

#[test]
fn revoking_tells_a_missing_file_and_a_wrong_pin_apart() {
    let state = tempfile::tempdir().unwrap();
    let file = state.path().join("locks/mine.pem");
    let name = file.to_str().unwrap();
    let absent = demo(state.path(), &["revoke", name]);
    assert!(!absent.status.success());
    let absent = said(&absent);
    assert!(
        absent.contains("找不到锁文件") && absent.contains("no lock file"),
        "{absent}"
    );

    let words = ["lock", "--name", "赤峰市试验有限公司", "--out", name];
    assert!(demo(state.path(), &words).status.success());
    let wrong = demo(state.path(), &["revoke", name, "--pin", "654321"]);
    assert!(!wrong.status.success());
    let wrong = said(&wrong);
    assert!(
        wrong.contains("PIN is wrong") && wrong.contains("--pin"),
        "{wrong}"
    );
    assert!(!wrong.contains("654321"), "{wrong}");
    assert!(demo(state.path(), &["revoke", name]).status.success());
}

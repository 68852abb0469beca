//! `idp migrate`, `idp platform` and `idp enterprise`

use super::Operator;

#[test]
fn after_migrate_the_directory_is_there() {
    let operator = Operator::new();
    let done = operator.run(&["migrate"]);
    assert_eq!(done.code, 0, "{}", done.err);
    let listed = operator.run(&["platform", "list", "--json"]).json();
    assert_eq!(listed.as_array().unwrap().len(), 15);
    let again = operator.run(&["migrate"]);
    assert!(again.out.contains("nothing to do"), "{}", again.out);
    operator
        .run(&["enterprise", "show", "91350100M000100Y43"])
        .refused_with(&["is not bound"]);
}

#[test]
fn every_command_before_migrate_says_what_to_do() {
    let operator = Operator::new();
    let uri = ["--redirect-uri", "https://p.example/cb"];
    let add = ["platform", "add", "chifeng", uri[0], uri[1]];
    let commands: [&[&str]; 6] = [
        &["platform", "list"],
        &add,
        &["enterprise", "show", "91350100M000100Y43"],
        &["keys", "list"],
        &["keys", "rotate"],
        &["keys", "withdraw", "some", "--yes"],
    ];
    for words in commands {
        operator.run(words).refused_with(&[
            "the database has no tables yet: run `idp migrate`",
            "database: ",
        ]);
    }
}

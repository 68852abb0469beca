//! Rows of `enterprise_words` and `enterprise_grams`: by what an enterprise is found.
//!
//! Written with the enterprise itself, in one transaction; a name it had stays. How names are compared is the core's
//! ([`idp_core::listing::fold`]).

use diesel::prelude::*;
use idp_core::listing::{fold, grams};
use idp_core::store::StoreError;

use crate::database::{Connection, query};
use crate::schema::{enterprise_grams, enterprise_renames, enterprise_words, enterprises};

/// How many are filled in one transaction.
const AT_ONCE: i64 = 500;

/// Keeps that an enterprise has this name.
pub(crate) fn keep(connection: &mut Connection, id: &str, name: &str) -> Result<(), StoreError> {
    let name = fold(name);
    let known: Option<(i64, String)> = query!(connection, c => enterprise_words::table
        .filter(enterprise_words::enterprise_id.eq(id))
        .select((enterprise_words::number, enterprise_words::words))
        .get_result(c)
        .optional())?;
    let number = match known {
        Some((_, words)) if words.lines().any(|known| known == name) => return Ok(()),
        Some((number, words)) => {
            let words = format!("{words}{name}\n");
            write_words(connection, number, &words)?;
            number
        }
        None => {
            let row = (
                enterprise_words::enterprise_id.eq(id),
                enterprise_words::words.eq(format!("{name}\n")),
            );
            query!(connection, c => diesel::insert_into(enterprise_words::table)
                .values(row)
                .returning(enterprise_words::number)
                .get_result(c))?
        }
    };
    insert_grams(connection, number, &name)
}

/// Fills what a migration left to be filled, some at a time; answers whether there was any.
pub(crate) fn fill(connection: &mut Connection) -> Result<bool, StoreError> {
    let unfilled: Vec<(i64, String)> = query!(connection, c => enterprise_words::table
        .filter(enterprise_words::words.eq(""))
        .order(enterprise_words::number)
        .limit(AT_ONCE)
        .select((enterprise_words::number, enterprise_words::enterprise_id))
        .load(c))?;
    for (number, id) in &unfilled {
        let name: String = query!(connection, c => enterprises::table
            .find(id)
            .select(enterprises::name)
            .get_result(c))?;
        let mut names: Vec<String> = query!(connection, c => enterprise_renames::table
            .filter(enterprise_renames::enterprise_id.eq(id))
            .order(enterprise_renames::at)
            .select(enterprise_renames::old_name)
            .load(c))?;
        names.push(name);
        let mut words = String::new();
        for name in names.iter().map(|name| fold(name)) {
            insert_grams(connection, *number, &name)?;
            words.push_str(&name);
            words.push('\n');
        }
        write_words(connection, *number, &words)?;
    }
    Ok(!unfilled.is_empty())
}

fn write_words(connection: &mut Connection, number: i64, words: &str) -> Result<(), StoreError> {
    query!(connection, c => diesel::update(enterprise_words::table.find(number))
        .set(enterprise_words::words.eq(words))
        .execute(c))?;
    Ok(())
}

fn insert_grams(connection: &mut Connection, number: i64, name: &str) -> Result<(), StoreError> {
    for gram in grams(name) {
        let row = (
            enterprise_grams::gram.eq(gram),
            enterprise_grams::number.eq(number),
        );
        query!(connection, c => diesel::insert_into(enterprise_grams::table)
            .values(row)
            .on_conflict_do_nothing()
            .execute(c))?;
    }
    Ok(())
}

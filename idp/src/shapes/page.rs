//! A page of a long list as JSON.

use idp_core::listing::{List, Page};
use serde_json::{Value, json};

/// `items`, and the cursors `next` and `previous`. `cut`: the look ended early and goes on with `next`.
pub fn page<T>((page, list): (&Page<T>, List), row: impl Fn(&T) -> Value) -> Value {
    let items: Vec<Value> = page.items.iter().map(row).collect();
    json!({
        "items": items,
        "next": page.next_cursor(list),
        "previous": page.previous_cursor(list),
        "cut": page.is_cut,
    })
}

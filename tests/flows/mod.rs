//! What must work, one file a route or story.

mod adapter;
mod authorize;
mod authorize_errors;
mod binding;
mod certificate_forms;
mod certificate_page;
mod consent;
mod discovery;
mod head;
mod keys;
mod left_open;
mod login;
mod logout;
mod pages;
mod platforms_page;
mod portal;
mod registry;
mod revocation;
mod standing;
mod token;
mod tokens;
mod two_processes;
mod userinfo;
mod whole_login;

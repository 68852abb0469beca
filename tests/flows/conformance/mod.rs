//! What the OpenID Foundation's certification plans for providers check, module by module: one test a module, named
//! after it. `docs/CONFORMANCE.md` is the table.

mod basic;
mod config;
mod dynamic;
mod logout;
mod tester;

//! A new `SQLite` file that several open in the same moment, as copies of a service do that start together.

use std::sync::Barrier;
use std::thread;

use idp_storage::{Database, DatabaseSettings};

const PROCESSES: usize = 8;
const FILES: usize = 30;

#[test]
fn of_many_that_open_a_new_file_at_once_all_succeed() {
    let folder = tempfile::tempdir().unwrap();
    for number in 0..FILES {
        let file = folder.path().join(format!("{number}.db"));
        let settings = DatabaseSettings::new(format!("sqlite://{}", file.display()));
        let start = Barrier::new(PROCESSES);
        thread::scope(|scope| {
            for _ in 0..PROCESSES {
                scope.spawn(|| {
                    start.wait();
                    let database = Database::open(&settings).unwrap();
                    crate::run(database.migrate()).unwrap();
                });
            }
        });
    }
}

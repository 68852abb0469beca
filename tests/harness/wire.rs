//! A wire to a server that a test can cut and mend.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use url::Url;

/// Forwards a port of 127.0.0.1 to a server.
pub struct Wire {
    /// The server's URL, through the wire.
    pub url: String,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    cut: bool,
    open: Vec<TcpStream>,
}

impl Wire {
    /// A wire to the server of this URL.
    pub fn to(url: &str) -> Self {
        let mut url = Url::parse(url).unwrap();
        let server = (url.host_str().unwrap().to_owned(), url.port().unwrap());
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        url.set_host(Some("127.0.0.1")).unwrap();
        url.set_port(Some(listener.local_addr().unwrap().port()))
            .unwrap();
        let state = Arc::new(Mutex::new(State::default()));
        let shared = Arc::clone(&state);
        // Ends with the process: the listener has no other end.
        thread::spawn(move || {
            for near in listener.incoming().flatten() {
                // While it is cut a connection is closed as soon as it is made.
                let mut state = shared.lock().unwrap();
                if !state.cut
                    && let Ok(far) = TcpStream::connect((server.0.as_str(), server.1))
                {
                    state
                        .open
                        .extend([near.try_clone().unwrap(), far.try_clone().unwrap()]);
                    forward(near.try_clone().unwrap(), far.try_clone().unwrap());
                    forward(far, near);
                }
            }
        });
        Self {
            url: url.to_string(),
            state,
        }
    }

    /// Ends every connection and takes no new one.
    pub fn cut(&self) {
        let mut state = self.state.lock().unwrap();
        state.cut = true;
        for stream in state.open.drain(..) {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }

    /// Takes connections again.
    pub fn mend(&self) {
        self.state.lock().unwrap().cut = false;
    }
}

fn forward(mut from: TcpStream, mut to: TcpStream) {
    thread::spawn(move || {
        let mut buffer = [0; 16 * 1024];
        let broken = loop {
            match from.read(&mut buffer) {
                Ok(0) => break false,
                Ok(count) if to.write_all(&buffer[..count]).is_ok() => (),
                Ok(_) | Err(_) => break true,
            }
        };
        // Half of a broken connection would keep the server waiting for the rest.
        let ended = if broken {
            Shutdown::Both
        } else {
            Shutdown::Write
        };
        let _ = to.shutdown(ended);
        if broken {
            let _ = from.shutdown(Shutdown::Both);
        }
    });
}

//! The ceiling: actix-web with one address and nothing behind it, run as a child process of this binary.

use std::io::Read as _;

use actix_web::{App, HttpResponse, HttpServer, web};

use crate::Fault;

/// Serves until standard input ends, so that it ends with its parent.
pub fn serve(port: u16) -> Result<(), Fault> {
    std::thread::spawn(|| {
        // Ends with the pipe: whether by end or by error is one.
        let _ = std::io::stdin().read_to_end(&mut Vec::new());
        std::process::exit(0);
    });
    actix_web::rt::System::new().block_on(async move {
        HttpServer::new(|| App::new().route("/", web::get().to(answer)))
            .bind(("127.0.0.1", port))?
            .run()
            .await
    })?;
    Ok(())
}

async fn answer() -> HttpResponse {
    HttpResponse::Ok().content_type("text/plain").body("ok")
}

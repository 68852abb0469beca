//! Stylesheet, script and emblem: embedded, compressed once, named by their content.

use std::io::Write as _;

use actix_web::http::header;
use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse, Responder};
use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest as _, Sha256};

use crate::state::AppState;
use crate::view;

struct Asset {
    path: String,
    content_type: &'static str,
    plain: &'static [u8],
    gzip: Vec<u8>,
}

impl Asset {
    fn new(stem: &str, ending: &str, content_type: &'static str, plain: &'static [u8]) -> Self {
        let digest = hex::encode(Sha256::digest(plain));
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        // Writing to memory does not fail; were it to, the plain form serves.
        let gzip = encoder.write_all(plain).and_then(|()| encoder.finish());
        Self {
            path: format!(
                "/assets/{stem}.{}.{ending}",
                digest.get(..16).unwrap_or_default()
            ),
            content_type,
            plain,
            gzip: gzip.unwrap_or_default(),
        }
    }
}

/// All of them.
pub struct Assets {
    css: Asset,
    js: Asset,
    icon: Asset,
}

impl Assets {
    /// Compresses and names them.
    pub fn embedded() -> Self {
        Self {
            css: Asset::new(
                "portal",
                "css",
                "text/css; charset=utf-8",
                include_bytes!("../../assets/portal.css"),
            ),
            js: Asset::new(
                "portal",
                "js",
                "text/javascript; charset=utf-8",
                include_bytes!("../../assets/portal.js"),
            ),
            icon: Asset::new(
                "emblem",
                "svg",
                "image/svg+xml",
                include_bytes!("../../assets/emblem.svg"),
            ),
        }
    }

    /// Their addresses for pages.
    pub fn paths(&self) -> view::Assets<'_> {
        view::Assets {
            css: &self.css.path,
            js: &self.js.path,
            icon: &self.icon.path,
        }
    }
}

/// Mounts the folder.
pub fn mount(app: &mut ServiceConfig) {
    app.service(web::resource("/assets/{name}").get(serve))
        .service(web::resource("/favicon.ico").get(favicon));
}

async fn serve(request: HttpRequest, state: web::Data<AppState>) -> impl Responder {
    let assets = &state.assets;
    match [&assets.css, &assets.js, &assets.icon]
        .into_iter()
        .find(|asset| asset.path == request.path())
    {
        Some(asset) => answer(&request, asset),
        None => HttpResponse::NotFound().finish(),
    }
}

async fn favicon(request: HttpRequest, state: web::Data<AppState>) -> impl Responder {
    answer(&request, &state.assets.icon)
}

fn answer(request: &HttpRequest, asset: &Asset) -> HttpResponse {
    let takes_gzip = request
        .headers()
        .get(header::ACCEPT_ENCODING)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.contains("gzip"));
    let mut answer = HttpResponse::Ok();
    answer
        .insert_header((header::CONTENT_TYPE, asset.content_type))
        .insert_header((header::CACHE_CONTROL, "public, max-age=31536000, immutable"))
        .insert_header((header::VARY, "Accept-Encoding"));
    if takes_gzip && !asset.gzip.is_empty() {
        answer
            .insert_header((header::CONTENT_ENCODING, "gzip"))
            .body(asset.gzip.clone())
    } else {
        answer.body(asset.plain)
    }
}

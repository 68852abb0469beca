//! The audit log for whoever watches it: heads, tiles and proofs by HTTP, verified with nothing else.

use std::collections::HashMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use e2e::story::Scene;
use e2e::{Answer, Provider};
use idp::audit_log::{Outside, verify};
use idp::signing::verify_ed25519;
use idp_core::audit::AuditKind;
use idp_core::transparency::{
    BUNDLE, Checkpoint, Hash, LogError, TileId, TileSource, VerifierKey, event_leaf, hashes_of,
    root, verify_consistency, verify_inclusion,
};
use serde_json::Value;

fn quiet() -> Provider {
    Provider::start(|config| config.audit.sequence_milliseconds = 3_600_000)
}

async fn head(provider: &Provider) -> Checkpoint {
    let key = provider.fetch("/audit/key").await;
    let key = VerifierKey::parse(&key.body).unwrap();
    let served = provider.fetch("/audit/checkpoint").await;
    assert_eq!(served.header("content-type"), "text/plain; charset=utf-8");
    Checkpoint::opened(&served.body, &key, verify_ed25519).unwrap()
}

fn hashes(proof: &Value) -> Vec<Hash> {
    let texts = proof["proof"].as_array().unwrap().iter();
    texts
        .map(|text| Hash::of_text(text.as_str().unwrap()).unwrap())
        .collect()
}

/// The head that came with a proof.
fn head_of(provider: &Provider, proof: &Value) -> Checkpoint {
    let key = provider.state.log_key.verifier();
    Checkpoint::opened(proof["checkpoint"].as_str().unwrap(), key, verify_ed25519).unwrap()
}

async fn json(provider: &Provider, path: &str) -> Value {
    let answer: Answer = provider.fetch(path).await;
    assert_eq!(answer.status, 200, "{path}: {}", answer.summary());
    answer.json()
}

#[tokio::test]
async fn a_sign_in_is_in_the_log_and_the_log_grows_from_what_it_was() {
    let provider = quiet();
    let earlier = provider.grow_log(3).await;
    let before = head(&provider).await;
    assert_eq!(before.size, earlier);
    let host = provider.issuer.split_once("://").unwrap().1;
    assert_eq!(before.origin, format!("{host}/audit"));
    let mut scene = Scene::at(&provider).await;
    scene.receive().await;
    let trail = provider.audit().await;
    let event = trail
        .iter()
        .find(|e| e.event.kind == AuditKind::CodeRedeemed)
        .unwrap();
    let by_number = format!("/audit/proof/inclusion?sequence={}", event.sequence);
    assert_eq!(
        provider.fetch(&by_number).await.status,
        404,
        "not under a head yet"
    );
    provider.grow_log(1).await;
    let proof = json(&provider, &by_number).await;
    let (index, size) = (
        proof["index"].as_u64().unwrap(),
        proof["size"].as_u64().unwrap(),
    );
    let signed = head_of(&provider, &proof);
    assert_eq!((signed.clone(), size), (head(&provider).await, signed.size));
    let leaf = event_leaf(&event.event);
    assert_eq!(proof["leaf_hash"], leaf.to_text());
    assert!(verify_inclusion(
        leaf,
        (index, size),
        &hashes(&proof),
        signed.root
    ));
    let by_index = json(
        &provider,
        &format!("/audit/proof/inclusion?index={index}&size={size}"),
    )
    .await;
    assert_eq!(by_index, proof);

    let grew = json(
        &provider,
        &format!("/audit/proof/consistency?first={earlier}"),
    )
    .await;
    let now = head_of(&provider, &grew);
    let (one, other) = ((earlier, before.root), (now.size, now.root));
    assert!(verify_consistency(one, other, &hashes(&grew)));
    // A line that was under the earlier head is proven under that one too.
    let old = json(&provider, "/audit/proof/inclusion?index=0&size=1").await;
    assert_eq!(old["size"].as_u64().unwrap(), old_size(&provider).await);
}

/// The first head that was signed.
async fn old_size(provider: &Provider) -> u64 {
    let first = provider
        .state
        .database
        .read(|s| s.list_checkpoints(0, 1))
        .await;
    first.unwrap()[0].size
}

/// Tiles as they were fetched.
struct Fetched(HashMap<TileId, Vec<Hash>>);

impl TileSource for Fetched {
    fn tile(&mut self, id: TileId) -> Result<Vec<Hash>, LogError> {
        Ok(self.0.get(&id).cloned().unwrap_or_default())
    }
}

#[tokio::test]
async fn the_tree_can_be_made_again_from_its_tiles() {
    let provider = quiet();
    provider.grow_log(700).await;
    let head = head(&provider).await;
    let mut fetched = Fetched(HashMap::new());
    for level in 0..3_u8 {
        let hashes = head.size >> (8 * level);
        for number in 0..hashes.div_ceil(BUNDLE) {
            let width = (hashes - number * BUNDLE).min(BUNDLE);
            let partial = if width < BUNDLE {
                format!(".p/{width}")
            } else {
                String::new()
            };
            let path = format!("/audit/tile/{level}/{number:03}{partial}");
            let answer = provider.fetch_octets(&path).await;
            assert_eq!(answer.len() as u64, width * 32, "{path}");
            let id = TileId { level, number };
            fetched.0.insert(id, hashes_of(id, &answer).unwrap());
        }
    }
    assert_eq!(root(&mut fetched, head.size).unwrap(), head.root);
    assert_eq!(STANDARD.encode(head.root.0), head.root.to_text());
    // A full tile is the same under its narrower names.
    let narrower = provider.fetch_octets("/audit/tile/0/000.p/9").await;
    let full = provider.fetch_octets("/audit/tile/0/000").await;
    assert_eq!(full[..288], narrower[..]);
}

#[tokio::test]
async fn a_running_provider_signs_by_itself_and_when_it_stops() {
    let folder = e2e::scratch::folder("signs");
    let start = || {
        Provider::start(|config| {
            config.state_dir.clone_from(&folder);
            config.audit.sequence_milliseconds = 20;
            config.audit.origin = "log.example/bids".into();
        })
    };
    let provider = start();
    // What was there at the start is signed at once.
    let mut first = None;
    for _ in 0..100 {
        if provider.fetch("/audit/checkpoint").await.status == 200 {
            first = Some(head(&provider).await);
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    let first = first.expect("nothing was signed");
    assert_eq!(first.origin, "log.example/bids");
    let mut scene = Scene::at(&provider).await;
    scene.receive().await;
    let events = provider.audit().await.len() as u64;
    assert!(events > first.size);
    let path = folder.join("idp.db");
    drop(scene);
    drop(provider);
    // The last word of the one that stopped: everything is under a head.
    let url = format!("sqlite://{}", path.display());
    let database = idp_storage::Database::open(&idp_storage::DatabaseSettings::new(url)).unwrap();
    let newest = database.read(|store| store.find_newest_checkpoint()).await;
    assert!(newest.unwrap().unwrap().size >= events);
}

/// Others write and sign while it is verified: that is nothing to find.
/// On threads of its own: reads of an embedded database never wait, and would leave the writer no turn.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_verification_beside_a_running_provider_finds_nothing() {
    let provider = Provider::start(|config| config.audit.sequence_milliseconds = 5);
    provider.grow_log(300).await;
    let state = provider.state.clone();
    let growing = tokio::spawn(async move {
        for _ in 0..40 {
            let from = (&state.cx(), &state.log_key);
            e2e::audit_log::grow_log(&state.database, from, 17).await;
        }
    });
    let state = &provider.state;
    let mut last = 0;
    while !growing.is_finished() {
        let key = state.log_key.verifier();
        let verified = verify(&state.database, key, Outside::default(), &mut |_| ()).await;
        let verified = verified.unwrap();
        assert_eq!(verified.verification.findings(), []);
        assert_eq!(verified.altered, Vec::<i64>::new());
        assert!(verified.verification.size() >= last);
        last = verified.verification.size();
    }
    growing.await.unwrap();
}

#[tokio::test]
async fn where_the_log_is_not_public_nothing_of_it_answers() {
    let provider = Provider::start(|config| config.audit.public = false);
    provider.grow_log(3).await;
    for path in [
        "/audit/checkpoint",
        "/audit/key",
        "/audit/tile/0/000.p/1",
        "/audit/proof/inclusion?index=0",
        "/audit/proof/consistency?first=1",
    ] {
        assert_eq!(provider.fetch(path).await.status, 404, "{path}");
    }
}

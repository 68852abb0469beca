//! A platform's addresses lead no look inward or onward, and say nothing that a page could be made of.

use e2e::publisher::{Publisher, ok, onward};
use e2e::{Browser, Platform, PlatformOrder, Provider};
use idp::watching::watch_due;
use idp_core::id::PlatformId;
use idp_core::platform_health::HealthState;

#[tokio::test]
async fn a_look_reaches_nothing_within_this_machine_and_goes_nowhere_onward() {
    let inner = Publisher::start(Box::new(|_| Some(ok(b"secret"))));
    let leads = inner.url.clone();
    let outer = Publisher::start(Box::new(move |_| Some(onward(&leads))));
    for allowed in [false, true] {
        let provider = Provider::start(|config| config.outbound.allow_loopback = allowed);
        let platform = Platform::order(&provider, PlatformOrder::refreshing()).await;
        let url = if allowed {
            outer.url.clone()
        } else {
            inner.url.replace("http:", "https:")
        };
        provider
            .change_platform(&platform.id, |stored| {
                let client = stored.client.as_mut().unwrap();
                client.redirect_uris = vec![url.clone()];
            })
            .await;
        assert_eq!(watch_due(&provider.state).await.unwrap(), 1);
        let id = PlatformId::from_text(&platform.id);
        let found = provider
            .state
            .database
            .read(move |store| store.list_endpoint_health(Some(&id)));
        let found = found.await.unwrap();
        let found: Vec<_> = found.into_iter().filter(|it| it.url == url).collect();
        let expected = if allowed {
            HealthState::Ok
        } else {
            HealthState::Unknown
        };
        assert_eq!(found[0].state, expected, "{found:?}");
        assert_eq!(inner.asked(), 0);
        // What can't be looked at from here is no trouble that people are told of.
        let page = Browser::new(&provider).open("/platforms").await;
        assert!(!page.has(&format!("#card-{} .callout", platform.id)));
    }
    assert_eq!(outer.asked(), 1);
}

//! The store at `/`, the SDK at `/cb/`.

use std::fs;

use crate::world::Collector;

fn collector() -> Collector {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in [
        ("store/index.html", "<title>Shop"),
        ("store/cart/index.html", "<title>Cart"),
        ("store/app/index.html", "<title>App"),
        ("store/app/app.js", "app"),
        ("store/picture.svg", "<svg/>"),
        ("dist/cartbeacon.js", "sdk"),
        ("dist/cartbeacon.wasm", "wasm"),
        ("secret.txt", "secret"),
    ] {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let (store, sdk) = (folder.path().join("store"), folder.path().join("dist"));
    Collector::within(folder, |options| {
        options.store = Some(store);
        options.sdk = Some(sdk);
    })
}

#[test]
fn files_have_their_types_and_are_asked_for_each_time() {
    let collector = collector();
    for (path, kind, text) in [
        ("/", "text/html", "<title>Shop"),
        ("/index.html?x=1", "text/html", "<title>Shop"),
        ("/cart/", "text/html", "<title>Cart"),
        ("/picture.svg", "image/svg+xml", "<svg/>"),
        ("/cb/cartbeacon.js", "text/javascript", "sdk"),
        ("/cb/cartbeacon.wasm", "application/wasm", "wasm"),
    ] {
        let answer = collector.get(path);
        assert_eq!((answer.status, answer.body.as_str()), (200, text), "{path}");
        assert!(answer.header("content-type").unwrap().starts_with(kind), "{path}: {answer:?}");
        assert_eq!(answer.header("cache-control"), Some("no-cache"), "{path}");
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{path}");
    }
}

#[test]
fn the_store_runs_under_the_policy_we_promise_to_need() {
    let collector = collector();
    let policy = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; img-src 'self' data:; style-src 'self'";
    for path in ["/", "/cart/", "/app/", "/app/product/mug", "/nowhere"] {
        assert_eq!(collector.get(path).header("content-security-policy"), Some(policy), "{path}");
    }
}

#[test]
fn the_single_page_store_answers_all_its_routes() {
    let collector = collector();
    for path in ["/app/", "/app/cart", "/app/product/mug", "/app/a/b/", "/app/search?q=mug"] {
        let answer = collector.get(path);
        assert_eq!((answer.status, answer.body.as_str()), (200, "<title>App"), "{path}");
    }
    assert_eq!(collector.get("/app/app.js").body, "app");
    assert_eq!(collector.get("/app/missing.js").status, 404);
    assert_eq!(collector.get("/product/mug").status, 404);
    assert_eq!(collector.get("/app").status, 307, "the folder's own address ends with a slash");
}

#[test]
fn nothing_outside_the_folders_is_served() {
    let collector = collector();
    for path in ["/../secret.txt", "/%2e%2e/secret.txt", "/cb/../../secret.txt", "/cb/%2e%2e%2fsecret.txt", "/data/cartbeacon.sqlite"] {
        let answer = collector.get(path);
        assert!(answer.status >= 400 && !answer.body.contains("secret"), "{path}: {answer:?}");
    }
}

#[test]
fn without_a_store_the_root_leads_to_the_live_view() {
    let collector = Collector::start();
    let answer = collector.get("/");
    assert_eq!((answer.status, answer.header("location")), (303, Some("/live")));
}

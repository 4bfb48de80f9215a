//! The answers of health over a real socket.

#![expect(clippy::unwrap_used, reason = "a test fails where it cannot go on")]

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::{Arc, mpsc};

use minsheng_core::Timestamp;
use minsheng_store::{DbUrl, Keys, Options, Store};
use minsheng_store_testing::FreshPostgres;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

fn create(url: &DbUrl) -> Store {
    let options = Options::new(Keys::Demo, ChaCha8Rng::seed_from_u64(1));
    Store::create(
        url,
        &options,
        Timestamp::from_second(1_609_430_400).unwrap(),
    )
    .unwrap()
}

/// Status and body of one answer.
fn ask(address: SocketAddr, path: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(address).unwrap();
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    )
    .unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    let status = text.split(' ').nth(1).unwrap().parse().unwrap();
    let body = text.split_once("\r\n\r\n").unwrap().1.to_owned();
    (status, body)
}

/// Runs `test` against a server on a free port, then stops it; gives how it ended.
fn with_server(store: Store, test: impl FnOnce(SocketAddr)) {
    let (tell, told) = mpsc::channel();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let server = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        let free = "127.0.0.1:0".parse().unwrap();
        let store = Arc::new(store);
        runtime.block_on(minsheng_web::serve(
            Arc::clone(&store),
            free,
            move |address| tell.send(address).unwrap(),
            async {
                let _ = stopped.await;
            },
        ))
    });
    let address = told.recv().unwrap();
    test(address);
    stop.send(()).unwrap();
    server.join().unwrap().unwrap();
    assert!(TcpStream::connect(address).is_err(), "it listens no more");
}

fn answers(store: Store) {
    with_server(store, |address| {
        let (status, body) = ask(address, "/health/live");
        assert!(status == 200 && body.contains("\"live\":true"), "{body}");
        let (status, body) = ask(address, "/health/ready");
        assert_eq!(status, 200, "{body}");
        assert!(
            body.contains("\"ready\":true") && body.contains("\"tx\":1"),
            "{body}"
        );
        let (status, body) = ask(address, "/metrics");
        assert!(
            status == 200 && body.contains("minsheng_transactions 1\n"),
            "{body}"
        );
        assert_eq!(ask(address, "/person/1").0, 404);
    });
}

#[test]
fn a_server_on_sqlite_lives_and_is_ready() {
    let folder = tempfile::tempdir().unwrap();
    answers(create(&DbUrl::file(folder.path().join("county.db"))));
}

#[test]
fn a_server_on_postgresql_lives_and_is_ready() {
    let database = FreshPostgres::new();
    answers(create(&DbUrl::parse(database.url()).unwrap()));
}

#[test]
fn a_server_whose_database_is_gone_lives_and_is_not_ready() {
    let database = FreshPostgres::new();
    let store = create(&DbUrl::parse(database.url()).unwrap());
    with_server(store, |address| {
        assert_eq!(ask(address, "/health/ready").0, 200);
        drop(database);
        let (status, body) = ask(address, "/health/ready");
        assert_eq!(status, 503, "{body}");
        assert!(body.contains("\"reason\":\"database_"), "{body}");
        assert!(!body.contains("postgres"), "{body}");
        assert_eq!(ask(address, "/health/live").0, 200);
        assert!(ask(address, "/metrics").1.contains("minsheng_ready 0\n"));
    });
}

#[test]
fn a_port_that_is_taken_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let store = create(&DbUrl::file(folder.path().join("county.db")));
    with_server(store, |address| {
        let store = create(&DbUrl::file(folder.path().join("other.db")));
        let error = minsheng_web::serve_until_told(store, address, |_| {}).unwrap_err();
        assert!(
            error
                .to_string()
                .contains(&format!("cannot listen on {address}")),
            "{error}"
        );
    });
}

//! Whether the server lives (`/health/live`), whether it can work (`/health/ready`: the records can be read, their
//! schema is that of the program, the end of the audit chain is there), and a few counters in plain text
//! (`/metrics`). Answers hold no personal datum and no address of the database.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use minsheng_store::{Head, Store, StoreError};
use serde_json::json;

/// What the answers are made of.
#[derive(Debug, Clone)]
pub struct Health {
    store: Arc<Store>,
    asked: Arc<AtomicU64>,
    unready: Arc<AtomicU64>,
}

impl Health {
    /// Nobody asked yet.
    pub fn new(store: Arc<Store>) -> Health {
        Health {
            store,
            asked: Arc::default(),
            unready: Arc::default(),
        }
    }

    /// Reads the end of the chain, which reaches the database and its schema; away from the thread that serves.
    async fn head(&self) -> Result<Head, &'static str> {
        let store = Arc::clone(&self.store);
        let found = tokio::task::spawn_blocking(move || store.ready()).await;
        match found {
            Ok(Ok(head)) => Ok(head),
            Ok(Err(error)) => Err(word(&error)),
            Err(_) => Err("failed"),
        }
    }
}

fn word(error: &StoreError) -> &'static str {
    match error {
        StoreError::Open { .. } => "database_unreachable",
        StoreError::Version { .. } => "schema_version",
        StoreError::Busy { .. } => "database_busy",
        StoreError::Inconsistent { .. } => "chain_unreadable",
        _ => "database_failed",
    }
}

/// The routes.
pub(crate) fn routes(health: Health) -> Router {
    Router::new()
        .route("/health/live", get(live))
        .route("/health/ready", get(ready))
        .route("/metrics", get(metrics))
        .with_state(health)
}

async fn live() -> Json<serde_json::Value> {
    Json(json!({ "live": true, "version": env!("CARGO_PKG_VERSION") }))
}

async fn ready(State(health): State<Health>) -> Response {
    health.asked.fetch_add(1, Ordering::Relaxed);
    match health.head().await {
        Ok(head) => {
            let chain = json!({ "audit_id": head.audit_id, "tx": head.tx.0 });
            Json(json!({ "ready": true, "chain": chain })).into_response()
        }
        Err(reason) => {
            health.unready.fetch_add(1, Ordering::Relaxed);
            let body = Json(json!({ "ready": false, "reason": reason }));
            (StatusCode::SERVICE_UNAVAILABLE, body).into_response()
        }
    }
}

async fn metrics(State(health): State<Health>) -> Response {
    let head = health.head().await;
    let mut text = format!(
        "# TYPE minsheng_ready gauge\nminsheng_ready {}\n\
         # TYPE minsheng_health_requests_total counter\nminsheng_health_requests_total {}\n\
         # TYPE minsheng_unready_total counter\nminsheng_unready_total {}\n",
        u8::from(head.is_ok()),
        health.asked.load(Ordering::Relaxed),
        health.unready.load(Ordering::Relaxed),
    );
    if let Ok(head) = head {
        text.push_str(&format!(
            "# TYPE minsheng_transactions gauge\nminsheng_transactions {}\n",
            head.tx.0
        ));
    }
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], text).into_response()
}

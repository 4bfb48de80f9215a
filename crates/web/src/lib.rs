//! What a county's server answers over HTTP. For now whether it lives and can work (`health`); the desks of the
//! offices grow here.
//!
//! Must not know: any rule of an office, any personal datum in an answer of health, the clock, the environment.

mod health;

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use minsheng_store::{Store, StoreError};
use tokio::net::TcpListener;

pub use self::health::Health;

/// Why a server does not start, or ended.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The address is taken or not ours.
    #[error(
        "cannot listen on {address}: {reason}\nhint: another program may use it; name another one with --listen"
    )]
    Listen {
        /// Where.
        address: SocketAddr,
        /// What the system said.
        reason: String,
    },
    /// The server or its runtime failed.
    #[error("the server ended: {0}")]
    Ended(String),
    /// The records could not be opened.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The routes of the server.
pub fn router(store: Arc<Store>) -> Router {
    health::routes(Health::new(store))
}

/// Serves until `stop` is ready, then finishes what was begun. `bound` is told the address, which a caller that
/// asked for port 0 does not know. The caller keeps a share of the store until the runtime is gone: a session of
/// PostgreSQL cannot be ended inside of one.
///
/// # Errors
/// [`ServeError::Listen`], [`ServeError::Ended`].
pub async fn serve(
    store: Arc<Store>,
    address: SocketAddr,
    bound: impl FnOnce(SocketAddr),
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<(), ServeError> {
    let refused = |error: std::io::Error| ServeError::Listen {
        address,
        reason: error.to_string(),
    };
    let listener = TcpListener::bind(address).await.map_err(refused)?;
    bound(listener.local_addr().map_err(refused)?);
    axum::serve(listener, router(store))
        .with_graceful_shutdown(stop)
        .await
        .map_err(|error| ServeError::Ended(error.to_string()))
}

/// Runs [`serve`] on a runtime of its own until the process is told to stop (Ctrl-C, SIGTERM).
///
/// # Errors
/// As [`serve`].
pub fn serve_until_told(
    store: Store,
    address: SocketAddr,
    bound: impl FnOnce(SocketAddr),
) -> Result<(), ServeError> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| ServeError::Ended(error.to_string()))?;
    let store = Arc::new(store);
    let outcome = runtime.block_on(serve(Arc::clone(&store), address, bound, told_to_stop()));
    drop(runtime);
    drop(store);
    outcome
}

async fn told_to_stop() {
    // a signal that cannot be listened for never comes
    let interrupted = async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let Ok(mut terminated) = signal(SignalKind::terminate()) else {
            return interrupted.await;
        };
        let mut interrupted = std::pin::pin!(interrupted);
        std::future::poll_fn(|context| {
            if interrupted.as_mut().poll(context).is_ready() {
                return std::task::Poll::Ready(());
            }
            terminated.poll_recv(context).map(|_| ())
        })
        .await;
    }
    #[cfg(not(unix))]
    interrupted.await;
}

//! A connection that waits for its reader, but not for ever: who asks and does not take the answer would keep a place that
//! others wait for.

use std::future::Future as _;
use std::io::{ErrorKind, IoSlice, Result};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Sleep, sleep};

/// A connection on which a write fails that its reader has left waiting for as long as the limit.
pub struct Patience {
    stream: TcpStream,
    limit: Duration,
    /// What remains of the limit, while a write is waiting.
    remaining: Option<Pin<Box<Sleep>>>,
}

impl Patience {
    pub fn new(stream: TcpStream, limit: Duration) -> Self {
        Self { stream, limit, remaining: None }
    }

    fn bounded<T>(&mut self, context: &mut Context<'_>, written: Poll<Result<T>>) -> Poll<Result<T>> {
        if written.is_ready() {
            self.remaining = None;
            return written;
        }
        let limit = self.limit;
        let remaining = self.remaining.get_or_insert_with(|| Box::pin(sleep(limit)));
        remaining.as_mut().poll(context).map(|()| Err(ErrorKind::TimedOut.into()))
    }
}

impl AsyncRead for Patience {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Patience {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.bounded(context, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[IoSlice<'_>],
    ) -> Poll<Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(context, parts);
        self.bounded(context, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::{TcpListener, TcpStream};

    use super::Patience;

    async fn pair(limit: Duration) -> (Patience, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let reader = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        (Patience::new(listener.accept().await.unwrap().0, limit), reader)
    }

    const MORE_THAN_BUFFERS_HOLD: usize = 64 << 20;

    #[tokio::test]
    async fn what_nobody_reads_is_given_up() {
        let (mut writer, _reader) = pair(Duration::from_millis(50)).await;
        let outcome = writer.write_all(&vec![0; MORE_THAN_BUFFERS_HOLD]).await;
        assert_eq!(outcome.unwrap_err().kind(), std::io::ErrorKind::TimedOut);
    }

    #[tokio::test]
    async fn what_is_read_goes_on() {
        let (mut writer, mut reader) = pair(Duration::from_secs(60)).await;
        let writing = tokio::spawn(async move { writer.write_all(&vec![7; MORE_THAN_BUFFERS_HOLD]).await.unwrap() });
        let mut read = Vec::new();
        reader.read_to_end(&mut read).await.unwrap();
        writing.await.unwrap();
        assert_eq!((read.len(), read.last()), (MORE_THAN_BUFFERS_HOLD, Some(&7)));
    }
}

//! One connection of the scripted server: reads requests, writes replies, obeys their faults.

use super::server::{Content, Fault, Reply, Request, Shared};
use std::fs::File;
use std::io::{self, BufRead, BufReader, ErrorKind, Read, Seek, SeekFrom, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

/// Answers requests until the connection ends, the script ends it, or the server is dropped.
pub(crate) fn serve(stream: &TcpStream, shared: &Arc<Shared>) {
    let _ = stream.set_nodelay(true);
    let served = match &shared.tls {
        None => serve_plain(stream, shared),
        Some(tls) => {
            rustls::ServerConnection::new(Arc::clone(tls)).map_err(io::Error::other).and_then(|connection| {
                let mut secure = rustls::StreamOwned::new(connection, stream);
                let served = exchange_all(&mut secure, shared);
                secure.conn.send_close_notify();
                let _ = secure.flush();
                served
            })
        }
    };
    let _ = served; // a client may go away at any time
    let _ = stream.shutdown(Shutdown::Both);
}

fn serve_plain(stream: &TcpStream, shared: &Shared) -> io::Result<()> {
    let mut reader = BufReader::new(stream);
    while let Some(request) = read_request(&mut reader, shared)? {
        let reply = (shared.handler)(&request);
        if let Content::Tunnel(address) = reply.content {
            return tunnel(stream, address);
        }
        let mut target = stream;
        if !write_reply(&mut target, &request, &reply, shared)? {
            break;
        }
    }
    Ok(())
}

fn exchange_all<S: Read + Write>(stream: &mut S, shared: &Shared) -> io::Result<()> {
    loop {
        let request = read_request(&mut BufReader::with_capacity(1, &mut *stream), shared)?;
        let Some(request) = request else { return Ok(()) };
        let reply = (shared.handler)(&request);
        if !write_reply(stream, &request, &reply, shared)? {
            return Ok(());
        }
    }
}

fn read_request(reader: &mut impl BufRead, shared: &Shared) -> io::Result<Option<Request>> {
    let mut line = String::new();
    if reader.read_line(&mut line)? == 0 {
        return Ok(None);
    }
    let mut words = line.split_whitespace().map(str::to_owned);
    let (Some(method), Some(target)) = (words.next(), words.next()) else {
        return Err(ErrorKind::InvalidData.into());
    };
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        headers.push((name.to_lowercase(), value.trim().to_owned()));
    }
    let length = headers.iter().find(|(name, _)| name == "content-length");
    let mut body = vec![0; length.map_or(0, |(_, length)| length.parse().unwrap())];
    reader.read_exact(&mut body)?;
    let mut requests = shared.requests.lock().unwrap();
    let earlier = requests.iter().filter(|request| request.target == target).count();
    let request = Request { method, target, headers, body, at: Instant::now(), earlier };
    requests.push(request.clone());
    Ok(Some(request))
}

/// Whether the connection goes on.
fn write_reply(
    stream: &mut impl Write,
    request: &Request,
    reply: &Reply,
    shared: &Shared,
) -> io::Result<bool> {
    match reply.fault {
        Fault::Hang => return pause(Duration::from_secs(600), shared).map(|()| false),
        Fault::Vanish => return Ok(false),
        _ => {}
    }
    let (status, range, extra) = range(request, reply);
    let mut head = vec![format!("HTTP/1.1 {status} Scripted")];
    head.extend(reply.headers.iter().chain(&extra).map(|(name, value)| format!("{name}: {value}")));
    head.push(if reply.chunked {
        "Transfer-Encoding: chunked".to_owned()
    } else if reply.fault == Fault::UntilClose {
        "Connection: close".to_owned()
    } else {
        format!("Content-Length: {}", reply.declared.unwrap_or(range.1))
    });
    stream.write_all((head.join("\r\n") + "\r\n\r\n").as_bytes())?;
    if request.method == "HEAD" || status == 304 {
        return Ok(true);
    }
    write_body(stream, reply, range, shared)?;
    stream.flush()?;
    Ok(!matches!(reply.fault, Fault::CutAfter(_) | Fault::UntilClose) && reply.declared.is_none())
}

/// Start and length of the part that is sent; the status and headers that say so. A range is given where the
/// reply has an `ETag` that `If-Range` names, or without `If-Range`.
fn range(request: &Request, reply: &Reply) -> (u16, (u64, u64), Vec<(String, String)>) {
    let length = match &reply.content {
        Content::Bytes(bytes) => bytes.len() as u64,
        Content::File(path) => path.metadata().unwrap().len(),
        Content::Endless | Content::Tunnel(_) => u64::MAX,
    };
    let whole = (reply.status, (0, length), Vec::new());
    let tag = reply.headers.iter().find(|(name, _)| name == "ETag").map(|(_, tag)| tag.as_str());
    let same = request.header("if-range").is_none_or(|wanted| Some(wanted) == tag);
    let Some(range) = request.header("range").filter(|_| same && reply.status == 200) else { return whole };
    let (first, last) = range.strip_prefix("bytes=").and_then(|range| range.split_once('-')).unwrap();
    let first: u64 = first.parse().unwrap();
    let last = last.parse().unwrap_or(length - 1).min(length - 1);
    let header = ("Content-Range".to_owned(), format!("bytes {first}-{last}/{length}"));
    (206, (first, last + 1 - first), vec![header])
}

fn write_body(stream: &mut impl Write, reply: &Reply, range: (u64, u64), shared: &Shared) -> io::Result<()> {
    let (start, length) = range;
    if let (Content::File(path), Fault::None, false) = (&reply.content, reply.fault, reply.chunked) {
        let mut file = File::open(path)?;
        file.seek(SeekFrom::Start(start))?;
        // To a plain connection the kernel sends it alone: a server that copied would slow its clients down.
        return io::copy(&mut file.take(length), stream).map(|_| ());
    }
    let cut = if let Fault::CutAfter(cut) = reply.fault { cut as u64 } else { u64::MAX };
    let mut source: Box<dyn Read> = match &reply.content {
        Content::Bytes(bytes) => {
            let end = usize::try_from(start + length).unwrap();
            Box::new(&bytes[usize::try_from(start).unwrap()..end])
        }
        Content::File(path) => {
            let mut file = File::open(path)?;
            file.seek(SeekFrom::Start(start))?;
            Box::new(file.take(length))
        }
        Content::Endless => Box::new(io::repeat(0)),
        Content::Tunnel(_) => return Ok(()),
    };
    let (size, between) = match reply.fault {
        Fault::Slow(size, between) => (size, between),
        _ => (1 << 20, Duration::ZERO),
    };
    let mut chunk = vec![0; size];
    let mut sent = 0;
    while sent < cut {
        let room = usize::try_from(cut - sent).unwrap_or(usize::MAX).min(size);
        let read = source.read(&mut chunk[..room])?;
        if read == 0 {
            break;
        }
        if reply.chunked {
            stream.write_all(format!("{read:x}\r\n").as_bytes())?;
        }
        stream.write_all(&chunk[..read])?;
        if reply.chunked {
            stream.write_all(b"\r\n")?;
        }
        sent += read as u64;
        if !between.is_zero() {
            stream.flush()?;
            pause(between, shared)?;
        }
    }
    if reply.chunked && sent < cut { stream.write_all(b"0\r\n\r\n") } else { Ok(()) }
}

/// Sleeps, but not past the server's end.
fn pause(length: Duration, shared: &Shared) -> io::Result<()> {
    let end = Instant::now() + length;
    while Instant::now() < end {
        if shared.stopping.load(Ordering::SeqCst) {
            return Err(ErrorKind::Interrupted.into());
        }
        std::thread::sleep(Duration::from_millis(5).min(length));
    }
    Ok(())
}

fn tunnel(client: &TcpStream, address: SocketAddr) -> io::Result<()> {
    let server = TcpStream::connect(address)?;
    let mut to_client = client.try_clone()?;
    to_client.write_all(b"HTTP/1.1 200 Connected\r\n\r\n")?;
    let (mut from_server, mut from_client, mut to_server) =
        (server.try_clone()?, client.try_clone()?, server);
    let back = std::thread::spawn(move || {
        let _ = io::copy(&mut from_server, &mut to_client);
        let _ = to_client.shutdown(Shutdown::Both);
    });
    let _ = io::copy(&mut from_client, &mut to_server);
    let _ = to_server.shutdown(Shutdown::Both);
    let _ = back.join();
    Ok(())
}

/* Requests, and what can go wrong with them: every trouble leaves here as one of three errors, so that network trouble is
 * never mistaken for a fault of this page, or the other way round. */

const ANSWER_MS = 20000; // an ordinary request
const LONGEST_WAIT_MS = 30000;

/** The server is away or busy; the same request may be sent again, after `retryAfter` milliseconds if it said so. */
export class Unavailable extends Error {
  constructor(message, retryAfter = 0) {
    super(message);
    this.retryAfter = retryAfter;
  }
}

/** The server will never take this request. */
export class Refused extends Error {
  constructor(message, status) {
    super(message);
    this.status = status;
  }
}

/** The server does not know the token. */
export class Unauthorized extends Error {}

/** A wait that can be cut short. */
export function createPause() {
  let end = null;
  return {
    wait: (milliseconds) => new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      end = () => { clearTimeout(timer); resolve(); };
    }),
    wake() { if (end) end(); },
  };
}

/** How long to wait after `failures` failures in a row: doubling, and scattered so that clients do not return as one. */
export function backOff(failures, retryAfter = 0) {
  const doubled = Math.min(LONGEST_WAIT_MS, 500 * 2 ** Math.min(failures, 10));
  return retryAfter + doubled * (0.5 + Math.random());
}

/** Turns a status that is no success into one of our errors. */
export function judge(response) {
  if (response.ok) return;
  const said = `${response.status} ${response.url}`;
  if (response.status === 401) throw new Unauthorized(said);
  if (response.status === 408 || response.status === 425 || response.status === 429 || response.status >= 500) {
    const seconds = Number(response.headers.get('Retry-After'));
    throw new Unavailable(said, Number.isFinite(seconds) ? Math.min(seconds, 60) * 1000 : 0);
  }
  throw new Refused(said, response.status);
}

/** Network trouble as our own error, so that it is never mistaken for a fault of this page, or the other way round. */
export async function overTheWire(promise) {
  try {
    return await promise;
  } catch (error) {
    throw new Unavailable(String(error));
  }
}

/** Calls `abort` when `signal` asks for it, or already has; the result stops listening. */
export function obey(signal, abort) {
  if (!signal) return () => {};
  if (signal.aborted) abort();
  signal.addEventListener('abort', abort);
  return () => signal.removeEventListener('abort', abort);
}

/** One request and its answer: JSON, or with `whole` the bytes. `body` is sent as JSON, `file` as it is. Given up after
 * `timeout` milliseconds or when `signal` says so. */
export async function ask(path, { token, body, file, whole = false, signal, timeout = ANSWER_MS }) {
  const control = new AbortController();
  const abort = () => control.abort();
  const timer = setTimeout(abort, timeout);
  const release = obey(signal, abort);
  try {
    const response = await overTheWire(fetch(path, {
      method: body || file ? 'POST' : 'GET',
      headers: { ...(token && { Authorization: `Bearer ${token}` }), ...(body && { 'Content-Type': 'application/json' }) },
      body: file ?? (body && JSON.stringify(body)),
      signal: control.signal,
      cache: 'no-store',
    }));
    judge(response);
    if (whole) return await overTheWire(response.blob());
    const text = await overTheWire(response.text());
    return text ? JSON.parse(text) : {};
  } finally {
    clearTimeout(timer);
    release();
  }
}

/** Reads server-sent events out of pieces of text cut anywhere; calls `onEvent(type, data)`. */
export function createEventParser(onEvent) {
  let rest = '';
  let type = 'message';
  let data = [];
  const line = (text) => {
    if (text === '') {
      if (data.length) onEvent(type, data.join('\n'));
      type = 'message';
      data = [];
    } else if (text.startsWith('event:')) {
      type = text.slice(6).trim();
    } else if (text.startsWith('data:')) {
      data.push(text.slice(5).replace(/^ /, ''));
    }
  };
  return (piece) => {
    const lines = (rest + piece).split('\n');
    rest = lines.pop();
    for (const text of lines) line(text.endsWith('\r') ? text.slice(0, -1) : text);
  };
}

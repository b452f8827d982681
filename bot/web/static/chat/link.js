/* The wire: the session, what the server sends, and one message out.
 * Receiving is one loop: catch up by GET (which also proves that the server is there), then follow the event stream,
 * or a long poll where streams do not get through; whatever ends that starts the loop again. `after` only grows, so
 * nothing is delivered twice. The token travels in a header, never in an address. */

import {
  ask, backOff, createEventParser, createPause, judge, obey, overTheWire, Refused, Unauthorized, Unavailable,
} from './wire.js';

const FIRST_BYTE_MS = 8000; // a stream that says nothing by then is held back by something in between
const SILENCE_MS = 60000; // the server's keep-alive comes more often
const STALE_MS = 35000; // a page coming back from sleep doubts a stream this quiet
const FILE_MS = 300000; // a large file over a weak connection
const POLL_SECONDS = 25;
const POLL_GIVE_UP_MS = 45000;
const STORED_EVERYWHERE_MS = 300; // localStorage reaches the other tabs within this
const POLL_FOR_MS = 300000; // then streaming gets another chance

/** One tab at a time where the browser has locks; elsewhere the stored token settles it a moment later. The lock is kept
 * a little longer than the work takes: another tab sees what was stored only then. */
function oneTabAtATime(work) {
  if (!navigator.locks) return work();
  return new Promise((resolve, reject) => {
    navigator.locks.request('ditp-chat-session', async () => {
      await work().then(resolve, reject);
      await new Promise((go) => { setTimeout(go, STORED_EVERYWHERE_MS); });
    });
  });
}

/** Connects the page. Callbacks: `onReset({isNew})` before the messages of another session; `onMessages(messages)`, never
 * the same one twice; `onHistoryShown()` when all of an older session is there, what is new waits for its promise;
 * `onState({state, typing})`; `onConnection('online' | 'offline')`. */
export function createLink({ store, language, onReset, onMessages, onHistoryShown, onState, onConnection }) {
  const pause = createPause();
  let following = null; // token whose messages are on the page
  let after = 0;
  let strikes = 0; // streams in a row that never said anything
  let current = new AbortController();
  let lastHeard = Date.now();
  let lastTold = '';
  let connection = null;

  /** Hands on what the server said; tells whether there was anything new in it. */
  function take({ messages = [], state, typing }) {
    const fresh = messages.filter((message) => message.seq > after);
    if (fresh.length) {
      after = fresh[fresh.length - 1].seq;
      onMessages(fresh);
    }
    if (state) onState({ state, typing: Boolean(typing) });
    const told = `${state} ${typing}`;
    const news = fresh.length > 0 || told !== lastTold;
    lastTold = told;
    return news;
  }

  async function createSession() {
    if (!store.token()) {
      const { token } = await ask('/webchat/sessions', { body: { language: language() } });
      store.setToken(token);
    }
    return store.token();
  }

  async function follow(token, signal) {
    let heard = false;
    const control = new AbortController();
    const abort = () => control.abort();
    const release = obey(signal, abort);
    let timer = setTimeout(abort, FIRST_BYTE_MS);
    try {
      const headers = { Authorization: `Bearer ${token}`, Accept: 'text/event-stream' };
      const options = { headers, signal: control.signal, cache: 'no-store' };
      const response = await overTheWire(fetch(`/webchat/events?after=${after}`, options));
      judge(response);
      const reader = response.body.getReader();
      const decoder = new TextDecoder();
      const parse = createEventParser((type, data) => {
        if (type === 'message') take({ messages: [JSON.parse(data)] });
        if (type === 'state') take(JSON.parse(data));
      });
      for (;;) {
        const { done, value } = await overTheWire(reader.read());
        if (done) return;
        heard = true;
        lastHeard = Date.now();
        clearTimeout(timer);
        timer = setTimeout(abort, SILENCE_MS);
        parse(decoder.decode(value, { stream: true }));
      }
    } catch (error) {
      if (error instanceof Unauthorized) throw error;
      if (error instanceof Unavailable || error instanceof Refused) return; // catching up tells whether the server lives
      throw error;
    } finally {
      clearTimeout(timer);
      abort();
      release();
      strikes = heard || signal.aborted ? 0 : strikes + 1;
    }
  }

  async function poll(token, signal) {
    const until = Date.now() + POLL_FOR_MS;
    while (Date.now() < until && !signal.aborted) {
      const asked = Date.now();
      const path = `/webchat/messages?after=${after}&wait=${POLL_SECONDS}`;
      const news = take(await ask(path, { token, signal, timeout: POLL_GIVE_UP_MS }));
      lastHeard = Date.now();
      if (!news && lastHeard - asked < 1000) await pause.wait(backOff(2)); // a server that does not wait
    }
    strikes = 1;
  }

  function tell(next) {
    if (next !== connection) onConnection(next);
    connection = next;
  }

  async function round() {
    current = new AbortController();
    const { signal } = current;
    const known = store.token();
    const token = known || await oneTabAtATime(createSession);
    const isOther = token !== following;
    if (isOther) {
      following = token;
      after = 0;
      onReset({ isNew: !known });
    }
    take(await ask(`/webchat/messages?after=${after}`, { token, signal }));
    lastHeard = Date.now();
    tell('online');
    if (isOther && known) await onHistoryShown();
    await (strikes < 2 ? follow : poll)(token, signal);
  }

  /** One request in the session that there is; one that the server no longer knows is followed by another. */
  async function inSession(path, options) {
    const token = store.token();
    if (!token) throw new Unavailable('no session yet');
    try {
      return await ask(path, { token, ...options });
    } catch (error) {
      if (!(error instanceof Unauthorized)) throw error;
      store.dropToken(token);
      restart();
      throw new Unavailable('the session is unknown, a new one follows');
    }
  }

  function restart() {
    current.abort();
    pause.wake();
  }

  return {
    /** Receives for as long as the page lives. */
    async run() {
      let failures = 0;
      for (;;) {
        try {
          await round();
          failures = 0;
          await pause.wait(200 + 600 * Math.random());
        } catch (error) {
          if (current.signal.aborted) continue; // restart() was called
          failures += 1;
          if (error instanceof Unauthorized) store.dropToken(following);
          else if (!(error instanceof Unavailable)) console.error('chat: receiving failed', error);
          if (error instanceof Unauthorized && failures === 1) continue; // at once with a new session
          tell('offline');
          await pause.wait(backOff(failures, error.retryAfter));
        }
      }
    },

    /** Sends one message once; throws Unavailable or Refused. */
    send: (body) => inSession('/webchat/messages', { body }),

    /** Sends one file once; throws Unavailable or Refused. */
    sendFile(clientId, file) {
      const query = new URLSearchParams({ client_id: clientId, name: file.name });
      return inSession(`/webchat/attachments?${query}`, { file, timeout: FILE_MS });
    },

    /** Fetches a file of this chat. */
    fetchFile: (url) => inSession(url, { whole: true, timeout: FILE_MS }),

    /** Breaks off what is running and connects anew, at once. */
    restart,

    /** Ends any waiting; also connects anew when the stream has been suspiciously quiet. */
    wake() {
      if (Date.now() - lastHeard > STALE_MS) restart();
      else pause.wake();
    },

    /** Starts another session, for instance in the other language. */
    startOver() {
      store.dropToken(store.token());
      restart();
    },
  };
}

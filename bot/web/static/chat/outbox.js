/* Messages on their way to the server. A message is stored before it is sent and stays until the server shows it back,
 * so neither a reload nor a lost connection loses it; it keeps its client_id, so sending it twice is sending it once.
 * States: pending (being sent), accepted (the server has it), failed (waits for a tap, or for the connection);
 * `final` marks a failure that only a new client_id could change. */

import { backOff, createPause, Refused, Unavailable } from './wire.js';

const ATTEMPTS = 5;
const FORGET_ACCEPTED_MS = 24 * 3600 * 1000;

/** A new client_id. */
export function newId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16)); // plain http on another machine has no randomUUID
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** `send(body)` puts one message on the wire; `onChange(clientId, entry | null)` follows every step. */
export function createOutbox({ store, send, onChange }) {
  const pause = createPause();
  let draining = false;

  /** Writes the change, unless the message is settled already: shown back by the server, or changed by another tab. */
  function mark(clientId, change) {
    const entry = store.entry(clientId);
    if (!entry || entry.state === 'accepted') return;
    const changed = { ...entry, ...change };
    store.saveEntry(changed);
    onChange(clientId, changed);
  }

  function isPending(clientId) {
    const entry = store.entry(clientId);
    return Boolean(entry) && entry.state === 'pending';
  }

  async function deliver({ client_id: clientId, text, payload }) {
    const body = payload === undefined ? { client_id: clientId, text } : { client_id: clientId, payload };
    for (let attempt = 1; isPending(clientId); attempt += 1) {
      try {
        await send(body);
        mark(clientId, { state: 'accepted' });
      } catch (error) {
        if (error instanceof Refused) mark(clientId, { state: 'failed', final: true });
        else if (!(error instanceof Unavailable)) throw error;
        else if (attempt >= ATTEMPTS) mark(clientId, { state: 'failed' });
        else await pause.wait(backOff(attempt, error.retryAfter));
      }
    }
  }

  async function drain() {
    if (draining) return;
    draining = true;
    try {
      for (;;) {
        const next = store.entries().find((entry) => entry.state === 'pending');
        if (!next) return;
        await deliver(next);
      }
    } finally {
      draining = false;
    }
  }

  function reviveFailed() {
    for (const entry of store.entries()) {
      if (entry.state === 'failed' && !entry.final) mark(entry.client_id, { state: 'pending' });
    }
  }

  function add({ text, payload, label }) {
    const newest = store.entries().reduce((order, entry) => Math.max(order, entry.order), 0);
    const entry = {
      client_id: newId(), text, payload, label, state: 'pending', order: Math.max(Date.now(), newest + 1),
    };
    store.saveEntry(entry);
    onChange(entry.client_id, entry);
  }

  function discard(clientId) {
    store.dropEntry(clientId);
    onChange(clientId, null);
  }

  /** Sends everything that waits, what failed for want of a connection included. */
  function wake() {
    reviveFailed();
    pause.wake();
    drain();
  }

  return {
    entries: store.entries,
    wake,
    discard,
    /** Takes a text `{text}` or a tapped button `{payload, label}`. */
    add(content) {
      add({ label: content.text, ...content });
      wake();
    },
    /** Sends a failed message again; one the server refused gets a new id. */
    retry(clientId) {
      const entry = store.entry(clientId);
      if (!entry) return;
      if (entry.final) {
        discard(clientId);
        add(entry);
      }
      wake();
    },
    /** The server has shown the message: nothing is left to do for it. */
    settle: (clientId) => store.dropEntry(clientId),
    /** Another session begins: what the old one accepted belongs to the old one. */
    forgetAccepted() {
      for (const entry of store.entries()) if (entry.state === 'accepted') discard(entry.client_id);
    },
    /** Something the server accepted and never showed within a day is not coming any more. */
    tidy(now) {
      for (const { client_id: clientId, state, order } of store.entries()) {
        if (state === 'accepted' && now - order > FORGET_ACCEPTED_MS) discard(clientId);
      }
    },
  };
}

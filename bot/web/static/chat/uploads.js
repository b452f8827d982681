/* Files on their way to the server. A file lives as long as the page (a browser keeps none over a reload); until then it
 * is tried like a message: the same client_id, so that sending it twice is sending it once. What the server would refuse
 * anyway is refused here, before it costs the customer's data. */

import { backOff, createPause, Refused, Unavailable } from './wire.js';
import { newId } from './outbox.js';

const ATTEMPTS = 5;
const MOST_AT_ONCE = 5;

/** `send(clientId, file)` puts one file on the wire; `onChange(clientId, entry | null)` follows every step. `accepted` is
 * the list of endings that are taken, `largest` a number of bytes. */
export function createUploads({ send, onChange, accepted, largest }) {
  const pause = createPause();
  const waiting = new Map(); // client_id -> {file, entry}
  const limits = { largest, most: MOST_AT_ONCE };
  let draining = false;

  function mark(clientId, change) {
    const upload = waiting.get(clientId);
    if (!upload) return;
    upload.entry = { ...upload.entry, ...change };
    onChange(clientId, upload.entry);
  }

  function problemOf(file) {
    if (file.size > largest) return 'fileTooLarge';
    if (!file.size || !accepted.some((ending) => file.name.toLowerCase().endsWith(ending))) return 'fileNotTaken';
    return undefined;
  }

  function put(file, label, problem) {
    const state = problem ? 'failed' : 'pending';
    const shown = label ? undefined : { name: file.name, size: file.size, media_type: file.type, bytes: file };
    const entry = { client_id: newId(), label, file: shown, order: Date.now(), state, problem, limits };
    waiting.set(entry.client_id, { file, entry });
    onChange(entry.client_id, entry);
  }

  async function deliver(clientId) {
    for (let attempt = 1; waiting.get(clientId)?.entry.state === 'pending'; attempt += 1) {
      try {
        await send(clientId, waiting.get(clientId).file);
        mark(clientId, { state: 'accepted' });
      } catch (error) {
        if (error instanceof Refused) {
          mark(clientId, { state: 'failed', problem: error.status === 413 ? 'fileTooLarge' : 'fileNotTaken' });
        } else if (!(error instanceof Unavailable)) throw error;
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
        const next = [...waiting].find(([, { entry }]) => entry.state === 'pending');
        if (!next) return;
        await deliver(next[0]);
      }
    } finally {
      draining = false;
    }
  }

  return {
    /** Takes what the customer chose. */
    add(files) {
      const chosen = [...files];
      const rest = chosen.splice(MOST_AT_ONCE);
      for (const file of chosen) put(file, '', problemOf(file));
      if (rest.length) put(rest[0], rest.map(({ name }) => name).join(', '), 'tooManyFiles');
      drain();
    },
    /** Sends a failed file again; false when it is none of ours. */
    retry(clientId) {
      if (!waiting.has(clientId)) return false;
      if (!waiting.get(clientId).entry.problem) mark(clientId, { state: 'pending' });
      drain();
      return true;
    },
    /** Takes a file back, or forgets one that the server has shown; false when it is none of ours. */
    drop(clientId) {
      const known = waiting.delete(clientId);
      if (known) onChange(clientId, null);
      return known;
    },
    /** The server has shown it. */
    settle: (clientId) => waiting.delete(clientId),
    /** What stands on the page is gone: nothing is on its way any more that was accepted by another session. */
    entries: () => [...waiting.values()].map(({ entry }) => entry).filter(({ state }) => state !== 'accepted'),
    wake() { pause.wake(); drain(); },
  };
}

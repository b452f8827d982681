/* What this browser remembers: the session's token, the language, and messages on their way.
 * Each message has a key of its own, so that two tabs never overwrite each other's list.
 * A browser that forbids storage (some embedded frames) gets a memory that lives as long as the page. */

const TOKEN = 'ditp-chat.token';
const SEEN = 'ditp-chat.seen';
const LANGUAGE = 'ditp-chat.language';
const OUTBOX = 'ditp-chat.outbox.';

function memory() {
  const values = new Map();
  return {
    getItem: (key) => (values.has(key) ? values.get(key) : null),
    setItem: (key, value) => { values.set(key, value); },
    removeItem: (key) => { values.delete(key); },
    keys: () => [...values.keys()],
  };
}

function browserStorage() {
  try {
    const storage = window.localStorage;
    storage.setItem('ditp-chat.probe', '1');
    storage.removeItem('ditp-chat.probe');
    return {
      getItem: (key) => storage.getItem(key),
      setItem: (key, value) => storage.setItem(key, value),
      removeItem: (key) => storage.removeItem(key),
      keys: () => Object.keys(storage),
    };
  } catch (error) {
    console.warn('chat: this browser keeps nothing, a reload starts anew', error);
    return memory();
  }
}

/** Opens the store. `onToken(token)` and `onEntry(clientId, entry | null)` tell what another tab changed. */
export function openStore({ onToken, onEntry }) {
  const storage = browserStorage();
  const entry = (clientId) => JSON.parse(storage.getItem(OUTBOX + clientId));

  window.addEventListener('storage', (event) => {
    if (event.key === TOKEN && event.newValue) onToken(event.newValue);
    if (event.key && event.key.startsWith(OUTBOX)) {
      onEntry(event.key.slice(OUTBOX.length), JSON.parse(event.newValue));
    }
  });

  return {
    token: () => storage.getItem(TOKEN),
    setToken: (token) => storage.setItem(TOKEN, token),
    /** Forgets the token, unless another tab has already replaced it. */
    dropToken(token) {
      if (storage.getItem(TOKEN) === token) storage.removeItem(TOKEN);
    },
    /** The seq of the newest message that stood on a screen. */
    seen: () => Number(storage.getItem(SEEN)) || 0,
    setSeen: (seq) => storage.setItem(SEEN, String(seq)),
    language: () => storage.getItem(LANGUAGE),
    setLanguage: (language) => storage.setItem(LANGUAGE, language),
    entry,
    saveEntry: (value) => storage.setItem(OUTBOX + value.client_id, JSON.stringify(value)),
    dropEntry: (clientId) => storage.removeItem(OUTBOX + clientId),
    /** All messages on their way, oldest first. */
    entries: () => storage.keys()
      .filter((key) => key.startsWith(OUTBOX))
      .map((key) => entry(key.slice(OUTBOX.length)))
      .filter(Boolean)
      .sort((a, b) => a.order - b.order),
  };
}

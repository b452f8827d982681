/* The web chat page: wires the view, the outbox and the link to each other, and reads the composer.
 * No framework and no build step: the modules under chat/ are what the browser runs. */

import { createComposer } from './chat/composer.js';
import { createEmbed } from './chat/embed.js';
import { createLink } from './chat/link.js';
import { createOutbox } from './chat/outbox.js';
import { createView } from './chat/view.js';
import { createUploads } from './chat/uploads.js';
import { openStore } from './chat/store.js';

const HISTORY_SETTLES_MS = 400; // screen readers need a moment before a filled log may begin to speak

const store = openStore({
  onToken: () => link.restart(),
  onEntry(clientId, entry) {
    // Another tab's entry ends when the server has shown it (this tab's stream brings it too) or by hand when it failed.
    if (entry || view.isFailed(clientId)) view.setEntry(clientId, entry);
  },
});

let language = chosenLanguage();

const view = createView({
  onChoose: (button) => outbox.add(button),
  onRetry: (clientId) => uploads.retry(clientId) || outbox.retry(clientId),
  onDiscard(clientId) {
    if (!uploads.drop(clientId)) outbox.discard(clientId);
    composer.focus();
  },
  onOpen: openFile,
  onPreview: ({ url }) => link.fetchFile(url),
  onFocusLost: () => composer.focus(),
});

const embed = createEmbed({
  store,
  onShown(focus, seen) {
    view.toTurn(seen);
    if (focus) composer.focus();
  },
});

const link = createLink({
  store,
  language: () => language,
  onReset({ isNew }) {
    view.clear();
    embed.reset({ isNew });
    if (isNew) outbox.forgetAccepted();
    for (const entry of [...outbox.entries(), ...uploads.entries()]) view.setEntry(entry.client_id, entry);
    if (isNew) view.announce();
  },
  onMessages(messages) {
    for (const { client_id: clientId } of messages) if (clientId && !uploads.settle(clientId)) outbox.settle(clientId);
    view.show(messages);
    embed.received(messages);
  },
  async onHistoryShown() {
    await new Promise((resolve) => { setTimeout(resolve, HISTORY_SETTLES_MS); });
    view.announce();
  },
  onState: view.setState,
  onConnection(connection) {
    view.setConnection(connection);
    if (connection === 'online') { outbox.wake(); uploads.wake(); }
  },
});

const outbox = createOutbox({ store, send: link.send, onChange: view.setEntry });
const chooser = document.getElementById('file');
const uploads = createUploads({
  send: link.sendFile, onChange: view.setEntry, accepted: chooser.accept.split(','), largest: Number(chooser.dataset.largest),
});
const composer = createComposer({
  language: () => language, onSend: (text) => outbox.add({ text }), onFiles: (files) => uploads.add(files),
});

/** Saves a file of the customer's own: the token travels in a header, so the browser can't fetch it by itself. */
async function openFile({ url, name }) {
  try {
    const address = URL.createObjectURL(await link.fetchFile(url));
    const anchor = Object.assign(document.createElement('a'), { href: address, download: name });
    anchor.click();
    setTimeout(() => URL.revokeObjectURL(address), 60000);
  } catch (error) {
    console.warn('chat: a file was not fetched', error);
  }
}

/** Thai, unless the customer chose English here before or came by a link that asks for it (/chat?lang=en). */
function chosenLanguage() {
  const asked = new URLSearchParams(window.location.search).get('lang') || store.language();
  return asked === 'en' ? 'en' : 'th';
}

function setLanguage(next) {
  const changed = next !== language;
  language = next;
  view.setLanguage(next);
  composer.refresh();
  if (!changed) return;
  store.setLanguage(next);
  embed.setLanguage(next);
  if (!view.customerSpoke()) link.startOver(); // nobody has written yet: be greeted in the language just chosen
}

for (const button of document.querySelectorAll('[data-language]')) {
  button.addEventListener('click', () => setLanguage(button.dataset.language));
}
window.addEventListener('online', link.restart);
window.addEventListener('offline', link.restart);
window.addEventListener('pageshow', link.wake);
document.addEventListener('visibilitychange', () => {
  if (document.visibilityState !== 'visible') return;
  link.wake();
  outbox.wake();
});

setLanguage(language);
outbox.tidy(Date.now());
link.run();

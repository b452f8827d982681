/* One message as it stands on the page: a confirmed one from the server, or an outbox entry on its way.
 * An element is built once and then only changed in place: adding it again would be announced again. */

import { authorName, fullDay, languageOf, timeOfDay, words } from './words.js';
import { fileCards, saidBeside, sizeOf } from './files.js';
import { make, renderText } from './text.js';

/** Writes a text only when it differs: a text written again may be announced again. */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

function setLanguage(element, text) {
  const language = languageOf(text);
  if (language) element.lang = language;
}

function choiceButton({ title, payload }, index, onChoose) {
  const button = make('button', 'choice');
  button.type = 'button';
  const numbered = !/^[0-9๐-๙]/.test(title); // "1 ประทับใจ" says its number itself
  if (numbered) button.append(make('span', 'number', String(index + 1)), ' ');
  button.append(make('span', 'title', title));
  setLanguage(button, title);
  button.addEventListener('click', () => onChoose({ payload, label: title }));
  return button;
}

/** Creates the element of one message. `handlers` has onChoose(button), onRetry(clientId), onDiscard(clientId), and
 * onOpen and onPreview of files.js. */
export function createItem(handlers) {
  const element = make('article', 'message');
  const day = make('p', 'day');
  const author = make('p', 'author');
  const bubble = make('div', 'bubble');
  const meta = make('p', 'meta');
  const time = make('time');
  const status = make('span', 'status');
  for (const quiet of [day, meta]) quiet.setAttribute('aria-live', 'off');
  meta.append(time, status);
  element.append(day, author, bubble, meta);

  let shown = null; // {author, name, text, buttons, at, sending}
  let group = null;
  let failure = null;

  function buildChoices(buttons) {
    group = make('div', 'choices');
    group.setAttribute('role', 'group');
    group.classList.toggle('long', buttons.some(({ title }) => title.length > 24));
    group.append(...buttons.map((button, index) => choiceButton(button, index, handlers.onChoose)));
    bubble.after(group);
  }

  function showFailure(language) {
    if (!failure) {
      failure = make('p', 'failure');
      failure.setAttribute('role', 'alert');
      const retry = make('button', 'retry');
      const discard = make('button', 'discard', '×');
      retry.type = 'button';
      discard.type = 'button';
      retry.addEventListener('click', () => handlers.onRetry(item.clientId));
      discard.addEventListener('click', () => handlers.onDiscard(item.clientId));
      failure.append(retry, discard);
    }
    setText(failure.firstChild, problemWords(language));
    failure.firstChild.disabled = Boolean(shown.problem);
    failure.lastChild.setAttribute('aria-label', words(language).discard);
    if (!failure.isConnected) element.append(failure);
  }

  function problemWords(language) {
    const said = words(language)[shown.problem || 'failed'];
    if (!shown.limits) return said;
    return said.replace('{largest}', sizeOf(shown.limits.largest)).replace('{most}', shown.limits.most);
  }

  function setContent(next) {
    element.classList.add(next.author);
    if (!shown || shown.text !== next.text) {
      const said = saidBeside(next);
      setLanguage(bubble, said);
      renderText(bubble, said);
      bubble.append(...fileCards(next.attachments || [], handlers));
    }
    if (!group && next.buttons && next.buttons.length) buildChoices(next.buttons);
    shown = next;
  }

  const item = {
    element,
    clientId: null,
    seq: 0, // of the server; 0 while on its way
    payload: undefined,
    get author() { return shown.author; },
    get text() { return shown.text; },
    get buttons() { return shown.buttons || []; },
    get failed() { return shown.sending === 'failed'; },
    get day() { return new Date(shown.at).toDateString(); },

    /** Shows what the server sent. */
    confirm(message) {
      item.clientId = message.client_id || null;
      item.seq = message.seq;
      const bytes = shown?.attachments?.[0]?.bytes; // a picture of our own needs not come back to be seen
      const attachments = bytes ? message.attachments.map((file) => ({ ...file, bytes })) : message.attachments;
      setContent({ ...message, attachments, text: message.text || '', sending: null });
    },

    /** Shows an outbox entry. */
    pend(entry) {
      item.clientId = entry.client_id;
      item.payload = entry.payload;
      const { label: text, order: at, state: sending, problem, limits, file } = entry;
      setContent({ author: 'customer', text, at, sending, problem, limits, attachments: file && [file] });
    },

    /** Writes everything that depends on the page's language or on the message's neighbours. */
    refresh(language, { newDay, continues }) {
      const word = words(language);
      const at = new Date(shown.at);
      day.hidden = !newDay;
      setText(day, newDay ? fullDay(language, at) : '');
      setText(author, authorName(language, shown.author, shown.name));
      element.classList.toggle('continues', continues);
      time.dateTime = at.toISOString();
      setText(time, timeOfDay(language, at));
      meta.hidden = item.failed;
      element.classList.toggle('sending', shown.sending === 'pending');
      if (shown.author === 'customer') setText(status, shown.sending === 'pending' ? word.pending : word.sent);
      if (item.failed) showFailure(language);
      else if (failure) failure.remove();
      if (group) group.setAttribute('aria-label', word.choices);
    },

    /** Opens or closes the buttons; `chosen` is the index of the one that was used, `numbered` shows that typing its
     * number works too. Says whether focus was lost. */
    setChoices({ open, chosen, numbered }) {
      if (!group) return false;
      const hadFocus = !open && group.contains(document.activeElement) && document.activeElement.matches(':focus-visible');
      group.classList.toggle('closed', !open);
      group.classList.toggle('unnumbered', !numbered);
      [...group.children].forEach((button, index) => {
        button.disabled = !open;
        button.classList.toggle('chosen', index === chosen);
      });
      return hadFocus;
    },
  };
  return item;
}

/** The index of the button that a customer's message stands for (tapped, typed as number, or typed in full), or -1. */
export function choiceOf(buttons, said, { numbered }) {
  if (said.payload !== undefined) return buttons.findIndex(({ payload }) => payload === said.payload);
  const text = said.text.trim();
  const number = numbered && /^\d{1,2}$/.test(text) ? Number(text) : 0;
  if (number >= 1 && number <= buttons.length) return number - 1;
  return buttons.findIndex(({ title }) => title === text);
}

/* What stands on the page: the log, its scrolling, the lines that tell the state.
 * The log is a live region. It is silent (aria-live off) until the first history is in it; after that every element is
 * added exactly once and never moved unless the order of messages truly changed. */

import { authorName, words } from './words.js';
import { choiceOf, createItem, setText } from './item.js';

const NEAR = 80; // pixels from the end that still count as being at the end
const GAP = 8; // pixels above the message that stands first in view
const READ_MS = 20000; // what has stood there so long, whole, counts as read

const STATES = {
  bot: 'stateBot', queued: 'stateQueued', agent: 'stateAgent', survey: 'stateSurvey', closed: 'stateClosed',
};

function byId(id) {
  return document.getElementById(id);
}

/** Creates the view. `handlers` has onChoose, onRetry, onDiscard (see item.js) and onFocusLost(). */
export function createView(handlers) {
  const scroll = byId('scroll');
  const log = byId('log');
  const newer = byId('newer');
  let language = 'th';
  let confirmed = []; // items the server has shown, in the order of seq
  let waiting = []; // outbox items, in the order they were written; always after the confirmed ones
  let state = { state: null, typing: false };
  let connection = 'connecting';
  let agentName = '';
  let atEnd = true;
  let unread = null; // the first message not yet read: it stays in view until the reader moves or writes
  let shownAt = 0; // when the latest messages came into view
  let putAt = 0; // where the page itself put the log; elsewhere it is the reader's doing

  const items = () => [...confirmed, ...waiting];
  const waitingFor = (clientId) => waiting.find((item) => item.clientId === clientId);

  /** Puts the log at its end, but not past the beginning of what is unread; offers a way to what is below. */
  function settle() {
    const end = scroll.scrollHeight - scroll.clientHeight;
    const view = scroll.getBoundingClientRect();
    const first = unread ? unread.element.getBoundingClientRect().top - view.top + scroll.scrollTop - GAP : end;
    scroll.scrollTop = Math.min(first, end);
    putAt = scroll.scrollTop;
    atEnd = end - putAt < NEAR;
    const last = items().slice(-1)[0];
    newer.hidden = atEnd || !last || last.element.getBoundingClientRect().top < view.bottom;
  }

  const follows = () => unread !== null || atEnd;

  function toEnd() {
    unread = null;
    settle();
  }

  /** Shows a reader who follows what is new from its beginning; else offers a way. */
  function reveal(item) {
    if (!follows()) {
      newer.hidden = false;
      return;
    }
    if (!unread || (atEnd && Date.now() - shownAt > READ_MS)) unread = item;
    shownAt = Date.now();
    settle();
  }

  /** Goes to what was said since the customer last spoke; where something of it is newer than a seq, to that. */
  function toTurn(seen = 0) {
    const turn = confirmed.slice(confirmed.map((item) => item.author).lastIndexOf('customer') + 1);
    unread = turn.find((item) => item.seq > seen) || turn[0] || null;
    shownAt = Date.now();
    settle();
  }

  /** Which buttons may still be tapped: all offered since the customer last spoke, until one is used or the talk goes on.
   * A typed number means the newest offer of such a turn; the others show no numbers. */
  function refreshChoices() {
    const all = items();
    let end = all.length; // where the next turn's offers begin; what is said after that does not answer this one
    let newest = all.length; // the newest offer of this turn
    for (let index = all.length - 1; index >= 0; index -= 1) {
      const { buttons } = all[index];
      if (!buttons.length) continue;
      const spoken = all.slice(index + 1, newest).some((item) => item.author === 'customer' && !item.failed);
      if (spoken) end = newest;
      const numbered = spoken || newest === all.length;
      if (numbered) newest = index;
      const later = all.slice(index + 1, end).filter((item) => !item.failed);
      const answers = later.filter(({ author }) => author === 'customer');
      const chosen = answers.map((item) => choiceOf(buttons, item, { numbered })).find((choice) => choice >= 0);
      const reply = answers.length ? later.slice(later.indexOf(answers[0])) : [];
      const wentOn = reply.some(({ author }) => author === 'bot') || later.some(({ author }) => author === 'agent');
      const open = end === all.length && chosen === undefined && !wentOn;
      if (all[index].setChoices({ open, chosen, numbered })) handlers.onFocusLost();
    }
  }

  /** Puts every element at its place; one that stands there already is not touched. */
  function attach() {
    let place = log.firstChild;
    for (const { element } of items()) {
      if (element === place) place = place.nextSibling;
      else log.insertBefore(element, place);
    }
  }

  /** Brings the log up to date. Elements are complete before they are attached: they are announced as they come in. */
  function refresh() {
    let previous = null;
    for (const item of items()) {
      const newDay = !previous || previous.day !== item.day;
      item.refresh(language, { newDay, continues: !newDay && previous.author === item.author });
      previous = item;
    }
    refreshChoices();
    attach();
  }

  function refreshLines() {
    const word = words(language);
    const line = STATES[state.state] ? word[STATES[state.state]] : '';
    const withName = state.state === 'agent' ? `${line}${language === 'th' ? '' : ' '}${authorName(language, 'agent', agentName)}` : line;
    setText(byId('state'), withName);
    byId('state').dataset.state = state.state || '';
    byId('typing').hidden = !state.typing || connection !== 'online';
    setText(byId('typing-words'), state.state === 'agent' ? word.agentTyping : word.botTyping);
    setText(byId('connection'), { online: '', connecting: word.connecting, offline: word.reconnecting }[connection]);
  }

  function place(message) {
    const own = message.client_id ? waitingFor(message.client_id) : undefined;
    const item = own || createItem(handlers);
    waiting = waiting.filter((other) => other !== own);
    item.confirm(message);
    confirmed.push(item);
    if (message.author === 'agent' && message.name) agentName = message.name;
    return item;
  }

  scroll.addEventListener('scroll', () => {
    if (Math.abs(scroll.scrollTop - putAt) < 2) return;
    putAt = NaN;
    unread = null;
    atEnd = scroll.scrollHeight - scroll.clientHeight - scroll.scrollTop < NEAR;
    if (atEnd) newer.hidden = true;
  });
  new ResizeObserver(() => { if (follows()) settle(); }).observe(scroll);
  newer.addEventListener('click', () => { toEnd(); scroll.focus(); });

  return {
    toTurn,

    /** Shows messages of the server, oldest first. */
    show(messages) {
      const placed = messages.map(place);
      refresh();
      refreshLines();
      const first = placed.find((item) => item.author !== 'customer');
      if (log.getAttribute('aria-live') === 'off') toTurn();
      else if (first) reveal(first);
      else if (follows()) settle();
    },

    /** Shows an outbox entry, changes it, or with null takes it away. */
    setEntry(clientId, entry) {
      let item = waitingFor(clientId);
      if (!entry) {
        if (item) item.element.remove();
        waiting = waiting.filter((other) => other !== item);
      } else if (item) {
        item.pend(entry);
      } else if (!confirmed.some((other) => other.clientId === clientId)) {
        item = createItem(handlers);
        item.pend(entry);
        waiting.push(item);
        refresh();
        toEnd();
        return;
      }
      refresh();
    },

    /** Whether an entry stands there as failed. */
    isFailed: (clientId) => Boolean(waitingFor(clientId) && waitingFor(clientId).failed),

    /** Whether the customer has said anything yet. */
    customerSpoke: () => items().some((item) => item.author === 'customer'),

    setState(next) {
      const follow = follows();
      state = next;
      refreshLines();
      if (follow) settle();
    },

    setConnection(next) {
      connection = next;
      refreshLines();
    },

    /** From now on each added message is announced. */
    announce: () => log.setAttribute('aria-live', 'polite'),

    /** Empties the page for another session; silent again until announce(). */
    clear() {
      log.setAttribute('aria-live', 'off');
      log.replaceChildren();
      confirmed = [];
      waiting = [];
      agentName = '';
      state = { state: null, typing: false };
      newer.hidden = true;
      atEnd = true;
      unread = null;
      refreshLines();
    },

    setLanguage(next) {
      language = next;
      const word = words(language);
      document.documentElement.lang = language;
      document.title = word.title;
      for (const element of document.querySelectorAll('[data-word]')) setText(element, word[element.dataset.word]);
      for (const element of document.querySelectorAll('[data-label]')) element.setAttribute('aria-label', word[element.dataset.label]);
      for (const element of document.querySelectorAll('[data-placeholder]')) element.placeholder = word[element.dataset.placeholder];
      for (const button of document.querySelectorAll('[data-language]')) {
        button.setAttribute('aria-pressed', String(button.dataset.language === language));
      }
      refresh();
      refreshLines();
    },
  };
}

/* The console's one script: keeps the page live, sends its forms, counts down, listens to shortcuts.
 * The server renders everything. Each [data-region] of the page has direct children with ids; what the server renders
 * anew replaces only those that changed, and never one in which somebody is typing, so focus, scroll, selection and a
 * half-written text survive; only a draft ([data-draft]) in which nobody wrote follows the case even there, since what
 * it quotes may have been taken back. Without this script every form still works by itself. */
'use strict';

const CASE_PAUSE_MS = 250; // several wake-ups in a row are one reading
const LIST_PAUSE_MS = 1500; // a busy queue changes all the time
const SAFETY_MS = 20000; // reads anew without being told, should the stream not get through
const SEEN_AFTER_MS = 2000; // so long must a message stand on the screen to be read, by somebody who does not type
const HIDDEN_AFTER_MS = 5000;
const NOTICE_MS = 8000; // a word that something worked; what went wrong stays
const body = document.body;
document.documentElement.classList.add('scripted');
const byId = (id) => document.getElementById(id);
const caseId = body.dataset.case;
const sources = new WeakMap(); // element -> the HTML it was made from
let shift = Date.parse(body.dataset.now) - Date.now(); // the desk's clock minus this machine's

// ---- parts of the page ----

const isTyping = (part) => part.contains(document.activeElement) && isField(document.activeElement);
const isField = (element) => Boolean(element) && (element.matches('textarea, select, [contenteditable]')
  || (element.matches('input') && !['checkbox', 'radio', 'button', 'submit'].includes(element.type)));
const isBusy = (part) => part.matches('[data-dirty]') || Boolean(part.querySelector('[data-dirty]')) || isTyping(part);

function remember(region) {
  for (const part of region.children) if (!sources.has(part)) sources.set(part, part.outerHTML);
}

/** Puts a newly rendered region in the place of the one on the page; tells which parts are new. */
function merge(region, fresh) {
  const focused = region.contains(document.activeElement) ? document.activeElement.id : '';
  const opened = new Set([...region.querySelectorAll('details[open]')].map((details) => details.id));
  const known = new Map([...region.children].map((part) => [part.id, part]));
  const added = [];
  let place = region.firstElementChild;
  for (const next of [...fresh.children]) {
    const html = next.outerHTML;
    const old = known.get(next.id);
    known.delete(next.id);
    let part = old;
    if (!old || (sources.get(old) !== html && !isBusy(old))) {
      part = next;
      sources.set(part, html);
      for (const details of [part, ...part.querySelectorAll('details')]) if (opened.has(details.id)) details.open = true;
      if (old) { if (place === old) place = part; old.replaceWith(part); } else added.push(part);
    }
    if (part === old) redraft(old, next);
    if (part === place) place = place.nextElementSibling;
    else region.insertBefore(part, place);
  }
  for (const gone of known.values()) if (!isBusy(gone)) gone.remove();
  for (const name of Object.keys(fresh.dataset)) region.dataset[name] = fresh.dataset[name];
  if (focused && document.activeElement !== byId(focused)) byId(focused)?.focus({ preventScroll: true });
  return added;
}

/** Puts the newest draft into a form that stays, unless somebody has written in it. */
function redraft(part, fresh) {
  const old = part.querySelector('[data-draft]');
  const draft = fresh.querySelector('[data-draft]');
  if (!old || !draft || old.value !== old.defaultValue) return;
  const { erased_messages: known } = old.form.elements;
  known.value = draft.form.elements.erased_messages.value;
  if (old.defaultValue === draft.defaultValue) return;
  old.defaultValue = draft.defaultValue;
  old.value = draft.defaultValue;
}

/** Shows the newest draft after all, above the lines that the officer wrote, and what else the form held. */
async function drawAnew(form) {
  const { outcome, summary } = form.elements;
  const drafted = new Set(summary.defaultValue.split('\n'));
  const own = summary.value.split('\n').filter((line) => line.trim() && !drafted.has(line));
  if (form.contains(document.activeElement)) document.activeElement.blur();
  form.removeAttribute('data-dirty');
  await refreshCase();
  const fresh = byId('summary');
  if (!fresh || fresh === summary) return;
  byId('outcome').value = outcome.value;
  fresh.value = [fresh.value, ...own].filter(Boolean).join('\n');
  fresh.form.toggleAttribute('data-dirty', true);
  fresh.focus();
}

/** Reads a part of the page anew. */
async function read(path) {
  const response = await fetch(path, { headers: { 'X-Desk': 'live' }, cache: 'no-store' });
  if (response.status === 401) return signedOut();
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  const now = response.headers.get('x-desk-now');
  if (now) shift = Date.parse(now) - Date.now();
  const parsed = new DOMParser().parseFromString(await response.text(), 'text/html');
  const changes = {};
  for (const fresh of parsed.querySelectorAll('[data-region]')) {
    const region = document.querySelector(`[data-region="${fresh.dataset.region}"]`);
    if (region) changes[fresh.dataset.region] = merge(region, fresh);
  }
  tick();
  return changes;
}

/** Reads one path at a time; who asks meanwhile gets one more reading behind it. */
function reader(path, pause, after) {
  let running = null;
  let again = false;
  async function run() {
    do {
      again = false;
      try {
        after(await read(path));
        tell('');
      } catch (error) {
        tell('ขาดการเชื่อมต่อ กำลังลองใหม่');
        console.warn('desk: reading failed', error);
      }
      await new Promise((resolve) => { setTimeout(resolve, pause); });
    } while (again);
    running = null;
  }
  return () => {
    if (running) again = true;
    else running = run();
    return running;
  };
}

const refreshList = body.dataset.list ? reader(body.dataset.list, LIST_PAUSE_MS, (changes) => changes && listChanged(changes)) : beat;
const refreshCase = caseId ? reader(`/desk/live/cases/${caseId}`, CASE_PAUSE_MS, (changes) => changes && caseChanged(changes)) : () => {};

/** A page without a list only says that its officer is there. */
async function beat() {
  const response = await fetch('/desk/live/list', { headers: { 'X-Desk': 'live' }, cache: 'no-store' }).catch(() => null);
  if (response?.status === 401) signedOut();
}

function listChanged({ list = [] }) {
  const region = document.querySelector('[data-region="list"]');
  const title = region.dataset.title;
  document.title = caseId ? `${title} · ${document.querySelector('.head .number').textContent}` : title;
  const waiting = list.filter((row) => row.dataset.state === 'queued' && !announced.has(row.dataset.case));
  for (const row of waiting) announced.add(row.dataset.case);
  if (alerts !== (alerts = alertsShown())) refreshCase(); // whether its channel can send stands above the reply, too
  if (waiting.length) announce(`มีเรื่องรอใหม่ ${waiting.map((row) => row.dataset.number).join(' ')}`);
}

const announced = new Set([...document.querySelectorAll('.row[data-state="queued"]')].map((row) => row.dataset.case));

const alertsShown = () => [...document.querySelectorAll('.channel-note.problem')].map((note) => note.textContent).join();
let alerts = alertsShown();

function announce(words) { byId('announce').textContent = words; }
function tell(words) { const line = byId('connection'); if (line.textContent !== words) line.textContent = words; }
let noticed = null;
function notice(words, wrong = false) {
  const line = byId('notice');
  if (!line) return;
  line.textContent = words;
  line.classList.toggle('problem', wrong);
  clearTimeout(noticed);
  if (!wrong) noticed = setTimeout(() => { line.textContent = ''; }, NOTICE_MS);
}
function signedOut() {
  keepDraft();
  location.assign(`/desk/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`);
}

// ---- one case: thread, reply ----

const compose = byId('compose');
const reply = byId('reply');
const scroll = byId('scroll');
const newer = byId('newer');
const draftName = `desk-draft-${body.dataset.me}-${caseId}`;
const customers = () => [...document.querySelectorAll('.message.customer')];
const seqOf = (message) => Number(message.dataset.seq);
let seen = compose ? Number(compose.elements.last_seen_seq.value) : 0;
const waitingToBeSeen = new Map();
let typedAt = 0;

const watcher = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) {
    clearTimeout(waitingToBeSeen.get(target));
    if (isIntersecting) waitingToBeSeen.set(target, setTimeout(() => markSeen(target), SEEN_AFTER_MS));
  }
}, { threshold: 0.2 });

function markSeen(message) {
  if (document.visibilityState !== 'visible' || !message.isConnected) return;
  const rest = typedAt + SEEN_AFTER_MS - Date.now();
  if (rest > 0) {
    waitingToBeSeen.set(message, setTimeout(() => markSeen(message), rest));
    return;
  }
  watcher.unobserve(message);
  seen = Math.max(seen, seqOf(message));
  compose.elements.last_seen_seq.value = seen;
  for (const field of document.querySelectorAll('.actions [name="last_seen_seq"]')) field.value = seen;
  newer.hidden = !customers().some((other) => seqOf(other) > seen);
}

function watchUnseen() {
  for (const message of customers()) {
    if (seqOf(message) > seen) { watcher.unobserve(message); watcher.observe(message); }
  }
}

const isAtEnd = () => scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 80;
const toEnd = () => { scroll.scrollTop = scroll.scrollHeight; };

function caseChanged({ thread = [] }) {
  const fresh = thread.filter((line) => line.matches('.message.customer') && seqOf(line) > seen);
  const { may, draft } = byId('may-reply').dataset;
  reply.readOnly = draft !== 'yes';
  compose.elements.file.disabled = draft !== 'yes';
  byId('send').disabled = may !== 'yes';
  for (const field of document.querySelectorAll('.actions [name="last_seen_seq"]')) field.value = seen;
  requote();
  if (fresh.length) {
    announce('ลูกค้าส่งข้อความใหม่');
    newer.hidden = wasAtEnd;
    for (const message of fresh) markNew(message);
  }
  if (thread.length && wasAtEnd) toEnd();
  watchUnseen();
}

let wasAtEnd = true;
if (scroll) scroll.addEventListener('scroll', () => { wasAtEnd = isAtEnd(); }, { passive: true });

function markNew(message) {
  if (message.querySelector('.by .new')) return;
  message.classList.add('new');
  const badge = document.createElement('span');
  badge.className = 'badge new';
  badge.textContent = 'ใหม่';
  const by = message.querySelector('.by');
  by.insertBefore(badge, by.querySelector('.quote-it'));
  badge.before(' ');
  badge.after(' ');
}

const newKey = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');

/** A draft survives a reload, a crash of the page and signing in again; with its key, so that it is sent once. */
function keepDraft() {
  if (!compose) return;
  if (reply.value) sessionStorage.setItem(draftName, JSON.stringify({ text: reply.value, key: compose.elements.key.value }));
  else sessionStorage.removeItem(draftName);
}

function takeDraft() {
  const kept = JSON.parse(sessionStorage.getItem(draftName) ?? 'null');
  if (!kept || reply.value) return;
  reply.value = kept.text;
  compose.elements.key.value = kept.key;
}

function insert(text) {
  reply.focus();
  const before = reply.value.slice(0, reply.selectionStart);
  const gap = before && !before.endsWith('\n') ? '\n' : '';
  reply.setRangeText(gap + text, reply.selectionStart, reply.selectionEnd, 'end');
  reply.dispatchEvent(new Event('input', { bubbles: true }));
}

/** Names what will leave with the reply, or what may. */
function showAttached() {
  const names = [...compose.elements.file.files].map((file) => file.name);
  byId('attached').textContent = names.join(', ') || byId('attached').dataset.hint;
  byId('unattach').hidden = !names.length;
}

/** The reply will answer this message of the customer, and show it. */
function quoteOf(seq, said) {
  compose.elements.quoted_seq.value = seq;
  byId('quoted-words').textContent = said;
  byId('quoting').hidden = !seq;
}

/** Follows the message that the reply will answer: changed words are shown, and those taken back are not. */
function requote() {
  const seq = compose.elements.quoted_seq.value;
  if (!seq) return;
  const said = byId(`quote-${seq}`)?.dataset.words;
  if (said !== undefined) {
    if (byId('quoted-words').textContent !== said) quoteOf(seq, said);
    return;
  }
  quoteOf('', '');
  notice('อ้างถึงข้อความที่เลือกไว้ไม่ได้แล้ว คำตอบจะส่งโดยไม่อ้างถึงข้อความใด', true);
}

function unattach() {
  compose.elements.file.value = '';
  showAttached();
}

if (compose) {
  takeDraft();
  compose.elements.file.addEventListener('change', showAttached);
  byId('unquote').addEventListener('click', () => { quoteOf('', ''); reply.focus(); });
  byId('unattach').addEventListener('click', () => { unattach(); compose.elements.file.focus(); });
  reply.addEventListener('input', () => { typedAt = Date.now(); keepDraft(); });
  newer.addEventListener('click', () => { toEnd(); reply.focus(); });
  toEnd();
  // A picture that has come, an alert above the reply, a phone's keyboard: who read the end goes on reading it.
  const sizes = new ResizeObserver(() => { if (wasAtEnd) toEnd(); });
  sizes.observe(scroll);
  sizes.observe(scroll.firstElementChild);
}

// ---- forms ----

document.addEventListener('input', ({ target }) => {
  const form = target.closest('form');
  if (form && form !== compose && form.closest('[data-region]')) form.toggleAttribute('data-dirty', true);
});

document.addEventListener('click', ({ target }) => {
  const quoting = target.closest('[data-quote]');
  if (quoting) { quoteOf(quoting.dataset.quote, quoting.dataset.words); reply.focus(); }
  const button = target.closest('[data-insert]');
  if (button && !reply.readOnly) insert(button.dataset.insert);
  else if (button) notice('ตอบเรื่องนี้ไม่ได้ในตอนนี้ จึงใส่ข้อความไม่ได้', true);
  for (const menu of document.querySelectorAll('details.act[open], details.keys[open]')) {
    if (!menu.contains(target)) menu.open = false;
  }
});

document.addEventListener('submit', async (event) => {
  const form = event.target;
  if (form.method !== 'post' || 'plain' in form.dataset || !form.closest('.board, .lists')) return;
  event.preventDefault();
  if (form.dataset.busy) return; // a double click
  form.dataset.busy = 'yes';
  const filled = new FormData(form, event.submitter);
  const fields = form.enctype === 'multipart/form-data' ? filled : new URLSearchParams(filled);
  try {
    const response = await fetch(form.action, { method: 'POST', body: fields, headers: { 'X-Desk': 'live' } });
    const answer = await response.json();
    if (response.status === 401) signedOut();
    else if (response.ok) succeeded(form, answer);
    else failed(form, answer);
  } catch (error) {
    console.warn('desk: sending failed', error);
    notice('ส่งไม่สำเร็จเพราะขาดการเชื่อมต่อ สิ่งที่พิมพ์ไว้ยังอยู่ กดอีกครั้งได้โดยไม่ซ้ำ', true);
  } finally {
    delete form.dataset.busy;
  }
});

function succeeded(form, { said }) {
  if (form.dataset.go) { location.assign(form.dataset.go); return; }
  notice(said);
  if (form === compose) {
    reply.value = '';
    compose.elements.key.value = newKey();
    unattach();
    quoteOf('', '');
    keepDraft();
    wasAtEnd = true;
    toEnd();
  } else {
    form.removeAttribute('data-dirty');
    const menu = form.closest('details');
    if (menu) {
      menu.open = false;
      menu.querySelector('summary').focus();
      if ('reset' in form.dataset) form.reset();
    }
  }
  refreshCase();
  refreshList();
  if (form.id === 'act-accept') reply.focus();
}

async function failed(form, { code, message }) {
  notice(message, true);
  if (code === 'idempotency_key_reused') { compose.elements.key.value = newKey(); keepDraft(); }
  await (code === 'message_erased' ? drawAnew(form) : refreshCase());
  refreshList();
  if (code !== 'newer_messages') return;
  const unread = customers().filter((line) => seqOf(line) > seen);
  unread.forEach(markNew);
  unread[0]?.scrollIntoView({ block: 'nearest' });
  watchUnseen();
}

// ---- time ----

function left(seconds) {
  const all = Math.abs(seconds);
  const hours = Math.floor(all / 3600);
  const minutes = Math.floor((all % 3600) / 60);
  if (hours >= 24) return `${Math.floor(hours / 24)} วัน ${hours % 24} ชม.`;
  if (hours) return `${hours} ชม. ${minutes} นาที`;
  return `${minutes}:${String(Math.floor(all % 60)).padStart(2, '0')} นาที`;
}

function tick() {
  const now = Date.now() + shift;
  for (const place of document.querySelectorAll('[data-due]')) {
    const seconds = (Date.parse(place.dataset.due) - now) / 1000;
    const words = seconds < 0 ? `เกินเวลา ${left(seconds)}` : `เหลือ ${left(seconds)}`;
    if (place.textContent !== words) place.textContent = words;
    place.classList.toggle('over', seconds < 0);
    place.classList.toggle('soon', seconds >= 0 && seconds < 60);
    place.closest('.row')?.classList.toggle('over', seconds < 0);
  }
  for (const place of document.querySelectorAll('[data-closes]')) {
    const seconds = (Date.parse(place.dataset.closes) - now) / 1000;
    if (seconds <= 0) { place.removeAttribute('data-closes'); refreshCase(); break; } // the server closes the box
    place.textContent = left(seconds);
    place.classList.toggle('soon', seconds < 3600);
  }
}

// ---- live ----

/* One stream for each page on the screen, and one for all hidden ones: a browser allows six connections to a host. */
let stream = null;
let hiding = null;
let letGo = null;

function connect() {
  if (stream) return;
  stream = new EventSource(`/desk/events${caseId ? `?case=${caseId}` : ''}`);
  for (const name of ['ready', 'still']) stream.addEventListener(name, () => { refreshList(); refreshCase(); });
  stream.addEventListener('queue', () => { refreshList(); });
  stream.addEventListener('case', () => { refreshCase(); });
  stream.addEventListener('signed-out', signedOut);
  stream.addEventListener('error', () => {
    tell('ขาดการเชื่อมต่อ กำลังลองใหม่');
    if (stream?.readyState === EventSource.CLOSED) { disconnect(); setTimeout(connectIfNeeded, 3000); refreshList(); }
  });
}

function disconnect() { stream?.close(); stream = null; }
function connectIfNeeded() { if (document.visibilityState === 'visible' || letGo) connect(); }

function visibilityChanged() {
  clearTimeout(hiding);
  if (document.visibilityState === 'visible') {
    letGo?.();
    connect();
    refreshList();
    refreshCase();
    if (compose) watchUnseen();
  } else if (navigator.locks) {
    hiding = setTimeout(() => {
      disconnect();
      navigator.locks.request(`desk-hidden-${body.dataset.me}`, () => new Promise((resolve) => {
        letGo = () => { letGo = null; resolve(); };
        if (document.visibilityState === 'visible') letGo(); else connect();
      }));
    }, HIDDEN_AFTER_MS);
  }
}

// ---- shortcuts: by the key's place, so that a Thai keyboard works too ----

const rows = () => [...document.querySelectorAll('.list .row-link')].filter((link) => link.offsetParent);

function step(by) {
  const links = rows();
  const row = document.activeElement?.closest?.('.row');
  const at = row ? links.indexOf(row.querySelector('.row-link')) : links.findIndex((link) => link.ariaCurrent);
  const next = at < 0 ? 0 : Math.min(Math.max(at + by, 0), links.length - 1);
  links[next]?.focus();
}

function openMenu(id, field) {
  const menu = byId(id);
  if (!menu) return;
  menu.open = true;
  byId(field)?.focus();
}

const ALT = {
  KeyA: () => (document.activeElement?.closest?.('.row')?.querySelector('.take button') ?? byId('accept'))?.click(),
  KeyR: () => reply?.focus(),
  KeyN: () => openMenu('act-note', 'note'),
  KeyE: () => openMenu('act-resolve', 'outcome'),
  KeyL: () => step(0),
};

document.addEventListener('keydown', (event) => {
  if (event.isComposing) return;
  const field = isField(event.target) ? event.target : null;
  if (event.code === 'Enter' && (event.ctrlKey || event.metaKey) && field?.form?.closest('.board, .judge')) {
    event.preventDefault();
    field.form.requestSubmit();
  } else if (event.code === 'Escape') {
    const menu = document.querySelector('details.act[open], details.keys[open]');
    if (menu) { menu.open = false; menu.querySelector('summary').focus(); } else if (field === reply) scroll.focus();
  } else if (!field && event.altKey && !event.ctrlKey && !event.metaKey && ALT[event.code]) {
    event.preventDefault();
    ALT[event.code]();
  } else if (!field && !event.altKey && !event.ctrlKey && !event.metaKey && localStorage.getItem('desk-single') !== 'off') {
    if (event.code === 'KeyJ') step(1);
    if (event.code === 'KeyK') step(-1);
  }
});

const single = byId('keys-single');
single.checked = localStorage.getItem('desk-single') !== 'off';
single.addEventListener('change', () => localStorage.setItem('desk-single', single.checked ? 'on' : 'off'));
document.querySelector('form.out').addEventListener('submit', () => sessionStorage.clear());

// ---- begin ----

document.querySelectorAll('[data-region]').forEach(remember);
document.querySelector('.side .row.here')?.scrollIntoView({ block: 'center' }); // among forty the open case is not lost
tick();
setInterval(tick, 1000);
document.addEventListener('visibilitychange', visibilityChanged);
connect();
setInterval(() => { if (document.visibilityState === 'visible' || stream) { refreshList(); refreshCase(); } }, SAFETY_MS);

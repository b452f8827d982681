// The page: asks the server for its state again and again, and draws what has changed.

import {showPanel, wirePanel} from './panel.js';
import {show, wire} from './phones.js';

const EVERY = 500; // milliseconds
const parameters = new URLSearchParams(location.search);
const customer = parameters.get('name') || 'นภา';
const tools = {act, picture, address: (path) => `/${path}?name=${encodeURIComponent(customer)}`};
let looking = false;

async function act(channel, what, more = {}) {
  await post(`/act?channel=${channel}`, 'application/json', JSON.stringify({act: what, ...more}));
}

async function picture(channel, file) {
  await post(`/picture?channel=${channel}`, file.type, file);
}

async function post(path, type, body) {
  const response = await fetch(`${path}&name=${encodeURIComponent(customer)}`, {
    method: 'POST', headers: {'content-type': type}, body,
  });
  tell(response.ok ? '' : 'ทำไม่ได้ในตอนนี้: ไม่มีสิ่งที่กด หรือไม่ใช่รูป');
  await refresh();
}

function tell(sentence) {
  const toast = document.querySelector('.toast');
  toast.hidden = !sentence;
  toast.textContent = sentence;
}

async function refresh() {
  const response = await fetch(tools.address('state'));
  const state = await response.json();
  document.getElementById('desk').href = `${state.desk}/desk`;
  show('line', state.line, tools);
  show('messenger', state.messenger, tools);
  showPanel(state);
  await look(state.messenger);
}

/** A phone that shows a message tells Messenger so. */
async function look(messenger) {
  const isShown = !document.hidden && document.getElementById('messenger').offsetParent !== null;
  if (looking || !messenger.unread || !isShown) return;
  looking = true;
  try {
    await act('messenger', 'look');
  } finally {
    looking = false;
  }
}

async function poll() {
  try {
    await refresh();
    document.body.classList.remove('lost');
  } catch {
    document.body.classList.add('lost');
  }
  setTimeout(poll, EVERY);
}

function choose(tab) {
  document.body.dataset.tab = tab;
  for (const one of document.querySelectorAll('.tabs button')) {
    one.setAttribute('aria-pressed', String(one.dataset.tab === tab));
  }
}

document.querySelector('.tabs').addEventListener('click', ({target}) => {
  const chosen = target.closest('[data-tab]');
  if (chosen) choose(chosen.dataset.tab);
});
document.getElementById('fresh').href = `/?name=${encodeURIComponent(`ลูกค้า ${Date.now() % 10_000}`)}`;
choose('line');
wire('line', tools);
wire('messenger', tools);
wirePanel(tools);
poll();

// The panel beside the phones: rules kept or broken, faults to try, every call.

import {arrange, button, element} from './draw.js';

const WHO = {call: 'ระบบ →', webhook: '→ ระบบ', fault: 'ผู้ทดลอง'};
const TEXTS = {edit: 'ข้อความใหม่', quote: 'ตอบข้อความล่าสุดของบัญชีว่า', staff: 'เจ้าหน้าที่ของเพจตอบว่า', standby: 'ลูกค้าเขียนถึงแอปอื่นว่า'};
const CUSTOMER = {unsend: 'ยกเลิกข้อความ', edit: 'แก้ข้อความ…', block: 'บล็อก', redeliver: 'ส่งเหตุการณ์ซ้ำ'};
const NEXT = {slow: 'ช้า 5 วินาที', silent: 'รับแล้วไม่ตอบ', '500-before': '500 ก่อนรับ', '500-after': '500 หลังรับ'};

// What can be done beside writing and tapping: rows of a name, acts and faults, each by the server's name for it.
const ROWS = {
  line: [
    {name: 'ลูกค้า', acts: {...CUSTOMER, quote: 'ตอบกลับ…', follow: 'เพิ่มเพื่อน'}},
    {name: 'ข้อความถัดไป', faults: {...NEXT, '429-rate': '429 เร็วไป', '429-quota': '429 โควตาหมด'}},
    {name: 'บัญชี', faults: {token: 'token หมดอายุ'}},
  ],
  messenger: [
    {name: 'ลูกค้า', acts: {...CUSTOMER, follow: 'เลิกบล็อก', react: 'กดใจ', good: 'ตอบดี 👍', bad: 'ตอบไม่ดี 👎'}},
    {
      name: 'Business Suite',
      acts: {staff: 'ตอบแทน…', take: 'รับแชตไป', standby: 'ข้อความ standby…', 'hand-back': 'คืนให้บอต'},
    },
    {name: 'ข้อความถัดไป', faults: {...NEXT, '429-rate': '613 เร็วไป', '429-quota': '429 ไม่บอกเหตุ'}},
    {
      name: 'Webhook',
      faults: {hold: 'กักไว้', reorder: 'ปล่อย ใหม่สุดก่อน', 'silent-webhook': 'เงียบ', 'webhook-back': 'กลับมา'},
    },
    {name: 'เพจ', faults: {token: 'token เสีย', 'token-back': 'token ดี', warn: 'Meta เตือน', block: 'Meta ระงับ', unblock: 'Meta เลิกระงับ', approval: 'สลับการอนุมัติ HUMAN_AGENT'}},
  ],
};
const TIMES = [[20 / 60, '20 นาที'], [1, '1 ชม.'], [25, '25 ชม.'], [169, '7 วัน 1 ชม.']]; // in hours
const clock = new Intl.DateTimeFormat('th', {hour: '2-digit', minute: '2-digit', second: '2-digit'});

export function wirePanel({act}) {
  for (const [channel, rows] of Object.entries(ROWS)) {
    const box = document.querySelector(`fieldset[data-channel=${channel}] details`);
    box.append(...rows.map(({name, acts = {}, faults = {}}) => line(
      name,
      ...Object.entries(acts).map(([what, label]) => button(label, () => perform(act, channel, what))),
      ...Object.entries(faults).map(([fault, label]) => button(label, () => act(channel, 'fault', {name: fault}))),
    )));
  }
  const times = TIMES.map(([hours, label]) => button(`เดินหน้า ${label}`, () => act('line', 'clock', {hours})));
  times.push(button('ไปเวลาทำการถัดไป', () => act('line', 'opening')));
  const whose = element('small', {}, 'ทั้งสองแพลตฟอร์มและโต๊ะเจ้าหน้าที่ เจ้าหน้าที่อาจต้องเข้าระบบใหม่');
  document.querySelector('fieldset[aria-label=เวลา]').append(line('เวลา', ...times, whose));
}

function line(name, ...inside) {
  return element('p', {}, element('span', {}, name), ...inside);
}

function perform(act, channel, what) {
  if (!(what in TEXTS)) {
    act(channel, what);
    return;
  }
  const text = window.prompt(TEXTS[what]);
  if (text?.trim()) act(channel, what, {text});
}

export function showPanel(state) {
  const broken = state.violations;
  const told = document.querySelector('.violations');
  const sentence = broken.length ? `ผิดกติกาของแพลตฟอร์ม ${broken.length} ครั้ง` : 'ไม่ผิดกติกาของแพลตฟอร์ม (0)';
  if (told.textContent !== sentence) told.textContent = sentence;
  told.classList.toggle('bad', broken.length > 0);
  const count = document.querySelector('.tabs .count');
  count.hidden = !broken.length;
  count.textContent = broken.length;
  const lines = broken.map((one, place) => ({key: `${place}`, ...one}));
  arrange(document.querySelector('.broken'), lines, (one) => element('li', {}, `${one.channel}: ${one.text}`));
  facts('line', lineFacts(state.line));
  facts('messenger', messengerFacts(state.messenger));
  const entries = [...state.journal].reverse().map((entry) => ({key: `${entry.number}`, ...entry}));
  arrange(document.querySelector('#panel tbody'), entries, row);
}

function facts(channel, all) {
  const list = document.querySelector(`[data-channel=${channel}] dl`);
  const parts = all.flatMap(([name, text, kind]) => [
    {key: `t-${name}`, tag: 'dt', text: name, kind: ''}, {key: `d-${name}`, tag: 'dd', text, kind},
  ]);
  arrange(list, parts, ({tag, text, kind}) => element(tag, {class: kind}, text));
}

function lineFacts({token, quota}) {
  const left = Math.ceil(token?.left ?? 0);
  const tokenWords = !token ? '–' : token.used ? 'ใช้แล้ว' : left > 0 ? `ใช้ได้อีก ${left} วินาที` : 'หมดอายุ ต้อง push';
  return [
    ['reply token', tokenWords, token && !token.used && left <= 0 ? 'warn' : ''],
    ['push เดือนนี้', `${quota.used} / ${quota.limit ?? 'ไม่จำกัด'}`, ''],
  ];
}

function messengerFacts({window, person_window: person, human_agent, elsewhere, silent, held}) {
  const webhook = silent ? 'เงียบ' : held !== null ? `กักไว้ ${held} รายการ` : 'ส่งตามปกติ';
  return [
    ['หน้าต่าง 24 ชม.', span(window), window !== null && window <= 0 ? 'warn' : ''],
    ['HUMAN_AGENT 7 วัน', human_agent ? span(person) : 'ยังไม่ได้รับอนุมัติ', person !== null && person <= 0 ? 'warn' : ''],
    ['ผู้ตอบ', elsewhere ? 'Business Suite' : 'ระบบ', elsewhere ? 'warn' : ''],
    ['Webhook', webhook, silent || held !== null ? 'warn' : ''],
  ];
}

function span(seconds) {
  if (seconds === null) return 'ลูกค้ายังไม่เขียน';
  if (seconds <= 0) return 'ปิดแล้ว';
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `อีก ${hours} ชม. ${minutes % 60} นาที` : `อีก ${Math.floor(hours / 24)} วัน ${hours % 24} ชม.`;
}

function row(entry) {
  const result = entry.status === null ? '' : entry.status === 0 ? 'ไม่มีคำตอบ' : String(entry.status);
  const kind = entry.violations.length ? 'bad' : entry.status !== null && !(entry.status >= 200 && entry.status < 300) ? 'warn' : '';
  return element(
    'tr', {class: kind},
    element('td', {}, clock.format(entry.at)),
    element('td', {}, `${entry.channel === 'both' ? '' : entry.channel} ${WHO[entry.direction]}`),
    element('td', {}, element('b', {}, entry.what), entry.note ? element('small', {}, entry.note) : null,
      ...entry.violations.map((text) => element('small', {class: 'bad'}, text))),
    element('td', {}, result),
  );
}

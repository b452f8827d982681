// The panel beside the phones: rules kept or broken, faults to try, every call.

import {arrange, element} from './draw.js';

const WHO = {call: 'ระบบ →', webhook: '→ ระบบ', fault: 'ผู้ทดลอง'};
const TEXTS = {edit: 'ข้อความใหม่', staff: 'เจ้าหน้าที่ของเพจตอบว่า'};
const clock = new Intl.DateTimeFormat('th', {hour: '2-digit', minute: '2-digit', second: '2-digit'});

export function wirePanel({act}) {
  for (const box of document.querySelectorAll('#panel fieldset')) {
    const channel = box.dataset.channel ?? 'line';
    box.addEventListener('click', ({target}) => {
      const {act: what, fault, hours} = target.dataset;
      if (fault) act(channel, 'fault', {name: fault});
      else if (hours) act(channel, 'clock', {hours: Number(hours)});
      else if (what in TEXTS) {
        const text = window.prompt(TEXTS[what]);
        if (text?.trim()) act(channel, what, {text});
      } else if (what) act(channel, what);
    });
  }
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

function messengerFacts({window, elsewhere, human_agent}) {
  return [
    ['หน้าต่าง 24 ชม.', window === null ? 'ลูกค้ายังไม่เขียน' : span(window), window !== null && window <= 0 ? 'warn' : ''],
    ['HUMAN_AGENT', human_agent ? 'ได้รับอนุมัติ' : 'ยังไม่ได้รับอนุมัติ', ''],
    ['ผู้ตอบ', elsewhere ? 'Business Suite' : 'ระบบ', elsewhere ? 'warn' : ''],
  ];
}

function span(seconds) {
  if (seconds <= 0) return 'ปิดแล้ว';
  const minutes = Math.floor(seconds / 60);
  return `อีก ${Math.floor(minutes / 60)} ชม. ${minutes % 60} นาที`;
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

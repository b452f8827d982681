// Both phones: draws their state, and tells the server what the customer does.

import {arrange, button, element, flex, template, words} from './draw.js';

/** `act(channel, what, more)` and `picture(channel, file)` tell the server; `name` is the customer's. */
export function wire(channel, {act, picture}) {
  const phone = document.getElementById(channel);
  const form = phone.querySelector('form');
  const text = form.elements.text;
  const file = form.querySelector('[type=file]');
  const chat = phone.querySelector('.chat');
  let last = 0;
  chat.addEventListener('scroll', () => {
    if (chat.scrollTop < last) chat.dataset.reading = 'above';
    if (chat.scrollHeight - chat.scrollTop - chat.clientHeight < 80) chat.dataset.reading = '';
    last = chat.scrollTop;
  });
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (!text.value.trim()) return;
    act(channel, 'say', {text: text.value});
    text.value = '';
  });
  form.querySelector('[data-act=sticker]').addEventListener('click', () => act(channel, 'sticker'));
  form.querySelector('[data-open=picture]').addEventListener('click', () => file.click());
  form.querySelector('[data-open=menu]')?.addEventListener('click', ({currentTarget}) => {
    open(phone, currentTarget, currentTarget.getAttribute('aria-expanded') !== 'true');
  });
  file.addEventListener('change', () => {
    if (file.files[0]) picture(channel, file.files[0]);
    file.value = '';
  });
}

function open(phone, toggle, isOpen) {
  toggle.setAttribute('aria-expanded', String(isOpen));
  phone.querySelector('.menu').classList.toggle('open', isOpen);
}

export function show(channel, state, tools) {
  const phone = document.getElementById(channel);
  const chat = phone.querySelector('.chat');
  phone.querySelector('h2').textContent = state.account;
  const items = [...state.items];
  if (!items.length && channel === 'messenger') items.push({key: 'start', by: 'start', ...start(state)});
  if (state.blocked) items.push({key: 'blocked', by: 'note', text: 'บล็อกแล้ว: ข้อความใหม่จะไม่แสดง'});
  if (state.elsewhere) items.push({key: 'elsewhere', by: 'note', text: 'เจ้าหน้าที่ของเพจตอบอยู่ใน Business Suite'});
  if (state.loading) items.push({key: 'loading', by: 'loading'});
  arrange(chat, items, (item) => bubble(channel, item, tools));
  const chips = state.quick.map((title, place) => ({key: `${place}`, title}));
  arrange(phone.querySelector('.quick'), chips, ({title}) => button(title, () => tools.act(channel, 'tap', {title})));
  if (channel === 'line') richMenu(phone, state.menu, tools);
  else persistentMenu(phone, state.menu, tools);
  if (!chat.dataset.reading) chat.scrollTop = chat.scrollHeight; // whoever reads above is left there
}

function start({greeting, starters, can_start}) {
  return {greeting, starters, can_start};
}

function bubble(channel, item, tools) {
  if (item.by === 'loading') return element('div', {class: 'typing', role: 'img', 'aria-label': 'กำลังพิมพ์'}, '•••');
  if (item.by === 'note') return element('p', {class: 'note'}, item.text);
  if (item.by === 'start') return empty(channel, item, tools);
  const name = item.sender ? element('div', {class: 'name'}, item.sender) : null;
  const quoted = item.quotes && !item.gone ? element('p', {class: 'quoted'}, item.quotes) : null;
  return element('div', {class: `row ${item.by}`}, name, quoted, inside(channel, item, tools), receipt(channel, item));
}

function inside(channel, item, tools) {
  const tap = (title, payload) => tools.act(channel, channel === 'line' ? 'tap' : 'press', {title, payload});
  if (item.gone) return element('p', {class: 'note'}, 'ยกเลิกข้อความแล้ว');
  if (item.flex) return flex(item.flex, tap);
  if (item.template) return template(item.template, tap);
  if (item.picture !== null && item.picture !== undefined) {
    return element('img', {class: 'sent', alt: 'รูปที่ส่ง', src: tools.address(`picture/${channel}/${item.picture}`)});
  }
  const alone = /^\p{Extended_Pictographic}$/u.test(item.text);
  return element('p', {class: alone ? 'sticker' : 'bubble'}, ...words(item.text));
}

function receipt(channel, item) {
  const told = [item.edited ? 'แก้ไขแล้ว' : '', item.read ? (channel === 'line' ? 'อ่านแล้ว' : 'เห็นแล้ว') : ''];
  const text = told.filter(Boolean).join(' · ');
  return item.by === 'customer' && text && !item.gone ? element('small', {class: 'receipt'}, text) : null;
}

function empty(channel, {greeting, starters, can_start}, tools) {
  return element(
    'div', {class: 'empty'},
    element('p', {}, greeting),
    ...starters.map((question, number) => button(question, () => tools.act(channel, 'starter', {number}))),
    can_start ? button('เริ่มต้นใช้งาน', () => tools.act(channel, 'start'), {class: 'start'}) : null,
  );
}

function richMenu(phone, menu, tools) {
  arrange(phone.querySelector('.menu'), menu ? [{key: menu.id, ...menu}] : [], () => {
    const picture = element('div', {class: 'rich', style: {aspectRatio: String(menu.ratio)}},
      element('img', {src: tools.address(`menu/${menu.id}`), alt: ''}),
      ...menu.areas.map((area, number) => button('', () => tools.act('line', 'menu', {area: number}), {
        'aria-label': area.label, title: area.label, class: 'area',
        style: {left: share(area.x), top: share(area.y), width: share(area.width), height: share(area.height)},
      })));
    const bar = button(`${menu.bar} ▾`, () => {
      picture.hidden = !picture.hidden;
      bar.setAttribute('aria-expanded', String(!picture.hidden));
    }, {class: 'menu-bar', 'aria-expanded': 'true'});
    return element('div', {}, bar, picture);
  });
}

function share(part) {
  return `${part * 100}%`;
}

function persistentMenu(phone, titles, tools) {
  const toggle = phone.querySelector('[data-open=menu]');
  toggle.hidden = !titles.length;
  arrange(phone.querySelector('.menu'), titles.map((title, number) => ({key: `${number}`, title})), ({title, key}) =>
    button(title, () => {
      open(phone, toggle, false);
      tools.act('messenger', 'menu', {number: Number(key)});
    }));
}

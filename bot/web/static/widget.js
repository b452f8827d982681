/* The web chat for any site: <script src="https://DESK/chat/widget.js" async></script>
 *
 * A button, and a panel with the chat's own page in an iframe: nothing of the chat runs in the host's page, and nothing
 * of the host's page reaches the chat. The desk names the sites that may embed it (DESK_WIDGET_ORIGINS). Works behind a
 * host policy of script-src, frame-src (the desk's origin) and no inline styles: the style sheet is a constructed one.
 * A frame that stays silent (a site that is not named, a desk that is away) gives way to a link to the chat itself.
 * data-language="en" on the script speaks English; else the host page's own language decides, Thai before all others.
 * window.ditpChat.open() and .close() are for the host's own buttons. */
(() => {
  'use strict';

  const script = document.currentScript;
  if (window.ditpChat || !script) return;
  const desk = new URL(script.src).origin;
  const KEY = 'ditp-chat-widget'; // what the host's own tab remembers: open, or closed with a chat behind it
  const PATIENCE = 8000; // ms until a frame that has said nothing counts as failed; a late word brings it back

  const WORDS = {
    th: {
      open: 'เปิดแชตกับกรมส่งเสริมการค้าระหว่างประเทศ',
      close: 'ย่อหน้าต่างแชต',
      frame: 'แชตกับกรมส่งเสริมการค้าระหว่างประเทศ',
      short: 'สอบถาม',
      failed: 'เปิดแชตในหน้านี้ไม่ได้',
      elsewhere: 'เปิดแชตในแท็บใหม่',
      unread: (count) => `มี ${count} ข้อความใหม่ในแชต`,
    },
    en: {
      open: 'Open the chat with the Department of International Trade Promotion',
      close: 'Minimise the chat',
      frame: 'Chat with the Department of International Trade Promotion',
      short: 'Ask us',
      failed: 'The chat cannot be opened on this page.',
      elsewhere: 'Open the chat in a new tab',
      unread: (count) => (count === 1 ? '1 new message in the chat' : `${count} new messages in the chat`),
    },
  };

  const CSS = `
    :host { all: initial; }
    * { box-sizing: border-box; }
    [hidden] { display: none !important; }
    button { font: 600 1rem/1.5 "Noto Sans Thai", Sarabun, "Leelawadee UI", Thonburi, "Noto Sans", system-ui, sans-serif; cursor: pointer; touch-action: manipulation; }
    button:focus-visible { outline: 3px solid #a86400; outline-offset: 2px; box-shadow: 0 0 0 2px #fff; }
    .launcher { position: fixed; right: max(1rem, env(safe-area-inset-right)); bottom: max(1rem, env(safe-area-inset-bottom)); z-index: 2147483000;
      display: flex; align-items: center; gap: .5rem; min-width: 3.5rem; min-height: 3.5rem; max-width: calc(100vw - 2rem); padding: .5rem 1.25rem .5rem 1rem;
      border: 2px solid #d9ae55; border-radius: 1.75rem; background: #10294d; color: #fff; box-shadow: 0 4px 16px rgb(9 20 40 / 35%); }
    .launcher svg { flex: none; width: 1.75rem; height: 1.75rem; fill: none; stroke: #e3b95b; stroke-width: 1.75; stroke-linejoin: round; stroke-linecap: round; }
    .badge { position: absolute; top: -.5rem; right: -.25rem; min-width: 1.625rem; padding: 0 .375rem; border: 2px solid #fff; border-radius: 1rem; background: #a3231b; color: #fff; font-size: .875rem; line-height: 1.375rem; text-align: center; }
    .panel { position: fixed; right: 1rem; bottom: 1rem; z-index: 2147483001; display: flex; flex-direction: column; width: 25rem; height: min(42rem, calc(100vh - 2rem)); overflow: hidden;
      border: 1px solid #10294d; border-radius: .75rem; background: #0b1e3a; box-shadow: 0 8px 32px rgb(9 20 40 / 40%); }
    .panel.away { visibility: hidden; pointer-events: none; }
    .close { flex: none; display: flex; align-items: center; justify-content: flex-end; gap: .5rem; min-height: 2.75rem; padding: .25rem 1rem; border: 0; background: #0b1e3a; color: #fff; font-weight: 400; }
    .close:focus-visible { outline-color: #ffd680; outline-offset: -4px; box-shadow: none; }
    iframe { flex: 1 1 auto; min-height: 0; width: 100%; border: 0; background: #f2f5fa; }
    .failed { flex: 1 1 auto; display: flex; flex-direction: column; align-items: center; justify-content: center; gap: .75rem; padding: 1.5rem; background: #f2f5fa; color: #14213d;
      font: 1rem/1.6 "Noto Sans Thai", Sarabun, "Leelawadee UI", Thonburi, "Noto Sans", system-ui, sans-serif; text-align: center; }
    .failed p { margin: 0; }
    .failed a { padding: .625rem 1.25rem; border-radius: 1.5rem; background: #10294d; color: #fff; font-weight: 600; text-decoration: none; }
    .failed a:focus-visible { outline: 3px solid #a86400; outline-offset: 2px; }
    .status { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
    @media (max-width: 30em), (max-height: 30em) {
      .panel { inset: 0; width: 100%; height: 100%; border: 0; border-radius: 0; }
    }
    @media print { .launcher, .panel { display: none; } }
  `;

  const remembered = () => { try { return sessionStorage.getItem(KEY); } catch { return null; } };
  const remember = (value) => { try { sessionStorage.setItem(KEY, value); } catch { /* this tab only, then */ } };

  function make(tag, className, properties = {}) {
    const element = Object.assign(document.createElement(tag), properties);
    if (className) element.className = className;
    return element;
  }

  function style(root) {
    try {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(CSS);
      root.adoptedStyleSheets = [sheet];
    } catch { // before Safari 16.4; behind a policy without inline styles such a browser shows plain buttons
      root.append(make('style', '', { textContent: CSS }));
    }
  }

  function icon() {
    const space = 'http://www.w3.org/2000/svg';
    const svg = document.createElementNS(space, 'svg');
    const path = document.createElementNS(space, 'path');
    svg.setAttribute('viewBox', '0 0 24 24');
    svg.setAttribute('aria-hidden', 'true');
    path.setAttribute('d', 'M4 4.5h16v11.5H11l-4.5 3.5V16H4zM8 8.8h8M8 11.8h5');
    svg.append(path);
    return svg;
  }

  let language = (script.dataset.language || document.documentElement.lang || 'th').toLowerCase().startsWith('en') ? 'en' : 'th';
  let shown = false;
  let unread = 0;
  let frame = null;
  let wait = 0; // the timer of a frame that has not spoken yet

  const host = make('div');
  const root = host.attachShadow({ mode: 'open' });
  const launcher = make('button', 'launcher', { type: 'button' });
  const label = make('span');
  const badge = make('span', 'badge', { hidden: true });
  const status = make('span', 'status');
  const panel = make('div', 'panel away');
  const close = make('button', 'close', { type: 'button' });
  const closeLabel = make('span');
  const failed = make('div', 'failed', { hidden: true });
  const failure = make('p');
  const elsewhere = make('a', '', { target: '_blank', rel: 'noopener' });
  badge.setAttribute('aria-hidden', 'true');
  status.setAttribute('role', 'status');
  launcher.setAttribute('aria-haspopup', 'dialog');
  panel.setAttribute('role', 'dialog');
  close.append(closeLabel, Object.assign(make('span', '', { textContent: '✕' }), { ariaHidden: 'true' }));
  launcher.append(icon(), label, badge);
  failed.setAttribute('role', 'alert');
  failed.append(failure, elsewhere);
  panel.append(close, failed);
  style(root);
  root.append(launcher, panel, status);

  const address = (query = {}) => `${desk}/chat?${new URLSearchParams(language === 'en' ? { ...query, lang: 'en' } : query)}`;

  function refresh() {
    const words = WORDS[language];
    host.lang = language;
    label.textContent = words.short;
    closeLabel.textContent = words.close;
    failure.textContent = words.failed;
    elsewhere.textContent = words.elsewhere;
    elsewhere.href = address();
    panel.setAttribute('aria-label', words.frame);
    launcher.setAttribute('aria-label', unread ? `${words.open} (${words.unread(unread)})` : words.open);
    launcher.setAttribute('aria-expanded', String(shown));
    launcher.hidden = shown;
    panel.classList.toggle('away', !shown);
    badge.hidden = !unread;
    badge.textContent = unread > 99 ? '99+' : String(unread);
    const news = unread && !shown ? words.unread(unread) : '';
    if (status.textContent !== news) status.textContent = news;
    if (frame) frame.title = words.frame;
  }

  function tell(more) {
    if (frame?.contentWindow) frame.contentWindow.postMessage({ ditpChat: 1, shown, ...more }, desk);
  }

  function load() {
    if (frame) return;
    frame = make('iframe');
    frame.allow = 'clipboard-write';
    frame.src = address({ embedded: 1 });
    frame.addEventListener('load', () => tell({ focus: shown && root.activeElement === frame }));
    panel.append(frame);
    wait = setTimeout(giveUp, PATIENCE);
  }

  function giveUp() {
    console.warn(`ditp-chat: nothing came from ${desk}/chat. Does its DESK_WIDGET_ORIGINS name ${window.location.origin}?`);
    swap(failed, frame, elsewhere, frame);
  }

  /** Shows one in the place of the other; the keyboard goes along. */
  function swap(shownPart, hiddenPart, next, last) {
    const held = root.activeElement === last;
    shownPart.hidden = false;
    hiddenPart.hidden = true;
    if (held) next.focus();
  }

  function heard() {
    clearTimeout(wait);
    if (!failed.hidden) swap(frame, failed, frame, elsewhere);
  }

  function show(focus) {
    shown = true;
    unread = 0;
    remember('open');
    load();
    refresh();
    if (focus) (failed.hidden ? frame : elsewhere).focus();
    tell({ focus });
  }

  function hide(focus) {
    if (!shown) return;
    shown = false;
    remember('closed');
    refresh();
    if (focus) launcher.focus();
    tell({});
  }

  launcher.addEventListener('click', () => show(true));
  close.addEventListener('click', () => hide(true));
  root.addEventListener('keydown', (event) => { if (event.key === 'Escape' && shown) { event.stopPropagation(); hide(true); } });
  window.addEventListener('message', (event) => {
    if (event.origin !== desk || !frame || event.source !== frame.contentWindow || event.data?.ditpChat !== 1) return;
    heard();
    const { ready, close: asked, unread: count, language: spoken } = event.data;
    if (ready) tell({ focus: shown && root.activeElement === frame });
    if (asked) hide(true);
    if (Number.isInteger(count)) unread = shown ? 0 : Math.max(0, count);
    if (spoken === 'th' || spoken === 'en') language = spoken;
    refresh();
  });

  function begin() {
    document.body.append(host);
    refresh();
    const before = remembered();
    if (before === 'open') show(false);
    else if (before === 'closed') { load(); refresh(); } // a chat goes on behind the button: new messages are counted
  }

  window.ditpChat = { open: () => show(true), close: () => hide(true) };
  if (document.body) begin();
  else document.addEventListener('DOMContentLoaded', begin);
})();

/* The files of a message: a picture as a small preview, anything else as its name and size. The customer's own files are
 * behind the chat's token, so that the page fetches them itself; documents of officers have an address of their own. */

import { link, make } from './text.js';

const SHOWN = ['image/jpeg', 'image/png', 'image/gif', 'image/webp']; // what every browser shows
const LARGEST_SHOWN = 8e6; // bytes of a picture that is loaded by itself; the desk's thread has the same limit
const NAMING = /^(?:เอกสาร|Document): /; // what an officer says who only sends files

/** A size in words: 820 KB, 1.4 MB. */
export function sizeOf(bytes) {
  if (bytes < 995000) return `${Math.max(1, Math.round(bytes / 1000))} KB`;
  return `${(bytes / 1e6).toFixed(1).replace('.0', '')} MB`;
}

/** What a message says beside its files; nothing where its text only names them. */
export function saidBeside({ author, text, attachments: files = [] }) {
  if (!files.length) return text;
  const names = files.map(({ name }) => name).join(', ');
  return author === 'customer' || (NAMING.test(text) && text.replace(NAMING, '') === names) ? '' : text;
}

const isOwn = ({ url }) => url && url.startsWith('/webchat/');

function isPicture(file) {
  return SHOWN.includes(file.media_type) && file.size <= LARGEST_SHOWN;
}

/** Calls `then` once, when the element comes near the screen: what nobody looks at costs the customer no data. */
function onceNear(element, then) {
  const watch = new IntersectionObserver((entries) => {
    if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
    watch.disconnect();
    then();
  }, { rootMargin: '200px' });
  watch.observe(element);
}

/** The picture, of one size from the beginning, so that nothing moves when it has come; without a connection it waits for
 * one. `onFail` when it can't be shown. */
function preview(file, { onPreview }, onFail) {
  const picture = make('img', 'preview');
  picture.alt = file.name;
  const show = (bytes) => { picture.src = URL.createObjectURL(bytes); };
  const fail = () => {
    if (navigator.onLine) onFail();
    else window.addEventListener('online', load, { once: true });
  };
  const load = () => {
    if (file.bytes) show(file.bytes);
    else if (isOwn(file)) onPreview(file).then(show).catch(fail);
    else picture.src = file.url;
  };
  for (const end of ['load', 'error']) picture.addEventListener(end, () => URL.revokeObjectURL(picture.src));
  picture.addEventListener('error', fail);
  if (file.bytes) load();
  else onceNear(picture, load);
  return picture;
}

function opener(file, { onOpen }) {
  if (!file.url) return make('span', 'name'); // still on its way
  if (!isOwn(file)) return link(file.url, '');
  const button = make('button', 'open');
  button.type = 'button';
  button.addEventListener('click', () => onOpen(file));
  return button;
}

/** One element for each file. `handlers` has onOpen(file) and onPreview(file), which gives a promise of the file's bytes;
 * a file that is on its way out has them as `bytes`. */
export function fileCards(files, handlers) {
  return files.flatMap((file) => {
    const way = opener(file, handlers);
    if (!way) return [];
    const card = make('p', 'attachment');
    const asCard = () => {
      way.replaceChildren(file.name);
      card.replaceChildren(way, ' ', make('span', 'size', sizeOf(file.size)));
    };
    if (isPicture(file)) {
      way.append(preview(file, handlers, asCard));
      card.append(way);
    } else asCard();
    return [card];
  });
}

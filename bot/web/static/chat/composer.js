/* The message box: grows with the text, sends on Enter, leaves Enter alone while an input method composes. */

import { words } from './words.js';

const LIMIT = 5000; // the server's limit, in code points
const COUNT_FROM = 4500;

/** Creates the composer; `onSend(text)` gets a text that is neither empty nor too long, `onFiles(files)` what was chosen. */
export function createComposer({ language, onSend, onFiles }) {
  const form = document.getElementById('composer');
  const box = document.getElementById('message');
  const counter = document.getElementById('counter');
  const chooser = document.getElementById('file');
  const problem = document.getElementById('problem'); // the counter itself must not speak at every key
  const length = () => [...box.value].length;

  function refresh() {
    box.style.height = 'auto';
    box.style.height = `${box.scrollHeight + box.offsetHeight - box.clientHeight}px`;
    const count = length();
    const tooLong = count > LIMIT;
    const figures = `${count.toLocaleString('en')} / ${LIMIT.toLocaleString('en')}`;
    counter.textContent = count < COUNT_FROM ? '' : figures;
    problem.textContent = tooLong ? words(language()).tooLong : '';
    form.classList.toggle('over', tooLong);
    box.setAttribute('aria-invalid', String(tooLong));
    form.classList.toggle('ready', box.value.trim() !== '' && !tooLong);
  }

  function submit() {
    const text = box.value.trim();
    if (text && length() <= LIMIT) {
      onSend(text);
      box.value = '';
      refresh();
    }
    box.focus();
  }

  form.addEventListener('submit', (event) => {
    event.preventDefault();
    submit();
  });
  document.getElementById('attach').addEventListener('click', () => chooser.click());
  chooser.addEventListener('change', () => {
    onFiles(chooser.files);
    chooser.value = '';
    box.focus();
  });
  box.addEventListener('input', refresh);
  box.addEventListener('keydown', (event) => {
    const composing = event.isComposing || event.keyCode === 229; // 229: Safari ends composing before this event
    if (event.key !== 'Enter' || event.shiftKey || composing) return;
    event.preventDefault();
    submit();
  });

  return { refresh, focus: () => box.focus() };
}

/* Turns a message's text into nodes. Text becomes text nodes and checked links, never markup:
 * nothing here may ever assign innerHTML, whoever wrote the message. */

// A Thai letter ends an address: Thai is written without spaces, and "ดูที่ https://x.thค่ะ" is common.
// Letters and figures with hyphens (LC-2569-000001, 02-507-7999) come last, and end where an address begins ("LINE-https://x.th").
const SPECIAL = /https?:\/\/[^\s<>"'“”‘’\u0e00-\u0e7f]+|www\.[^\s<>"'“”‘’\u0e00-\u0e7f]+|[a-z0-9._%+-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)+|[a-z0-9]+(?:-(?!https?:|www\.)[a-z0-9]+)+/gi;
const NUMBER = /^(?=.*\d)[a-z0-9-]{1,24}$/i;
const SOURCE_LINE = /^\s*(ที่มา|Source)\s*:/i;

/** An element of a class, with a text. */
export function make(tag, className, text) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text !== undefined) element.textContent = text;
  return element;
}

function address(found) {
  if (/^https?:/i.test(found)) return found;
  return found.includes('@') && !/^www\./i.test(found) ? `mailto:${found}` : `https://${found}`;
}

/** Cuts the punctuation that belongs to the sentence; a bracket stays when it was opened inside the address. */
function trimmed(found) {
  let end = found.replace(/[.,;:!?…]+$/, '');
  while (/[)\]}]$/.test(end)) {
    const open = { ')': '(', ']': '[', '}': '{' }[end.slice(-1)];
    if (end.includes(open)) break;
    end = end.slice(0, -1).replace(/[.,;:!?…]+$/, '');
  }
  return end;
}

/** An anchor for an address that may be opened, or null when it is none. */
export function link(href, label) {
  let url;
  try {
    url = new URL(href, window.location.href);
  } catch (error) {
    return null;
  }
  if (!['http:', 'https:', 'mailto:'].includes(url.protocol)) return null;
  const anchor = document.createElement('a');
  anchor.href = url.href;
  anchor.target = '_blank';
  anchor.rel = 'noopener noreferrer';
  anchor.textContent = label;
  return anchor;
}

/** An address as a link; a number as one piece, because a line broken at its hyphen makes it hard to read out. */
function special(found) {
  if (/[:@]|^www\./i.test(found)) return link(address(found), found);
  return NUMBER.test(found) ? make('span', 'whole', found) : null;
}

function nodesOf(text) {
  const nodes = [];
  let from = 0;
  for (const match of text.matchAll(SPECIAL)) {
    const found = trimmed(match[0]);
    const node = special(found);
    if (!node) continue;
    nodes.push(text.slice(from, match.index), node);
    from = match.index + found.length;
  }
  nodes.push(text.slice(from));
  return nodes.filter((node) => node !== '');
}

function paragraph(className, lines) {
  const element = make('p', className);
  element.append(...nodesOf(lines.join('\n')));
  return element;
}

/** Fills `element` with the text: the words first, the line that names the source small and quiet below. */
export function renderText(element, text) {
  const blocks = [];
  let words = [];
  const flush = () => {
    const lines = words.join('\n').replace(/^\n+|\s+$/g, '');
    if (lines) blocks.push(paragraph('text', [lines]));
    words = [];
  };
  for (const line of text.split(/\r?\n/)) {
    if (SOURCE_LINE.test(line)) {
      flush();
      blocks.push(paragraph('source', [line.trim()]));
    } else {
      words.push(line);
    }
  }
  flush();
  element.replaceChildren(...blocks);
}

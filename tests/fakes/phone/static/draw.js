// Draws what the platforms were sent. Every word goes in as text, never as markup; every link is a web address.

const SIZES = {xxs: 11, xs: 12, sm: 13, md: 15, lg: 17, xl: 20, xxl: 24};
const GAPS = {none: 0, xs: 2, sm: 4, md: 8, lg: 12, xl: 16, xxl: 20};
const WIDTHS = {nano: 120, micro: 160, deca: 220, hecto: 241, kilo: 260, mega: 300, giga: 340};
const ADDRESS = /(https?:\/\/[^\s<>"]+)/;

export function element(tag, attributes = {}, ...inside) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === 'style') Object.assign(made.style, value);
    else if (name === 'onclick') made.addEventListener('click', value);
    else if (value !== null && value !== undefined && value !== false) made.setAttribute(name, value === true ? '' : value);
  }
  made.append(...inside.filter((one) => one !== null && one !== undefined));
  return made;
}

export function button(label, onclick, attributes = {}) {
  return element('button', {type: 'button', onclick, ...attributes}, label);
}

/** A text whose web addresses can be opened. */
export function words(text) {
  return text.split(ADDRESS).map((part, place) => (place % 2 ? link(part, part) : part));
}

function link(label, address, attributes = {}) {
  const known = /^(https?|tel|line):/.test(address);
  return element('a', {...attributes, href: known ? address : null, target: '_blank', rel: 'noopener noreferrer'}, label);
}

function tappable(label, attributes, action, tap) {
  return action.type === 'uri' || action.type === 'web_url'
    ? link(label, action.uri ?? action.url, attributes)
    : button(label, () => tap(label, action.payload), attributes);
}

/** A flex message of LINE: a bubble, or bubbles side by side. */
export function flex(part, tap) {
  if (part.type === 'carousel') {
    return element('div', {class: 'carousel', tabindex: '0'}, ...part.contents.map((one) => flex(one, tap)));
  }
  const parts = ['header', 'hero', 'body', 'footer'].filter((name) => part[name]);
  return element(
    'section', {class: 'card', style: {width: `${WIDTHS[part.size ?? 'mega']}px`}},
    ...parts.map((name) => element('div', {class: `flex-${name}`}, component(part[name], tap))),
  );
}

function component(part, tap) {
  const style = {marginTop: pixels(part.margin), flex: part.flex};
  if (part.type === 'box') {
    const direction = part.layout === 'vertical' ? 'column' : 'row';
    Object.assign(style, {
      display: 'flex', flexDirection: direction, gap: pixels(part.spacing), padding: part.paddingAll,
      backgroundColor: part.backgroundColor, borderRadius: part.cornerRadius,
    });
    return element('div', {style}, ...part.contents.map((one) => component(one, tap)));
  }
  if (part.type === 'separator') return element('hr', {style});
  if (part.type === 'button') {
    const kind = part.style ?? 'link';
    const colour = kind === 'link' ? {color: part.color} : {backgroundColor: part.color};
    return tappable(part.action.label, {class: `flex-button ${kind}`, style: {...style, ...colour}}, part.action, tap);
  }
  Object.assign(style, {
    fontSize: `${SIZES[part.size ?? 'md']}px`, color: part.color, fontWeight: part.weight === 'bold' ? 600 : null,
    textAlign: part.align,
  });
  return element('div', {class: part.wrap ? 'flex-text' : 'flex-text one-line', style}, part.text);
}

function pixels(gap) {
  return gap === undefined ? null : gap in GAPS ? `${GAPS[gap]}px` : gap;
}

/** A template of Messenger: a text with buttons, or cards side by side. */
export function template(payload, tap) {
  const cards = payload.elements ?? [payload];
  const drawn = cards.map((card) => element(
    'section', {class: 'card'},
    card.text ? element('div', {class: 'card-text'}, ...words(card.text)) : null,
    card.title ? element('strong', {}, card.title) : null,
    card.subtitle ? element('small', {}, card.subtitle) : null,
    ...(card.buttons ?? []).map((one) => tappable(one.title, {class: 'card-button'}, one, tap)),
  ));
  return drawn.length === 1 ? drawn[0] : element('div', {class: 'carousel', tabindex: '0'}, ...drawn);
}

/** Makes the children of `box` those that `make` gives for `items`; what did not change stays as it is. */
export function arrange(box, items, make) {
  const kept = new Map([...box.children].map((child) => [child.dataset.key, child]));
  items.forEach((item, place) => {
    const known = JSON.stringify(item);
    let child = kept.get(item.key);
    if (child?.drawnFrom !== known) {
      const fresh = make(item);
      fresh.dataset.key = item.key;
      fresh.drawnFrom = known;
      child?.replaceWith(fresh);
      child = fresh;
    }
    if (box.children[place] !== child) box.insertBefore(child, box.children[place] ?? null);
  });
  while (box.children.length > items.length) box.lastChild.remove();
}

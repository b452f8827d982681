/* The page inside another site's widget: tells the widget what is unread, and is told when it is shown.
 * The widget speaks first; an answer goes only to the very site that spoke, and only if the desk lets it embed the page
 * (the policy's frame-ancestors says the same to the browser). A page that stands alone does nothing here. */

/** `onShown(focus, seen)` when the widget is opened; `seen` is the seq up to which the customer has read. */
export function createEmbed({ store, onShown }) {
  const alone = window.parent === window;
  const allowed = new Set([window.location.origin, ...document.body.dataset.origins.split(' ').filter(Boolean)]);
  let site = null; // whose widget this is, once it has spoken
  let shown = alone;
  let newest = 0;
  let unread = 0;

  function tell(message) {
    if (site) window.parent.postMessage({ ditpChat: 1, ...message }, site);
  }

  function seen() {
    unread = 0;
    if (newest > store.seen()) store.setSeen(newest);
  }

  if (!alone) {
    document.documentElement.classList.add('embedded');
    window.addEventListener('message', ({ data, origin, source }) => {
      if (source !== window.parent || !allowed.has(origin) || !data || data.ditpChat !== 1) return;
      site = origin;
      shown = data.shown === true;
      if (shown) {
        const before = store.seen();
        seen();
        onShown(data.focus === true, before);
      }
      tell({ unread });
    });
    window.addEventListener('keydown', (event) => { if (event.key === 'Escape') tell({ close: true }); });
  }

  return {
    /** The customer spoke or was spoken to: messages that nobody could see are counted. */
    received(messages) {
      for (const { seq, author } of messages) {
        newest = Math.max(newest, seq);
        if (author !== 'customer' && seq > store.seen()) unread += 1;
      }
      if (shown) seen();
      tell({ unread });
    },
    /** Another session's messages follow. */
    reset({ isNew }) {
      newest = 0;
      unread = 0;
      if (isNew) store.setSeen(0);
      tell({ unread });
    },
    setLanguage: (language) => tell({ language }),
  };
}

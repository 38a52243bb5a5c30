/* Improvements only: every page works without this file, by plain links, plain forms and whole pages.

   data-swap="id id2"   on a form, button or link: fetch the same address and replace these elements
   data-auto            on a form: submit it when a field changes
   data-choose="/url"   on a fieldset: its radios choose what the page shows; fetched from /url
   data-more="list foot" on a link: append the next page's list items, replace the foot
   data-scroll          on a part of a drawer: keep its place
   data-poll="/url"     on an element with an id: fetch it again every few seconds
   data-reason          on words of an answer: why it is a refusal; shown as a message
   data-show="name"     on a field: submit its form as with a button of this name, and of the field's own data-swap */
(() => {
  const byId = (id) => document.getElementById(id);
  const one = (selector, root = document) => root.querySelector(selector);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const make = (name, options) => Object.assign(document.createElement(name), options);
  const tell = () => document.dispatchEvent(new Event('shown'));
  const underway = new Map();

  /** Fetch an address and return its page; shows the whole answer instead when it has nothing of what we want. */
  async function load(url, options, ids) {
    const answer = await fetch(url, { ...options, headers: { Accept: 'text/html', 'X-Swap': ids.join(' ') } });
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    if (answer.status < 500 && ids.some((id) => page.getElementById(id))) return { page, url: answer.url };
    if (options.isQuiet && !answer.ok) return null;
    if (options.body && !answer.redirected) show(page);
    else location.assign(answer.url);
    return null;
  }

  /** Show an answer that no address leads to; "back" leads to the page as it was. */
  function show(page) {
    visit(location.href);
    Object.assign(document, { title: page.title, body: page.body });
    byId('main')?.focus();
    tell();
  }

  /** Put the elements of another page in the place of ours, keeping focus and what is open; tell why it is a refusal. */
  function put(page, ids) {
    const reasons = all('[data-reason]', page).map(({ textContent }) => make('p', { textContent }));
    if (reasons.length) page.getElementById('toast')?.replaceChildren(...reasons);
    const focused = document.activeElement;
    const region = ids.map(byId).find((old) => old?.contains(focused));
    const near = region ? all('*', region) : [];
    const place = near.indexOf(focused);
    const top = one('[data-scroll]')?.scrollTop;
    const open = all('details[open][id]').map((element) => element.id);
    ids.map((id) => page.getElementById(id)).filter(Boolean).forEach((next) => {
      if (byId(next.id)?.popover) byId(next.id).replaceChildren(...next.childNodes);
      else byId(next.id)?.replaceWith(next);
    });
    if (ids.includes('toast')) byId('toast')?.parentNode.getAnimations().forEach((fading) => { fading.currentTime = 0; });
    open.forEach((id) => byId(id)?.setAttribute('open', ''));
    if (top) one('[data-scroll]').scrollTop = top;
    if (region) [...near.slice(place), ...near.slice(0, place).reverse(), byId('main')].some(({ id }) => id && focus(byId(id)));
    ids.map((id) => byId(id) && one('.errsum', byId(id))).find(Boolean)?.focus();
    tell();
  }

  /** Focus an element where it is; tells whether it could be. */
  function focus(element) {
    element?.focus({ preventScroll: true });
    return element && element === document.activeElement;
  }

  /** Send a form's data the plain way: with the button that was pressed, and once if it did arrive. */
  function send(url, data) {
    const form = make('form', { method: 'post', action: url, hidden: true });
    form.append(...[...data].map(([name, value]) => make('input', { type: 'hidden', name, value })));
    document.body.appendChild(form).submit();
  }

  /** Replace elements by those of an address; when the network fails, does it the plain way or, if quiet, not at all. */
  async function swap(url, options, ids, push) {
    const key = ids.join();
    const control = new AbortController();
    underway.get(key)?.abort();
    underway.set(key, control);
    ids.forEach((id) => byId(id)?.setAttribute('aria-busy', 'true'));
    try {
      const found = await load(url, { ...options, signal: control.signal }, ids);
      if (!found) return;
      put(found.page, ids);
      if (push) {
        visit(found.url);
        document.title = found.page.title;
      }
    } catch (error) {
      if (error.name === 'AbortError' || options.isQuiet) return;
      if (options.body) send(url, options.body);
      else location.assign(url);
    } finally {
      if (underway.get(key) === control) {
        underway.delete(key);
        ids.forEach((id) => byId(id)?.removeAttribute('aria-busy'));
      }
    }
  }

  document.addEventListener('submit', (event) => {
    const { target: form, submitter: button } = event;
    const ids = (button?.dataset.swap ?? form.dataset.swap)?.split(' ');
    const pressed = button ?? form;
    const isPost = form.method === 'post';
    if (!ids && isPost && button) setTimeout(() => button.setAttribute('aria-busy', 'true'));
    if (!ids) return;
    event.preventDefault();
    if (button && form.popover) form.hidePopover();
    const data = new FormData(form, button);
    const url = new URL(button?.getAttribute('formaction') || form.getAttribute('action') || location.href, location.href);
    if (!isPost) url.search = new URLSearchParams([...data].filter((pair) => pair[1] !== ''));
    else if (!data.has('token')) data.set('token', pressed.dataset.token ??= String(Math.random()));
    swap(url, isPost ? { method: 'POST', body: data } : {}, ids, !isPost).finally(() => { delete pressed.dataset.token; });
  });

  document.addEventListener('click', (event) => {
    const link = event.target.closest('a[data-swap], a[data-more]');
    const isPlain = !event.button && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
    if (link && isPlain) {
      event.preventDefault();
      if (link.dataset.more) more(link);
      else swap(link.href, {}, link.dataset.swap.split(' '), true);
    }
  });

  /** Append the next page of a list. */
  async function more(link) {
    const [list, foot] = link.dataset.more.split(' ');
    link.setAttribute('aria-busy', 'true');
    try {
      const found = await load(link.href, {}, [list]);
      if (!found) return;
      const items = all(':scope > li', found.page.getElementById(list));
      byId(list).append(...items);
      put(found.page, [foot]);
      focus(one('a', items[0]));
      history.replaceState({ view, ids: [list, foot], html: byId(list).outerHTML + byId(foot).outerHTML }, '');
    } catch {
      location.assign(link.href);
    }
  }

  let timer;
  document.addEventListener('change', (event) => {
    const field = event.target;
    const chosen = field.closest('[data-choose]');
    if (chosen) {
      const picked = all('[data-choose] input:checked', field.form).map((radio) => [radio.name, radio.value]);
      swap(`${chosen.dataset.choose}?${new URLSearchParams(picked.sort())}`, {}, chosen.dataset.swap.split(' '), false);
      return;
    }
    if (field.dataset.show) {
      const button = field.form.appendChild(make('button', { name: field.dataset.show, value: '1', hidden: true }));
      if (field.dataset.swap) button.dataset.swap = field.dataset.swap;
      field.form.requestSubmit(button);
    } else if (field.form?.hasAttribute('data-auto')) {
      clearTimeout(timer);
      timer = setTimeout(() => field.form.requestSubmit(), field.type === 'number' ? 400 : 0);
    }
  });

  /** Show again what "load more" had brought when the shopper comes back. */
  function restore() {
    const { view = 0, ids, html, isBack = performance.getEntriesByType('navigation')[0]?.type === 'back_forward' } = history.state ?? {};
    if (ids && isBack) put(new DOMParser().parseFromString(html, 'text/html'), ids);
    history.replaceState(ids && isBack ? { view, ids, html } : { view }, '');
    return view;
  }

  /** Note in the history that the page shows something else; its number tells it from #places. */
  function visit(url) {
    view += 1;
    history.pushState({ view }, '', url);
  }
  addEventListener('popstate', ({ state }) => {
    if (!state) history.replaceState({ view }, '');
    else if (state.view !== view) {
      history.replaceState({ ...state, isBack: true }, '');
      location.reload();
    }
  });
  document.addEventListener('toggle', ({ target, newState }) => {
    const focused = document.activeElement;
    if (newState === 'closed' && (focused === document.body || target.contains(focused))) focus(one(`[popovertarget="${target.id}"]:not([popovertargetaction])`));
  }, true);

  /** Ask again and again what became of a payment, for ten minutes at most, ever more slowly. */
  function poll(pause = 3000, spent = 0) {
    const place = one('[data-poll]');
    if (!place || spent > 600000) return;
    setTimeout(async () => {
      if (!document.hidden) await swap(place.dataset.poll, { isQuiet: true }, [place.id], false);
      poll(Math.min(pause * 1.2, 15000), spent + pause);
    }, pause);
  }

  let view = restore();
  poll();
  one('.errsum')?.focus();
})();

/* Improvements only: every page works without this file, by plain links, plain forms and whole pages.

   data-swap="id id2"   on a form, button or link: fetch the same address and replace these elements
   data-auto            on a form: submit it when a field changes
   data-choose="/url"   on a fieldset: its radios choose what the page shows; fetched from /url
   data-more="list foot" on a link: append the next page's list items, replace the foot
   data-poll="/url"     on an element with an id: fetch it again every few seconds
   data-step, data-all, data-show, data-cart-count: quantity buttons, "select all", fields of a country, cart number */
(() => {
  const byId = (id) => document.getElementById(id);
  const one = (selector, root = document) => root.querySelector(selector);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const calm = matchMedia('(prefers-reduced-motion: reduce)');
  const underway = new Map();

  /** Fetch an address and return its page; goes there instead when it is no page of ours. */
  async function load(url, options, ids) {
    const answer = await fetch(url, { ...options, headers: { Accept: 'text/html', 'X-Swap': ids.join(' ') } });
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    if (answer.status >= 500 || !ids.some((id) => page.getElementById(id))) {
      location.assign(answer.url);
      return null;
    }
    return { page, url: answer.url };
  }

  /** Put the elements of another page in the place of ours, keeping focus and open groups. */
  function put(page, ids) {
    const focused = document.activeElement?.id;
    const open = all('details[open][id]').map((element) => element.id);
    for (const id of ids) {
      const next = page.getElementById(id);
      if (next) byId(id)?.replaceWith(document.adoptNode(next));
    }
    open.forEach((id) => byId(id)?.setAttribute('open', ''));
    if (focused) byId(focused)?.focus({ preventScroll: true });
    ids.map((id) => byId(id) && one('.errsum', byId(id))).find(Boolean)?.focus();
    start();
  }

  /** Replace elements by those of an address; does it the plain way when the network fails. */
  async function swap(source, url, options, ids, push) {
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
        history.pushState({}, '', found.url);
        document.title = found.page.title;
      }
    } catch (error) {
      if (error.name === 'AbortError') return;
      if (source instanceof HTMLFormElement) source.submit();
      else location.assign(url);
    } finally {
      if (underway.get(key) === control) {
        underway.delete(key);
        ids.forEach((id) => byId(id)?.removeAttribute('aria-busy'));
      }
    }
  }

  document.addEventListener('submit', (event) => {
    const form = event.target;
    const button = event.submitter;
    const ids = (button?.dataset.swap ?? form.dataset.swap)?.split(' ');
    const isPost = form.method === 'post';
    if (!ids) {
      if (isPost && button) setTimeout(() => button.setAttribute('aria-busy', 'true'));
      return;
    }
    event.preventDefault();
    const data = new FormData(form, button);
    const url = new URL(button?.getAttribute('formaction') || form.getAttribute('action') || location.href, location.href);
    if (!isPost) url.search = new URLSearchParams([...data].filter((pair) => pair[1] !== ''));
    else if (!data.has('token')) data.set('token', form.dataset.token ??= String(Math.random()));
    swap(form, url, isPost ? { method: 'POST', body: data } : {}, ids, !isPost).finally(() => { delete form.dataset.token; });
  });

  document.addEventListener('click', async (event) => {
    const link = event.target.closest('a[data-swap], a[data-more]');
    const isPlain = !event.button && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
    if (link && isPlain) {
      event.preventDefault();
      if (link.dataset.more) more(link);
      else swap(link, link.href, {}, link.dataset.swap.split(' '), true);
      return;
    }
    const step = event.target.closest('[data-step]');
    if (step) count(step);
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
      one('a', items[0])?.focus({ preventScroll: true });
    } catch {
      location.assign(link.href);
    }
  }

  /** Change a quantity by its plus or minus button. */
  function count(button) {
    const field = one('input', button.parentNode);
    const least = Math.max(Number(field.min), 1);
    const value = Math.min(Number(field.max) || 200, Math.max(least, (Number(field.value) || least) + Number(button.dataset.step)));
    if (value === Number(field.value)) return;
    field.value = value;
    one('[data-step="-1"]', button.parentNode).disabled = value <= least;
    field.dispatchEvent(new Event('change', { bubbles: true }));
  }

  let timer;
  document.addEventListener('change', (event) => {
    const field = event.target;
    const chosen = field.closest('[data-choose]');
    if (chosen) {
      const picked = all('[data-choose] input:checked', field.form).map((radio) => [radio.name, radio.value]);
      const url = `${chosen.dataset.choose}?${new URLSearchParams(picked.sort())}`;
      swap(chosen, url, {}, chosen.dataset.swap.split(' '), false);
      return;
    }
    if (field.dataset.all) all(`input[name="${field.dataset.all}"]:not(:disabled)`, field.form).forEach((box) => { box.checked = field.checked; });
    else if (field.name === 'line') one('[data-all]', field.form)?.removeAttribute('name');
    if (field.dataset.show) {
      const button = Object.assign(document.createElement('button'), { name: field.dataset.show, value: '1', hidden: true });
      field.form.append(button);
      field.form.requestSubmit(button);
      return;
    }
    if (field.form?.hasAttribute('data-auto')) {
      clearTimeout(timer);
      timer = setTimeout(() => field.form.requestSubmit(), field.type === 'number' ? 400 : 0);
    }
  });
  addEventListener('popstate', () => location.reload());

  /** Show how many units are in the cart; shared pages learn it from the cookie. */
  function number() {
    const units = Number(document.cookie.match(/(?:^|; )cart_count=(\d+)/)?.[1] ?? 0);
    all('[data-cart-count]').forEach((place) => {
      place.hidden = !units;
      place.textContent = units;
    });
    all('[data-cart-name]').forEach((place) => {
      const words = place.dataset;
      place.textContent = ([words.none, words.one][units] ?? words.many).replace('#', units);
    });
  }

  /** Let thumbs scroll the strip of pictures, and mark the thumb of the picture in view. */
  function gallery() {
    const strip = byId('slides');
    const thumbs = all('.thumbs a');
    if (!strip || strip.dataset.ready) return;
    strip.dataset.ready = '1';
    const slides = [...strip.children];
    thumbs.forEach((thumb, place) => thumb.addEventListener('click', (event) => {
      event.preventDefault();
      strip.scrollTo({ left: place * strip.clientWidth, behavior: calm.matches ? 'auto' : 'smooth' });
    }));
    const watcher = new IntersectionObserver((entries) => entries.filter((entry) => entry.isIntersecting).forEach((entry) => {
      thumbs.forEach((thumb, place) => {
        if (slides[place] === entry.target) thumb.setAttribute('aria-current', 'true');
        else thumb.removeAttribute('aria-current');
      });
    }), { root: strip, threshold: 0.6 });
    slides.forEach((slide) => watcher.observe(slide));
  }

  /** Ask again and again what became of a payment, for ten minutes at most, ever more slowly. */
  function poll(pause = 3000, spent = 0) {
    const place = one('[data-poll]');
    if (!place || spent > 600000) return;
    setTimeout(async () => {
      if (!document.hidden) await swap(place, place.dataset.poll, {}, [place.id], false);
      poll(Math.min(pause * 1.2, 15000), spent + pause);
    }, pause);
  }

  function start() {
    number();
    gallery();
  }
  start();
  poll();
  one('.errsum')?.focus();
})();

/* Controls within a page. data-step, data-all, data-cart-count: quantity buttons, "select all", cart number */
(() => {
  const one = (selector, root = document) => root.querySelector(selector);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];

  /** Change a quantity by its plus or minus button. */
  function count(button) {
    const field = one('input', button.parentNode);
    const least = Math.max(Number(field.min), 1);
    const value = Math.min(Number(field.max) || 200, Math.max(least, (Number(field.value) || least) + Number(button.dataset.step)));
    if (value === Number(field.value)) return;
    field.value = value;
    const [less, more] = all('[data-step]', button.parentNode);
    if (value <= least && less === document.activeElement) more.focus();
    less.disabled = value <= least;
    field.dispatchEvent(new Event('change', { bubbles: true }));
  }

  /** Keep "select all" and the boxes it stands for alike. */
  function tick(field) {
    const every = field.form && one('[data-all]', field.form);
    const boxes = every ? all(`input[name="${every.dataset.all}"]:not(:disabled)`, field.form) : [];
    if (field === every) boxes.forEach((box) => { box.checked = field.checked; });
    else if (every) every.checked = boxes.every((box) => box.checked);
  }

  /** Show how many units are in the cart; shared pages learn it from the cookie. */
  function number() {
    const units = Number(document.cookie.match(/(?:^|; )cart_count=(\d+)/)?.[1] ?? 0);
    all('[data-cart-count]').forEach((place) => Object.assign(place, { hidden: !units, textContent: units }));
    all('[data-cart-name]').forEach((place) => {
      const { none, one, many } = place.dataset;
      place.textContent = ([none, one][units] ?? many).replace('#', units);
    });
  }

  /** Let thumbs scroll the strip of pictures, and mark the thumb of the picture in view. */
  function gallery() {
    const strip = one('#slides');
    const thumbs = all('.thumbs a');
    if (!strip || strip.dataset.ready) return;
    strip.dataset.ready = '1';
    const slides = [...strip.children];
    thumbs.forEach((thumb, place) => thumb.addEventListener('click', (event) => {
      event.preventDefault();
      strip.scrollTo({ left: place * strip.clientWidth, behavior: matchMedia('(prefers-reduced-motion: reduce)').matches ? 'auto' : 'smooth' });
    }));
    const watcher = new IntersectionObserver((entries) => entries.filter((entry) => entry.isIntersecting).forEach((entry) => {
      thumbs.forEach((thumb, place) => { thumb.ariaCurrent = slides[place] === entry.target ? 'true' : null; });
    }), { root: strip, threshold: 0.6 });
    slides.forEach((slide) => watcher.observe(slide));
  }

  const show = () => { number(); gallery(); };
  document.addEventListener('click', (event) => {
    const step = event.target.closest('[data-step]');
    if (step) count(step);
  });
  document.addEventListener('change', (event) => tick(event.target));
  document.addEventListener('shown', show);
  show();
})();

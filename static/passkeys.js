/* Passkeys: a form asks the browser for one, and sends what it answers. Only the pages with such a form load this file.

   data-passkey="get|create"   on a form with a hidden field `credential`
   data-options="id"           the block with what the server asks for; without it, the form's address tells
   data-passkey-failed         shown when nothing came of it */
(() => {
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (sign) => sign.charCodeAt(0));
  const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
  const named = (list = []) => list.map((each) => ({ ...each, id: bytes(each.id) }));

  /** Return what the server asks for. */
  async function wishes(form) {
    if (form.dataset.options) return JSON.parse(document.getElementById(form.dataset.options).textContent);
    const response = await fetch(form.action, { headers: { 'X-Requested-With': 'XMLHttpRequest' } });
    return response.json();
  }

  /** Let the browser make a passkey: one that signs in alone, where the device can keep such. */
  function create({ creation_options: { publicKey: wish } }) {
    return navigator.credentials.create({ publicKey: {
      ...wish,
      challenge: bytes(wish.challenge),
      user: { ...wish.user, id: bytes(wish.user.id) },
      excludeCredentials: named(wish.excludeCredentials),
      authenticatorSelection: { ...wish.authenticatorSelection, residentKey: 'preferred', requireResidentKey: false },
    } });
  }

  /** Let the browser sign with a passkey. */
  function get({ request_options: { publicKey: wish } }) {
    return navigator.credentials.get({ publicKey: {
      ...wish, challenge: bytes(wish.challenge), allowCredentials: named(wish.allowCredentials),
    } });
  }

  /** Return what the browser answered, as the server reads it. */
  function told(credential) {
    const parts = ['clientDataJSON', 'attestationObject', 'authenticatorData', 'signature', 'userHandle'];
    const response = parts.filter((part) => credential.response[part]).map((part) => [part, text(credential.response[part])]);
    return JSON.stringify({
      id: credential.id,
      rawId: text(credential.rawId),
      type: credential.type,
      authenticatorAttachment: credential.authenticatorAttachment,
      clientExtensionResults: credential.getClientExtensionResults(),
      response: Object.fromEntries(response),
    });
  }

  document.addEventListener('submit', async (event) => {
    const form = event.target;
    if (!form.dataset.passkey) return;
    event.preventDefault();
    const failed = form.querySelector('[data-passkey-failed]');
    failed.hidden = true;
    try {
      const ask = form.dataset.passkey === 'create' ? create : get;
      form.elements.credential.value = told(await ask(await wishes(form)));
      form.submit();
    } catch {
      failed.hidden = false;
      setTimeout(() => event.submitter?.removeAttribute('aria-busy'));
    }
  });
})();

/*
 * Passkeys: the one thing that needs a script, because browsers offer it to scripts alone. Pages
 * work without it; its buttons are shown only where the browser can do it.
 */
(() => {
  "use strict";
  if (!window.PublicKeyCredential || !window.isSecureContext) return;
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
  const text = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const post = async (url, token, body) => {
    const answer = await fetch(url, {
      method: "POST",
      headers: { "Content-Type": "application/json", "Accept": "application/json", "X-CSRF-Token": token },
      body: JSON.stringify(body),
      credentials: "same-origin",
    });
    const said = await answer.json();
    if (!answer.ok) throw new Error(said.detail || said.title);
    return said;
  };
  const keys = (list) => (list || []).map((key) => ({ ...key, id: bytes(key.id) }));

  const signIn = async (place) => {
    const { csrf, tenant, next } = place.dataset;
    const options = await post("/anmelden/passkey/beginn", csrf, { tenant });
    const key = await navigator.credentials.get({ publicKey: { ...options, challenge: bytes(options.challenge) } });
    const answer = {
      credential: text(key.rawId),
      client_data: text(key.response.clientDataJSON),
      authenticator: text(key.response.authenticatorData),
      signature: text(key.response.signature),
    };
    return post("/anmelden/passkey", csrf, { tenant, next, answer });
  };

  const register = async (place) => {
    const { csrf } = place.dataset;
    const options = await post("/konto/passkeys/beginn", csrf, {});
    const key = await navigator.credentials.create({
      publicKey: {
        ...options,
        challenge: bytes(options.challenge),
        user: { ...options.user, id: bytes(options.user.id) },
        excludeCredentials: keys(options.excludeCredentials),
      },
    });
    const answer = { client_data: text(key.response.clientDataJSON), attestation: text(key.response.attestationObject) };
    return post("/konto/passkeys", csrf, { name: place.querySelector("input")?.value || "", answer });
  };

  for (const place of document.querySelectorAll("[data-passkey]")) {
    place.hidden = false;
    const button = place.querySelector("button");
    const problem = place.querySelector("[role=alert]");
    button.addEventListener("click", async () => {
      problem.hidden = true;
      button.disabled = true;
      try {
        const done = await (place.dataset.passkey === "sign-in" ? signIn(place) : register(place));
        location.assign(done.next);
      } catch (error) {
        button.disabled = false;
        // Whoever breaks off knows that they did.
        if (error.name !== "NotAllowedError" && error.name !== "AbortError") {
          problem.textContent = `${place.dataset.failed} ${error.message || ""}`;
          problem.hidden = false;
        }
      }
    });
  }
})();

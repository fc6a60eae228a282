/*
 * What makes the pages pleasant where a browser runs scripts. Nothing here is needed: every page
 * works without it.
 *
 * - forms with `data-live="ID"`: the element ID is exchanged while somebody types or chooses
 * - links with `data-fragment="ID"`: the element ID is exchanged instead of the page
 * - `data-confirm` on a button: asks first
 * - `data-drop`: files may be dropped; the upload shows how far it is
 * - `data-refresh="SECONDS"` on an element with an id: looks again while the page is seen
 * - `data-check-all="NAME"` on a box: ticks all boxes of this name
 * - j, k and x in a table inside of `#results`: down, up, tick
 * - `data-guard` on a form: leaving the page asks first while something is typed and not sent
 * - `data-submit` on a field: sends its form when it changes
 */
(() => {
  "use strict";
  const german = document.documentElement.lang === "de";
  const tr = (de, en) => (german ? de : en);
  const one = (selector, root = document) => root.querySelector(selector);
  document.documentElement.classList.add("js");

  /* Says something to whoever hears the page. */
  const announce = (text) => {
    const place = one("#announcements");
    if (!place) return;
    place.textContent = "";
    setTimeout(() => { place.textContent = text; }, 60);
  };

  /* Fetches a page of ours and puts its element `id` in the place of the one here. */
  let running = null;
  const exchange = async (url, id, { history = "push", focus = false, say = true } = {}) => {
    const target = document.getElementById(id);
    if (!target) { location.assign(url); return; }
    running?.abort();
    const control = (running = new AbortController());
    target.setAttribute("data-busy", "");
    target.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(url, { headers: { "X-Vir-Fragment": id }, signal: control.signal, credentials: "same-origin" });
      const text = await answer.text();
      const page = new DOMParser().parseFromString(text, "text/html");
      const fresh = page.getElementById(id);
      if (!fresh || answer.redirected) { location.assign(answer.url || url); return; }
      target.replaceWith(document.adoptNode(fresh));
      if (page.title) document.title = page.title;
      if (history === "push") window.history.pushState({ fragment: id }, "", url);
      if (history === "replace") window.history.replaceState({ fragment: id }, "", url);
      enliven(fresh);
      if (focus) { fresh.setAttribute("tabindex", "-1"); fresh.focus({ preventScroll: true }); fresh.scrollIntoView({ block: "nearest" }); }
      const summary = one("[data-announce]", fresh) || one(".pager__shown", fresh) || one("caption", fresh) || one(".empty__title", fresh);
      if (say && summary) announce(summary.textContent.trim());
    } catch (error) {
      if (error.name !== "AbortError") location.assign(url);
    } finally {
      if (running === control) running = null;
      document.getElementById(id)?.removeAttribute("data-busy");
      document.getElementById(id)?.removeAttribute("aria-busy");
    }
  };
  window.addEventListener("popstate", (event) => {
    if (event.state?.fragment) exchange(location.href, event.state.fragment, { history: "none" });
    else if (document.body.dataset.exchanged) location.reload();
  });

  /* Search as you type. */
  const liveUrl = (form) => {
    const url = new URL(form.action || location.href, location.href);
    const values = new URLSearchParams();
    for (const [name, value] of new FormData(form)) if (typeof value === "string" && value !== "") values.append(name, value);
    url.search = values.toString();
    return url.href;
  };
  const timers = new WeakMap();
  const live = (form, wait) => {
    clearTimeout(timers.get(form));
    timers.set(form, setTimeout(() => {
      document.body.dataset.exchanged = "1";
      exchange(liveUrl(form), form.dataset.live, { history: "replace" });
    }, wait));
  };

  document.addEventListener("input", (event) => {
    const form = event.target.closest?.("form[data-live]");
    if (form && event.target.matches("input:not([type=checkbox], [type=radio], [type=date])")) live(form, 220);
  });
  document.addEventListener("change", (event) => {
    const target = event.target;
    const form = target.closest?.("form[data-live]");
    if (form && document.getElementById(form.dataset.live)) live(form, 0);
    if (target.matches?.("[data-submit]")) target.form?.requestSubmit();
    if (target.matches?.("[data-check-all]")) {
      for (const box of document.querySelectorAll(`input[type=checkbox][name="${CSS.escape(target.dataset.checkAll)}"]`)) {
        if (!box.disabled && box !== target) box.checked = target.checked;
      }
    }
    if (target.matches?.("input[type=checkbox]")) countChosen(target);
  });

  /* What is typed and not sent is not lost by a click aside. */
  document.addEventListener("input", (event) => { const form = event.target.closest?.("form[data-guard]"); if (form) form.dataset.typed = "1"; });
  document.addEventListener("submit", (event) => { delete event.target.dataset.typed; });
  window.addEventListener("beforeunload", (event) => { if (one("form[data-typed]")) event.preventDefault(); });

  /* How many rows are chosen: shown in an element with data-chosen="NAME". */
  const countChosen = (box) => {
    const name = box.dataset.checkAll || box.name;
    if (!name) return;
    const place = document.querySelector(`[data-chosen="${CSS.escape(name)}"]`);
    if (!place) return;
    const count = document.querySelectorAll(`input[type=checkbox][name="${CSS.escape(name)}"]:checked`).length;
    place.textContent = count === 0 ? "" : tr(`${count} ausgewählt`, `${count} chosen`);
  };

  /* Asking first. */
  const ask = (question, label) => new Promise((resolve) => {
    const dialog = document.createElement("dialog");
    dialog.setAttribute("aria-labelledby", "ask-title");
    const title = document.createElement("h2");
    title.id = "ask-title";
    title.textContent = question;
    const form = document.createElement("form");
    form.method = "dialog";
    form.className = "form__actions";
    const no = document.createElement("button");
    no.className = "button button--secondary";
    no.value = "no";
    no.textContent = tr("Abbrechen", "Cancel");
    const yes = document.createElement("button");
    yes.className = "button button--primary";
    yes.value = "yes";
    yes.textContent = label;
    form.append(no, yes);
    dialog.append(title, form);
    dialog.addEventListener("close", () => { resolve(dialog.returnValue === "yes"); dialog.remove(); });
    document.body.append(dialog);
    dialog.showModal();
    no.focus();
  });

  document.addEventListener("submit", async (event) => {
    const form = event.target;
    const button = event.submitter;
    const question = button?.dataset.confirm || form.dataset.confirm;
    if (question && !form.dataset.confirmed) {
      event.preventDefault();
      if (await ask(question, button?.innerText.trim() || tr("Ja", "Yes"))) {
        form.dataset.confirmed = "1";
        form.requestSubmit(button || undefined);
        delete form.dataset.confirmed;
      } else button?.focus();
      return;
    }
    if (form.dataset.live && document.getElementById(form.dataset.live)) {
      event.preventDefault();
      live(form, 0);
      return;
    }
    if (one("[data-drop]", form) && one("input[type=file]", form)?.files.length) { event.preventDefault(); upload(form, button); return; }
    /* Once is enough: a second click while the answer is on its way does nothing. */
    if (form.method === "post") {
      if (form.dataset.sent) { event.preventDefault(); return; }
      form.dataset.sent = "1";
      setTimeout(() => { delete form.dataset.sent; }, 4000);
    }
  });
  window.addEventListener("pageshow", () => { for (const form of document.forms) delete form.dataset.sent; });

  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[data-fragment]");
    const table = event.target.closest?.("#results a.sort, #results .pager a");
    const chosen = link || table;
    if (chosen && event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey) {
      event.preventDefault();
      document.body.dataset.exchanged = "1";
      exchange(chosen.href, chosen.dataset.fragment || "results", { focus: true });
    }
    for (const menu of document.querySelectorAll("details[data-menu][open]")) if (!menu.contains(event.target)) menu.open = false;
    const copy = event.target.closest?.("[data-copy]");
    if (copy) navigator.clipboard?.writeText(copy.dataset.copy).then(() => announce(tr("Kopiert", "Copied")));
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      const menu = event.target.closest?.("details[data-menu][open]");
      if (menu) { menu.open = false; one("summary", menu)?.focus(); }
    }
    /* Where the focus is in a list of results, j and k go down and up, x ticks; Enter opens, for the name of the row is a link. */
    if (["j", "k", "x"].includes(event.key) && !event.ctrlKey && !event.metaKey && !event.altKey && event.target.closest?.("#results") && !event.target.closest("input:not([type=checkbox]), textarea, select")) {
      const rows = [...document.querySelectorAll("#results tbody tr")];
      const here = rows.indexOf(event.target.closest?.("tr"));
      if (event.key === "x") { const box = here < 0 ? null : one("input[type=checkbox]", rows[here]); if (box) { event.preventDefault(); box.click(); } }
      else {
        const row = rows[here < 0 ? 0 : here + (event.key === "j" ? 1 : -1)];
        const link = row && one("th a, a", row);
        if (link) { event.preventDefault(); link.focus(); row.scrollIntoView({ block: "nearest" }); }
      }
    }
    /* "/" goes to the search box, as in many programs; not while somebody types. */
    if (event.key === "/" && !event.ctrlKey && !event.metaKey && !event.altKey && !event.target.closest?.("input, textarea, select, [contenteditable]")) {
      const find = one("#find");
      if (find) { event.preventDefault(); find.focus(); find.select(); }
    }
  });

  /* Files. */
  const size = (bytes) => bytes < 1e6
    ? `${Math.max(1, Math.round(bytes / 1e3)).toLocaleString(german ? "de" : "en")} KB`
    : `${(bytes / 1e6).toLocaleString(german ? "de" : "en", { maximumFractionDigits: 1 })} MB`;
  const listFiles = (drop) => {
    const input = one("input[type=file]", drop);
    const list = one("[data-drop-files]", drop);
    list.replaceChildren(...[...input.files].slice(0, 200).map((file) => {
      const item = document.createElement("li");
      const name = document.createElement("span");
      name.textContent = file.name;
      const bytes = document.createElement("span");
      bytes.textContent = size(file.size);
      item.append(name, bytes);
      return item;
    }));
    list.hidden = input.files.length === 0;
    if (input.files.length) announce(tr(`${input.files.length} Dateien ausgewählt`, `${input.files.length} files chosen`));
  };
  const upload = (form, button) => {
    const bar = one("[data-drop-progress]", form);
    const meter = one("progress", bar);
    const label = one(".progress__value", bar);
    const request = new XMLHttpRequest();
    const data = new FormData(form, button || undefined);
    for (const each of form.querySelectorAll("button")) each.disabled = true;
    bar.hidden = false;
    let told = 0;
    request.upload.addEventListener("progress", (event) => {
      if (!event.lengthComputable) return;
      const share = Math.floor((event.loaded / event.total) * 100);
      meter.value = share;
      label.textContent = share < 100 ? `${share} %` : tr("wird verarbeitet …", "processing …");
      if (share >= told + 25) { told = share; announce(tr(`${share} Prozent übertragen`, `${share} percent uploaded`)); }
    });
    const failed = () => {
      for (const each of form.querySelectorAll("button")) each.disabled = false;
      label.textContent = tr("abgebrochen", "broken off");
      announce(tr("Die Übertragung ist abgebrochen. Bitte versuchen Sie es erneut.", "The upload broke off. Please try again."));
    };
    request.addEventListener("error", failed);
    request.addEventListener("timeout", failed);
    /* Without an attribute of its own a button says the page's address, not the form's. */
    const target = button?.hasAttribute("formaction") ? button.formAction : form.action;
    request.addEventListener("load", () => {
      /* The answer is a page, perhaps after a redirect. To load it again would lose what it says once. */
      const there = request.responseURL;
      const page = new DOMParser().parseFromString(request.responseText, "text/html");
      const main = page.getElementById("main");
      if (!main) { failed(); return; }
      if (there && there !== target) {
        document.body.dataset.exchanged = "1";
        history[there === location.href ? "replaceState" : "pushState"](null, "", there);
      }
      one("#main").replaceWith(document.adoptNode(main));
      document.title = page.title || document.title;
      enliven(main);
      main.focus();
    });
    request.open("POST", target);
    request.setRequestHeader("X-Requested-With", "vir");
    request.send(data);
  };
  const enlivenDrop = (drop) => {
    const input = one("input[type=file]", drop);
    input.addEventListener("change", () => listFiles(drop));
    for (const kind of ["dragenter", "dragover"]) drop.addEventListener(kind, (event) => { event.preventDefault(); drop.setAttribute("data-over", ""); });
    for (const kind of ["dragleave", "drop"]) drop.addEventListener(kind, () => drop.removeAttribute("data-over"));
    drop.addEventListener("drop", (event) => {
      event.preventDefault();
      const files = [...event.dataTransfer.files];
      if (!files.length) return;
      const transfer = new DataTransfer();
      for (const file of input.multiple ? files : files.slice(0, 1)) transfer.items.add(file);
      input.files = transfer.files;
      listFiles(drop);
      drop.closest("form")?.querySelector("button[type=submit]")?.focus();
    });
  };

  /* Looks again while something is under way. */
  const enlivenRefresh = (element) => {
    const seconds = Math.max(1, Number(element.dataset.refresh) || 3);
    setTimeout(() => {
      if (!element.isConnected) return;
      if (document.hidden) { enlivenRefresh(element); return; }
      exchange(location.href, element.id, { history: "none", say: false });
    }, seconds * 1000);
  };

  const enliven = (root) => {
    for (const drop of root.querySelectorAll("[data-drop]")) enlivenDrop(drop);
    for (const element of [root, ...root.querySelectorAll("[data-refresh]")]) if (element.dataset?.refresh && element.id) enlivenRefresh(element);
    one("[data-focus]", root)?.focus();
  };
  enliven(document.documentElement);
})();

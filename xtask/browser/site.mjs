// Walks through every page of a running server as several people and runs axe-core on each,
// in light and dark and at two widths.
// usage: node site.mjs BROWSER BASE-URL PEOPLE ROUTES
// PEOPLE is JSON: [{"name": "clerk", "login": "…", "password": "…"}, …]; without login: the public pages.
// ROUTES is JSON: the addresses that the program knows, with {…} for identifiers; each must be reached,
// as a page, or for files as a link.
// One page stands for all of its kind: identifiers in an address are taken for the same. What only comes
// into being by a form is made first (`makes`).
// Prints one line per violation and last `P pages, K kinds, V views, N violations, R kinds never reached`.
import { readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";

const [executablePath, base, people, routes] = process.argv.slice(2);
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const arguments_ = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
const browser = await chromium.launch({ executablePath, args: arguments_ });
const origin = new URL(base).origin;

/** The kind of a page: its address without identifiers and without values of filters. */
function kind(address) {
  const url = new URL(address);
  const path = url.pathname
    .replace(/[0-9a-f]{8}-[0-9a-f-]{27,}(\.[\w-]+)?/g, "{id}")
    .replace(/\/[0-9a-f]{16,}(?=\/|$)/g, "/{id}")
    .replace(/\/\d+(?=\/|$)/g, "/{n}");
  return `${path}?${[...new Set(url.searchParams.keys())].sort().join("&")}`;
}

const ignored = /\.(xml|pdf|csv|xlsx|json|zip|js|css|svg|png)$|\/(abmelden|metrics|export|original|xml|pdf|datei|tabelle)(\/|$)|^\/api\/|\/openapi/;
let pages = 0;
let views = 0;
let violations = 0;

async function judge(page, where) {
  await page.evaluate(axe);
  const found = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  if (wide > 0) found.violations.push({ id: "page-scrolls-sideways", help: `${wide} px too wide`, nodes: [] });
  for (const violation of found.violations) {
    violations += 1;
    const nodes = violation.nodes.slice(0, 3).map((node) => `${node.target.join(" ")} ${node.failureSummary ?? ""}`.replace(/\s+/g, " ").slice(0, 200));
    console.log(`${where}: ${violation.id}: ${violation.help} ${nodes.join(" | ")}`);
  }
  views += 1;
}

/** Fills the fields of a form by name and presses one of its buttons. */
async function send(page, fields, button) {
  for (const [name, value] of Object.entries(fields)) await page.fill(`main [name="${name}"]`, value);
  await Promise.all([page.waitForLoadState("load"), page.click(button)]);
  await page.waitForLoadState("networkidle");
}

const buyer = { buyer_post_code: "26997", buyer_city: "Grünensiel" };
const line = { delivery_date: "2026-11-02", due_date: "2026-12-15", line_name: "Honig", line_price: "6,50" };
const supplier = { seller_name: "Imkerei am Siel", street: "Deichweg 3", post_code: "26997", city: "Grünensiel", tax_number: "69/200/54321", contact: "Enno Imker", phone: "04999 555", email: "enno@imkerei.example", iban: "DE89370400440532013000" };
/** The offer that the registry made, for the archive to read. */
let offer = null;
const preview = "main button[name=do][value=preview]:visible:not([aria-hidden])";

/** What has to be made before there is a page of its kind; each says where it is. */
const makes = {
  public: async (page) => {
    const found = [];
    for (const number of ["P-1", "P-2"]) {
      await page.goto(`${origin}/o/gruenensiel/rechnung`);
      await send(page, { leitweg: "039999990001-BAUHOF-09", ...buyer, ...supplier, number, ...line }, preview);
      found.push(page.url(), page.url().replace(/\/pruefen$/, ""));
    }
    await send(page, {}, "main form[action$='/einreichen'] button");
    found.push(page.url());
    await page.goto(`${origin}/nachweis-pruefen`);
    await page.setInputFiles("main input[name=record]", { name: "brief.txt", mimeType: "text/plain", buffer: Buffer.from("no record") });
    await send(page, {}, "main form[action='/nachweis-pruefen'] button >> nth=0");
    await judge(page, "report of a verification");
    return [found[0], found[1], found.at(-1)];
  },
  "imke.janssen": async (page) => {
    await page.goto(`${origin}/rechnungen/ansichten/neu`);
    await send(page, { name: "Bauhof" }, "main form[action='/rechnungen/ansichten'] button[type=submit]");
    await page.goto(`${origin}/rechnungen`);
    await page.check("main table input[type=checkbox][name=id] >> nth=0");
    await page.selectOption("main select[name=action]", "hold");
    await send(page, {}, "main form[action='/rechnungen/auswahl'] button:not([name])");
    return [page.url(), `${page.url()}/bericht`, `${page.url()}/liste`];
  },
  "wiebke.onken": async (page) => {
    const found = [];
    await page.goto(`${origin}/ausgangsrechnungen/neu`);
    await send(page, { buyer_name: "Gemeinde Seefelden", leitweg: "049990054321-BAUHOF-90", ...buyer, ...line }, preview);
    found.push(page.url());
    await page.goto(`${origin}/hochladen`);
    const picture = { name: "foto.png", mimeType: "image/png", buffer: Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==", "base64") };
    await page.setInputFiles("main input[type=file]", picture);
    await page.click("main form[action='/hochladen'] button[type=submit]");
    await page.waitForURL(/\/hochladen\/./);
    found.push(page.url());
    found.push(`${await page.getAttribute("main a[href^='/rechnungen/']", "href")}/erfassen`);
    await page.goto(`${origin}/einstellungen/postfaecher`);
    await page.selectOption("main select[name=active]", "no");
    await send(page, { address: "rechnung@gruenensiel.example", imap_host: "mail.gruenensiel.example", password: "ein-kennwort" }, "main form[action='/einstellungen/postfaecher'] button");
    await page.goto(`${origin}/rechnungen?duplicate=yes`);
    const twice = await page.$$eval("main table a[href^='/rechnungen/']", (links) => links.map((one) => one.pathname));
    return [...found, ...twice.slice(0, 1).map((one) => `${one}/dubletten`)];
  },
  "okka.behrends": async (page) => {
    await page.goto(`${origin}/uebergabe`);
    await send(page, {}, "main form[method=post] > button");
    const found = [page.url()];
    await page.goto(`${origin}/uebergabe/buchungen`);
    if (await page.$("main form[action='/uebergabe/buchungen']")) await send(page, {}, "main form[action='/uebergabe/buchungen'] button >> nth=-1");
    return [...found, page.url()];
  },
  "rike.aden": async (page) => {
    await page.goto(`${origin}/sperren`);
    await page.check("main input[name=scope][value=branch]");
    await page.selectOption("main select[name=entry]", "4");
    await page.fill("main form[action='/sperren'] [name=reason]", "Klage 4 K 12/26");
    await send(page, {}, "main form[action='/sperren'] > .form__actions button");
    await page.goto(`${origin}/aussonderung`);
    await page.check("main input[name=record][type=checkbox] >> nth=0");
    await send(page, {}, "main form[action='/aussonderung/anbieten'] button[type=submit]");
    const process = page.url();
    const [message] = await Promise.all([page.waitForEvent("download"), page.click("main a[download] >> nth=0")]);
    offer = join(tmpdir(), message.suggestedFilename());
    await message.saveAs(offer);
    return [process, `${origin}/auskunft?person=Beispiel`];
  },
  "hilke.archiv": async (page) => {
    await page.goto(`${origin}/archiv`);
    await page.setInputFiles("main input[type=file]", offer);
    await Promise.all([page.waitForURL(/\/vorgang\//), page.click("main form[action='/archiv'] button[type=submit]")]);
    return [page.url()];
  },
  "jannes.ulfers": async (page) => {
    await page.goto(`${origin}/verwaltung/gruppen`);
    await send(page, { name: "Hafenmeisterei" }, "main form[action='/verwaltung/gruppen'] button");
    const found = [page.url()];
    await page.goto(`${origin}/verwaltung/rollen`);
    await page.check("main input[name=permissions] >> nth=2");
    await send(page, { name: "Leserin" }, "main form[action='/verwaltung/rollen'] button");
    await page.goto(`${origin}/verwaltung/webhooks`);
    await page.check("main input[name=event] >> nth=0");
    await send(page, { name: "Finanzverfahren", url: "https://finanz.example/vir" }, "main form[action='/verwaltung/webhooks'] button");
    return found;
  },
};

const judged = new Set();
/** Every address that was opened or offered, without its query. */
const offered = new Set();
for (const person of JSON.parse(people)) {
  const context = await browser.newContext({ colorScheme: "light", viewport: { width: 1280, height: 900 }, reducedMotion: "reduce", locale: person.locale ?? "de-DE", bypassCSP: true });
  const page = await context.newPage();
  const queue = person.start ?? ["/"];
  if (person.login) {
    await page.goto(`${origin}/anmelden`);
    await page.fill("input[name=email]", person.login);
    await page.fill("input[name=password]", person.password);
    await Promise.all([page.waitForURL((url) => !url.pathname.startsWith("/anmelden")), page.press("input[name=password]", "Enter")]);
  }
  if (makes[person.name]) {
    const made = await makes[person.name](page).catch((error) => {
      violations += 1;
      console.log(`${person.name} could not make what is to be looked at: ${String(error).split("\n")[0]}`);
      return [];
    });
    queue.push(...made);
  }
  const seen = new Set();
  while (queue.length > 0) {
    const next = new URL(queue.shift(), origin).href;
    if (seen.has(kind(next)) || new URL(next).origin !== origin || ignored.test(new URL(next).pathname)) continue;
    seen.add(kind(next));
    const answer = await page.goto(next).catch(() => null);
    if (answer === null || !(answer.headers()["content-type"] ?? "").startsWith("text/html")) continue;
    if (answer.status() >= 500) {
      violations += 1;
      console.log(`${person.name} ${next}: status ${answer.status()}`);
    }
    pages += 1;
    const links = await page.$$eval("a[href], iframe[src]", (all) => all.map((one) => (one.href ?? one.src).split("#")[0]));
    queue.push(...links);
    for (const one of [next, page.url(), ...links]) if (new URL(one).origin === origin) offered.add(new URL(one).pathname);
    const first = !judged.has(kind(next));
    judged.add(kind(next));
    const themes = first ? ["light", "dark"] : ["light"];
    const widths = first ? [1280, 320] : [1280];
    for (const colorScheme of themes) {
      for (const width of widths) {
        await page.emulateMedia({ colorScheme });
        await page.setViewportSize({ width, height: 900 });
        await judge(page, `${person.name} ${kind(next)} ${colorScheme} ${width}`);
      }
    }
    await page.emulateMedia({ colorScheme: "light" });
    await page.setViewportSize({ width: 1280, height: 900 });
  }
  await context.close();
}
await browser.close();
const pattern = (route) => new RegExp(`^${route.replace(/[.]/g, "\\.").replace(/\{[^}]*\}/g, "[^/]+")}$`);
const known = new Set(JSON.parse(routes ?? "[]"));
/* An address that is a route of its own is no example of one with an identifier. */
const missed = [...known].filter((route) => ![...offered].some((path) => path === route || (!known.has(path) && pattern(route).test(path))));
for (const route of missed) console.log(`never reached: ${route}`);
console.log(`${pages} pages, ${judged.size} kinds, ${views} views, ${violations} violations, ${missed.length} kinds never reached`);

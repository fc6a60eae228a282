// Walks through every page of a running server as several people and runs axe-core on each,
// in light and dark and at two widths.
// usage: node site.mjs BROWSER BASE-URL PEOPLE
// PEOPLE is JSON: [{"name": "clerk", "login": "…", "password": "…"}, …]; without login: the public pages.
// One page stands for all of its kind: identifiers in an address are taken for the same.
// Prints one line per violation and last `P pages, V views, N violations`.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";

const [executablePath, base, people] = process.argv.slice(2);
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const arguments_ = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
const browser = await chromium.launch({ executablePath, args: arguments_ });
const origin = new URL(base).origin;

/** The kind of a page: its address without identifiers and without values of filters. */
function kind(address) {
  const url = new URL(address);
  const path = url.pathname
    .replace(/[0-9a-f]{8}-[0-9a-f-]{27,}/g, "{id}")
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

const judged = new Set();
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
    queue.push(...(await page.$$eval("a[href]", (links) => links.map((link) => link.href.split("#")[0]))));
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
console.log(`${pages} pages, ${judged.size} kinds, ${views} views, ${violations} violations`);

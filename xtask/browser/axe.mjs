// Runs axe-core over pages, in light and dark and at two widths.
// usage: node axe.mjs BROWSER PAGE.html …
// Prints one line per violation and last `N pages, M views, V violations`.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const [executablePath, ...pages] = process.argv.slice(2);
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const browser = await chromium.launch({
  executablePath,
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});
let views = 0;
let violations = 0;
for (const colorScheme of ["light", "dark"]) {
  for (const width of [320, 1280]) {
    const context = await browser.newContext({ colorScheme, viewport: { width, height: 900 } });
    const page = await context.newPage();
    for (const path of pages) {
      await page.goto(pathToFileURL(path).href);
      await page.evaluate(axe);
      const result = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      if (overflow > 0) {
        result.violations.push({ id: "page-scrolls-sideways", help: `${overflow} px too wide`, nodes: [] });
      }
      for (const violation of result.violations) {
        violations += 1;
        const where = violation.nodes.slice(0, 3).map((node) => node.target.join(" ")).join(" | ");
        console.log(`${path} ${colorScheme} ${width}: ${violation.id}: ${violation.help} ${where}`);
      }
      views += 1;
    }
    await context.close();
  }
}
await browser.close();
console.log(`${pages.length} pages, ${views} views, ${violations} violations`);

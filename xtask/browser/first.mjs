// A newcomer's first look: waits for the server, signs in with what its page to sign in says, and opens an invoice.
// usage: node first.mjs BROWSER BASE-URL PICTURE
// Prints the name of the invoice's page when it is to be read, or fails.
import { chromium } from "playwright-core";

const [executablePath, base, picture] = process.argv.slice(2);
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"] });
const page = await browser.newPage({ viewport: { width: 1280, height: 860 }, locale: "de-DE" });
const patience = Date.now() + 120_000;
while (!(await page.goto(base).catch(() => null))?.ok()) {
  if (Date.now() > patience) throw new Error(`nothing answers at ${base}`);
  await new Promise((wake) => setTimeout(wake, 100));
}
const said = await page.innerText("main");
const login = said.match(/imke\.janssen@\S+example/)?.[0];
const password = said.match(/gruenensiel-am-deich/)?.[0];
if (!login || !password) throw new Error(`the page to sign in does not say how: ${said.slice(0, 300)}`);
await page.fill("input[name=email]", login);
await page.fill("input[name=password]", password);
await page.press("input[name=password]", "Enter");
await page.click("nav >> text=Rechnungen");
await page.click("main table a[href^='/rechnungen/'] >> nth=0");
await page.waitForSelector("text=Nächster Schritt");
await page.screenshot({ path: picture });
console.log(await page.title());
await browser.close();

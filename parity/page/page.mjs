// Opens pages of the HTML report in Chromium: node page.mjs CHROMIUM FOLDER, where FOLDER holds them. Prints a line for each
// page and what was looked at; pictures of the pages are written beside them. Exits with 1 where something is wrong.
import puppeteer from "puppeteer-core";
import { readdirSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [executablePath, folder] = process.argv.slice(2);
const pages = readdirSync(folder).filter((name) => name.endsWith(".html")).sort();
const args = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update"];
const browser = await puppeteer.launch({ executablePath, args });
let wrong = 0;

const say = (page, what, problems) => {
  wrong += problems.length;
  console.log(`Chromium, ${basename(page, ".html")}: ${what}: ${problems.length ? problems.slice(0, 3).join("; ") : "right"}`);
};

// The contrast of all text with what it stands on, by WCAG 2's formula: texts below 4.5.
const faint = () => {
  const parse = (color) => (color.match(/[\d.]+/g) ?? []).map(Number);
  const part = (value) => ((value /= 255) <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
  const light = ([r, g, b]) => 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b);
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const color = parse(getComputedStyle(at).backgroundColor);
      if (color.length === 3 || color[3] === 1) return color;
    }
    return parse(getComputedStyle(document.documentElement).colorScheme === "dark" ? "rgb(0,0,0)" : "rgb(255,255,255)");
  };
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || element.closest("script, title, svg") || !element.checkVisibility()) continue;
    const [one, other] = [light(parse(getComputedStyle(element).color)), light(behind(element))];
    const ratio = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
    if (ratio < 4.5) found.push(`${ratio.toFixed(1)} of "${walker.currentNode.data.trim().slice(0, 30)}"`);
  }
  return found;
};

for (const name of pages) {
  const page = await browser.newPage();
  const problems = [];
  const address = pathToFileURL(resolve(folder, name)).href;
  page.on("request", (request) => request.url() === address || problems.push(`a request for ${request.url().slice(0, 80)}`));
  page.on("console", (message) => problems.push(`${message.type()}: ${message.text().slice(0, 200)}`));
  page.on("pageerror", (error) => problems.push(String(error)));
  page.on("dialog", (dialog) => problems.push(`a dialog: ${dialog.message()}`));
  await page.setViewport({ width: 1200, height: 1000 });
  await page.goto(address);
  say(name, "asks for nothing and says nothing on the console", problems);

  const allowed = "html head meta title style body a header h1 h2 h3 p main table thead tbody tr th td span strong code form label input select option datalist fieldset legend button output div section article details summary ul li figure figcaption pre b footer svg marker path script g rect circle polygon polyline text";
  const strange = await page.evaluate((allowed) => {
    const names = new Set(allowed.split(" "));
    const all = [...document.querySelectorAll("*")];
    const elements = all.filter((one) => !names.has(one.localName) && !(one.localName === "title" && one.closest("svg"))).map((one) => one.outerHTML.slice(0, 80));
    const handlers = all.flatMap((one) => [...one.attributes]).filter((one) => one.name.startsWith("on") || /^\s*javascript:/i.test(one.value));
    return [...elements, ...handlers.map((one) => one.name)];
  }, allowed);
  say(name, "has our elements only", strange);

  await page.evaluate(() => document.querySelectorAll("details").forEach((one) => { one.open = true; }));
  for (const scheme of ["light", "dark"]) {
    await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
    say(name, `contrast of at least 4.5, ${scheme}`, await page.evaluate(faint));
  }
  for (const width of [1200, 400, 320]) {
    await page.setViewport({ width, height: 1000 });
    const taken = await page.evaluate(() => document.documentElement.scrollWidth);
    say(name, `no scrolling sideways on ${width} pixels`, taken > width ? [`${taken} pixels`] : []);
  }
  await page.evaluate(() => document.querySelectorAll("details").forEach((one) => { one.open = false; }));
  for (const [scheme, width] of [["light", 1200], ["dark", 400]]) {
    await page.setViewport({ width, height: 1000 });
    await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
    await page.screenshot({ path: join(folder, `${basename(name, ".html")}-${scheme}-${width}.png`), fullPage: width > 400 });
  }

  await page.setViewport({ width: 1200, height: 1000 });
  const shown = () => page.$$eval("[data-level]", (all) => all.filter((one) => !one.hidden).map((one) => ({ ...one.dataset, text: one.textContent })));
  const all = await shown();
  const missed = [];
  const expect = async (what, keep) => {
    const [found, wanted] = [(await shown()).length, all.filter(keep).length];
    if (found !== wanted) missed.push(`${what}: ${found} shown, ${wanted} expected`);
  };
  const set = (field, value) => page.$eval(`[name=${field}]`, (one, value) => { one.value = value; one.dispatchEvent(new Event("input", { bubbles: true })); }, value);
  const reset = async () => {
    await page.click("button[type=reset]");
    await new Promise((done) => setTimeout(done, 50));
    await expect("reset", () => true);
  };
  if (all.length < 3) missed.push(`${all.length} changes`);
  const word = "removed";
  await page.type("[name=q]", word);
  await expect("search", (one) => one.text.toLowerCase().includes(word) || one.connector.toLowerCase().includes(word));
  await reset();
  await page.click("[name=level][value=breaking]");
  await expect("level", (one) => one.level !== "breaking");
  await reset();
  const stream = all.flatMap((one) => (one.streams ? one.streams.split("\n") : []))[0];
  await set("stream", stream);
  await expect("stream", (one) => (one.streams ?? "").split("\n").some((name) => name.toLowerCase().includes(stream.toLowerCase())));
  await reset();
  for (const [field, value] of [["connector", all.at(-1).connector], ["type", all.find((one) => one.type)?.type]]) {
    if (value === undefined) continue;
    await page.select(`[name=${field}]`, value);
    await expect(field, (one) => one[field] === value);
    await reset();
  }
  say(name, "filters by text, level, stream, connector and type", missed);

  await page.goto(address);
  const reached = new Map();
  for (let step = 0; step < 80; step += 1) {
    await page.keyboard.press("Tab");
    const at = await page.evaluate(() => {
      const one = document.activeElement;
      const style = getComputedStyle(one);
      return { key: one.name || one.className || one.localName, seen: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2 };
    });
    reached.set(at.key, at.seen && (reached.get(at.key) ?? true));
  }
  const keys = ["skip", "a", "q", "connector", "stream", "type", "level", "summary", "button"];
  const lost = keys.filter((key) => !reached.has(key)).map((key) => `${key} is not reached`);
  say(name, "the keyboard reaches every control, which is then marked", [...lost, ...[...reached].filter(([key, seen]) => key !== "body" && !seen).map(([key]) => `${key} is not marked`)]);

  await page.emulateMediaType("print");
  const printed = await page.evaluate(() => [
    ...(getComputedStyle(document.getElementById("filters")).display === "none" ? [] : ["the filters are printed"]),
    ...[...document.querySelectorAll("details > :not(summary)")].filter((one) => !one.closest("[hidden]") && one.getBoundingClientRect().height === 0).slice(0, 1).map(() => "what is folded is not printed"),
  ]);
  say(name, "on paper all is there but the filters", printed);

  const still = await browser.newPage();
  await still.setJavaScriptEnabled(false);
  await still.goto(address);
  const without = await still.$$eval("[data-level]", (all) => all.filter((one) => one.checkVisibility({ checkVisibilityCSS: true }) || one.closest("details:not([open])")).length);
  const hasForm = await still.$eval("#filters", (one) => one.checkVisibility());
  say(name, "reads without a script", [...(without === all.length ? [] : [`${without} of ${all.length} changes`]), ...(hasForm ? ["filters that do nothing"] : [])]);
  await still.close();
  await page.close();
}
await browser.close();
process.exitCode = wrong || !pages.length ? 1 : 0;

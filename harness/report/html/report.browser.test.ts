import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { DRILLS, lostAgent } from "../drill.testkit.ts";
import { renderHtml } from "./render-html.ts";

// The page as a person opens it: a file, in a real Chromium. FIREDRILL_CHROMIUM names another one.
const CANDIDATES = [
  process.env["FIREDRILL_CHROMIUM"] ?? "",
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
];
const executablePath = CANDIDATES.find((path) => path !== "" && existsSync(path));
const ARGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

const folder = mkdtempSync(join(tmpdir(), "firedrill-page-"));
let browser: Browser | undefined;
beforeAll(async () => {
  if (executablePath === undefined) return;
  browser = await chromium.launch({ executablePath, args: ARGS });
}, 120_000);
afterAll(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true, force: true });
});

interface Opened extends AsyncDisposable {
  readonly page: Page;
  readonly requests: string[];
  readonly complaints: string[];
}

async function open(
  file: string,
  options: { width: number; dark?: boolean; scripts?: boolean },
): Promise<Opened> {
  const context = await browser!.newContext({
    viewport: { width: options.width, height: 900 },
    colorScheme: options.dark ? "dark" : "light",
    javaScriptEnabled: options.scripts ?? true,
  });
  const page = await context.newPage();
  const requests: string[] = [];
  const complaints: string[] = [];
  page.on("request", (request) => requests.push(request.url()));
  page.on("console", (message) => complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(error.message));
  await page.goto(pathToFileURL(file).href, { waitUntil: "load" });
  return { page, requests, complaints, [Symbol.asyncDispose]: () => context.close() };
}

const WORDS = { go: "GO", noGo: "NO-GO", hold: "HOLD", cluster: "GO" } as const;
const PAGES = { ...DRILLS, cluster: lostAgent } as const;

describe.each(["go", "noGo", "hold", "cluster"] as const)("the page of %s in a real browser", (name) => {
  const file = join(folder, `${name}.html`);
  beforeAll(() => writeFileSync(file, renderHtml(PAGES[name]())));

  describe.each([
    [1_280, false],
    [1_280, true],
    [390, false],
    [390, true],
  ])("%i px wide, dark: %s", (width, dark) => {
    test("asks for nothing, complains of nothing, shows the decision and overflows nowhere", async (context) => {
      if (browser === undefined) context.skip(`no Chromium at ${CANDIDATES.filter(Boolean).join(", ")}`);
      await using opened = await open(file, { width, dark });
      const { page } = opened;
      expect(opened.requests).toEqual([pathToFileURL(file).href]);
      expect(opened.complaints).toEqual([]);
      const decision = page.locator("#decision");
      expect(await decision.textContent()).toBe(WORDS[name]);
      const box = await decision.boundingBox();
      expect(box!.y + box!.height).toBeLessThan(900);
      const overflow = await page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth",
      );
      expect(overflow).toBe(0);
      // Exactly one of the two drawings of each trial is shown.
      const shown = await page.locator("svg.chart:visible").count();
      expect(shown).toBe(await page.locator("figure.timeline:visible").count());
      expect(await overlaps(page)).toEqual([]);
    });
  });

  test("can be read without scripts, all of it", async (context) => {
    if (browser === undefined) context.skip(`no Chromium at ${CANDIDATES.filter(Boolean).join(", ")}`);
    await using opened = await open(file, { width: 1_280, scripts: false });
    const { page } = opened;
    expect(await page.locator("#decision").isVisible()).toBe(true);
    expect(await page.locator("svg.chart.wide").first().isVisible()).toBe(true);
    await page.locator("details.story summary").first().click();
    expect(await page.locator("details.story table").first().isVisible()).toBe(true);
  });

  test("prints on paper with its folded parts open", async (context) => {
    if (browser === undefined) context.skip(`no Chromium at ${CANDIDATES.filter(Boolean).join(", ")}`);
    await using opened = await open(file, { width: 1_280, dark: true });
    const { page } = opened;
    await page.emulateMedia({ media: "print", colorScheme: "dark" });
    expect(await page.evaluate("getComputedStyle(document.body).backgroundColor")).toBe("rgb(255, 255, 255)");
    expect(await page.locator("details.story table").first().isVisible()).toBe(true);
    expect((await page.pdf()).byteLength).toBeGreaterThan(10_000);
  });
});

/** Pairs of labels in the visible charts that lie on each other, as `"a" / "b"`. */
function overlaps(page: Page): Promise<unknown> {
  return page.evaluate(`(() => {
    const found = [];
    for (const chart of document.querySelectorAll("svg.chart")) {
      const texts = [...chart.querySelectorAll("text")].filter((text) => text.textContent.trim() !== "");
      const boxes = texts.map((text) => [text.textContent, text.getBoundingClientRect()]).filter(([, box]) => box.width > 0);
      const frame = chart.getBoundingClientRect();
      for (const [index, [name, a]] of boxes.entries()) {
        if (a.left < frame.left - 1 || a.right > frame.right + 1) found.push(name + " leaves the chart");
        for (const [other, b] of boxes.slice(index + 1)) {
          const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
          const high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
          if (wide > 1 && high > 3) found.push(name + " / " + other);
        }
      }
    }
    return found;
  })()`);
}

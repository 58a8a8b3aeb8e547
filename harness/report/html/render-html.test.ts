import { describe, expect, test } from "vitest";
import { sealed, syntheticRun } from "../../events/events.testkit.ts";
import type { FiredrillEvent } from "../../events/vocabulary.ts";
import { judgeRun } from "../../gate/judge-run.ts";
import { DRILLS, drill } from "../drill.testkit.ts";
import type { ReportInput } from "../input.ts";
import { renderHtml as render } from "./render-html.ts";

/** The page with its line breaks and indents as single spaces, as a browser shows them. */
const renderHtml = (input: ReportInput): string => render(input).replace(/\s+/g, " ");

const EVIL = `</title></style><script>alert(1)</script><img src=x onerror="alert(2)">"'`;

describe.each([
  ["go", "GO"],
  ["noGo", "NO-GO"],
  ["hold", "HOLD"],
] as const)("the page of %s", (name, word) => {
  const page = renderHtml(DRILLS[name]());

  test("says the decision before anything else, then the proof in its order", () => {
    expect(page).toContain(`<title>${word} · `);
    const order = [
      'id="decision"',
      'id="criteria"',
      'id="timeline"',
      'id="runbook"',
      'id="faults"',
      'id="controls"',
      'id="hygiene"',
      'id="environment"',
      'id="reproduce"',
    ];
    const places = order.map((mark) => page.indexOf(mark));
    expect(places).not.toContain(-1);
    expect(places).toEqual(places.toSorted((a, b) => a - b));
  });

  test("fetches nothing and runs nothing", () => {
    expect(page).not.toMatch(/<script|javascript:|@import|\bsrc=|https?:\/\/(?!load-balancer)|\son\w+=/i);
    expect(page).toContain("default-src 'none'");
  });

  test("is the same for the same events", () => {
    expect(renderHtml(DRILLS[name]())).toBe(page);
  });
});

/** The event with an attack in every text that the page shows. */
function poisoned(event: FiredrillEvent): FiredrillEvent[] {
  return [poison(event, "") as FiredrillEvent];
}

function poison(value: unknown, key: string): unknown {
  if (typeof value === "string") return TEXTS.has(key) ? value + EVIL : value;
  if (Array.isArray(value)) return value.map((item) => (key === "targets" ? item + EVIL : item));
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, poison(field, name)]));
}

test("text from a run stays text, wherever it stands", () => {
  const page = renderHtml(drill({ tier: "compose", trials: [{ hygienic: false }] }, poisoned));
  expect(page).toContain("&lt;script&gt;");
  expect(page).not.toMatch(/<script|<img|onerror="/);
  expect(page.match(/<\/title>/g)).toHaveLength((page.match(/<title/g) ?? []).length);
});

const TEXTS = new Set([
  "title",
  "detail",
  "evidence",
  "output",
  "because",
  "expectation",
  "substitution",
  "image",
  "use",
  "node",
  "seed",
]);

test("thousands of operations and samples make no heavy page, and it says that marks were merged", () => {
  const [first, ...rest] = syntheticRun();
  const flood = Array.from({ length: 30_000 }, (_, n) => {
    const startedMs = 10_000 + n;
    const latencyMs = 1 + ((n * 7_919) % 4_000);
    const operation = {
      workload: "tasks",
      op: `flood-${n}`,
      startedMs,
      latencyMs,
      trial: 1,
      t: startedMs + latencyMs,
    };
    return n % 3 === 0
      ? ({ ...operation, kind: "op.ok", value: null } as const)
      : ({ ...operation, kind: "op.fail", detail: "503" } as const);
  });
  const samples = Array.from({ length: 30_000 }, (_, n) => {
    const startedMs = 10_000 + n;
    return {
      kind: "probe.sample",
      probe: "api",
      ok: n % 2 === 0,
      startedMs,
      latencyMs: 1,
      detail: "",
      value: null,
      trial: 1,
      t: startedMs + 1,
    } as const;
  });
  const events = sealed([first!, ...rest.slice(0, -1), ...flood, ...samples, rest.at(-1)!]);
  const page = renderHtml({ events, judgement: judgeRun(events) });
  expect(page).toMatch(/30 \d{3} operations as \d/);
  expect(page.length).toBeLessThan(1_000_000);
});

test("of many trials some are drawn, the ones that failed among them, and the page says so", () => {
  const trials = Array.from({ length: 40 }, (_, n) => (n === 37 ? { apiOutageMs: 30_000 } : {}));
  const page = renderHtml(drill({ tier: "sim", trials }));
  expect(page).toContain("Trial 38: time line");
  expect(page).toContain("Drawn are 10 of 40 trials");
  expect(page.length).toBeLessThan(2_000_000);
});

test("a run that failed before its first trial still has a page that says why", () => {
  const [planned] = syntheticRun();
  const events = sealed([
    planned!,
    {
      kind: "run.failed",
      code: "ENV_ENGINE",
      message: "no engine answers",
      hint: "start it",
      trial: 0,
      t: 1,
    },
  ]);
  const page = renderHtml({ events, judgement: judgeRun(events) });
  expect(page).toContain("no engine answers");
  expect(page).toContain("No trial was begun");
  expect(page).toContain('id="decision">HOLD');
});

import { describe, expect, test } from "vitest";
import { DRILLS } from "./drill.testkit.ts";
import { SUMMARY_MAX_BYTES, summaryMarkdown } from "./markdown.ts";

describe.each([
  ["go", "# ✓ GO: "],
  ["noGo", "# ✗ NO-GO: "],
  ["hold", "# ? HOLD: "],
] as const)("the summary of %s", (name, head) => {
  const summary = summaryMarkdown(DRILLS[name]());

  test("says the decision first, then the criteria", () => {
    expect(summary.startsWith(head)).toBe(true);
    expect(summary.match(/^\| [✓✗?] /gm)).toHaveLength(9);
    expect(summary).toContain("npx zx scenarios/failover.mjs --tier compose --seed 7");
  });
});

test("text from a run is neither Markdown nor HTML nor a mention", () => {
  const { judgement, ...rest } = DRILLS.go();
  const reason = "a | b <img src=x> `code` **bold** @everyone [link](x)\n# heading";
  const summary = summaryMarkdown({ ...rest, judgement: { ...judgement, reason } });
  expect(summary).not.toContain("<img");
  expect(summary).not.toContain("@everyone");
  expect(summary).not.toMatch(/\n# heading/);
  expect(summary).toContain(String.raw`a \| b &lt;img src=x&gt; \`code\` \*\*bold\*\*`);
});

test("it stays under its limit, however much there is to say, and says what it leaves out", () => {
  const { judgement, ...rest } = DRILLS.noGo();
  const long = "@🔥|".repeat(400);
  const criteria = Array.from({ length: 500 }, (_, n) => ({
    ...judgement.criteria[0]!,
    id: `c${n}`,
    title: long,
    claim: long,
  }));
  const hygiene = { clean: false, findings: Array.from({ length: 500 }, () => long) };
  const summary = summaryMarkdown({ ...rest, judgement: { ...judgement, reason: long, criteria, hygiene } });
  expect(Buffer.byteLength(summary)).toBeLessThan(SUMMARY_MAX_BYTES);
  expect(summary).toMatch(/and \d+ more in gate\.json/);
});

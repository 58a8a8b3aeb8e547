import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FiredrillError } from "../error.ts";
import { parseRunbook } from "./parse.ts";
import { printRunbook } from "./print-runbook.testkit.ts";
import type { Expectation, Runbook, Step } from "./runbook.ts";

const piece = fc.oneof(
  fc.string({ maxLength: 30 }),
  fc.constantFrom(
    "\n",
    "\n\n",
    "```bash\n",
    "```\n",
    "~~~bash\n",
    "<!-- step id=a -->\n",
    "<!-- step id=b manual -->\n",
    "<!-- expect exit=1 -->\n",
    "<!-- expect ",
    "<!--",
    "-->",
    "---\n",
    "owner: x\n",
    "# H\n",
    "- ",
    "> ",
    "  ",
    "&a [*a]\n",
    'output~"',
    "stpe",
    "\0",
    "ls\n",
  ),
);

describe("for arbitrary text the parser", () => {
  it("throws nothing but a FiredrillError with a line", () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 25 }), (pieces) => {
        try {
          expect(parseRunbook(pieces.join(""), "books/failover.md").steps.length).toBeGreaterThan(0);
        } catch (error) {
          expect(error).toBeInstanceOf(FiredrillError);
          expect(error).toMatchObject({
            code: "USAGE_RUNBOOK",
            message: expect.stringMatching(/^books\/failover\.md:\d+: /),
          });
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it("finds the same runbook in what is printed of it", () => {
    fc.assert(
      fc.property(aRunbook(), (runbook) => {
        expect(withoutPlaces(parseRunbook(printRunbook(runbook), "books/failover.md"))).toEqual(
          withoutPlaces(runbook),
        );
      }),
    );
  });
});

/** Lines and digests change when a runbook is printed anew; nothing else may. */
function withoutPlaces(runbook: Runbook): unknown {
  const steps = runbook.steps.map((step) => ({
    ...step,
    line: 0,
    scriptLine: 0,
    expectations: step.expectations.map((expectation) => ({ ...expectation, line: 0, text: "" })),
  }));
  return { ...runbook, file: "", digest: "", steps };
}

function aRunbook(): fc.Arbitrary<Runbook> {
  const sentence = fc.stringMatching(/^[A-Za-z][A-Za-z0-9,]{0,20}$/);
  const place = { line: 1, text: "" };
  const expectation = fc.oneof(
    fc.record({
      kind: fc.constant("probe" as const),
      probe: sentence.map((name) => name.replaceAll(",", "-")),
      withinMs: fc.integer({ min: 101, max: 1e6 }),
      holdMs: fc.integer({ min: 1, max: 100 }),
    }),
    fc.record({
      kind: fc.constant("output" as const),
      pattern: fc.constantFrom("ready", 'a "b" c', String.raw`^\d+\s$`, "a/b", "≠ -- >"),
    }),
  );
  const common = fc.record({
    title: sentence,
    timeoutMs: fc.constant(5_000),
    timeoutStated: fc.constant(true),
    critical: fc.boolean(),
    approve: fc.boolean(),
    tiers: fc.constantFrom(null, ["sim"] as const, ["sim", "k3d"] as const),
    expectations: fc.array(expectation, { maxLength: 3 }),
    exit: fc.option(
      fc.record({ kind: fc.constant("exit" as const), equal: fc.boolean(), code: fc.nat(255) }),
    ),
    script: fc.constantFrom(
      "ls",
      "a\n\nb",
      "  indented \\\n x",
      "# just a comment",
      "<!-- step id=x -->",
      "~~~",
    ),
    manual: fc.boolean(),
  });
  return fc.array(common, { minLength: 1, maxLength: 5 }).map((raw) => {
    const steps = raw.map(({ exit, script, manual, expectations, ...step }, index): Step => {
      const base = { ...step, id: `s${index}`, line: 1, requires: index > 0 ? "s0" : null, rollback: null };
      const all = expectations.map((some): Expectation => ({ ...place, ...some }));
      if (manual)
        return {
          ...base,
          kind: "manual",
          prose: "Do *this*.\n\n- now",
          expectations: all.filter(({ kind }) => kind === "probe"),
        };
      return {
        ...base,
        kind: "shell",
        script,
        scriptLine: 1,
        expectations: exit ? [...all, { ...place, ...exit }] : all,
      };
    });
    return {
      id: "printed",
      title: "A: title",
      owner: "infra",
      needs: ["docker"],
      file: "a.md",
      digest: "",
      steps,
    };
  });
}

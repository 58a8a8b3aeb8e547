import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, test } from "vitest";
import { DRILLS, drill } from "./drill.testkit.ts";
import { gateData, gateJson } from "./gate-json.ts";
import { gateJsonSchema, gateSchema } from "./gate-schema.ts";

const published: object = JSON.parse(readFileSync(new URL("gate.schema.json", import.meta.url), "utf8"));

test("the published schema is the one the code checks with", () => {
  // After a change of gate-schema.ts: write JSON.stringify(gateJsonSchema(), null, 2) into gate.schema.json.
  expect(published).toEqual(JSON.parse(JSON.stringify(gateJsonSchema())));
});

describe.each(Object.entries(DRILLS))("gate.json of a run that ends in %s", (_, make) => {
  test("is valid by the published schema, read by a validator that this project did not write", () => {
    const validate = new Ajv2020({ strict: false, allErrors: true }).compile(published);
    const valid = validate(JSON.parse(gateJson(make())));
    expect(validate.errors).toBeNull();
    expect(valid).toBe(true);
  });

  test("is valid by our own schema, and the same for the same events", () => {
    expect(gateSchema.safeParse(JSON.parse(gateJson(make()))).error).toBeUndefined();
    expect(gateJson(make())).toBe(gateJson(make()));
  });
});

test("an unknown field is refused", () => {
  expect(gateSchema.safeParse({ ...gateData(DRILLS.go()), surprise: 1 }).success).toBe(false);
});

test("it says which images stand in for others, how to replay, and which control was asked for", () => {
  const gate = gateData(drill({ tier: "compose", control: "no-runbook" }));
  expect(gate.substitutions).toEqual([
    {
      image: "node:24-alpine",
      use: "firedrill-base:24",
      how: "built",
      why: expect.stringContaining("could not be pulled"),
    },
  ]);
  expect(gate.replay).toBe("npx zx scenarios/failover.mjs --tier compose --seed 7 --control no-runbook");
  expect(gate.plannedControl).toBe("no-runbook");
  expect(gate.control?.kind).toBe("no-runbook");
});

test("a log without a plan is an error and not an empty report", () => {
  const { events, judgement } = DRILLS.go();
  const headless = events.filter(({ kind }) => kind !== "run.planned");
  expect(() => gateJson({ events: headless, judgement })).toThrow(/holds no plan/);
});

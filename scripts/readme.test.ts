import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { EXIT } from "../harness/scenario/exit-status.ts";
import { FAULT_KINDS } from "../harness/fault/kinds.ts";
import { fault } from "../harness/scenario/builders.ts";

const root = join(import.meta.dirname, "..");
const readme = readFileSync(join(root, "README.md"), "utf8");

it("the README shows a scenario that CI runs, word for word", () => {
  const cut = /<!-- cut from (.+) -->\n+```js\n([\s\S]*?)```\n+<!-- end -->/.exec(readme);
  expect(cut?.[2]).toBe(readFileSync(join(root, cut?.[1] ?? ""), "utf8"));
});

it("the README names every fault and every exit status", () => {
  for (const builder of Object.keys(fault)) expect(readme).toContain(`\`${builder}\``);
  expect(Object.keys(fault)).toHaveLength(FAULT_KINDS.length);
  for (const status of Object.values(EXIT))
    expect(readme).toMatch(new RegExp(String.raw`\| .*\b${status}\b.* \|`));
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MAX_TASKS_PER_WORKER, plan } from "./scheduler.ts";
import type { OpenTask } from "./statements.ts";

const NODES = ["w-1", "w-2", "w-3", "w-4"];
const worker = fc.record({ node: fc.constantFrom(...NODES), gpu: fc.boolean() });
const workers = fc.uniqueArray(worker, { selector: ({ node }) => node, minLength: 1 });
const kind = fc.constantFrom("cpu" as const, "gpu" as const);
const pending = (kinds: fc.Arbitrary<"cpu" | "gpu">) =>
  fc.array(kinds, { maxLength: 120 }).map((drawn) => drawn.map((of, at) => task(`t${at}`, of, null)));

function task(id: string, of: "cpu" | "gpu", on: string | null, attempt = 1): OpenTask {
  return { id, kind: of, state: on === null ? "pending" : "running", worker: on, attempt };
}

function loads(tasks: readonly OpenTask[], assign: readonly { node: string }[]): Map<string, number> {
  const count = new Map<string, number>();
  const add = (node: string | null) => node !== null && count.set(node, (count.get(node) ?? 0) + 1);
  tasks.forEach(({ worker: on }) => add(on));
  assign.forEach(({ node }) => add(node));
  return count;
}

describe("plan", () => {
  it("spreads work over all workers: the loads differ by one at most", () => {
    fc.assert(
      fc.property(pending(fc.constant("cpu" as const)), workers, (tasks, alive) => {
        const { assign } = plan(tasks, alive);
        const each = alive.map(({ node }) => loads([], assign).get(node) ?? 0);
        expect(Math.max(...each) - Math.min(...each)).toBeLessThanOrEqual(1);
        expect(assign.length).toBe(Math.min(tasks.length, alive.length * MAX_TASKS_PER_WORKER));
      }),
    );
  });

  it("never puts a GPU task on a worker without a GPU, nor leaves one pending that has a place", () => {
    fc.assert(
      fc.property(pending(kind), workers, (tasks, alive) => {
        const { assign } = plan(tasks, alive);
        const gpuNodes = alive.filter(({ gpu }) => gpu).map(({ node }) => node);
        const kinds = new Map(tasks.map((one) => [one.id, one.kind]));
        for (const { id, node } of assign) if (kinds.get(id) === "gpu") expect(gpuNodes).toContain(node);
        const room = gpuNodes.some((node) => (loads([], assign).get(node) ?? 0) < MAX_TASKS_PER_WORKER);
        const left = tasks.filter(({ id, kind: of }) => of === "gpu" && !assign.some((one) => one.id === id));
        expect(room && left.length > 0).toBe(false);
      }),
    );
  });

  it("evens out what was uneven", () => {
    const running = ["a", "b", "c"].map((id) => task(id, "cpu", "w-1"));
    const { assign } = plan(
      [...running, task("d", "cpu", null), task("e", "cpu", null)],
      [
        { node: "w-1", gpu: false },
        { node: "w-2", gpu: false },
      ],
    );
    expect(assign.map(({ node }) => node)).toEqual(["w-2", "w-2"]);
  });

  it("takes tasks back from workers that are not alive, each worker once", () => {
    const tasks = [task("a", "cpu", "w-9"), task("b", "cpu", "w-9"), task("c", "cpu", "w-1")];
    expect(plan(tasks, [{ node: "w-1", gpu: false }])).toEqual({ release: ["w-9"], assign: [] });
  });

  it("leaves everything pending when nobody is there", () => {
    expect(plan([task("a", "cpu", null)], [])).toEqual({ release: [], assign: [] });
  });
});

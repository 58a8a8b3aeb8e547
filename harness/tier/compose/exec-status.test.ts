import { expect, it } from "vitest";
import { exitStatusOfExec } from "./exec-status.ts";

/** A command that the engine still calls running for the first looks. */
function execution(looks: number, status: number) {
  return {
    inspect: async () =>
      looks-- > 0 ? { Running: true, ExitCode: null } : { Running: false, ExitCode: status },
  };
}

it("waits until the engine has noted the end", async () => {
  expect(await exitStatusOfExec(execution(0, 3))).toBe(3);
  expect(await exitStatusOfExec(execution(2, 0))).toBe(0);
});

it("a command that runs on has no status", async () => {
  expect(await exitStatusOfExec(execution(Infinity, 0), 100)).toBeNull();
});

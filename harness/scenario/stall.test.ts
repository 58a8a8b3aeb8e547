import { EventEmitter } from "node:events";
import { expect, it } from "vitest";
import { tellStall } from "./stall.ts";

it("a run that stalls says so and names the way out; one that is over says nothing", () => {
  const said: string[] = [];
  const runner = new EventEmitter();
  const over = tellStall("abc123", (line) => void said.push(line), runner);
  runner.emit("beforeExit");
  expect(said).toEqual([expect.stringMatching(/stalled.*\n.*firedrill cleanup abc123/)]);
  tellStall("other", (line) => void said.push(line), runner)();
  over();
  runner.emit("beforeExit");
  expect(said).toHaveLength(1);
});

import { expect, test } from "vitest";
import { candidate, install } from "./apt.ts";
import type { CommandResult, Machine } from "./machine.ts";

/** A machine that answers from a table and writes down what it was asked to run. */
function machine(answers: Readonly<Record<string, CommandResult>>) {
  const ran: string[] = [];
  const never = () => Promise.reject(new Error("not expected here"));
  const it: Machine = {
    isRoot: true,
    run: async (file, args) => {
      const line = [file, ...args].join(" ");
      ran.push(line);
      return (
        Object.entries(answers).find(([start]) => line.includes(start))?.[1] ?? { exitCode: 0, output: "" }
      );
    },
    startDetached: never,
    read: never,
    exists: never,
    write: never,
  };
  return { ran, site: { machine: it, signal: new AbortController().signal, progress: () => {} } };
}

const policy = (version: string): CommandResult => ({ exitCode: 0, output: `x:\n  Candidate: ${version}\n` });

test("old lists are refreshed first; packages that apt does not know are left out", async () => {
  const { ran, site } = machine({
    "find /var/lib/apt/lists": { exitCode: 1, output: "" },
    "policy docker.io": policy("20.10.24"),
    "policy docker-cli": policy("(none)"),
  });
  await install(site, ["docker.io", "docker-cli"]);
  const calls = ran.filter((line) => line.startsWith("apt-get"));
  expect(calls).toHaveLength(2);
  expect(calls[0]).toMatch(/ update$/);
  expect(calls[1]).toMatch(/ install -y --no-install-recommends docker\.io$/);
});

test("fresh lists are used as they are", async () => {
  const { ran, site } = machine({ policy: policy("1") });
  await install(site, ["jq"]);
  expect(ran.filter((line) => line.endsWith(" update"))).toEqual([]);
});

test("a failing apt-get is told in its own words", async () => {
  const { site } = machine({ policy: policy("1"), "apt-get": { exitCode: 100, output: "E: no space left" } });
  await expect(install(site, ["jq"])).rejects.toMatchObject({
    code: "ENV_TOOL",
    received: "E: no space left",
  });
});

test("a candidate's epoch is dropped", async () => {
  const { site } = machine({ "policy redis": policy("5:7.0.15-1"), "policy nothing": policy("(none)") });
  expect(await candidate(site, "redis")).toBe("7.0.15-1");
  expect(await candidate(site, "nothing")).toBeNull();
});

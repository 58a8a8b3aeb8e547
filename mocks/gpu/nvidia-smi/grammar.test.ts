import fc from "fast-check";
import { expect, test } from "vitest";
import { bench } from "../gpu.testkit.ts";
import { APP_FIELDS, REMAP_FIELDS } from "./app-fields.ts";
import { GPU_FIELDS } from "./fields.ts";
import type { SmiResult } from "./result.ts";

const NAMES = GPU_FIELDS.flatMap(({ name, aliases }) => [name, ...aliases]);

async function withSmi(
  settings: Record<string, string>,
  play: (
    smi: (...args: string[]) => Promise<SmiResult>,
    on: Awaited<ReturnType<typeof bench>>,
  ) => Promise<void>,
) {
  await using on = await bench(settings);
  await play((...args) => on.ask<SmiResult>("/nvidia-smi", { args }), on);
}

test("every name is listed by its help, once", async () => {
  expect(new Set(NAMES).size).toBe(NAMES.length);
  await withSmi({}, async (smi) => {
    for (const [what, fields] of [
      ["gpu", GPU_FIELDS],
      ["compute-apps", APP_FIELDS],
      ["remapped-rows", REMAP_FIELDS],
    ] as const) {
      const { stdout } = await smi(`--help-query-${what}`);
      const listed = [...stdout.matchAll(/^"(.+)"$/gm)].flatMap(([, line = ""]) => line.split('" or "'));
      expect(listed).toEqual(fields.flatMap(({ name, aliases }) => [name, ...aliases]));
    }
  });
});

test("any fields in any format: one row for each GPU, a cell for each field, comma and space between", async () => {
  await withSmi({ card: "l40s", count: "3" }, async (smi) => {
    await smi("-L");
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom(...NAMES), { minLength: 1, maxLength: 12 }),
        fc.boolean(),
        fc.boolean(),
        fc.boolean(),
        async (names, noHeader, noUnits, spaced) => {
          const format = ["csv", ...(noHeader ? ["noheader"] : []), ...(noUnits ? ["nounits"] : [])].join(
            ",",
          );
          const queried = spaced ? ["--query-gpu", names.join(",")] : [`--query-gpu=${names.join(",")}`];
          const { stdout, exitCode } = await smi(...queried, `--format=${format}`);
          const rows = stdout
            .trimEnd()
            .split("\n")
            .map((row) => row.split(", "));
          expect(exitCode).toBe(0);
          expect(rows).toHaveLength(noHeader ? 3 : 4);
          for (const row of rows) expect(row).toHaveLength(names.length);
          if (noUnits) expect(stdout).not.toMatch(/ (MiB|MHz|W|%)[,\n]|\[(MiB|MHz|W|%)\]/);
        },
      ),
      { numRuns: 40 },
    );
  });
});

test.each<[string, string[], number, RegExp]>([
  [
    "a field that there is not",
    ["--query-gpu=index,speed", "--format=csv"],
    2,
    /^Field "speed" is not a valid field to query\./,
  ],
  ["no format", ["--query-gpu=index"], 2, /--format=/],
  ["another format", ["--query-gpu=index", "--format=json"], 2, /"json"/],
  ["an option that there is not", ["--frobnicate"], 2, /^Invalid combination of input arguments/],
  ["a GPU that there is not", ["-i", "7", "-L"], 6, /^No devices were found/],
  ["a section that there is not", ["-q", "-d", "SOUL"], 2, /^Invalid/],
])("%s", async (_, args, code, said) => {
  await withSmi({ count: "2" }, async (smi) => {
    expect(await smi(...args)).toMatchObject({ exitCode: code, stdout: expect.stringMatching(said) });
  });
});

test("one GPU by number, UUID, serial and bus id; header, units and [N/A]", async () => {
  await withSmi({ card: "4090", count: "2" }, async (smi) => {
    const ids = await smi("--query-gpu=uuid,pci.bus_id", "--format=csv,noheader", "-i", "1");
    const [uuid = "", bus = ""] = ids.stdout.trim().split(", ");
    for (const id of ["1", uuid, bus, bus.slice(4)])
      expect((await smi("-L", `--id=${id}`)).stdout).toBe(`GPU 1: NVIDIA GeForce RTX 4090 (UUID: ${uuid})\n`);
    const query = "--query-gpu=index,memory.total,clocks.sm,ecc.errors.corrected.volatile.total,pstate";
    expect((await smi(query, "--format=csv", "-i", "0")).stdout).toBe(
      "index, memory.total [MiB], clocks.current.sm [MHz], ecc.errors.corrected.volatile.total, pstate\n0, 24564 MiB, 210 MHz, [N/A], P8\n",
    );
  });
});

test("what is not modelled is said in the journal", async () => {
  await withSmi({}, async (smi, { mock }) => {
    await smi("dmon", "-s", "pucm");
    expect(mock.journal.entries().find(({ kind }) => kind === "unmodelled")?.fields).toEqual({
      what: "nvidia-smi dmon -s pucm",
    });
  });
});

test("loops say how long to wait", async () => {
  await withSmi({}, async (smi) => {
    const loop = async (...args: string[]) =>
      (await smi("--query-gpu=index", "--format=csv", ...args)).loopMs;
    expect([
      await loop(),
      await loop("-l"),
      await loop("-l", "2"),
      await loop("-lms", "250"),
      await loop("--loop=3"),
    ]).toEqual([null, 5_000, 2_000, 250, 3_000]);
  });
});

test("-q as XML has the values that the query has", async () => {
  await withSmi({ card: "h200" }, async (smi) => {
    const { XMLParser } = await import("fast-xml-parser");
    const { stdout } = await smi("-q", "-x");
    const { nvidia_smi_log: log } = new XMLParser().parse(stdout);
    expect(log).toMatchObject({
      attached_gpus: 1,
      gpu: {
        product_name: "NVIDIA H200",
        fb_memory_usage: { total: "143771 MiB" },
        utilization: { gpu_util: "0 %" },
      },
    });
  });
});

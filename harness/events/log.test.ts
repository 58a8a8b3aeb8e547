import { mkdtempSync, readFileSync, appendFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { FiredrillError } from "../error.ts";
import { openEventLog } from "./log.ts";
import { readEvents } from "./read.ts";

const folder = () => mkdtempSync(join(tmpdir(), "firedrill-log-"));
const clock = { nowMs: () => 12.3456789, sleep: async () => {} };
const phase = { kind: "trial.phase", phase: "up" } as const;
const open = (file: string, onBroken: (error: FiredrillError) => void = () => {}) =>
  openEventLog(file, { sync: true, onBroken });

describe("event log", () => {
  it("stamps sequence, trial and time, and reads back what was written", () => {
    const file = join(folder(), "events.jsonl");
    const log = open(file);
    log.emitter(1, clock)(phase);
    log.emitter(2, clock)(phase);
    log.close();
    expect(readEvents(file)).toEqual({ events: log.events, tornLine: null });
    expect(log.events.map(({ seq, trial, t }) => [seq, trial, t])).toEqual([
      [0, 1, 12.346],
      [1, 2, 12.346],
    ]);
  });

  it("has every event on disk before its listener hears of it", () => {
    const file = join(folder(), "events.jsonl");
    const log = open(file);
    let onDisk = 0;
    log.subscribe(() => (onDisk = readFileSync(file, "utf8").split("\n").length - 1));
    log.emitter(1, clock)(phase);
    expect(onDisk).toBe(1);
  });

  it("reports a full disk once, keeps events in memory and never throws, so that undo can go on", () => {
    const errors: FiredrillError[] = [];
    const log = open("/dev/full", (error) => errors.push(error));
    const emit = log.emitter(1, clock);
    emit(phase);
    emit(phase);
    expect(errors.map(({ code }) => code)).toEqual(["ENV_DISK"]);
    expect(errors[0]!.message).toContain("ENOSPC");
    expect(log.events).toHaveLength(2);
  });

  it("says which file can't be created", () => {
    expect(() => open("/nowhere/at/all/events.jsonl")).toThrow(/event log can't be written/);
  });
});

describe("reading", () => {
  it("D4: leaves out a last line that a crash cut off, and says which", () => {
    const file = join(folder(), "events.jsonl");
    const log = open(file);
    log.emitter(1, clock)(phase);
    log.close();
    appendFileSync(file, '{"seq":1,"trial":1,"t":3,"kind":"trial.ph');
    expect(readEvents(file)).toEqual({ events: log.events, tornLine: 2 });
  });

  it("names the line of a damaged event", () => {
    const file = join(folder(), "events.jsonl");
    writeFileSync(
      file,
      '{"seq":0,"trial":1,"t":0,"kind":"trial.phase","phase":"up"}\n{"seq":1,"kind":"nonsense"}\n',
    );
    expect(() => readEvents(file)).toThrow(/events\.jsonl:2 is not an event/);
  });

  it("says that a folder holds no run", () => {
    expect(() => readEvents(join(folder(), "events.jsonl"))).toThrow(/no recorded run/);
  });
});

import { describe, expect, it } from "vitest";
import type { EventKind, FiredrillEvent } from "../events/vocabulary.ts";
import { judgeRun } from "../gate/judge-run.ts";
import { FiredrillError } from "../error.ts";
import { RequestError } from "../service/http.ts";
import type { Tier } from "../tier/tier.ts";
import { simTier } from "../tier/sim/sim-tier.ts";
import { fault, must, probe, runbook } from "./builders.ts";
import { planShop, rehearseOnSim, SHOP_CARD } from "./testkit/rehearsal.testkit.ts";

const kinds = (events: readonly FiredrillEvent[]): EventKind[] => events.map(({ kind }) => kind);
const only = <Kind extends EventKind>(events: readonly FiredrillEvent[], kind: Kind) =>
  events.filter((event): event is Extract<FiredrillEvent, { kind: Kind }> => event.kind === kind);

describe("a rehearsal", () => {
  it("ends in GO when the runbook repairs what was broken", async () => {
    const { events, error } = await rehearseOnSim(await planShop());
    expect(error).toBeNull();
    const judgement = judgeRun(events);
    expect(judgement).toMatchObject({ decision: "go", hygiene: { clean: true, findings: [] } });
    expect(only(events, "trial.phase").map(({ phase }) => phase)).toEqual([
      "up",
      "baseline",
      "injecting",
      "observing",
      "verifying",
      "undoing",
      "down",
      "done",
    ]);
  });

  it("is a function of plan and seed: twice the same, byte for byte, with another seed in between", async () => {
    const trace = async (seed: string) => {
      const { events } = await rehearseOnSim(await planShop(SHOP_CARD, ["--seed", seed]));
      return JSON.stringify(events.filter(({ kind }) => kind !== "run.planned"));
    };
    const first = await trace("11");
    const other = await trace("12");
    expect(await trace("11")).toBe(first);
    expect(other).not.toBe(first);
  });

  it("without the runbook is NO-GO", async () => {
    const { events } = await rehearseOnSim(await planShop(SHOP_CARD, ["--control", "no-runbook"]));
    expect(judgeRun(events)).toMatchObject({ decision: "no-go", control: { kind: "no-runbook" } });
    expect(kinds(events)).not.toContain("runbook.started");
  });

  it("as a placebo breaks nothing and its detectors stay silent", async () => {
    const { events } = await rehearseOnSim(await planShop(SHOP_CARD, ["--control", "placebo"]));
    expect(judgeRun(events)).toMatchObject({ decision: "go", control: { kind: "placebo" } });
    expect(kinds(events).filter((kind) => kind.startsWith("fault."))).toEqual([]);
  });

  it("repeats on a fresh stack for each trial", async () => {
    const { events } = await rehearseOnSim(await planShop(SHOP_CARD, ["--trials", "3"]));
    expect(judgeRun(events)).toMatchObject({ decision: "go", counts: { trials: 3, faultsConfirmed: 3 } });
  });

  it("whose fault turns out to make no sense on its target ends as a usage error, and takes the stack down", async () => {
    const senseless = new FiredrillError("USAGE_SELECTION", "kill does not hit a shop");
    const tier: Tier = {
      ...simTier,
      up: async (stack, context) => ({
        ...(await simTier.up(stack, context)),
        injectors: { kill: { prepare: () => Promise.reject(senseless) } },
      }),
    };
    const { events, error } = await rehearseOnSim(await planShop(), { tier });
    expect(error).toBe(senseless);
    expect(only(events, "run.failed")).toMatchObject([{ code: "USAGE_SELECTION" }]);
    expect(judgeRun(events).decision).toBe("hold");
  });

  it("whose runbook is for the first of two faults does not wait for the second", async () => {
    const second = fault.kill("shop", { id: "second", after: "fault:first", delay: "30s" });
    const card = {
      ...SHOP_CARD,
      faults: [fault.kill("shop", { id: "first" }), second],
      runbook: runbook("runbook.md", { after: "fault:first", startsOn: "up", reaction: "2s" }),
    };
    const { events } = await rehearseOnSim(await planShop(card));
    const [started] = only(events, "runbook.started");
    const hit = only(events, "fault.confirmed").find((event) => event.fault === "second");
    expect(started!.t).toBeLessThan(hit!.t);
  });

  it("that relapses for a moment while things settle goes on until the recovery is decided", async () => {
    let endedMs = Infinity;
    const tier: Tier = {
      ...simTier,
      up: async (stack, context) => {
        const running = await simTier.up(stack, context);
        const hiccups = () =>
          running.clock.nowMs() > endedMs + 2_000 && running.clock.nowMs() < endedMs + 2_800;
        return {
          ...running,
          request: (request) =>
            hiccups() && request.method === "GET"
              ? Promise.reject(new RequestError("reset", "hiccup"))
              : running.request(request),
        };
      },
    };
    const { events } = await rehearseOnSim(await planShop(), {
      tier,
      listener: (event) => void (event.kind === "runbook.ended" && (endedMs = event.t)),
    });
    const bad = only(events, "probe.sample").filter(({ ok, t }) => !ok && t > endedMs);
    expect(bad.length).toBeGreaterThan(0);
    expect(judgeRun(events).decision).toBe("go");
  });

  it("without criteria can't be GO", async () => {
    const { events } = await rehearseOnSim(await planShop({ ...SHOP_CARD, criteria: {}, runbook: null }));
    expect(judgeRun(events).decision).toBe("hold");
  });

  it("injects nothing into a stack that is not steady", async () => {
    const probes = { up: probe.http("http://shop:8080/health", { status: 204 }) };
    const { events } = await rehearseOnSim(await planShop({ ...SHOP_CARD, probes }));
    expect(judgeRun(events)).toMatchObject({ decision: "hold" });
    expect(kinds(events)).not.toContain("fault.armed");
  });
});

describe("an interrupted rehearsal", () => {
  it("D2: at any event undoes every fault and takes the stack down", async () => {
    const whole = await rehearseOnSim(await planShop());
    // At `run.ended` nothing is left to interrupt.
    const boundaries = whole.events
      .filter((event) => !isSample(event) && event.kind !== "run.ended")
      .map(({ seq }) => seq);
    expect(boundaries.length).toBeGreaterThan(20);
    for (const boundary of boundaries) {
      const controller = new AbortController();
      const { events } = await rehearseOnSim(await planShop(), {
        signal: controller.signal,
        listener: ({ seq }) => seq === boundary && controller.abort("SIGINT"),
      });
      const armed = only(events, "fault.armed").map(({ fault: id }) => id);
      const restored = only(events, "fault.audited").filter(({ clean }) => clean);
      expect(
        restored.map(({ fault: id }) => id),
        `stopped at event ${boundary}`,
      ).toEqual(armed);
      const up = kinds(events).includes("stack.up");
      expect(
        only(events, "trial.phase").some(({ phase }) => phase === "down"),
        `stopped at ${boundary}`,
      ).toBe(up);
      expect(judgeRun(events).decision, `stopped at event ${boundary}`).not.toBe("go");
    }
  });

  it("D3: starts no further runbook step", async () => {
    const controller = new AbortController();
    const { events } = await rehearseOnSim(await planShop(), {
      signal: controller.signal,
      listener: ({ kind }) => kind === "runbook.step.ended" && controller.abort("SIGTERM"),
    });
    expect(only(events, "runbook.step.started").map(({ step }) => step)).toEqual(["start"]);
  });
});

describe("honesty", () => {
  it("D5: a fault whose effect was not seen is never GO", async () => {
    const { events } = await rehearseOnSim(await planShop(), { tier: blindTo("kill") });
    expect(only(events, "fault.unconfirmed")).toHaveLength(1);
    expect(judgeRun(events)).toMatchObject({ decision: "hold" });
  });

  it("D6: a fault that selects nothing is refused before anything starts", async () => {
    await expect(planShop({ ...SHOP_CARD, faults: [fault.kill("warehouse")] })).rejects.toThrow(
      expect.objectContaining({ code: "USAGE_SELECTION", received: expect.stringContaining("warehouse") }),
    );
  });

  it("D10: two faults that would override each other are refused before anything starts", async () => {
    const faults = [
      fault.latency("shop", { delayMs: 100, id: "a" }),
      fault.latency("shop", { delayMs: 1000, id: "b" }),
    ];
    await expect(planShop({ ...SHOP_CARD, faults })).rejects.toThrow(
      expect.objectContaining({ code: "USAGE_FAULT" }),
    );
  });

  it("D14: a clean-up that fails is reported beside the verdict and does not change it", async () => {
    const { events } = await rehearseOnSim(await planShop(), { tier: unableToUndo() });
    const judgement = judgeRun(events);
    expect(judgement.decision).toBe("go");
    expect(judgement.hygiene.clean).toBe(false);
  });

  it("D15: a criterion whose metric never existed is not GO", async () => {
    const criteria = { ...SHOP_CARD.criteria, temperature: must.stay("up", "celsius", { atMost: 80 }) };
    const { events } = await rehearseOnSim(await planShop({ ...SHOP_CARD, criteria }));
    expect(judgeRun(events).decision).toBe("hold");
  });
});

function isSample({ kind }: FiredrillEvent): boolean {
  return kind === "probe.sample" || kind.startsWith("op.");
}

/** The sim tier, but confirmation of this fault never comes: as if it had not happened. */
function blindTo(kind: "kill"): Tier {
  return changed((stack) => {
    const injector = stack.injectors[kind]!;
    const injectors = {
      ...stack.injectors,
      [kind]: {
        prepare: async (resolved: Parameters<typeof injector.prepare>[0]) => ({
          undo: (await injector.prepare(resolved)).undo,
          apply: async () => {},
          confirm: async () => ({ confirmed: false, evidence: "nothing happened" }),
        }),
      },
    };
    return { injectors };
  });
}

function unableToUndo(): Tier {
  return changed(() => ({
    undo: async () => {
      throw new Error("the engine refused");
    },
  }));
}

describe("a stack that can leave its clusters warm", () => {
  const warmable = (ended: string[], more: Partial<Stack> = {}) =>
    changed((stack) => ({
      ...more,
      leaveWarm: async () => {
        ended.push("warm");
        await stack[Symbol.asyncDispose]();
      },
      [Symbol.asyncDispose]: async () => {
        ended.push("gone");
        await stack[Symbol.asyncDispose]();
      },
    }));

  it("does so after a trial that left nothing broken", async () => {
    const ended: string[] = [];
    const { error } = await rehearseOnSim(await planShop(), { tier: warmable(ended) });
    expect(error).toBeNull();
    expect(ended).toEqual(["warm"]);
  });

  it("goes for good when a fault is not known to be gone", async () => {
    const ended: string[] = [];
    const audit = async () => ({ clean: false, detail: "a rule is left" });
    await rehearseOnSim(await planShop(), { tier: warmable(ended, { audit }) });
    expect(ended).toEqual(["gone"]);
  });

  it("goes for good when the trial is interrupted", async () => {
    const ended: string[] = [];
    const controller = new AbortController();
    await rehearseOnSim(await planShop(), {
      tier: warmable(ended),
      signal: controller.signal,
      listener: ({ kind }) => kind === "fault.confirmed" && controller.abort("SIGINT"),
    });
    expect(ended).toEqual(["gone"]);
  });
});

type Stack = Awaited<ReturnType<Tier["up"]>>;
function changed(change: (stack: Stack) => Partial<Stack>): Tier {
  return {
    ...simTier,
    up: async (spec, context) => {
      const stack = await simTier.up(spec, context);
      const changes = change(stack);
      return new Proxy(stack, {
        get: (target, key) => {
          const source = key in changes ? changes : target;
          const value = Reflect.get(source, key);
          return typeof value === "function" ? value.bind(source) : value;
        },
      });
    },
  };
}

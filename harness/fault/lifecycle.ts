import { FiredrillError } from "../error.ts";
import type { Emit, EventOf } from "../events/vocabulary.ts";
import type { RunningStack } from "../tier/tier.ts";
import { confirmWithin } from "./confirming.ts";
import { withDeadline } from "./deadline.ts";
import type { Confirmation, FaultTally, PreparedFault, ResolvedFault } from "./injector.ts";
import { faultKind } from "./registry.ts";
import { auditEntries, undoEntries } from "./reverting.ts";
import type { UndoEntry, UndoLog } from "./undo-log.ts";
import { watchEffect } from "./watching.ts";

/** What made a fault end. */
export type RevertedBy = EventOf<"fault.reverted">["by"];

/** A fault that may be in effect. */
export interface ActiveFault {
  readonly id: string;
  /** The effect was read from inside the target. */
  readonly confirmed: boolean;
  /** On the trial's clock; null unless confirmed. */
  readonly confirmedAtMs: number | null;
  /** Puts everything back and audits; never throws. Called again it returns the same promise. */
  revert(by: RevertedBy): Promise<void>;
  /** Resolves when it was reverted and audited, whatever caused that. */
  readonly done: Promise<void>;
}

/** What a fault needs around it. Time is the stack's own. */
export interface FaultContext {
  readonly stack: RunningStack;
  readonly undoLog: UndoLog;
  readonly emit: Emit;
  /** Aborted: stop waiting, start nothing new; the caller reverts. */
  readonly signal: AbortSignal;
  /** Called when the undo is on disk and before anything is changed, so that an interrupt finds the fault. */
  readonly onApplying?: (fault: ActiveFault) => void;
}

/** An apply that is under way when the fault is reverted is waited for this long, then undone all the same. */
const SETTLE_LIMIT_MS = 30_000;
/** Whom a fault met is asked for so long, then it is undone all the same. */
const TALLY_LIMIT_MS = 10_000;
/** Each application leaves an undo entry; a target that restarts more often than this is not being rehearsed. */
const MAX_APPLICATIONS = 50;

/**
 * Carries a fault to its confirmation: undo on disk, applied, effect read. Then it lives by itself until `durationMs`
 * (null: no end of its own) or its TTL has passed since the confirmation, or somebody reverts it.
 * @throws USAGE_FAULT when the tier lacks the kind, USAGE_SELECTION without targets, RUN_FAULT when preparing fails
 */
export async function injectFault(
  fault: ResolvedFault,
  durationMs: number | null,
  context: FaultContext,
): Promise<ActiveFault> {
  if (fault.targets.length === 0) {
    throw new FiredrillError("USAGE_SELECTION", `fault "${fault.id}" has no target`, {
      expected: "at least one service; an empty selection never means everything",
    });
  }
  const life = new FaultLife(fault, durationMs, context);
  await life.arm();
  const { id: faultId, kind, targets, params } = fault;
  context.emit({
    kind: "fault.armed",
    fault: faultId,
    type: kind,
    targets: [...targets],
    params: { ...params },
  });
  context.onApplying?.(life);
  await life.begin();
  return life;
}

class FaultLife implements ActiveFault {
  readonly id: string;
  readonly done: Promise<void>;
  confirmedAtMs: number | null = null;
  readonly #fault: ResolvedFault;
  readonly #durationMs: number | null;
  readonly #context: FaultContext;
  readonly #over = new AbortController();
  readonly #stop: AbortSignal;
  readonly #finished = Promise.withResolvers<void>();
  #entries: UndoEntry[] = [];
  #prepared: PreparedFault | null = null;
  /** One for each application. */
  readonly #applications: PreparedFault[] = [];
  #underWay: Promise<void> = Promise.resolve();
  #reverting: Promise<void> | null = null;

  constructor(fault: ResolvedFault, durationMs: number | null, context: FaultContext) {
    this.id = fault.id;
    this.done = this.#finished.promise;
    this.#fault = fault;
    this.#durationMs = durationMs;
    this.#context = context;
    this.#stop = AbortSignal.any([this.#over.signal, context.signal]);
  }

  get confirmed(): boolean {
    return this.confirmedAtMs !== null;
  }

  /** Works out how to put things back and writes that to disk. Changes nothing in the stack. */
  async arm(): Promise<PreparedFault> {
    const { stack, undoLog } = this.#context;
    const injector = stack.injectors[this.#fault.kind];
    if (injector === undefined) {
      throw new FiredrillError("USAGE_FAULT", `the ${stack.tier} tier has no ${this.#fault.kind}`, {
        hint: "firedrill tiers prints what each tier can do",
      });
    }
    const prepared = await injector.prepare(this.#fault);
    this.#entries.push(undoLog.arm({ fault: this.id, tier: stack.tier, actions: prepared.undo }));
    this.#prepared = prepared;
    this.#applications.push(prepared);
    return prepared;
  }

  /** Applies and confirms what was armed, then lets the fault live in the background. */
  async begin(): Promise<void> {
    const { emit, stack } = this.#context;
    const applied = this.#applyAndConfirm(() => emit({ kind: "fault.applied", fault: this.id }));
    this.#underWay = applied.then(() => undefined);
    const { confirmed, evidence } = await applied;
    if (confirmed) this.confirmedAtMs = stack.clock.nowMs();
    emit({ kind: confirmed ? "fault.confirmed" : "fault.unconfirmed", fault: this.id, evidence });
    void this.#live();
  }

  revert(by: RevertedBy): Promise<void> {
    this.#reverting ??= this.#revert(by).finally(() => this.#finished.resolve());
    return this.#reverting;
  }

  async #applyAndConfirm(onApplied: () => void): Promise<Confirmation> {
    const prepared = this.#prepared;
    if (prepared === null || this.#stop.aborted) {
      return { confirmed: false, evidence: "interrupted before it was applied" };
    }
    try {
      await prepared.apply();
    } catch (error) {
      return { confirmed: false, evidence: `it could not be applied: ${messageOf(error)}` };
    }
    onApplied();
    return confirmWithin(prepared, this.#context.stack.clock, this.#stop);
  }

  /** Keeps the effect up until its time is over. */
  async #live(): Promise<void> {
    const { clock } = this.#context.stack;
    const ttlFirst = this.#durationMs === null || this.#durationMs > this.#fault.ttlMs;
    const endMs = clock.nowMs() + (ttlFirst ? this.#fault.ttlMs : (this.#durationMs ?? 0));
    await watchEffect({
      effect: () => (this.confirmed && faultKind(this.#fault.kind).continuous ? this.#prepared : null),
      clock,
      endMs,
      signal: this.#stop,
      // Without a duration the fault lasts "until the runbook has repaired it": then a lapse is only reported.
      reapply: this.#durationMs === null ? null : () => this.#reapply(),
      lapsed: (reapplied, evidence) =>
        this.#context.emit({ kind: "fault.lapsed", fault: this.id, reapplied, evidence }),
    });
    if (!this.#stop.aborted) await this.revert(ttlFirst ? "ttl" : "duration");
  }

  async #reapply(): Promise<Confirmation> {
    if (this.#entries.length >= MAX_APPLICATIONS) {
      return {
        confirmed: false,
        evidence: `it was applied ${MAX_APPLICATIONS} times and went away each time`,
      };
    }
    const again = this.arm().then(
      () => this.#applyAndConfirm(() => undefined),
      (error: unknown) => ({ confirmed: false, evidence: messageOf(error) }),
    );
    this.#underWay = again.then(() => undefined);
    return again;
  }

  async #tellWhomItMet(): Promise<void> {
    const { emit, stack } = this.#context;
    const counting = this.#applications.flatMap((it) => (it.tally === undefined ? [] : [it.tally()]));
    const tallies = await Promise.all(counting.map((tally) => tallyWithin(stack.clock, tally)));
    const known = tallies.filter((tally) => tally !== null);
    const [first] = known;
    if (first === undefined) return;
    const total = (of: "hits" | "looks") => known.reduce((sum, tally) => sum + tally[of], 0);
    emit({ kind: "fault.met", fault: this.id, what: first.what, hits: total("hits"), looks: total("looks") });
  }

  async #revert(by: RevertedBy): Promise<void> {
    const { stack, emit, undoLog } = this.#context;
    this.#over.abort();
    await withDeadline(stack.clock, SETTLE_LIMIT_MS, "applying", this.#underWay).catch(() => undefined);
    if (this.confirmed) await this.#tellWhomItMet();
    const newestFirst = this.#entries.toReversed();
    const undo = async (action: UndoEntry["actions"][number]) => stack.undo(action);
    const failures = await undoEntries(newestFirst, undo, undoLog, stack.clock);
    if (failures.length === 0) emit({ kind: "fault.reverted", fault: this.id, by });
    else emit({ kind: "fault.revert-failed", fault: this.id, error: failures.join("; ") });
    const { clean, detail } = await auditEntries(newestFirst, (action) => stack.audit(action), stack.clock);
    emit({ kind: "fault.audited", fault: this.id, clean, detail });
  }
}

/** Null when it took too long; by then all that is known has been told before. */
async function tallyWithin(
  clock: RunningStack["clock"],
  tally: Promise<FaultTally>,
): Promise<FaultTally | null> {
  return withDeadline(clock, TALLY_LIMIT_MS, "counting whom it met", tally).catch(() => null);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

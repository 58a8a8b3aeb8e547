import { FiredrillError } from "../../error.ts";
import type { Confirmation, FaultTally, PreparedFault, ResolvedFault } from "../injector.ts";
import type { UndoAction } from "../undo.ts";
import {
  type AskControl,
  LIST_FAULTS,
  putFault,
  readFaults,
  readPutFault,
  type StandingFault,
} from "./control.ts";

/** The way to one mock that a fault is put into. */
export interface MockDoor {
  /** The service, or the pod. */
  readonly name: string;
  readonly undo: UndoAction;
  /** Makes the way; called before the first question. */
  open(): Promise<void>;
  readonly ask: AskControl;
}

/** A fault in one mock. */
export interface MockFault {
  readonly name: string;
  readonly undo: UndoAction;
  put(): Promise<void>;
  /** Does it stand? */
  confirm(): Promise<Confirmation>;
  /** As it stood when it was seen last. */
  seen(): Pick<FaultTally, "hits" | "looks">;
}

/** Puts a fault into one mock and looks after it. One that falls silent has not forgotten it. */
export function mockFault({ id, params, ttlMs }: ResolvedFault, door: MockDoor): MockFault {
  const { fault = "" } = params;
  /** As it was seen last; null: not put yet. */
  let last: StandingFault | null = null;
  return {
    name: door.name,
    undo: door.undo,
    async put() {
      await door.open();
      const answer = await door.ask(putFault(id, params, ttlMs));
      if (answer.kind === "answer" && answer.status === 200) {
        last = readPutFault(answer);
        return;
      }
      throw new FiredrillError("RUN_FAULT", `${door.name} does not take ${fault}`, {
        received: answer.kind === "answer" ? `${answer.status} ${answer.body.slice(0, 500)}` : answer.why,
        expected: `200 for PUT /faults/${id} on the mock's control port`,
      });
    },
    async confirm() {
      if (last === null) return { confirmed: false, evidence: `${fault} was not put` };
      const { putMs } = last;
      const answer = await door.ask(LIST_FAULTS);
      if (answer.kind === "silence")
        return { confirmed: true, evidence: `${fault} was put, and nothing is heard since (${answer.why})` };
      if (answer.kind !== "answer") return { confirmed: false, evidence: answer.why };
      const found = readFaults(answer).find((it) => it.id === id && it.kind === fault && it.putMs === putMs);
      if (found === undefined)
        return { confirmed: false, evidence: `${fault} is not among the mock's faults` };
      last = found;
      return { confirmed: true, evidence: `${fault} stands in the mock: ${wordTally(found)}` };
    },
    seen: () => ({ hits: last?.hits ?? 0, looks: last?.looks ?? 0 }),
  };
}

/** One fault in all its mocks. `confirm`: of all, where a tier has more to look at than each of them. */
export function preparedMockFault(
  fault: ResolvedFault,
  faults: readonly MockFault[],
  confirm: () => Promise<Confirmation> = () => confirmAll(faults),
): PreparedFault {
  return {
    undo: faults.map(({ undo }) => undo),
    apply: async () => void (await Promise.all(faults.map((it) => it.put()))),
    confirm,
    async tally() {
      // Who can't be asked any more has been seen before.
      await Promise.allSettled(faults.map((it) => it.confirm()));
      const seen = faults.map((it) => it.seen());
      return {
        what: `${fault.params.fault} on ${fault.targets.join(", ")}`,
        hits: sum(seen.map(({ hits }) => hits)),
        looks: sum(seen.map(({ looks }) => looks)),
      };
    },
  };
}

async function confirmAll(faults: readonly MockFault[]): Promise<Confirmation> {
  const answers = await Promise.all(faults.map((it) => it.confirm()));
  return {
    confirmed: answers.every(({ confirmed }) => confirmed),
    evidence: answers.map(({ evidence }, at) => `${faults[at]?.name}: ${evidence}`).join("; "),
  };
}

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);

/** `57 hits so far`. A fault that changes a state hits nobody in particular: then it is told how often it was asked for. */
function wordTally({ hits, looks }: StandingFault): string {
  if (hits === 0 && looks > 0) return `met ${looks} times so far`;
  return `${hits} ${hits === 1 ? "hit" : "hits"} so far`;
}

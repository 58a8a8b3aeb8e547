import type { Random } from "../../harness/service/host.ts";
import type { FaultKinds } from "./faults/kind.ts";
import type { Fidelity } from "./fidelity.ts";
import type { HttpListener } from "./http.ts";
import type { MetricFamily } from "./metrics-text.ts";
import type { TcpListener } from "./tcp.ts";

/**
 * A mock: the same code under every mount (mount/*.ts). It touches nothing but its world, so the same seed and the
 * same requests give the same bytes and the same journal.
 */
export interface MockDefinition {
  /** `llm`, `s3`: the word after `firedrill mocks serve`. */
  readonly name: string;
  /** One line for the table of mocks. */
  readonly summary: string;
  readonly fidelity: Fidelity;
  /** Settings with their defaults; `--set model=x` overrides one. What is not named here is an error. */
  readonly settings: Readonly<Record<string, string>>;
  /** The mock's own fault kinds; those of the wire come with the core (faults/transport.ts). */
  readonly faults: FaultKinds;
  /** Where the control port listens unless `--control-port` says otherwise. */
  readonly controlPort: number;
  /** One life, from its start to the next reset. @throws USAGE_FLAG for a setting that makes no sense. */
  build(world: MockWorld): BuiltMock;
}

export type Listener = HttpListener | TcpListener;

export interface BuiltMock {
  /** The same names and ports in every life. */
  readonly listeners: readonly Listener[];
  /** What GET /state shows under `mock`: plain JSON. */
  state(): unknown;
  /** What GET /metrics of the control port shows. */
  metrics(): readonly MetricFamily[];
  /** What it has to tell other services: the mounting process asks every second and sends them (mount/errands.ts). */
  errands?(): readonly Errand[];
  /**
   * POST /act: what an operator does to the mocked system, such as publishing a new version. Returns what came of it,
   * plain JSON. @throws USAGE_FLAG for what can't be done.
   */
  act?(input: unknown): unknown;
}

/** A request to another service, sent when it differs from the last one of this name, and now and then again. */
export interface Errand {
  readonly name: string;
  readonly method: "PUT" | "DELETE";
  /** Absolute: `http://llm:8499/faults/gpu`. */
  readonly url: string;
  readonly body: string;
}

/** All that a mock may touch. */
export interface MockWorld {
  readonly seed: number;
  readonly clock: MockTime;
  readonly settings: Readonly<Record<string, string>>;
  readonly faults: MockFaults;
  /** A stream for one purpose: a function of seed, purpose and count, so that nobody shifts another's numbers. */
  random(purpose: string): Random;
  /** Adds a line to the journal. No host names, ports or real times in it: it is equal in every mount. */
  note(kind: string, fields: Readonly<Record<string, unknown>>): void;
  /** Notes that something was asked which this mock does not model. */
  unmodelled(what: string): void;
}

/** Time as a mock sees it: since its start or reset; `firedrill mocks serve --clock` and POST /clock bend it. */
export interface MockTime {
  /** Milliseconds since the start or the last reset. */
  nowMs(): number;
  /** Milliseconds since 1970, for what the protocol shows as a date. */
  wallMs(): number;
  /** Resolves after `ms` (infinity: never), or at once when the signal is or becomes aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  sleepUntil(atMs: number, signal?: AbortSignal): Promise<void>;
}

/** What a fault can be matched against: one request, connection, job … */
export interface FaultSubject {
  /** Compared with the fault's `scope`: `{ key, model, route }`. */
  readonly labels: Readonly<Record<string, string>>;
  /** Compared with the fault's `when.match`; absent for subjects that are no HTTP requests. */
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** The body or message as text, read only when a fault asks. */
  readonly text?: () => string;
}

/** A fault's parameters, checked and with defaults, and its own random stream. */
export interface FaultHit {
  readonly id: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly random: Random;
}

export interface MockFaults {
  /**
   * Asks whether a fault of this kind hits the subject now. Counts the hit and notes it in the journal; the first
   * fault in the order of PUT wins. `only`: the fault of this id, as of this time.
   */
  take(
    kind: string,
    subject: FaultSubject,
    only?: { readonly id: string; readonly atMs: number },
  ): FaultHit | null;
  /**
   * The fault of this kind that stands now, for states such as a stalled chain: only its time and scope matter, nothing
   * is drawn, and no hit is counted. Without a subject any scope will do.
   */
  standing(kind: string, subject?: FaultSubject): FaultHit | null;
  /** All that concern the subject at this time, in the order of PUT: the times of the faults that exist now. */
  allStanding(kind: string, subject: FaultSubject, atMs: number): readonly FaultHit[];
  /** Calls `listener` after every PUT, DELETE and reset of a fault. */
  onChange(listener: () => void): void;
  /**
   * Calls `listener` before every PUT and DELETE, while the old faults still stand: for a mock that works out what has
   * happened since it was last asked. A life's listeners end with it.
   */
  beforeChange(listener: () => void): void;
}

import type { Emit } from "../../events/vocabulary.ts";
import { FiredrillError } from "../../error.ts";
import type { HttpRequest, HttpResponse } from "../../service/http.ts";
import type { StackSpec } from "../../stack/spec.ts";
import type { ServiceState } from "../tier.ts";
import { Kernel } from "./kernel/kernel.ts";
import { Trace } from "./kernel/trace.ts";
import type { Network, Party } from "./network/connection.ts";
import { exchange, responseOrThrow } from "./network/http-client.ts";
import type { HttpCall } from "./network/http-client.ts";
import { NetworkRules, OUTSIDE } from "./network/rules.ts";
import { Wire } from "./network/wire.ts";
import { Container } from "./services/container.ts";
import type { ContainerWorld } from "./services/container.ts";
import type { Process } from "./services/process.ts";
import type { Program } from "./services/program.ts";
import { Volumes } from "./storage/volumes.ts";

export interface WorldOptions {
  readonly spec: StackSpec;
  readonly seed: number;
  readonly emit: Emit;
  /** What runs in each service. */
  readonly programs: ReadonlyMap<string, Program>;
}

/** One simulated stack: its time, its network, its containers and volumes. A fresh one for each trial. */
export class World implements ContainerWorld, Network {
  readonly spec: StackSpec;
  readonly seed: number;
  readonly kernel = new Kernel();
  readonly trace: Trace;
  readonly rules = new NetworkRules();
  readonly wire: Wire;
  readonly volumes = new Volumes();
  readonly containers: ReadonlyMap<string, Container>;
  /** Names outside the stack that services asked for: `worker-1 → api.example.com`, and how often. */
  readonly outside = new Map<string, number>();
  readonly #emit: Emit;
  #isDown = false;
  /** Off while the stack comes up: then it would only say that everything starts. */
  announces = false;

  constructor({ spec, seed, emit, programs }: WorldOptions) {
    this.spec = spec;
    this.seed = seed;
    this.#emit = emit;
    this.trace = new Trace(this.kernel);
    this.trace.note("world", seed);
    this.wire = new Wire(this.kernel, seed, this.rules, (peer) => this.containers.get(peer)?.lost ?? false);
    this.containers = new Map(
      [...programs].map(([name, program]) => [name, new Container(this, this.#specOf(name), program)]),
    );
  }

  has(name: string): boolean {
    return this.containers.has(name);
  }

  processOf(name: string): Process | null {
    return this.containers.get(name)?.process ?? null;
  }

  noteOutside(from: string, to: string): void {
    const what = `${from} → ${to}`;
    this.outside.set(what, (this.outside.get(what) ?? 0) + 1);
    this.trace.note("outside", what);
  }

  stateChanged(state: ServiceState, detail: string): void {
    if (this.announces && !this.#isDown) this.#emit({ kind: "service.state", ...state, detail });
  }

  /** @throws USAGE_SELECTION when the stack has no such service. */
  container(name: string): Container {
    const container = this.containers.get(name);
    if (container) return container;
    throw new FiredrillError("USAGE_SELECTION", "the stack has no such service", {
      received: name,
      expected: [...this.containers.keys()].join(", "),
    });
  }

  /**
   * One exchange by somebody outside the stack, or, as a health check does it, from inside the container `from`.
   * @throws RequestError when no response came.
   */
  request(call: HttpCall | HttpRequest, from: string = OUTSIDE): Promise<HttpResponse> {
    if (this.#isDown) return Promise.reject(down());
    const caller: Party = { name: from, alive: true, deliver: (action) => action() };
    return this.kernel.wait((settle) =>
      exchange(this, caller, call, (outcome) => {
        try {
          settle.resolve(responseOrThrow(call, outcome));
        } catch (error) {
          settle.reject(error);
        }
      }),
    );
  }

  /** Ends every life, silently. Time goes on for those in the harness who still sleep. */
  takeDown(): void {
    this.#isDown = true;
    for (const container of this.containers.values()) container.remove();
  }

  get isDown(): boolean {
    return this.#isDown;
  }

  #specOf(name: string) {
    const spec = this.spec.services[name];
    if (spec === undefined) throw new FiredrillError("BUG", `no service ${name}`);
    return spec;
  }
}

function down(): FiredrillError {
  return new FiredrillError("RUN_STACK", "the stack is down", {
    expected: "a request before it is taken down",
  });
}

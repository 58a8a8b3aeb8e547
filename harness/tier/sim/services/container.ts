import type { Random } from "../../../service/host.ts";
import type { ServiceSpec } from "../../../stack/spec.ts";
import type { ServiceState } from "../../tier.ts";
import { between, stream } from "../kernel/streams.ts";
import type { HttpWorld } from "../network/http-client.ts";
import type { Volumes } from "../storage/volumes.ts";
import { Process } from "./process.ts";
import type { CommandResult, Life, Program } from "./program.ts";
import { RestartPolicy } from "./restart-policy.ts";

/** From `docker start` to the program's first line. */
const START_UP_MS = { low: 200, high: 800 } as const;
/** From SIGTERM to the end of a program that handles it, as service/node-host.ts does. */
const SHUT_DOWN_MS = { low: 20, high: 100 } as const;
/** Docker's grace: SIGKILL follows SIGTERM after this long. */
const STOP_GRACE_MS = 10_000;
/** Lines kept of a log; Docker keeps more, and nobody reads them. */
const MAX_LOG_LINES = 2_000;
/** 128 + SIGKILL. */
export const KILLED = 137;

export interface Death {
  readonly atMs: number;
  readonly exitCode: number;
  readonly oomKilled: boolean;
}

/** What the containers of one stack share. */
export interface ContainerWorld extends HttpWorld {
  readonly seed: number;
  readonly volumes: Volumes;
  stateChanged(state: ServiceState, detail: string): void;
}

/** One service's container: its state as Docker would tell it, and the life that runs in it. */
export class Container {
  readonly spec: ServiceSpec;
  readonly program: Program;
  readonly volumeName: string;
  readonly #world: ContainerWorld;
  readonly #policy: RestartPolicy;
  readonly #timing: Random;
  readonly #lines: string[] = [];
  #state: ServiceState["state"] = "exited";
  #life: Life | null = null;
  #generation = 0;
  #cancelRestart: (() => void) | null = null;
  #stopping: Promise<void> | null = null;
  /** The last death, or null if it never died. */
  lastDeath: Death | null = null;
  /** Starts by the restart policy since an operator last started it. */
  restarts = 0;
  /** Its node is gone: the network is silent, not refusing. */
  lost = false;
  memoryLimitBytes: number | null;
  /** Longest wait for a processor at each wake-up; 0 when nobody competes. */
  cpuWaitMs = 0;

  constructor(world: ContainerWorld, spec: ServiceSpec, program: Program) {
    this.#world = world;
    this.spec = spec;
    this.program = program;
    this.memoryLimitBytes = spec.memoryLimitBytes;
    // A container without a named volume keeps its files until it is made anew.
    this.volumeName = Object.keys(spec.volumes)[0] ?? `${spec.name}/anonymous`;
    this.#policy = new RestartPolicy(spec.restart);
    this.#timing = stream(world.seed, spec.name, "timing");
  }

  get state(): ServiceState {
    const death = this.#state === "exited" || this.#state === "restarting" ? this.lastDeath : null;
    return {
      service: this.spec.name,
      state: this.#state,
      exitCode: death?.exitCode ?? null,
      oomKilled: this.lastDeath?.oomKilled ?? false,
    };
  }

  get process(): Process | null {
    return this.#life?.process ?? null;
  }

  get generation(): number {
    return this.#generation;
  }

  get log(): string {
    return this.#lines.map((line) => `${line}\n`).join("");
  }

  /** As `docker start`: nothing happens to one that runs. */
  start(detail: string): void {
    if (this.#life !== null) return;
    this.#policy.reset();
    this.restarts = 0;
    this.#begin(detail);
  }

  /** As `docker kill`: a manual stop, after which no restart policy acts. */
  kill(detail: string): void {
    this.#end({ exitCode: KILLED, oomKilled: false }, detail, "stays");
  }

  /** The process dies by itself, or is killed behind Docker's back: the restart policy acts. */
  crash(exitCode: number, detail: string): void {
    this.#end({ exitCode, oomKilled: false }, detail, "policy");
  }

  outOfMemory(detail: string): void {
    this.#end({ exitCode: KILLED, oomKilled: true }, detail, "policy");
  }

  /** The node goes, with everything on it, and nobody says goodbye. */
  vanish(detail: string): void {
    this.lost = true;
    this.#end({ exitCode: KILLED, oomKilled: false }, detail, "silent");
  }

  /** As `docker stop`: SIGTERM, and SIGKILL for one that can't hear it. Resolves when it is down. */
  stop(detail: string): Promise<void> {
    const { process } = this;
    if (process === null) {
      this.#end({ exitCode: this.lastDeath?.exitCode ?? 0, oomKilled: false }, detail, "stays");
      return Promise.resolve();
    }
    const paused = this.#state === "paused";
    const ms = paused ? STOP_GRACE_MS : between(this.#timing, SHUT_DOWN_MS.low, SHUT_DOWN_MS.high);
    this.#stopping ??= this.#world.kernel.wait<void>((settle) => {
      this.#world.kernel.after(ms, () => {
        this.#stopping = null;
        if (this.process === process)
          this.#end({ exitCode: paused ? KILLED : 0, oomKilled: false }, detail, "stays");
        settle.resolve();
      });
    });
    return this.#stopping;
  }

  pause(detail: string): void {
    if (this.#state !== "running") return;
    this.process?.pause();
    this.#become("paused", detail);
  }

  unpause(detail: string): void {
    if (this.#state !== "paused") return;
    this.process?.unpause();
    this.#become("running", detail);
  }

  /** As `docker compose up --force-recreate` begins: a new container, with only its named volumes. */
  forget(): void {
    this.#end({ exitCode: KILLED, oomKilled: false }, "recreated", "stays");
    if (Object.keys(this.spec.volumes).length === 0) this.#world.volumes.erase(this.volumeName);
    this.memoryLimitBytes = this.spec.memoryLimitBytes;
    this.lastDeath = null;
    this.#lines.length = 0;
  }

  /** As `docker rm -f`: gone, and no restart will come. */
  remove(): void {
    this.#end({ exitCode: KILLED, oomKilled: false }, "removed", "silent");
    this.#become("missing", "removed");
  }

  /** As `docker exec`; null when the program has no such command. It dies with the container. */
  exec(argv: readonly string[]): Promise<CommandResult> | null {
    const life = this.#life;
    if (life === null || this.#state !== "running") {
      const why =
        this.#state === "paused" ? "is paused, unpause the container before exec" : "is not running";
      const stderr = `Error response from daemon: Container ${this.spec.name} ${why}\n`;
      return Promise.resolve({ exitCode: 1, stdout: "", stderr });
    }
    const answer = this.program.exec(life, argv);
    if (answer === null) return null;
    return this.#world.kernel.wait<CommandResult>((settle) => {
      life.process.onEnd(() => settle.resolve({ exitCode: KILLED, stdout: "", stderr: "" }));
      answer.then(settle.resolve, settle.reject);
    });
  }

  #begin(detail: string): void {
    const { kernel, volumes } = this.#world;
    this.#cancelRestart?.();
    this.#cancelRestart = null;
    this.lost = false;
    this.#generation += 1;
    const cpu = stream(this.#world.seed, this.spec.name, `cpu/${this.#generation}`);
    const wakeDelayMs = () => (this.cpuWaitMs === 0 ? 0 : between(cpu, 0, this.cpuWaitMs));
    const process = new Process(kernel, this.spec.name, this.#generation, wakeDelayMs);
    const life: Life = {
      world: this.#world,
      process,
      env: this.spec.environment,
      volume: volumes.open(this.volumeName),
      log: (line) => (process.alive ? this.#write(line) : undefined),
    };
    this.#life = life;
    this.#become("running", detail);
    process.after(between(this.#timing, START_UP_MS.low, START_UP_MS.high), () => {
      this.program.start(life).catch((error: unknown) => {
        if (!process.alive) return;
        const why = error instanceof Error ? error.message : String(error);
        this.#write(why);
        this.crash(1, `the program failed: ${why}`);
      });
    });
  }

  #end(death: Omit<Death, "atMs">, detail: string, next: "policy" | "stays" | "silent"): void {
    const life = this.#life;
    this.#cancelRestart?.();
    this.#cancelRestart = null;
    if (life === null) {
      if (this.#state === "restarting" && next !== "policy") this.#become("exited", detail);
      return;
    }
    this.#life = null;
    this.lastDeath = { atMs: this.#world.kernel.nowMs(), ...death };
    const ranForMs = life.process.nowMs();
    life.process.end(next === "silent");
    const delayMs = next === "policy" ? this.#policy.afterDeath(death.exitCode, ranForMs) : null;
    if (delayMs === null) return this.#become("exited", detail);
    this.#become("restarting", `${detail}; restarts in ${delayMs} ms`);
    this.#cancelRestart = this.#world.kernel.after(delayMs, () => {
      this.restarts += 1;
      this.#begin("started by its restart policy");
    });
  }

  #become(state: ServiceState["state"], detail: string): void {
    this.#state = state;
    this.#world.trace.note("state", this.spec.name, state, this.#generation, this.lastDeath?.exitCode ?? -1);
    this.#world.stateChanged(this.state, detail);
  }

  #write(line: string): void {
    this.#world.trace.note("log", this.spec.name, line);
    this.#lines.push(line);
    if (this.#lines.length > MAX_LOG_LINES) this.#lines.shift();
  }
}

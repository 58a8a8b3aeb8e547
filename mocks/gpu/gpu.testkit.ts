import { chmodSync, copyFileSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { FREE_PORTS, testMock } from "../core/echo.testkit.ts";
import type { RunningMock } from "../core/life.ts";
import type { MockDefinition } from "../core/mock.ts";
import { serveMock } from "../core/mount/standalone.ts";
import { gpuMock } from "./gpu.ts";

const PROGRAM = fileURLToPath(new URL("program/nvidia-smi.sh", import.meta.url));

/** What came of a program. */
export interface Ran {
  readonly stdout: string;
  readonly exitCode: number | undefined;
}

/** A program that runs until it is stopped. */
interface Started {
  /** SIGTERM; resolves with what it had printed. */
  stop(): Promise<string>;
}

/** A mock on real ports with its programs on a path, as a container has them. */
export interface Bench extends AsyncDisposable {
  readonly mock: RunningMock;
  readonly api: string;
  readonly dcgm: string;
  /** `nvidia-smi` or a sister, from the path. */
  run(program: string, ...args: string[]): Promise<Ran>;
  /** The same, until it is killed. */
  start(program: string, ...args: string[]): Started;
  /** What systeminformation, unmodified and in its own process, says about the GPUs. */
  graphics(): Promise<readonly Controller[]>;
  /** GET or POST of the API. */
  ask<T = Record<string, unknown>>(path: string, body?: object): Promise<T>;
  scrape(): Promise<string>;
  put(kind: string, params?: object, more?: object): void;
  advance(seconds: number): Promise<void>;
}

/** The fields of systeminformation's GraphicsControllerData that come from nvidia-smi. */
export interface Controller {
  readonly busAddress?: string;
  readonly name?: string;
  readonly driverVersion?: string;
  readonly fanSpeed?: number;
  readonly memoryTotal?: number;
  readonly memoryUsed?: number;
  readonly memoryFree?: number;
  readonly utilizationGpu?: number;
  readonly temperatureGpu?: number;
  readonly powerDraw?: number;
  readonly powerLimit?: number;
  readonly clockCore?: number;
}

const GRAPHICS = `
import si from "systeminformation";
console.log(JSON.stringify((await si.graphics()).controllers));`;

export async function bench(
  settings: Record<string, string> = {},
  definition: MockDefinition = gpuMock,
): Promise<Bench> {
  // Not `jump`: that leaps to the end of a fault with a duration.
  const mock = testMock(definition, { settings, mode: { kind: "frozen" } });
  const server = await serveMock(mock, FREE_PORTS);
  const bin = mkdtempSync(join(tmpdir(), "fd-gpu-"));
  copyFileSync(PROGRAM, join(bin, "nvidia-smi"));
  chmodSync(join(bin, "nvidia-smi"), 0o755);
  for (const sister of ["lspci", "dmesg"]) symlinkSync("nvidia-smi", join(bin, sister));
  const api = `http://127.0.0.1:${server.ports["api"]}`;
  const dcgm = `http://127.0.0.1:${server.ports["dcgm"]}`;
  const env = {
    PATH: [bin, dirname(process.execPath), "/usr/bin", "/bin"].join(":"),
    FIREDRILL_GPU_URL: api,
  };
  return {
    mock,
    api,
    dcgm,
    async run(program, ...args) {
      const { stdout, exitCode } = await execa(program, args, {
        env,
        reject: false,
        stripFinalNewline: false,
      });
      return { stdout, exitCode };
    },
    start(program, ...args) {
      const started = execa(program, args, { env, reject: false });
      return {
        async stop() {
          started.kill("SIGTERM");
          return (await started).stdout;
        },
      };
    },
    async graphics() {
      const { stdout } = await execa(process.execPath, ["--input-type=module", "-e", GRAPHICS], { env });
      return JSON.parse(stdout) as Controller[];
    },
    async ask<T>(path: string, body?: object) {
      const init = body === undefined ? {} : { method: "POST", body: JSON.stringify(body) };
      return (await (await fetch(api + path, init)).json()) as T;
    },
    scrape: async () => (await fetch(`${dcgm}/metrics`)).text(),
    put: (kind, params = {}, more = {}) => void mock.faults.put("fault", { kind, params, ...more }),
    advance: (seconds) => mock.clock.advance(seconds * 1_000),
    async [Symbol.asyncDispose]() {
      await server.close();
      rmSync(bin, { recursive: true, force: true });
    },
  };
}

/** The value of a metric in exposition text; null: no such line. */
export function sampleOf(text: string, name: string, gpu = 0): number | null {
  const line = text.split("\n").find((it) => it.startsWith(`${name}{gpu="${gpu}"`));
  return line === undefined ? null : Number(line.split(" ").at(-1));
}

/** Memory must add up, and nothing may be negative. */
export function isCoherent(
  { total, used, free, reserved }: Readonly<Record<"total" | "used" | "free" | "reserved", number>>,
  ...others: readonly number[]
): boolean {
  return total === used + free + reserved && Math.min(used, free, ...others) >= 0;
}

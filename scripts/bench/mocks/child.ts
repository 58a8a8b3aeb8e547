import { join } from "node:path";
import { execa } from "execa";

/** A server of the bench as a process of its own: it prints its port, and tells its processor time when asked. */
export interface BenchServer {
  readonly port: number;
  /** Seconds of processor time that it has used so far. */
  cpuSeconds(): Promise<number>;
  stop(): Promise<void>;
}

/** Starts `name` of this folder. */
export async function startServer(name: string, args: readonly string[] = []): Promise<BenchServer> {
  const child = execa(process.execPath, [join(import.meta.dirname, name), ...args], {
    ipc: true,
    reject: false,
    stdout: "ignore",
    stderr: "inherit",
  });
  const port = Number(await child.getOneMessage());
  return {
    port,
    async cpuSeconds() {
      const [answer] = await Promise.all([child.getOneMessage(), child.sendMessage("cpu")]);
      return Number(answer);
    },
    async stop() {
      child.kill("SIGKILL");
      await child;
    },
  };
}

/** The server's half: says its port, then its processor time as often as it is asked. */
export function announce(port: number): void {
  process.on("message", () => {
    const { user, system } = process.cpuUsage();
    process.send?.((user + system) / 1e6);
  });
  process.send?.(port);
}

/** Runs a load of this folder to its end and returns what it printed. */
export async function runLoad<T>(name: string, args: readonly string[]): Promise<T> {
  const { stdout } = await execa(process.execPath, [join(import.meta.dirname, name), ...args]);
  return JSON.parse(stdout) as T;
}

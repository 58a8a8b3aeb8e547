import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FiredrillError } from "../../../error.ts";

const PROXY_UP_WITHIN_MS = 10_000;

/**
 * `$0`: the folder with the socket; the rest: the command. Standard input is a pipe that this process holds: however that
 * process dies, SIGKILL too, the pipe closes, and the proxy and its folder go as well. When the proxy ends by itself, nobody
 * is left to kill whatever gets its number next.
 */
const UNTIL_PIPE_CLOSES = `
exec 3<&0
"$@" 3<&- &
proxy=$!
{ cat <&3 >/dev/null; kill -9 "$proxy"; rm -rf "$0"; } >/dev/null 2>&1 &
watcher=$!
wait "$proxy"
status=$?
kill "$watcher" 2>/dev/null
exit "$status"`;

/** `kubectl proxy` on a private Unix socket. Disposal ends it and removes the socket's folder. */
export interface KubectlProxy extends AsyncDisposable {
  readonly socketPath: string;
}

/** @throws ENV_TOOL when it does not come up */
export async function startKubectlProxy(
  kubectl: string,
  kubeconfig: string,
  context?: string,
): Promise<KubectlProxy> {
  // Short: a socket's path may have 107 characters (unix(7)).
  const folder = await mkdtemp(join(tmpdir(), "fd-api-"));
  const socketPath = join(folder, "s");
  const chosen = context === undefined ? [] : [`--context=${context}`];
  const args = ["proxy", `--kubeconfig=${kubeconfig}`, ...chosen, `--unix-socket=${socketPath}`];
  const shell = spawn("sh", ["-c", UNTIL_PIPE_CLOSES, folder, kubectl, ...args], {
    stdio: ["pipe", "pipe", "pipe"],
  });
  // Not "close": for that somebody may still hold the output, and then nothing keeps this process waiting.
  const ended = new Promise<void>((resolve) =>
    shell.once("exit", () => resolve()).once("error", () => resolve()),
  );
  const end = async () => {
    // Waited for now: with nothing else to do, this process would be over before the proxy is.
    shell.ref();
    shell.stdin.destroy();
    await ended;
    await rm(folder, { recursive: true, force: true });
  };
  const said: string[] = [];
  const failed = (received: string) =>
    new FiredrillError("ENV_TOOL", "kubectl can't open a way to the cluster's API", {
      received,
      expected: "`kubectl proxy` on a Unix socket",
      hint: "npx firedrill doctor",
    });
  let timer: NodeJS.Timeout | undefined;
  try {
    await new Promise<void>((resolve, reject) => {
      const tooLong = () => reject(failed(`nothing within ${PROXY_UP_WITHIN_MS / 1_000} s`));
      timer = setTimeout(tooLong, PROXY_UP_WITHIN_MS);
      shell.stdout.on("data", (chunk: Buffer) => {
        if (chunk.includes("Starting to serve")) resolve();
      });
      shell.stderr.on("data", (chunk: Buffer) => void (said.length < 20 && said.push(chunk.toString())));
      shell.once("error", (error) => reject(failed(error.message)));
      shell.once("exit", (code) => reject(failed(`exit status ${code}: ${said.join("").trim()}`)));
    });
  } catch (error) {
    await end();
    throw error;
  } finally {
    clearTimeout(timer);
  }
  // It must not keep this process alive, and its end is noticed by the next call.
  shell.unref();
  for (const stream of [shell.stdin, shell.stdout, shell.stderr])
    (stream as unknown as { unref(): void }).unref();
  return { socketPath, [Symbol.asyncDispose]: end };
}

import type Docker from "dockerode";
import { systemClock } from "../../time/system-clock.ts";
import { withTag } from "./reference.ts";

/** One pull may take this long; a large image on a slow line, not a lost connection. */
const DEADLINE_MS = 15 * 60_000;
/** Silence for so long means that nothing comes any more. */
const STALL_MS = 60_000;
const TELL_EVERY_MS = 5_000;

interface LayerEvent {
  readonly id?: string;
  readonly status?: string;
  readonly error?: string;
}

export type PullResult = { readonly pulled: true } | { readonly pulled: false; readonly reason: string };

/** Pulls an image with a deadline. A registry that is out of reach is an answer, not an exception. */
export async function pullImage(
  docker: Docker,
  image: string,
  signal: AbortSignal,
  progress: (line: string) => void,
): Promise<PullResult> {
  const stop = new AbortController();
  const stall = setTimeout(() => stop.abort(new Error("nothing came for 60 s")), STALL_MS);
  const within = AbortSignal.any([signal, stop.signal, AbortSignal.timeout(DEADLINE_MS)]);
  try {
    const stream = await docker.pull(withTag(image), { abortSignal: within });
    const note = layerProgress(image, progress);
    const failure = await new Promise<string | null>((resolve, reject) => {
      within.addEventListener("abort", () => reject(within.reason), { once: true });
      const each = (event: LayerEvent) => (stall.refresh(), note(event));
      const end = (error: Error | null, output: LayerEvent[] | null) =>
        error ? reject(error) : resolve(output?.find((event) => event.error !== undefined)?.error ?? null);
      docker.modem.followProgress(stream, end, each);
    });
    return failure === null ? { pulled: true } : { pulled: false, reason: brief(failure) };
  } catch (error) {
    signal.throwIfAborted();
    const cause = within.aborted ? within.reason : error;
    return { pulled: false, reason: brief(cause instanceof Error ? cause.message : String(cause)) };
  } finally {
    clearTimeout(stall);
  }
}

function layerProgress(image: string, progress: (line: string) => void): (event: LayerEvent) => void {
  const clock = systemClock();
  const layers = new Map<string, boolean>();
  let toldMs = 0;
  return ({ id, status }) => {
    if (id === undefined || status === undefined || status.startsWith("Pulling from")) return;
    layers.set(id, layers.get(id) === true || /^(Pull complete|Already exists)$/.test(status));
    if (clock.nowMs() - toldMs < TELL_EVERY_MS) return;
    toldMs = clock.nowMs();
    const done = [...layers.values()].filter(Boolean).length;
    progress(`pulling ${image}: ${done} of ${layers.size} layers (${Math.round(toldMs / 1000)} s)`);
  };
}

/** The engine's words without its status prefix and the address it asked. */
function brief(message: string): string {
  const text = message
    .replace(/^\(HTTP code \d+\) [^-]*- /, "")
    .replaceAll(/(?:Get |Head )?"?https?:\/\/\S+"?:? ?/g, "");
  return text.trim().split("\n")[0] ?? "no reason given";
}

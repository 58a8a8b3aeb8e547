import { clientsOf, REACH } from "./clients.testkit.ts";
import type { Clients, Reached } from "./clients.testkit.ts";

/** One fault against one real client. */
export interface Scene {
  readonly clients: Clients;
  readonly reached: Reached;
  /** Puts the fault under test with these parameters. */
  put(params?: object, more?: object): void;
  hits(): number;
}

export const MESSAGES = [{ role: "user" as const, content: "Why does the queue wait?" }];
export const CHAT = { model: "gpt-4o", messages: MESSAGES };
export const CLAUDE = { model: "claude-sonnet-5-5", max_tokens: 500, messages: MESSAGES };

/** Runs `play` against a fresh standalone mock. One attempt a request: what the client sees, and not its patience. */
export async function stage(
  kind: string,
  play: (scene: Scene) => Promise<void>,
  settings: Record<string, string> = {},
): Promise<void> {
  const reached = await REACH.standalone({ settings });
  const clients = clientsOf(reached, { maxRetries: 0, timeout: 5_000 });
  try {
    await play({
      clients,
      reached,
      put: (params = {}, more = {}) => void reached.mock.faults.put("fault", { kind, params, ...more }),
      hits: () => reached.mock.faults.list().find(({ id }) => id === "fault")?.hits ?? 0,
    });
  } finally {
    await reached.close();
  }
}

/** How the promise failed, with the message of its cause; null: it did not. */
export async function failureOf(promise: PromiseLike<unknown>): Promise<string | null> {
  try {
    await promise;
    return null;
  } catch (error) {
    const { constructor, message, cause } = error as Error;
    const { message: why = "", code = "" } = (cause ?? {}) as { message?: string; code?: string };
    return `${constructor.name}: ${message} ${why} ${code}`;
  }
}

export interface Heard {
  readonly text: string;
  readonly finish: string | null;
  readonly failure: string | null;
}

/** A chat answer as it streams in: what came, and how it ended. */
export async function hearChat({ openai }: Clients): Promise<Heard> {
  let text = "";
  let finish: string | null = null;
  const failure = await failureOf(
    (async () => {
      for await (const { choices } of await openai.chat.completions.create({ ...CHAT, stream: true })) {
        text += choices[0]?.delta.content ?? "";
        finish = choices[0]?.finish_reason ?? finish;
      }
    })(),
  );
  return { text, finish, failure };
}

/** The same by Anthropic's raw stream. */
export async function hearMessage({ anthropic }: Clients): Promise<Heard> {
  let text = "";
  let finish: string | null = null;
  const failure = await failureOf(
    (async () => {
      for await (const event of await anthropic.messages.create({ ...CLAUDE, stream: true })) {
        if (event.type === "content_block_delta" && event.delta.type === "text_delta")
          text += event.delta.text;
        if (event.type === "message_delta") finish = event.delta.stop_reason;
      }
    })(),
  );
  return { text, finish, failure };
}

export async function timed(work: () => PromiseLike<unknown>): Promise<number> {
  const startedMs = performance.now();
  await work();
  return performance.now() - startedMs;
}

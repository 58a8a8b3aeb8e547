import { expect, test } from "vitest";
import { mutated, renamed } from "../core/mutated.testkit.ts";
import { chutesValidatorMock } from "./chutes-validator.ts";
import { listen, minerOf, REACH } from "./client.testkit.ts";
import type { Reached } from "./client.testkit.ts";

process.env["NODE_TLS_REJECT_UNAUTHORIZED"] = "0";

/** A change of the wire, and a plain use by the client that must not survive it. */
interface Mutant {
  readonly name: string;
  readonly change: (text: string) => string;
  /** `ms`: how long it waits for what may not come. */
  readonly use: (reached: Reached, ms: number) => Promise<unknown>;
}

/** Fails when it has not come within `ms`. */
async function heard(reached: Reached, event: string, ms: number): Promise<unknown> {
  const listening = listen(reached);
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no ${event}`)), ms);
  });
  try {
    return await Promise.race([listening.hear(event), late]);
  } finally {
    clearTimeout(timer);
    listening.close();
  }
}

const MUTANTS: readonly Mutant[] = [
  {
    name: "socket.io-client when Engine.IO's first packet is of another type",
    change: (text) => (text.startsWith("0{") ? `6${text.slice(1)}` : text),
    use: (reached, ms) => heard(reached, "auth_success", ms),
  },
  {
    name: "socket.io-client without the Socket.IO sid",
    change: (text) => (text.startsWith("40{") ? "40" : text),
    use: (reached, ms) => heard(reached, "auth_success", ms),
  },
  {
    name: "socket.io-client without the event's name",
    change: renamed("auth_success", "auth_ok"),
    use: (reached, ms) => heard(reached, "auth_success", ms),
  },
  {
    name: "gepetto's reader of streams without `data: `",
    change: (text) => text.replaceAll("data: ", "item: "),
    use: async (reached) => {
      const { items } = await minerOf(reached).list("/miner/chutes/", "chute_id");
      if (items.size === 0) throw new Error("the cache stays stale");
    },
  },
  {
    name: "gepetto without chute_id",
    change: renamed("chute_id", "id"),
    use: async (reached) => {
      const { items } = await minerOf(reached).list("/miner/chutes/", "chute_id");
      if (items.has("undefined")) throw new Error("no chute_id");
    },
  },
  {
    name: "the launch token's JWT",
    change: renamed("token", "jwt"),
    use: async (reached) => {
      const { chutes } = reached.mock.built.state() as { chutes: { id: string }[] };
      const { body } = await minerOf(reached).get(
        `/instances/launch_config?chute_id=${chutes[0]?.id}`,
        "launch",
      );
      return (body as { token: string }).token.split(".").length;
    },
  },
];

test.each(MUTANTS)("a client fails: $name", async ({ change, use }) => {
  const whole = await REACH.standalone();
  await use(whole, 20_000);
  await whole.close();
  const definition = mutated(chutesValidatorMock, { body: change, message: change });
  const broken = await REACH.standalone({ definition });
  await expect(use(broken, 500)).rejects.toThrow();
  await broken.close();
});

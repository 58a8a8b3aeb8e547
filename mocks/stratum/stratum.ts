import { z } from "zod";
import { FiredrillError } from "../../harness/error.ts";
import { createPump } from "../bitcoin/pump.ts";
import { createOthers } from "../bitcoin/node/others.ts";
import { fidelitySchema } from "../core/fidelity.ts";
import type { BuiltMock, MockDefinition, MockWorld } from "../core/mock.ts";
import { STRATUM_FAULTS } from "./faults.ts";
import fidelity from "./fidelity.json" with { type: "json" };
import { openMember } from "./pool/member.ts";
import { createPool } from "./pool/pool.ts";
import type { Pool } from "./pool/pool.ts";
import { poolMetrics, statusListener } from "./pool/status.ts";
import { createTicker } from "./pool/ticker.ts";
import { parseStratumSettings, STRATUM_SETTINGS } from "./settings.ts";

/** Below 4,001: ckpool takes ports above for those of large miners and starts them at a million. */
const PORT = 3_333;

/** A Stratum v1 mining pool, as ckpool is one, with a chain of its own behind it. */
export const stratumMock: MockDefinition = {
  name: "stratum",
  summary: "a Stratum v1 mining pool: real jobs, every share hashed; miners with `mocks miners`",
  fidelity: fidelitySchema.parse(fidelity),
  settings: STRATUM_SETTINGS,
  faults: STRATUM_FAULTS,
  controlPort: 3_399,
  build,
};

/** The life that counts: listeners for faults outlive a reset. */
const lives = new WeakMap<MockWorld, object>();

function build(world: MockWorld): BuiltMock {
  const settings = parseStratumSettings(world.settings);
  const life = {};
  lives.set(world, life);
  const isCurrent = () => lives.get(world) === life;
  const pool = createPool(world, settings);
  const others = createOthers(world, pool.node);
  const watchBlocks = createPump(world, others, isCurrent);
  const ticker = createTicker(world, pool, isCurrent);
  return {
    listeners: [
      {
        kind: "tcp",
        name: "stratum",
        port: PORT,
        hosts: [`localhost:${PORT}`, `127.0.0.1:${PORT}`],
        accept(connection) {
          if (pool.members.size >= settings.maxClients) return connection.end();
          const leave = [watchBlocks(), ticker.watch()];
          openMember(pool, connection, () => {
            for (const it of leave) it();
          });
        },
      },
      statusListener(pool),
    ],
    state: () => stateOf(pool),
    metrics: () => poolMetrics(pool),
    act: (input) => act(pool, input),
  };
}

function stateOf({ node, members, stats, jobs, found }: Pool) {
  return {
    height: node.chain.tip.height,
    tip: node.chain.tip.hash,
    job: jobs.current.id,
    clients: members.size,
    workers: stats.workers.size,
    accepted: stats.pool.shares,
    refused: Object.fromEntries(stats.rejected),
    found,
  };
}

const actSchema = z.union([
  z.strictObject({ block: z.literal(true) }),
  z.strictObject({ message: z.string().max(500) }),
]);

/** `{"block":true}`: somebody else finds a block now. `{"message":"…"}`: client.show_message to all. */
function act({ node, members }: Pool, input: unknown): unknown {
  const parsed = actSchema.safeParse(input);
  if (!parsed.success)
    throw new FiredrillError("USAGE_FLAG", "the pool can't do this", {
      received: JSON.stringify(input)?.slice(0, 200) ?? "nothing",
      expected: '{"block":true} or {"message":"text"}',
    });
  if ("block" in parsed.data) return { hash: node.byOthers({})?.hash ?? null };
  for (const member of members) member.tell("client.show_message", [parsed.data.message]);
  return { told: members.size };
}

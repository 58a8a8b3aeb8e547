import { fidelitySchema } from "../core/fidelity.ts";
import type { MockDefinition } from "../core/mock.ts";
import { createChain } from "./chain/chain.ts";
import { SUBTENSOR_FAULTS } from "./faults.ts";
import fidelity from "./fidelity.json" with { type: "json" };
import { openConnection } from "./rpc/connection.ts";
import { answerHttp } from "./rpc/http.ts";
import { createRpcServer } from "./rpc/server.ts";
import { createTicker } from "./rpc/ticker.ts";
import { RUNTIMES } from "./runtime/runtimes.ts";
import { parseSubtensorSettings, SUBTENSOR_SETTINGS } from "./settings.ts";

/** A node of the Bittensor chain: JSON-RPC over WebSocket and HTTP on one port. */
export const subtensorMock: MockDefinition = {
  name: "subtensor",
  summary: "a Bittensor node: JSON-RPC, heads and finality, metagraph, commitments, signed extrinsics",
  fidelity: fidelitySchema.parse(fidelity),
  settings: SUBTENSOR_SETTINGS,
  faults: SUBTENSOR_FAULTS,
  controlPort: 9_949,
  build(world) {
    const settings = parseSubtensorSettings(world.settings);
    const chain = createChain(world, settings, RUNTIMES);
    const server = createRpcServer({ world, settings, runtimes: RUNTIMES, chain });
    const ticker = createTicker(chain, world.clock);
    return {
      listeners: [
        {
          kind: "http",
          name: "rpc",
          port: 9_944,
          hosts: [
            "entrypoint-finney.opentensor.ai",
            "lite.chain.opentensor.ai",
            "archive.chain.opentensor.ai",
            "test.finney.opentensor.ai",
          ],
          journalHeaders: [],
          labels: () => ({}),
          answer: (request, exchange) => answerHttp(world, server, request, exchange),
          webSocket: {
            protocol: () => null,
            open: (connection) => openConnection(world, server, ticker, connection),
          },
        },
      ],
      state() {
        chain.sync();
        const [head, finalized] = [chain.head(), chain.finalized()];
        return {
          head: { number: head.number, hash: head.hash },
          finalized: { number: finalized.number, hash: finalized.hash },
          genesis: chain.at(0)?.hash,
          specVersion: head.spec.version,
          pool: chain.pool.pending().length,
          subnets: [...head.state.subnets.values()].map(({ netuid, neurons }) => ({
            netuid,
            neurons: neurons.length,
          })),
        };
      },
      metrics() {
        chain.sync();
        return [
          gauge("substrate_block_height", "Block height.", [
            ["best", chain.head().number],
            ["finalized", chain.finalized().number],
          ]),
          gauge("substrate_ready_transactions_number", "Extrinsics in the pool.", [
            ["ready", chain.pool.pending().length],
          ]),
        ];
      },
    };
  },
};

function gauge(name: string, help: string, values: readonly (readonly [status: string, value: number])[]) {
  const samples = values.map(([status, value]) => ({ labels: { status }, value }));
  return { name, help, type: "gauge", samples } as const;
}

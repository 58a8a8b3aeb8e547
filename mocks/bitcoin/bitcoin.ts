import { fidelitySchema } from "../core/fidelity.ts";
import type { BuiltMock, MockDefinition, MockWorld } from "../core/mock.ts";
import { difficultyOf } from "./chain/target.ts";
import { BITCOIN_FAULTS } from "./faults.ts";
import fidelity from "./fidelity.json" with { type: "json" };
import { createNode } from "./node/node.ts";
import { createOthers } from "./node/others.ts";
import { createPump } from "./pump.ts";
import { BLOCKCHAIN } from "./rpc/methods/blockchain.ts";
import { miningMethods } from "./rpc/methods/mining.ts";
import { networkMethods } from "./rpc/methods/network.ts";
import { TRANSACTIONS } from "./rpc/methods/transactions.ts";
import { answerRpc, methodOf } from "./rpc/server.ts";
import type { RpcServer } from "./rpc/server.ts";
import { BITCOIN_SETTINGS, parseBitcoinSettings } from "./settings.ts";
import { notifications } from "./zmq/notify.ts";
import { createPublisher } from "./zmq/publisher.ts";

/** A Bitcoin Core node: JSON-RPC, and ZMQ beside it. */
export const bitcoinMock: MockDefinition = {
  name: "bitcoin",
  summary: "a Bitcoin Core node: JSON-RPC and ZMQ, blocks that are valid and fully checked",
  fidelity: fidelitySchema.parse(fidelity),
  settings: BITCOIN_SETTINGS,
  faults: BITCOIN_FAULTS,
  controlPort: 18_499,
  build,
};

/** The life that counts: listeners for faults outlive a reset. */
const lives = new WeakMap<MockWorld, object>();

function build(world: MockWorld): BuiltMock {
  const settings = parseBitcoinSettings(world.settings);
  const life = {};
  lives.set(world, life);
  const node = createNode(world, settings);
  const others = createOthers(world, node);
  const watch = createPump(world, others, () => lives.get(world) === life);
  const publishers = settings.zmq.map((endpoint) => createPublisher(world, endpoint, watch));
  const firstSec = node.chain.tip.block.header.time;
  for (let made = 0; made < settings.blocks; made++)
    node.byOthers({
      timeSec: firstSec + Math.floor(((node.nowSec() - firstSec) * (made + 1)) / settings.blocks),
    });
  node.subscribe(
    notifications(node, (topic, body) => {
      for (const publisher of publishers)
        if (publisher.topics.includes(topic)) publisher.publish(topic, body);
    }),
  );
  const server: RpcServer = {
    world,
    node,
    others,
    watch,
    methods: { ...BLOCKCHAIN, ...TRANSACTIONS, ...miningMethods(), ...networkMethods() },
    stopped: false,
  };
  let calls = 0;
  return {
    listeners: [
      {
        kind: "http",
        name: "rpc",
        port: settings.network.rpcPort,
        hosts: [`localhost:${settings.network.rpcPort}`, `127.0.0.1:${settings.network.rpcPort}`],
        lenient: true,
        journalHeaders: [],
        labels: (request) => ({ method: methodOf(request) }),
        answer(request, exchange) {
          calls += 1;
          return answerRpc(server, request, exchange);
        },
      },
      ...publishers.map(({ listener }) => listener),
    ],
    state: () => ({
      chain: settings.network.chain,
      height: node.chain.tip.height,
      tip: node.chain.tip.hash,
      mempool: node.mempool.size,
      subscribers: publishers.reduce((sum, { subscribers }) => sum + subscribers, 0),
    }),
    metrics: () => [
      gauge("bitcoin_blocks", "Height of the tip.", node.chain.tip.height),
      gauge("bitcoin_difficulty", "Difficulty of the tip.", difficultyOf(node.chain.tip.block.header.bits)),
      gauge("bitcoin_mempool_size", "Transactions that wait.", node.mempool.size),
      gauge("bitcoin_coins", "Outputs that can be spent.", node.chain.coins.size),
      { ...gauge("bitcoin_rpc_requests_total", "HTTP requests.", calls), type: "counter" },
    ],
  };
}

function gauge(name: string, help: string, value: number) {
  return { name, help, type: "gauge" as const, samples: [{ value }] };
}

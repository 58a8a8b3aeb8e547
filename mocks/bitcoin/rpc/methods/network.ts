import { keyedRandom } from "../../../../harness/service/random.ts";
import { hash } from "node:crypto";
import { scriptOf, typeOf, addressOf } from "../../node/script.ts";
import { HEX, randomText } from "../../../core/random.ts";
import { addressError } from "../address-error.ts";
import { CODE, RpcError } from "../error.ts";
import type { RpcContext, RpcMethods } from "../method.ts";

/** Bitcoin Core 29.0. */
const VERSION = 290_000;
const SUBVERSION = "/Satoshi:29.0.0/";
const PROTOCOL = 70_016;
/** NETWORK, WITNESS, NETWORK_LIMITED, P2P_V2. */
const SERVICES = "0000000000000c09";

/** Without a proxy for the others (29.0, rpc/net.cpp, GetNetworksInfo). */
const REACHABLE = { ipv4: true, ipv6: true, onion: false, i2p: false, cjdns: false };

/** Methods about the node itself, its peers, addresses and wallet. One life's: it has wallets. */
export function networkMethods(): RpcMethods {
  const wallets: string[] = [];
  let addresses = 0;
  return {
    getnetworkinfo: { params: [], run: (_, context) => networkInfo(context) },
    getconnectioncount: { params: [], run: (_, context) => peersOf(context) },
    getpeerinfo: {
      params: [],
      run: (_, context) => Array.from({ length: peersOf(context) }, (_it, id) => peer(id, context)),
    },
    uptime: { params: [], run: (_, { world }) => Math.floor(world.clock.nowMs() / 1_000) },
    ping: { params: [], run: () => null },
    getzmqnotifications: {
      params: [],
      run: (_, { node }) =>
        node.settings.zmq.flatMap(({ port, topics }) =>
          topics.map((topic) => ({ type: `pub${topic}`, address: `tcp://0.0.0.0:${port}`, hwm: 1_000 })),
        ),
    },
    estimatesmartfee: {
      params: [
        ["conf_target", "number"],
        ["estimate_mode", "string?"],
      ],
      run([target], { node }) {
        const rates = node.mempool.all().map(({ fee, vsize }) => Number(fee) / vsize);
        const blocks = Math.max(2, Number(target));
        if (rates.length === 0) return { errors: ["Insufficient data or no feerate found"], blocks };
        const middle = rates.toSorted((a, b) => a - b)[Math.floor(rates.length / 2)] as number;
        return { feerate: Math.round(middle * 1_000) / 1e8, blocks };
      },
    },
    validateaddress: {
      params: [["address", "string"]],
      run: ([address], context) => validated(String(address), context),
    },
    setmocktime: {
      params: [["timestamp", "number"]],
      run([time], { node }) {
        if (node.settings.network.chain !== "regtest")
          throw new RpcError(CODE.MISC, "setmocktime is for regression testing (-regtest mode) only");
        if (Number(time) < 0)
          throw new RpcError(
            CODE.INVALID_PARAMETER,
            `Mocktime must be in the range [0, 9223372036], not ${String(time)}.`,
          );
        node.setMockTime(Number(time));
      },
    },
    stop: { params: [["wait", "number?"]], run: () => "Bitcoin Core stopping" },
    createwallet: {
      params: [
        ["wallet_name", "string"],
        ["disable_private_keys", "boolean?"],
        ["blank", "boolean?"],
        ["passphrase", "string?"],
        ["avoid_reuse", "boolean?"],
        ["descriptors", "boolean?"],
        ["load_on_startup", "boolean?"],
        ["external_signer", "boolean?"],
      ],
      run([name]) {
        const wallet = String(name).slice(0, 200);
        if (wallets.includes(wallet))
          throw new RpcError(
            -4,
            `Wallet file verification failed. Failed to create database path '${wallet}'. Database already exists.`,
          );
        if (wallets.length >= 100) throw new RpcError(-4, "too many wallets for a mock");
        wallets.push(wallet);
        return { name: wallet };
      },
    },
    listwallets: { params: [], run: () => [...wallets] },
    loadwallet: {
      params: [
        ["filename", "string"],
        ["load_on_startup", "boolean?"],
      ],
      run([name]) {
        if (wallets.includes(String(name)))
          throw new RpcError(-35, `Wallet "${String(name)}" is already loaded.`);
        throw new RpcError(
          CODE.WALLET_NOT_FOUND,
          `Wallet file verification failed. Failed to load database path '${String(name)}'. Path does not exist.`,
        );
      },
    },
    getnewaddress: {
      params: [
        ["label", "string?"],
        ["address_type", "string?"],
      ],
      run(_, { world, node, wallet }) {
        if (wallets.length === 0)
          throw new RpcError(
            CODE.WALLET_NOT_FOUND,
            "No wallet is loaded. Load a wallet using loadwallet or create a new one with createwallet. (Note: A default wallet is no longer automatically created)",
          );
        if (wallet !== null && !wallets.includes(wallet))
          throw new RpcError(CODE.WALLET_NOT_FOUND, "Requested wallet does not exist or is not loaded");
        const key = hash("sha256", `${world.seed}/address/${(addresses += 1)}`, "buffer").subarray(0, 20);
        return addressOf(Buffer.concat([Buffer.of(0, 20), key]), node.settings.network);
      },
    },
  };
}

function peersOf({ node, world }: RpcContext): number {
  return world.faults.standing("peer0") === null ? node.settings.peers : 0;
}

function networkInfo(context: RpcContext): object {
  const connections = peersOf(context);
  return {
    version: VERSION,
    subversion: SUBVERSION,
    protocolversion: PROTOCOL,
    localservices: SERVICES,
    localservicesnames: ["NETWORK", "WITNESS", "NETWORK_LIMITED", "P2P_V2"],
    localrelay: true,
    timeoffset: 0,
    networkactive: true,
    connections,
    connections_in: 0,
    connections_out: connections,
    networks: Object.entries(REACHABLE).map(([name, reachable]) => ({
      name,
      limited: !reachable,
      reachable,
      proxy: "",
      proxy_randomize_credentials: false,
    })),
    relayfee: 0.00001,
    incrementalfee: 0.00001,
    localaddresses: [],
    warnings: [],
  };
}

/** A made-up peer of the documentation's address range (RFC 5737). */
function peer(id: number, { world, node }: RpcContext): object {
  const random = keyedRandom(world.seed, `bitcoin/peer/${id}`);
  const { height } = node.chain.tip;
  const pingMs = 1 + random.below(200);
  const since = node.nowSec() - Math.floor(world.clock.nowMs() / 1_000);
  return {
    id,
    addr: `192.0.2.${(id % 254) + 1}:${8_333 + random.below(1_000)}`,
    network: "ipv4",
    services: SERVICES,
    servicesnames: ["NETWORK", "WITNESS", "NETWORK_LIMITED", "P2P_V2"],
    relaytxes: true,
    lastsend: node.nowSec(),
    lastrecv: node.nowSec(),
    last_transaction: 0,
    last_block: 0,
    bytessent: 1_000 + random.below(1e6),
    bytesrecv: 1_000 + random.below(1e6),
    conntime: since,
    timeoffset: 0,
    pingtime: pingMs / 1_000,
    minping: pingMs / 1_000,
    version: PROTOCOL,
    subver: SUBVERSION,
    inbound: false,
    bip152_hb_to: false,
    bip152_hb_from: false,
    startingheight: node.settings.network.firstHeight,
    presynced_headers: -1,
    synced_headers: height,
    synced_blocks: height,
    inflight: [],
    addr_relay_enabled: true,
    addr_processed: 0,
    addr_rate_limited: 0,
    permissions: [],
    minfeefilter: 0.00001,
    bytessent_per_msg: {},
    bytesrecv_per_msg: {},
    connection_type: "outbound-full-relay",
    transport_protocol_type: "v2",
    session_id: randomText(random, 64, HEX),
  };
}

function validated(address: string, { node }: RpcContext): object {
  const script = scriptOf(address, node.settings.network);
  if (script === null)
    return {
      isvalid: false,
      ...addressError(address, node.settings.network),
    };
  const type = typeOf(script);
  const witness = type.startsWith("witness");
  return {
    isvalid: true,
    address,
    scriptPubKey: script.toString("hex"),
    isscript: type === "scripthash" || type === "witness_v0_scripthash" || type === "witness_v1_taproot",
    iswitness: witness,
    ...(witness
      ? {
          witness_version: type === "witness_v1_taproot" ? 1 : 0,
          witness_program: script.subarray(2).toString("hex"),
        }
      : {}),
  };
}

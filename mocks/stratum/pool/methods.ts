import { scriptOf } from "../../bitcoin/node/script.ts";
import { hex32 } from "../work.ts";
import { EXTRANONCE2_BYTES } from "./jobs.ts";
import type { Job } from "./jobs.ts";
import { reversed } from "./pool.ts";
import type { Seat } from "./seat.ts";
import { userOf } from "./stats.ts";
import { submit } from "./submit.ts";

/** Workers that one connection may authorise, and extensions that one message may ask for. */
const MAX_WORKERS = 1_000;
const MAX_EXTENSIONS = 10;
/** Slush's number for a method that nobody knows. */
const NO_METHOD = [-3, "Method not found", null] as const;

type Method = (seat: Seat, id: unknown, params: readonly unknown[]) => void;

const METHODS: ReadonlyMap<string, Method> = new Map<string, Method>([
  ["mining.subscribe", subscribe],
  ["mining.authorize", authorize],
  ["mining.configure", configure],
  ["mining.submit", submit],
  ["mining.suggest_difficulty", suggest],
  ["mining.extranonce.subscribe", (seat, id) => seat.answer(id, true)],
  ["mining.ping", (seat, id) => seat.answer(id, "pong")],
]);

/** A message as it came, of any shape. */
export interface Message {
  readonly id?: unknown;
  readonly method?: unknown;
  readonly params?: unknown;
}

export function handle(seat: Seat, { id = null, method, params }: Message): void {
  // An answer to something that the pool said.
  if (method === undefined) return;
  const run = typeof method === "string" ? METHODS.get(method) : undefined;
  if (run !== undefined) return run(seat, id, Array.isArray(params) ? params : []);
  seat.pool.world.unmodelled(String(JSON.stringify(method)).slice(0, 60));
  seat.answer(id, null, NO_METHOD);
}

/** A job, and a difficulty that was kept back until it. */
export function notify(seat: Seat, job: Job, clean: boolean): void {
  const after = seat.difficulty.beforeJob();
  seat.send(`{"id":null,"method":"mining.notify","params":${job.params},${String(clean)}]}`);
  after();
}

function subscribe(seat: Seat, id: unknown, params: readonly unknown[]): void {
  const { pool, difficulty } = seat;
  const { faults, note } = pool.world;
  if (seat.extranonce1 !== "") return seat.answer(id, null, [20, "Already subscribed", null]);
  const collision = faults.take("extranonce.collision", seat.subject());
  const own = () => pool.extranonce1(params[1]);
  seat.extranonce1 = collision === null ? own() : String(collision.params["extranonce1"]);
  const { extranonce1 } = seat;
  note("subscribed", { client: seat.number, extranonce1 });
  seat.answer(id, [[["mining.notify", reversed(extranonce1)]], extranonce1, EXTRANONCE2_BYTES]);
  if (seat.mask !== 0) seat.tell("mining.set_version_mask", [hex32(seat.mask)]);
  const late = faults.take("set_difficulty.afterJob", seat.subject()) !== null;
  if (!late) difficulty.say();
  notify(seat, pool.jobs.current, true);
  if (late) difficulty.say();
}

function authorize(seat: Seat, id: unknown, [user, password]: readonly unknown[]): void {
  const { stats, settings, world } = seat.pool;
  const named = typeof user === "string" && user !== "" && seat.workers.size < MAX_WORKERS;
  const { network } = settings.bitcoin;
  if (!named || (settings.addressesOnly && scriptOf(userOf(user), network) === null))
    return seat.answer(id, false);
  if (!seat.workers.has(user)) {
    const worker = stats.worker(user, world.clock.wallMs() / 1_000);
    worker.connections += 1;
    seat.workers.set(user, worker);
    seat.name ||= user;
  }
  world.note("authorized", { client: seat.number, worker: user });
  seat.answer(id, true);
  const [, asked] = /(?:^|[,;\s])diff=([\d.e-]+)/.exec(String(password)) ?? [];
  if (Number(asked) > 0) seat.difficulty.ask(Number(asked));
}

function suggest(seat: Seat, id: unknown, [difficulty]: readonly unknown[]): void {
  seat.answer(id, true);
  if (typeof difficulty === "number" && difficulty > 0) seat.difficulty.ask(difficulty);
}

/** BIP 310. */
function configure(seat: Seat, id: unknown, [names, values]: readonly unknown[]): void {
  const { settings, world } = seat.pool;
  const asked = (typeof values === "object" && values !== null ? values : {}) as Record<string, unknown>;
  const result: Record<string, unknown> = {};
  for (const name of Array.isArray(names) ? names.slice(0, MAX_EXTENSIONS) : []) {
    const extension = String(JSON.stringify(name)).slice(1, -1);
    if (extension === "version-rolling") {
      const wanted = /^[0-9a-f]{1,8}$/i.exec(String(asked["version-rolling.mask"] ?? "ffffffff"));
      seat.mask = wanted === null ? 0 : Number.parseInt(wanted[0], 16) & settings.versionMask;
      result[extension] = seat.mask !== 0;
      result["version-rolling.mask"] = hex32(seat.mask);
    } else if (extension === "minimum-difficulty") {
      const least = Number(asked["minimum-difficulty.value"]);
      if (least > 0) seat.difficulty.ask(least);
      result[extension] = least > 0;
    } else {
      world.unmodelled(`mining.configure ${extension.slice(0, 40)}`);
      result[extension] = false;
    }
  }
  seat.answer(id, result);
  if (seat.mask !== 0 && seat.extranonce1 !== "") seat.tell("mining.set_version_mask", [hex32(seat.mask)]);
}

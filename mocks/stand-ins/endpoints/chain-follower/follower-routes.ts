import type { Host } from "../../../../harness/service/host.ts";
import { json } from "../../../../harness/service/http.ts";
import { countField, textField } from "../../parts/router.ts";
import type { Routes } from "../../parts/router.ts";
import { judgeAccess } from "./access.ts";
import type { Follower } from "./follower.ts";
import type { FollowerSettings } from "./settings.ts";

/** Accesses kept for GET /access; when they are full, nothing more is let in. */
const MAX_ACCESSES = 20_000;

interface Granted {
  readonly key: string;
  readonly id: string;
  readonly hotkey: string;
  readonly block: number;
  readonly ageMs: number;
}

/** The follower's API: see ../README.md. */
export function followerRoutes(host: Host, follower: Follower, settings: FollowerSettings): Routes {
  const granted = new Map<string, Granted>();
  const { metagraph } = follower;
  const nowMs = () => host.clock.nowMs();

  return {
    "GET /health": () => json(200, { service: "chain-follower", name: host.name }),
    "GET /status": () => json(200, statusOf(follower, settings, nowMs())),
    "GET /permit/:hotkey": ({ params }) => {
      const permission = metagraph.ask(params["hotkey"] ?? "", nowMs());
      if (permission.kind === "refused")
        return json(503, { error: permission.why, metagraphAgeMs: permission.ageMs });
      const { neuron, block, ageMs } = permission;
      const permit = neuron?.permit ?? false;
      return json(200, { known: neuron !== null, permit, uid: neuron?.uid ?? null, block, ageMs });
    },
    "POST /access": ({ body }) => {
      const key = textField(body, "key");
      const hotkey = textField(body, "hotkey");
      const block = countField(body, "block", 2 ** 32 - 1);
      const signature = textField(body, "signature");
      const head = follower.heads()?.best.number ?? 0;
      const access = judgeAccess({ key, hotkey, block, signature }, metagraph, head, nowMs());
      if (access.status !== 200) return json(access.status, { error: access.why });
      const before = granted.get(key);
      if (before !== undefined) return json(200, before);
      if (granted.size >= MAX_ACCESSES) return json(503, { error: "the list of accesses is full" });
      const id = `${host.name}-${granted.size + 1}`;
      const entry = { key, id, hotkey, block: access.block, ageMs: access.ageMs };
      granted.set(key, entry);
      return json(200, entry);
    },
    "GET /access": () => json(200, [...granted.values()]),
    "POST /endpoint": ({ body }) => {
      const use = textField(body, "use");
      if (!follower.use(use)) return json(404, { error: `no endpoint ${use}` });
      host.log("the operator chose", { endpoint: use });
      return json(200, { endpoint: use });
    },
  };
}

function statusOf({ heads, metagraph, endpoint }: Follower, settings: FollowerSettings, nowMs: number) {
  const seen = heads();
  if (seen === null) return { endpoint: endpoint(), following: false };
  const { best, finalized } = seen;
  const headAgeMs = nowMs - best.seenMs;
  const finalityLag = best.number - finalized.number;
  return {
    endpoint: endpoint(),
    following: headAgeMs <= settings.stalledMs && finalityLag <= settings.maxFinalityLag,
    head: best.number,
    headAgeMs,
    finalized: finalized.number,
    finalityLag,
    neurons: metagraph.size(),
    metagraphBlock: metagraph.block(),
    metagraphAgeMs: metagraph.ageMs(nowMs),
  };
}

import { z } from "zod";
import { jsonResponse } from "../../core/http.ts";
import type { MockResponse } from "../../core/http.ts";
import { bodyAs, optionalQuery, queryFlag } from "../body.ts";
import { refuse } from "../failure.ts";
import type { Call } from "../validator.ts";
import type { CachedChute } from "./worker.ts";

/** Models on the worker's disk (sek8s system_manager/cache). */

/** How long a model takes to come, in ms, and how large it is, in bytes. Ours. */
const DOWNLOAD_MS = 60_000;
const MODEL_BYTES = 16 * 1_024 ** 3;
/** A chute's id is a UUID. */
const ID_LENGTH = 36;
const MAX_CACHED = 1_000;

function idOf(id: string): string {
  return id.length === ID_LENGTH ? id : refuse(400, "chute_id must be a 36-char UUID");
}

const nowOf = ({ validator }: Call) => validator.world.clock.nowMs();

/** POST /cache/download `{"chute_id"}` ?force= */
export function download(call: Call): MockResponse {
  const { validator, request } = call;
  const id = idOf(bodyAs(request, z.object({ chute_id: z.string() })).chute_id);
  const { cache } = validator.worker;
  const known = cache.get(id);
  const nowMs = nowOf(call);
  if (known !== undefined && known.presentMs > nowMs)
    return jsonResponse(200, { chute_id: id, status: "in_progress" });
  if (known !== undefined && !queryFlag(request, "force"))
    return jsonResponse(200, { chute_id: id, status: "present" });
  const chute = validator.network.chutes.get(id);
  if (chute === undefined) refuse(502, "Validator did not return repo_id");
  if (cache.size >= MAX_CACHED) refuse(503, `the mock keeps ${MAX_CACHED} models`);
  cache.set(id, {
    repoId: `chutes/${chute?.name}`,
    revision: "main",
    sizeBytes: MODEL_BYTES,
    startedMs: nowMs,
    presentMs: nowMs + DOWNLOAD_MS,
  });
  return jsonResponse(200, { chute_id: id, status: "started" });
}

function statusOf(id: string, cached: CachedChute | undefined, nowMs: number) {
  if (cached === undefined) return { chute_id: id, status: "missing" };
  const { repoId, revision, sizeBytes, startedMs, presentMs } = cached;
  const common = { chute_id: id, repo_id: repoId, revision, error: null };
  if (presentMs <= nowMs)
    return { ...common, status: "present", size_bytes: sizeBytes, percent_complete: null };
  return {
    ...common,
    status: "in_progress",
    size_bytes: null,
    percent_complete: ((nowMs - startedMs) * 100) / (presentMs - startedMs),
  };
}

/** GET /cache/download/status ?chute_id= */
export function downloadStatus(call: Call): MockResponse {
  const { cache } = call.validator.worker;
  const id = optionalQuery(call.request, "chute_id");
  const ids = id === undefined ? [...cache.keys()] : [id];
  return jsonResponse(200, { chutes: ids.map((it) => statusOf(it, cache.get(it), nowOf(call))) });
}

/** GET /cache/overview */
export function cacheOverview(call: Call): MockResponse {
  const nowMs = nowOf(call);
  const present = [...call.validator.worker.cache].filter(([, { presentMs }]) => presentMs <= nowMs);
  const { wallMs } = call.validator.world.clock;
  const startMs = wallMs() - nowMs;
  return jsonResponse(200, {
    total_size_bytes: present.reduce((sum, [, { sizeBytes }]) => sum + sizeBytes, 0),
    chutes: present.map(([id, { repoId, revision, sizeBytes, presentMs }]) => ({
      chute_id: id,
      repo_id: repoId,
      revision,
      size_bytes: sizeBytes,
      last_accessed: (startMs + presentMs) / 1_000,
      status: "present",
    })),
  });
}

/** DELETE /cache/{chute_id} */
export function deleteCached(call: Call): MockResponse {
  const id = idOf(call.params["chute"] ?? "");
  const { cache } = call.validator.worker;
  const known = cache.get(id);
  if (known !== undefined && known.presentMs > nowOf(call))
    refuse(409, "Download in progress for this chute");
  cache.delete(id);
  return jsonResponse(200, { status: "ok", message: known === undefined ? "not found" : "deleted" });
}

/** POST /cache/{chute_id}/cancel */
export function cancelDownload(call: Call): MockResponse {
  const id = idOf(call.params["chute"] ?? "");
  const { cache } = call.validator.worker;
  const known = cache.get(id);
  if (known === undefined || known.presentMs <= nowOf(call))
    return refuse(404, "No download in progress for this chute");
  cache.delete(id);
  return jsonResponse(200, { status: "ok", message: "cancelled" });
}

/** POST /cache/purge: everything that is there. */
export function purgeCache(call: Call): MockResponse {
  const { removed, bytes } = removeWhere(call, () => true);
  return jsonResponse(200, { status: "completed", purged_bytes: bytes, removed_chutes: removed });
}

const limits = z.object({
  max_age_days: z.number().nonnegative().nullish(),
  max_size_gb: z.number().nonnegative().nullish(),
});

/** POST /cache/cleanup `{"max_age_days", "max_size_gb"}`: the oldest, until age and size are within their limits. */
export function cleanCache(call: Call): MockResponse {
  const given = call.request.body.length === 0 ? {} : bodyAs(call.request, limits);
  const { max_age_days: days, max_size_gb: gb } = given;
  const oldestMs = nowOf(call) - (days ?? 5) * 86_400_000;
  let left = [...call.validator.worker.cache.values()].reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const { removed, bytes } = removeWhere(call, ({ presentMs, sizeBytes }) => {
    if (presentMs >= oldestMs && left <= (gb ?? 100) * 1_024 ** 3) return false;
    left -= sizeBytes;
    return true;
  });
  return jsonResponse(200, {
    status: "completed",
    freed_bytes: bytes,
    purged_bytes: 0,
    removed_chutes: removed,
  });
}

function removeWhere(call: Call, wanted: (cached: CachedChute) => boolean) {
  const { cache } = call.validator.worker;
  const nowMs = nowOf(call);
  const removed: string[] = [];
  let bytes = 0;
  for (const [id, cached] of cache) {
    if (cached.presentMs > nowMs || !wanted(cached)) continue;
    cache.delete(id);
    removed.push(id);
    bytes += cached.sizeBytes;
  }
  return { removed, bytes };
}

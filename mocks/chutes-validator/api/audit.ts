import { createHash } from "node:crypto";
import { z } from "zod";
import { jsonResponse } from "../../core/http.ts";
import type { MockResponse } from "../../core/http.ts";
import { bodyAs, queryOf } from "../body.ts";
import { refuse } from "../failure.ts";
import { uuidOf } from "../state/network.ts";
import type { AuditRow } from "../state/rows.ts";
import type { Call } from "../validator.ts";

/** Reports of 7 days of one miner and a little more; each is kept whole, up to this size. */
const MAX_REPORTS = 200;
const MAX_REPORT_BYTES = 16 * 1024 * 1024;

const report = z.looseObject({
  start_time: z.iso.datetime({ offset: true }),
  end_time: z.iso.datetime({ offset: true }),
});

/**
 * POST /audit/miner_data, with the block of the commitment in X-Chutes-Block: the hourly report of the miner's exporter,
 * which otherwise goes to production. Its checksum must be the one that the miner put on the chain: state shows it.
 */
export function takeAudit({ validator, request, hotkey }: Call): MockResponse {
  const { network, world } = validator;
  const block = Number(request.headers["x-chutes-block"]);
  const { start_time: start, end_time: end } = bodyAs(request, report);
  // The real one fails on int(None).
  if (!Number.isInteger(block)) refuse(500, "Internal Server Error");
  if (request.body.length > MAX_REPORT_BYTES || network.audits.size >= MAX_REPORTS)
    refuse(503, `the mock keeps ${MAX_REPORTS} reports of ${MAX_REPORT_BYTES} bytes`);
  const digest = createHash("sha256").update(`${hotkey}.${block}`).digest("hex");
  const path = `audit/miner/${hotkey}/${block}.json`;
  const sha256 = createHash("sha256").update(request.body).digest("hex");
  const row = network.add(network.audits, path, {
    id: uuidOf(digest.slice(0, 32)),
    hotkey,
    block,
    path,
    createdMs: world.clock.nowMs(),
    start,
    end,
    sha256,
    bytes: Uint8Array.from(request.body),
  });
  world.note("audit", { hotkey, block, sha256 });
  return jsonResponse(200, entryOf(network.iso, row));
}

function entryOf(
  iso: (atMs: number) => string,
  { id, hotkey, block, path, createdMs, start, end }: AuditRow,
) {
  return {
    entry_id: id,
    hotkey,
    block,
    path,
    created_at: iso(createdMs),
    start_time: start,
    end_time: end,
  };
}

/** GET /audit/ */
export function listAudits({ validator: { network } }: Call): MockResponse {
  return jsonResponse(
    200,
    [...network.audits.values()].map((row) => entryOf(network.iso, row)),
  );
}

/** GET /audit/download?path=: byte for byte what was sent. */
export function downloadAudit({ validator, request }: Call): MockResponse {
  const path = queryOf(request, "path");
  const row = validator.network.audits.get(path) ?? refuse(404, `No audit entry matches path='${path}'`);
  return { status: 200, headers: { "content-type": "application/json" }, body: row.bytes };
}

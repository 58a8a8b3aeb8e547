import { HEX, randomText } from "../core/random.ts";
import type { Call } from "./service.ts";

/** The ETag as the client is told it. */
export function shownEtag({ exchange }: Call, etag: string): string {
  const hit = exchange.fault("etag.mismatch");
  return hit === null ? etag : `"${randomText(hit.random, 32, HEX)}"`;
}

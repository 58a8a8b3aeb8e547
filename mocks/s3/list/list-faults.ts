import { bucketOf } from "../access.ts";
import type { AllowedCall } from "../service.ts";
import type { ListedObject } from "../store/object.ts";
import type { Page } from "./page.ts";

/** What is there for a listing: now, or as it was before (`list.stale`). */
export function listedNow(call: AllowedCall): readonly ListedObject[] {
  const bucket = bucketOf(call);
  const stale = call.exchange.fault("list.stale");
  if (stale === null) return bucket.list();
  return bucket.listAt(call.service.world.clock.nowMs() - Number(stale.params["seconds"]) * 1_000);
}

/** A page with a key twice, or without one. */
export function spoilPage({ exchange }: AllowedCall, page: Page): Page {
  const { objects } = page;
  const twice = exchange.fault("list.dupKey");
  const missing = exchange.fault("list.missingKey");
  let spoilt = objects;
  if (twice !== null && objects.length > 0) {
    const at = twice.random.below(objects.length);
    spoilt = spoilt.toSpliced(at, 0, objects[at] as ListedObject);
  }
  if (missing !== null && spoilt.length > 0)
    spoilt = spoilt.toSpliced(missing.random.below(spoilt.length), 1);
  return { ...page, objects: spoilt };
}

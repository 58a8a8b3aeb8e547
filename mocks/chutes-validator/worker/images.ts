import { jsonResponse } from "../../core/http.ts";
import type { MockResponse } from "../../core/http.ts";
import { queryFlag } from "../body.ts";
import { refuse } from "../failure.ts";
import type { Call } from "../validator.ts";

/** GET /images/ */
export function listImages({ validator }: Call): MockResponse {
  const images = [...validator.worker.images];
  return jsonResponse(200, {
    images: images.map(([ref, { digest, sizeBytes }]) => ({ ref, digest, size_bytes: sizeBytes })),
  });
}

/** DELETE /images/{image} ?force= */
export function deleteImage({ validator, request, params }: Call): MockResponse {
  const ref = params["image"] ?? "";
  const { images } = validator.worker;
  const image = images.get(ref) ?? refuse(404, `Image ${ref} not found`);
  if (image.inUse && !queryFlag(request, "force")) refuse(409, `Image ${ref} is in use`);
  images.delete(ref);
  return jsonResponse(200, { status: "ok", message: "deleted" });
}

/** POST /images/prune: what no container uses. */
export function pruneImages({ validator }: Call): MockResponse {
  const { images } = validator.worker;
  const unused = [...images].filter(([, { inUse }]) => !inUse);
  for (const [ref] of unused) images.delete(ref);
  return jsonResponse(200, {
    status: "completed",
    removed_count: unused.length,
    freed_bytes: unused.reduce((sum, [, { sizeBytes }]) => sum + sizeBytes, 0),
  });
}

import type { MockExchange, MockRequest, MockResponse } from "../../core/http.ts";
import { checkWorkerCall } from "../auth/worker.ts";
import type { Askers } from "../auth/worker.ts";
import { answering, refuse } from "../failure.ts";
import type { Call, Validator } from "../validator.ts";
import {
  cancelDownload,
  cleanCache,
  deleteCached,
  download,
  downloadStatus,
  cacheOverview,
  purgeCache,
} from "./cache.ts";
import { deleteImage, listImages, pruneImages } from "./images.ts";
import {
  diskSpace,
  listServices,
  nvidiaSmi,
  overview,
  serviceLogs,
  serviceStatus,
  shutdown,
  statusHealth,
  streamLogs,
} from "./status.ts";

interface Route {
  readonly method: string;
  readonly pattern: RegExp;
  /** Null: open. */
  readonly askers: Askers | null;
  readonly purpose: "status" | "cache" | "images";
  run(call: Call): MockResponse;
}

function route(line: string, askers: Askers | null, run: Route["run"]): Route {
  const [method = "", path = ""] = line.split(" ");
  const pattern = new RegExp(`^${path.replaceAll(/\{(\w+)\}/g, "(?<$1>.+)")}$`);
  const area = path.split("/")[1];
  const purpose = area === "cache" || area === "images" ? area : "status";
  return { method, pattern, askers, purpose, run };
}

const BOTH: Askers = "miner or validator";

/** The VM's system manager (sek8s system_manager/*), in the order in which they are tried. */
const ROUTES: readonly Route[] = [
  route("GET /status/health", null, statusHealth),
  route("GET /status/overview", BOTH, overview),
  route("GET /status/services", BOTH, listServices),
  route("GET /status/services/{id}/status", BOTH, serviceStatus),
  route("GET /status/services/{id}/logs", BOTH, serviceLogs),
  route("GET /status/services/{id}/logs/stream", BOTH, streamLogs),
  route("GET /status/gpu/nvidia-smi", BOTH, nvidiaSmi),
  route("GET /status/disk/space", BOTH, diskSpace),
  route("POST /status/system/shutdown", BOTH, shutdown),
  route("POST /cache/download", "miner", download),
  route("GET /cache/download/status", BOTH, downloadStatus),
  route("GET /cache/overview", BOTH, cacheOverview),
  route("POST /cache/purge", "miner", purgeCache),
  route("POST /cache/cleanup", "miner", cleanCache),
  route("POST /cache/{chute}/cancel", "miner", cancelDownload),
  route("DELETE /cache/{chute}", "miner", deleteCached),
  route("GET /images/", BOTH, listImages),
  route("POST /images/prune", "miner", pruneImages),
  route("DELETE /images/{image}", "miner", deleteImage),
];

/** One request to the manager of the worker's VM. */
export function answerManager(
  validator: Validator,
  request: MockRequest,
  exchange: MockExchange,
): Promise<MockResponse> {
  return answering(() => {
    const { method, path } = request;
    const found = ROUTES.find((it) => it.method === method && it.pattern.test(path));
    if (found === undefined) {
      validator.world.unmodelled(`manager ${method} ${path}`);
      return refuse(404, "Not Found");
    }
    if (found.askers !== null) checkWorkerCall(validator, request, found.askers, found.purpose);
    const params = Object.fromEntries(
      Object.entries(found.pattern.exec(path)?.groups ?? {}).map(([name, text]) => [
        name,
        decodeURIComponent(text),
      ]),
    );
    return found.run({ validator, request, exchange, hotkey: "", params });
  });
}

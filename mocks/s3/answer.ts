import type { MockExchange, MockRequest, MockResponse } from "../core/http.ts";
import { bucketOf, checkAccess } from "./access.ts";
import { authorize } from "./auth/authorize.ts";
import { serverMs } from "./auth/credentials.ts";
import { S3Error } from "./error.ts";
import { ALPHANUMERIC, randomText } from "../core/random.ts";
import { OPERATIONS } from "./operations.ts";
import { operationOf, WRITES } from "./operation.ts";
import { postObject } from "./post/post-object.ts";
import { checkRegion, regionOf } from "./region.ts";
import type { Call, S3Service } from "./service.ts";
import { storageFull } from "./storage-full.ts";
import { targetOf } from "./target.ts";
import type { Target } from "./target.ts";
import { xmlDocument } from "./xml.ts";

/** One request: the faults of the front end, who asks, the operation, and every refusal in S3's words. */
export async function answerS3(
  service: S3Service,
  request: MockRequest,
  exchange: MockExchange,
): Promise<MockResponse> {
  const skewMs = Number(exchange.fault("policy.clockSkew")?.params["seconds"] ?? 0) * 1_000;
  const requestId = randomText(exchange.random, 16, "0123456789ABCDEFGHJKMNPQRSTVWXYZ");
  const hostId = `${randomText(exchange.random, 75, ALPHANUMERIC)}=`;
  const common = {
    "x-amz-request-id": requestId,
    "x-amz-id-2": hostId,
    server: "AmazonS3",
    ...(skewMs === 0 ? {} : { date: new Date(serverMs(service, skewMs)).toUTCString() }),
  };
  const query = new URLSearchParams(request.search);
  let operation = "unknown";
  let response: MockResponse;
  try {
    const target = targetOf(request, service.settings.domains);
    operation = operationOf(request, target, query) ?? operation;
    response = await run(service, request, exchange, query, target, skewMs);
  } catch (error) {
    if (!(error instanceof S3Error)) throw error;
    service.world.note("s3.refused", { n: exchange.number, operation, code: error.code });
    response = refusal(error, request, requestId, hostId);
  }
  const kind = `${operation} ${response.status}`;
  service.answered.set(kind, (service.answered.get(kind) ?? 0) + 1);
  return { ...response, headers: { ...common, ...response.headers } };
}

/** @throws S3Error */
async function run(
  service: S3Service,
  request: MockRequest,
  exchange: MockExchange,
  query: URLSearchParams,
  target: Target,
  skewMs: number,
): Promise<MockResponse> {
  const operation = operationOf(request, target, query);
  meetFrontEnd(service, request, exchange);
  if (operation === null) {
    const names = [...query.keys()].filter((name) => !name.startsWith("X-Amz-")).join("&");
    service.world.unmodelled(`${request.method} ${target.key === null ? "bucket" : "object"}?${names}`);
    throw new S3Error("NotImplemented", {
      message: "This mock does not know the operation; see the journal's `unmodelled`.",
    });
  }
  const call: Call = { service, request, exchange, query, target, operation, skewMs };
  if (operation === "Preflight") throw new S3Error("AccessForbidden");
  checkRegion(call);
  if (WRITES.has(operation)) checkRoom(call);
  // A form carries its signature inside.
  if (operation === "PostObject") return postObject(call);
  const identity = authorize(call, regionOf(call));
  if (target.bucket === null && identity.tenant === null) throw new S3Error("AccessDenied");
  if (target.bucket !== null && operation !== "CreateBucket") {
    bucketOf(call);
    checkAccess(call, identity, target.bucket);
  }
  return OPERATIONS[operation]({ ...call, identity });
}

/** The faults that come before anybody looks at a request. @throws SlowDown, InternalError */
function meetFrontEnd(
  { limits }: S3Service,
  { method, path, search }: MockRequest,
  exchange: MockExchange,
): void {
  const slow = exchange.fault("slowDown");
  if (slow !== null && limits.isTooFast(slow)) throw new S3Error("SlowDown");
  const internal = exchange.fault("internalError");
  if (internal !== null && limits.failsAgain(internal, `${method} ${path}${search}`))
    throw new S3Error("InternalError");
}

/** @throws InternalError, XMinioStorageFull */
function checkRoom(call: Call): void {
  const hit = call.exchange.fault("disk.full");
  if (hit !== null) throw storageFull(Number(hit.params["status"]));
}

function refusal(
  { code, message, status, fields, headers }: S3Error,
  { method, path }: MockRequest,
  requestId: string,
  hostId: string,
): MockResponse {
  if (method === "HEAD" || status === 304)
    return { status, headers: { "content-type": "application/xml", ...headers }, body: "" };
  const content = {
    Code: code,
    Message: message,
    ...fields,
    Resource: path,
    RequestId: requestId,
    HostId: hostId,
  };
  return {
    status,
    headers: { "content-type": "application/xml", ...headers },
    body: xmlDocument("Error", content, { plain: true }),
  };
}

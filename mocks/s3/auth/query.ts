import { S3Error } from "../error.ts";
import type { Call } from "../service.ts";
import { parseAmzDate } from "../text.ts";
import type { Claim } from "./authorize.ts";
import { checkScope, MAX_SKEW_MS, serverMs } from "./credentials.ts";
import { parseScope } from "./scope.ts";

/** Seven days: the most that X-Amz-Expires may say. */
const MAX_EXPIRES_SEC = 604_800;

/** A presigned URL: all in the query. @throws S3Error */
export function readQueryAuth({ query, request, service, skewMs }: Call, region: string | null): Claim {
  const field = (name: string) => {
    const value = query.get(`X-Amz-${name}`);
    if (value === null || value === "") throw new S3Error("AuthorizationQueryParametersError");
    return value;
  };
  if (field("Algorithm") !== "AWS4-HMAC-SHA256")
    throw wrong('X-Amz-Algorithm only supports "AWS4-HMAC-SHA256 and AWS4-ECDSA-P256-SHA256"');
  const scope = parseScope(field("Credential"));
  if (scope === null)
    throw wrong(
      'Error parsing the X-Amz-Credential parameter; the Credential is mal-formed; expecting "<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request".',
    );
  const amzDate = field("Date");
  const dateMs = parseAmzDate(amzDate);
  if (Number.isNaN(dateMs))
    throw wrong("X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\"");
  const expires = field("Expires");
  if (!/^\d+$/.test(expires)) throw wrong("X-Amz-Expires should be a number");
  if (Number(expires) > MAX_EXPIRES_SEC)
    throw wrong("X-Amz-Expires must be less than a week (in seconds) that is 604800");
  return {
    scope,
    amzDate,
    signedHeaders: field("SignedHeaders").split(";"),
    signature: field("Signature"),
    token: query.get("X-Amz-Security-Token"),
    payloadHash:
      query.get("X-Amz-Content-Sha256") ?? request.headers["x-amz-content-sha256"] ?? "UNSIGNED-PAYLOAD",
    check() {
      checkScope(scope, amzDate, region, "AuthorizationQueryParametersError");
      const nowMs = serverMs(service, skewMs);
      const serverTime = new Date(nowMs).toISOString().replace(/\.\d+/, "");
      if (dateMs > nowMs + MAX_SKEW_MS)
        throw new S3Error("AccessDenied", {
          message: "Request is not yet valid",
          fields: { "X-Amz-Date": amzDate, ServerTime: serverTime },
        });
      const endMs = dateMs + Number(expires) * 1_000;
      if (nowMs > endMs)
        throw new S3Error("AccessDenied", {
          message: "Request has expired",
          fields: {
            "X-Amz-Expires": expires,
            Expires: new Date(endMs).toISOString().replace(/\.\d+/, ""),
            ServerTime: serverTime,
          },
        });
    },
  };
}

function wrong(message: string): S3Error {
  return new S3Error("AuthorizationQueryParametersError", { message });
}

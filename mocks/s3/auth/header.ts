import { S3Error, invalidArgument } from "../error.ts";
import type { Call } from "../service.ts";
import { amzDate as amzDateOf, parseAmzDate } from "../text.ts";
import { oldSignature } from "./authorize.ts";
import type { Claim } from "./authorize.ts";
import { checkScope, MAX_SKEW_MS, serverMs } from "./credentials.ts";
import { parseScope } from "./scope.ts";

/** `Authorization: AWS4-HMAC-SHA256 Credential=…, SignedHeaders=…, Signature=…`. @throws S3Error */
export function readHeaderAuth(call: Call, text: string, region: string | null): Claim {
  const { headers } = call.request;
  if (text.startsWith("AWS ")) throw oldSignature();
  if (!text.startsWith("AWS4-HMAC-SHA256"))
    throw invalidArgument("Unsupported Authorization Type", "Authorization", text);
  const field = (name: string) => new RegExp(`[\\s,]${name}=([^,\\s]+)`).exec(text)?.[1];
  const scope = parseScope(field("Credential") ?? "");
  const [signedHeaders, signature] = [field("SignedHeaders"), field("Signature")];
  if (scope === null || signedHeaders === undefined || signature === undefined)
    throw new S3Error("AuthorizationHeaderMalformed", {
      message:
        "The authorization header is malformed; the Credential, SignedHeaders or Signature is mal-formed.",
    });
  const payloadHash = headers["x-amz-content-sha256"];
  if (payloadHash === undefined)
    throw new S3Error("InvalidRequest", {
      message: "Missing required header for this request: x-amz-content-sha256",
    });
  const amzDate = dateOf(headers);
  return {
    scope,
    amzDate,
    signedHeaders: signedHeaders.split(";"),
    signature,
    token: headers["x-amz-security-token"] ?? null,
    payloadHash,
    check() {
      checkScope(scope, amzDate, region, "AuthorizationHeaderMalformed");
      checkSkew(call, amzDate);
    },
  };
}

/** `x-amz-date`, or a `date` that says the same. @throws AccessDenied */
function dateOf(headers: Readonly<Record<string, string>>): string {
  const given = headers["x-amz-date"];
  if (given !== undefined) return given;
  const ms = Date.parse(headers["date"] ?? "");
  if (Number.isFinite(ms)) return amzDateOf(ms);
  throw new S3Error("AccessDenied", {
    message: "AWS authentication requires a valid Date or x-amz-date header",
  });
}

function checkSkew({ service, skewMs }: Call, amzDate: string): void {
  const nowMs = serverMs(service, skewMs);
  if (Math.abs(nowMs - parseAmzDate(amzDate)) <= MAX_SKEW_MS) return;
  throw new S3Error("RequestTimeTooSkewed", {
    fields: {
      RequestTime: amzDate,
      ServerTime: new Date(nowMs).toISOString().replace(/\.\d+/, ""),
      MaxAllowedSkewMilliseconds: MAX_SKEW_MS,
    },
  });
}

import { S3Error, invalidArgument } from "../error.ts";
import type { Call } from "../service.ts";
import type { Tenant } from "../settings.ts";
import { canonicalRequest, stringToSign } from "./canonical.ts";
import { tenantOf } from "./credentials.ts";
import { readHeaderAuth } from "./header.ts";
import { readQueryAuth } from "./query.ts";
import { hmacHex, signingKey } from "./scope.ts";
import type { Scope } from "./scope.ts";
import { sameText, signatureDoesNotMatch } from "./signature.ts";

/** What a request says of its signature, wherever it says it. */
export interface Claim {
  readonly scope: Scope;
  readonly amzDate: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  readonly token: string | null;
  /** What `x-amz-content-sha256` says, or UNSIGNED-PAYLOAD. */
  readonly payloadHash: string;
  /** Checks of dates and scope, which come after the key's. @throws S3Error */
  readonly check: () => void;
}

/** Who asks. */
export interface Identity {
  /** Null: nobody signed. */
  readonly tenant: Tenant | null;
  readonly payloadHash: string;
  /** What the chunks of a signed stream are signed with. */
  readonly chain: SignatureChain | null;
}

export interface SignatureChain {
  readonly key: Uint8Array;
  readonly scope: Scope;
  readonly amzDate: string;
  /** The signature of the head: the first chunk's is made over it. */
  readonly seed: string;
}

/**
 * Checks the signature, in the header or in the query, or finds none. `region`: where the bucket is; null: any will do.
 * @throws S3Error
 */
export function authorize(call: Call, region: string | null): Identity {
  const { request, query, exchange, service } = call;
  const inHeader = request.headers["authorization"];
  const inQuery = query.has("X-Amz-Algorithm") || query.has("X-Amz-Signature");
  if (inHeader !== undefined && inQuery)
    throw invalidArgument(
      "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query string parameter or the Authorization header should be specified",
      "Authorization",
      inHeader,
    );
  if (query.has("AWSAccessKeyId") && query.has("Signature")) throw oldSignature();
  if (inHeader === undefined && !inQuery)
    return {
      tenant: null,
      payloadHash: request.headers["x-amz-content-sha256"] ?? "UNSIGNED-PAYLOAD",
      chain: null,
    };

  const claim = inHeader === undefined ? readQueryAuth(call, region) : readHeaderAuth(call, inHeader, region);
  const tenant = tenantOf(service, exchange, claim.scope, claim.token);
  claim.check();
  checkSignedHeaders(call, claim);
  const canonical = canonicalRequest(request, query, claim.signedHeaders, claim.payloadHash);
  const toSign = stringToSign(claim.amzDate, claim.scope, canonical);
  const key = signingKey(tenant.secret, claim.scope);
  if (!sameText(hmacHex(key, toSign), claim.signature))
    throw signatureDoesNotMatch(claim.scope, claim.signature, toSign, canonical);
  const chain = { key, scope: claim.scope, amzDate: claim.amzDate, seed: claim.signature };
  return { tenant, payloadHash: claim.payloadHash, chain };
}

export function oldSignature(): S3Error {
  return new S3Error("InvalidRequest", {
    message: "The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.",
  });
}

/** The host and every `x-amz-` header must be signed. @throws AccessDenied */
function checkSignedHeaders({ request }: Call, { signedHeaders }: Claim): void {
  const needed = Object.keys(request.headers).filter((name) => name.startsWith("x-amz-"));
  // A signed stream's hash is part of what is signed, whether its header is or not.
  const missing = ["host", ...needed].filter(
    (name) => !signedHeaders.includes(name) && name !== "x-amz-content-sha256",
  );
  if (missing.length === 0) return;
  throw new S3Error("AccessDenied", {
    message: "There were headers present in the request which were not signed",
    fields: { HeadersNotSigned: missing.join(", ") },
  });
}

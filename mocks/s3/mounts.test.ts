import fc from "fast-check";
import { expect, test } from "vitest";
import { MOUNTS, play } from "../core/mounts.testkit.ts";
import type { Ask } from "../core/mounts.testkit.ts";
import { hmacHex, parseScope, signingKey } from "./auth/scope.ts";
import type { Scope } from "./auth/scope.ts";
import { KEY, SECRET } from "./clients.testkit.ts";
import { s3Mock } from "./s3.ts";

/** A signature covers the host, which is another in every mount: so nobody signs here but the form's policy. */
const ask = (
  method: Ask["method"],
  path: string,
  body?: string,
  headers: Record<string, string> = {},
): Ask => ({
  method,
  path,
  headers,
  ...(body === undefined ? {} : { body }),
});

const TEXT = { "content-type": "text/plain" };
const CREDENTIAL = `${KEY}/20260101/us-east-1/s3/aws4_request`;

function form(key: string): Ask {
  const policy = Buffer.from(
    JSON.stringify({ expiration: "2026-01-02T00:00:00Z", conditions: [["starts-with", "$key", "post/"]] }),
  ).toString("base64");
  const scope = parseScope(CREDENTIAL) as Scope;
  const fields = {
    key,
    "x-ignore-it": "1",
    "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
    "X-Amz-Credential": CREDENTIAL,
    "X-Amz-Date": "20260101T000000Z",
    Policy: policy,
    "X-Amz-Signature": hmacHex(signingKey(SECRET, scope), policy),
  };
  const parts = Object.entries(fields).map(
    ([name, value]) => `--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  );
  const file = `--b\r\nContent-Disposition: form-data; name="file"; filename="f.txt"\r\nContent-Type: text/plain\r\n\r\nhello\r\n--b--\r\n`;
  return ask("POST", "/open", parts.join("") + file, { "content-type": "multipart/form-data; boundary=b" });
}

const asks = fc.array(
  fc.constantFrom(
    ask("PUT", "/open/a", "first", { "content-type": "text/plain", "x-amz-meta-x": "1" }),
    ask("PUT", "/open/a", "second", TEXT),
    ask("PUT", "/open/b%20c", "third", TEXT),
    ask("PUT", "/open/copy", "", { "x-amz-copy-source": "/open/a", "content-type": "text/plain" }),
    ask("GET", "/open/a"),
    ask("GET", "/open/a", undefined, { range: "bytes=1-3" }),
    ask("HEAD", "/open/a"),
    ask("DELETE", "/open/a"),
    ask("GET", "/open?list-type=2&max-keys=1"),
    ask("GET", "/open?encoding-type=url&delimiter=%20"),
    ask("GET", "/open?tagging"),
    ask("POST", "/open/m?uploads", "", TEXT),
    ask("GET", "/closed/a"),
    ask("GET", "/closed?X-Amz-Algorithm=AWS4-HMAC-SHA256"),
    form("post/${filename}"),
    form("elsewhere/f"),
  ),
  { minLength: 1, maxLength: 6 },
);

const faults = fc.constantFrom<Record<string, object>>(
  {},
  { busy: { kind: "slowDown", when: { probability: 0.5 } } },
  { tag: { kind: "etag.mismatch" }, twice: { kind: "list.dupKey" } },
  { slow: { kind: "latency", params: { mean: 900, dist: "lognormal" } }, stale: { kind: "list.stale" } },
  { skew: { kind: "policy.clockSkew", params: { seconds: 90_000 } } },
);

test("same seed and same requests: the same bytes and the same journal in every mount", async () => {
  await fc.assert(
    fc.asyncProperty(asks, faults, async (list, standing) => {
      const settings = { anonymous: "open", buckets: "closed" };
      const [first = "", ...others] = Object.keys(MOUNTS);
      const wanted = await play(first, s3Mock, list, standing, settings);
      for (const mount of others)
        expect(await play(mount, s3Mock, list, standing, settings), mount).toEqual(wanted);
    }),
    { numRuns: 15 },
  );
});

import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { BUCKET, clientsOf, failureOf, KEY, REACH } from "./clients.testkit.ts";
import type { Clients, Reached } from "./clients.testkit.ts";

/** The code of an error document, or the status of an answer without one. */
async function toldBy(response: Response): Promise<string> {
  const text = await response.text();
  const code = /<Code>(\w+)<\/Code><Message>([^<]*)/.exec(text);
  return code === null ? String(response.status) : `${response.status} ${code[1]}: ${code[2]}`;
}

describe.each(["standalone", "socket interceptor"] as const)(
  "signatures are held against their request, %s",
  (mount) => {
    let reached: Reached;
    let clients: Clients;
    beforeAll(async () => {
      reached = await REACH[mount]({ settings: { tenants: `${KEY}:right:*,TEMPORARY:right:*:a-token` } });
      clients = clientsOf(reached, { secret: "right" });
      await clients.aws.send(new PutObjectCommand({ Bucket: BUCKET, Key: "data/a/1", Body: "one" }));
    });
    afterAll(() => reached.close());

    const list = (client: S3Client) => client.send(new ListObjectsV2Command({ Bucket: BUCKET }));

    test("keys, tokens, regions", async () => {
      const as = (options: Parameters<typeof clientsOf>[1]) => list(clientsOf(reached, options).aws);
      expect(await failureOf(as({ secret: "wrong" }))).toMatch(/^SignatureDoesNotMatch 403/);
      expect(await failureOf(as({ accessKey: "NOBODY", secret: "right" }))).toMatch(
        /^InvalidAccessKeyId 403/,
      );
      // Without an endpoint, another region is another host.
      if (mount === "standalone")
        expect(await failureOf(as({ secret: "right", region: "eu-west-1" }))).toMatch(
          /^AuthorizationHeaderMalformed 400 .*expecting 'us-east-1'/,
        );
      const temporary = (sessionToken?: string) => ({
        accessKeyId: "TEMPORARY",
        secretAccessKey: "right",
        ...(sessionToken === undefined ? {} : { sessionToken }),
      });
      expect(await failureOf(as({ aws: { credentials: temporary("a-token") } }))).toBeNull();
      expect(await failureOf(as({ aws: { credentials: temporary("other") } }))).toMatch(/^InvalidToken 400/);
      expect(await failureOf(as({ aws: { credentials: temporary() } }))).toMatch(/^InvalidToken 400/);
      const anonymous = { signer: { sign: async <T>(request: T) => request } } as object;
      expect(await failureOf(as({ aws: anonymous }))).toMatch(/^AccessDenied 403/);
      expect(await failureOf(clientsOf(reached, { secret: "wrong" }).minio.bucketExists(BUCKET))).toMatch(
        /Error/,
      );
    });

    test("the client's clock: a quarter of an hour is the most", async () => {
      const late = (ms: number) =>
        clientsOf(reached, { secret: "right", aws: { systemClockOffset: ms } }).aws;
      expect(await failureOf(list(late(-14 * 60_000)))).toBeNull();
      expect(await failureOf(list(late(-16 * 60_000)))).toMatch(/^RequestTimeTooSkewed 403/);
      expect(await failureOf(list(late(16 * 60_000)))).toMatch(/^RequestTimeTooSkewed 403/);
      // It learns the time from the refusal's date.
      const learning = late(3_600_000);
      expect(await failureOf(list(learning))).toMatch(/^RequestTimeTooSkewed 403/);
      expect(await failureOf(list(learning))).toBeNull();
    });

    test("a presigned URL is good for its request, as long as it says", async () => {
      const sign = (more: object = {}) =>
        getSignedUrl(
          clients.aws,
          new ListObjectsV2Command({ Bucket: BUCKET, Prefix: "data/a/", Delimiter: "/" }),
          {
            expiresIn: 60,
            ...more,
          },
        );
      const url = await sign();
      expect(await (await fetch(url)).text()).toContain("<Key>data/a/1</Key>");
      const tell = async (changed: string, init: RequestInit = {}) => toldBy(await fetch(changed, init));
      expect(await tell(url.replace("data%2Fa%2F", "data%2Fb%2F"))).toMatch(/^403 SignatureDoesNotMatch/);
      expect(await tell(url.replace(/X-Amz-Expires=60/, "X-Amz-Expires=61"))).toMatch(
        /^403 SignatureDoesNotMatch/,
      );
      expect(await tell(`${url}&max-keys=1`)).toMatch(/^403 SignatureDoesNotMatch/);
      expect(await tell(url.replace(/X-Amz-Signature=\w+/, `X-Amz-Signature=${"0".repeat(64)}`))).toMatch(
        /^403 SignatureDoesNotMatch/,
      );
      expect(await tell(url.replace(/X-Amz-Date=\w+&?/, ""))).toMatch(
        /^400 AuthorizationQueryParametersError/,
      );
      expect(await tell(url, { method: "DELETE" })).toMatch(/^403 SignatureDoesNotMatch/);
      expect(await tell(url, { headers: { "x-amz-request-payer": "requester" } })).toMatch(
        /^403 AccessDenied: There were headers/,
      );
      const hourAgo = new Date(Date.now() - 3_600_000);
      expect(await tell(await sign({ signingDate: hourAgo }))).toMatch(
        /^403 AccessDenied: Request has expired/,
      );
      expect(await tell(await sign({ signingDate: hourAgo, expiresIn: 7_200 }))).toBe("200");
      expect(await tell(await sign({ signingDate: new Date(Date.now() + 3_600_000) }))).toMatch(
        /^403 AccessDenied: Request is not yet valid/,
      );
    });

    test("a presigned PUT, and minio's URLs", async () => {
      const command = new PutObjectCommand({ Bucket: BUCKET, Key: "put me", ContentType: "text/plain" });
      const url = await getSignedUrl(clients.aws, command, { expiresIn: 60 });
      const put = await fetch(url, {
        method: "PUT",
        body: "by url",
        headers: { "content-type": "text/plain" },
      });
      expect(await toldBy(put)).toBe("200");
      const { minio } = clients;
      expect(await (await fetch(await minio.presignedGetObject(BUCKET, "put me", 60))).text()).toBe("by url");
      const other = await minio.presignedPutObject(BUCKET, "put/me too", 60);
      expect(await toldBy(await fetch(other, { method: "PUT", body: "x" }))).toBe("200");
      expect(await toldBy(await fetch(other.replace("too", "two"), { method: "PUT", body: "x" }))).toMatch(
        /^403 SignatureDoesNotMatch/,
      );
    });

    test("what is no Signature Version 4", async () => {
      const url = new URL(
        await getSignedUrl(clients.aws, new GetObjectCommand({ Bucket: BUCKET, Key: "data/a/1" })),
      );
      const bare = `${url.origin}${url.pathname}`;
      const tell = async (more: string, headers: Record<string, string> = {}) =>
        toldBy(await fetch(bare + more, { headers }));
      expect(await tell("")).toMatch(/^403 AccessDenied: Access Denied/);
      expect(await tell(`?AWSAccessKeyId=${KEY}&Expires=1&Signature=x`)).toMatch(
        /^400 InvalidRequest: .*AWS4-HMAC/,
      );
      expect(await tell("", { authorization: `AWS ${KEY}:x` })).toMatch(/^400 InvalidRequest: .*AWS4-HMAC/);
      expect(await tell("", { authorization: "Bearer x" })).toMatch(/^400 InvalidArgument: Unsupported/);
      expect(await tell("", { authorization: "AWS4-HMAC-SHA256 x" })).toMatch(
        /^400 AuthorizationHeaderMalformed/,
      );
    });

    test("a body that is not what was signed", async () => {
      const tampered = clientsOf(reached, { secret: "right" }).aws;
      tampered.middlewareStack.add(
        (next) => async (args) => {
          (args.request as { body: unknown }).body = "two";
          return next(args);
        },
        { step: "finalizeRequest", priority: "low", name: "tamper" },
      );
      const put = (more: object) =>
        failureOf(tampered.send(new PutObjectCommand({ Bucket: BUCKET, Key: "t", Body: "one", ...more })));
      expect(await put({})).toMatch(
        mount === "standalone"
          ? /^XAmzContentSHA256Mismatch 400/
          : /^(XAmzContentSHA256Mismatch|BadDigest) 400/,
      );
      expect(await put({ ContentMD5: "+XtKIPSdxiz/xK2Zv6iWiQ==" })).toMatch(/ 400 /);
    });
  },
);

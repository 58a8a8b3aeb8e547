import type { SignatureChain } from "../auth/authorize.ts";
import { sha256Hex } from "../auth/canonical.ts";
import { hmacHex } from "../auth/scope.ts";
import { sameText, signatureDoesNotMatch } from "../auth/signature.ts";
import { S3Error } from "../error.ts";

/** Every chunk but the last must have this many bytes (S3: InvalidChunkSizeError). */
const MIN_CHUNK_BYTES = 8_192;
const EMPTY = sha256Hex("");

export interface Decoded {
  /** Views of the encoded body. */
  readonly pieces: readonly Uint8Array[];
  readonly trailers: Readonly<Record<string, string>>;
}

/**
 * Takes `content-encoding: aws-chunked` off a body: `size[;chunk-signature=…]`, data, and so on to a chunk of size 0 and
 * trailers. With a chain, every signature is checked.
 * @throws IncompleteBody, InvalidChunkSizeError, SignatureDoesNotMatch
 */
export function decodeChunks(body: Uint8Array, chain: SignatureChain | null): Decoded {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  const pieces: Uint8Array[] = [];
  let previous = chain?.seed ?? "";
  let short = false;
  for (let at = 0; ;) {
    const end = bytes.indexOf("\r\n", at);
    const head = /^([0-9a-f]{1,8})(?:;chunk-signature=([0-9a-f]{64}))?$/i.exec(
      end === -1 ? "" : bytes.toString("latin1", at, end),
    );
    if (head === null) throw new S3Error("IncompleteBody");
    const size = Number.parseInt(head[1] ?? "", 16);
    const data = bytes.subarray(end + 2, end + 2 + size);
    if (data.length < size) throw new S3Error("IncompleteBody");
    if (chain !== null) previous = checkChunk(chain, previous, data, head[2] ?? "");
    at = end + 2 + size;
    if (size === 0) {
      const trailers = readTrailers(bytes.toString("latin1", at));
      if (chain !== null) checkTrailer(chain, previous, trailers);
      return { pieces, trailers };
    }
    if (bytes.toString("latin1", at, at + 2) !== "\r\n") throw new S3Error("IncompleteBody");
    at += 2;
    if (short)
      throw new S3Error("InvalidChunkSizeError", {
        fields: { Chunk: pieces.length + 1, BadChunkSize: pieces.at(-1)?.length },
      });
    short = size < MIN_CHUNK_BYTES;
    pieces.push(data);
  }
}

/** Returns the chunk's signature, over which the next is made. */
function checkChunk(chain: SignatureChain, previous: string, data: Uint8Array, given: string): string {
  const { key, scope, amzDate } = chain;
  const toSign = ["AWS4-HMAC-SHA256-PAYLOAD", amzDate, scope.text, previous, EMPTY, sha256Hex(data)].join(
    "\n",
  );
  const wanted = hmacHex(key, toSign);
  if (!sameText(wanted, given)) throw signatureDoesNotMatch(scope, given, toSign, null);
  return wanted;
}

function checkTrailer(
  chain: SignatureChain,
  previous: string,
  trailers: Readonly<Record<string, string>>,
): void {
  const { "x-amz-trailer-signature": given, ...others } = trailers;
  if (Object.keys(others).length === 0) return;
  const text = Object.entries(others).map(([name, value]) => `${name}:${value}\n`);
  const { key, scope, amzDate } = chain;
  const toSign = ["AWS4-HMAC-SHA256-TRAILER", amzDate, scope.text, previous, sha256Hex(text.join(""))].join(
    "\n",
  );
  if (!sameText(hmacHex(key, toSign), given ?? ""))
    throw signatureDoesNotMatch(scope, given ?? "", toSign, null);
}

function readTrailers(text: string): Record<string, string> {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== "");
  return Object.fromEntries(
    lines.map((line) => {
      const at = line.indexOf(":");
      if (at < 1) throw new S3Error("MalformedTrailerError");
      return [line.slice(0, at).trim().toLowerCase(), line.slice(at + 1).trim()] as const;
    }),
  );
}

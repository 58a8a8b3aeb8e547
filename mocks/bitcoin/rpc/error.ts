/** A JSON-RPC error of Core (src/rpc/protocol.h). */
export class RpcError extends Error {
  override readonly name = "RpcError";
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

/** Names as in Core, without their prefix RPC_. */
export const CODE = {
  MISC: -1,
  TYPE: -3,
  INVALID_ADDRESS_OR_KEY: -5,
  INVALID_PARAMETER: -8,
  NOT_CONNECTED: -9,
  IN_INITIAL_DOWNLOAD: -10,
  WALLET_NOT_FOUND: -18,
  DATABASE: -20,
  DESERIALIZATION: -22,
  VERIFY: -25,
  VERIFY_REJECTED: -26,
  IN_WARMUP: -28,
  INVALID_REQUEST: -32_600,
  METHOD_NOT_FOUND: -32_601,
  INTERNAL: -32_603,
  PARSE: -32_700,
} as const;

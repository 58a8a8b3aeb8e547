import { execa } from "execa";
import { FREE_PORTS, testMock } from "../core/echo.testkit.ts";
import type { RunningMock } from "../core/life.ts";
import { serveMock } from "../core/mount/standalone.ts";
import { pythonWith } from "../core/python.testkit.ts";
import { chutesValidatorMock } from "./chutes-validator.ts";

/** What the miner is built on (aiohttp, python-socketio, substrate-interface), and what the validator checks with. */
const PACKAGES = [
  "aiohttp==3.14.5",
  "python-socketio==5.18.1",
  "substrate-interface==1.8.1",
  "bittensor-wallet==4.1.1",
];

/** What every script begins with: the miner's way to sign, written anew, and `tell(value)`, which prints one JSON line. */
const HEAD = `
import asyncio, hashlib, json, os, ssl, time
import aiohttp, socketio
from substrateinterface import Keypair
API, ATTESTATION, CONTROL = os.environ["API"], os.environ["ATTESTATION"], os.environ["CONTROL"]
pair = Keypair.create_from_seed("0x" + "01" * 32)
def tell(value):
    print(json.dumps(value), flush=True)
def sign(purpose=None, payload=None):
    nonce = str(int(time.time()))
    body = None if payload is None else json.dumps(payload)
    what = purpose if body is None else hashlib.sha256(body.encode()).hexdigest()
    signature = pair.sign(f"{pair.ss58_address}:{nonce}:{what}".encode()).hex()
    headers = {"X-Chutes-Hotkey": pair.ss58_address, "X-Chutes-Nonce": nonce, "X-Chutes-Signature": signature}
    return headers, body
`;

export interface PythonScene {
  readonly mock: RunningMock;
  /** Runs a script against the mock and returns what it told. @throws with Python's traceback. */
  run(script: string, env?: Readonly<Record<string, string>>): Promise<unknown[]>;
  close(): Promise<void>;
}

/** A mock at the real date, since Python signs by its own clock. */
export async function pythonScene(settings: Record<string, string> = {}): Promise<PythonScene> {
  const mock = testMock(chutesValidatorMock, {
    settings,
    epochMs: Date.now(),
    mode: { kind: "run", scale: 1 },
  });
  const interpreter = await pythonWith(PACKAGES);
  const server = await serveMock(mock, FREE_PORTS);
  const at = (name: string) => `127.0.0.1:${server.ports[name]}`;
  return {
    mock,
    async run(script, env = {}) {
      const { stdout } = await execa(interpreter, ["-c", HEAD + script], {
        env: {
          API: `http://${at("api")}`,
          ATTESTATION: `https://${at("attestation")}`,
          CONTROL: `http://127.0.0.1:${server.controlPort}`,
          ...env,
        },
      });
      const lines = stdout.split("\n").filter((line) => line !== "");
      return lines.map((line) => JSON.parse(line) as unknown);
    },
    close: server.close,
  };
}

import { spawnSync } from "node:child_process";
import { execa } from "execa";
import { KEY, SECRET } from "./clients.testkit.ts";
import type { Reached } from "./clients.testkit.ts";
import { pythonWith } from "../core/python.testkit.ts";

/** Program → the Debian package that has it. */
const PACKAGES = { s3cmd: "s3cmd", rclone: "rclone", aws: "awscli" } as const;
type Program = keyof typeof PACKAGES;

/** What is the system's own goes first. */
const PATH = `/usr/bin:/bin:${process.env["PATH"] ?? ""}`;

/** Where each program reads its keys and the endpoint. */
const ARGUMENTS: Readonly<Record<Program, (origin: string) => readonly string[]>> = {
  s3cmd: (origin) => [
    "--config=/dev/null",
    `--access_key=${KEY}`,
    `--secret_key=${SECRET}`,
    "--no-ssl",
    "--region=us-east-1",
    "--no-progress",
    `--host=${origin.replace("http://", "")}`,
    `--host-bucket=${origin.replace("http://", "")}`,
  ],
  rclone: () => ["--config=/dev/null", "--retries=1", "--low-level-retries=1"],
  aws: (origin) => ["--endpoint-url", origin],
};

/** A program with its exit code, and all that it said. Asynchronous: the mock answers in this process. */
export async function run(reached: Reached, program: Program, ...words: string[]) {
  const found = spawnSync("sh", ["-c", `command -v ${program}`], { env: { PATH } });
  if (found.status !== 0)
    throw new Error(`${program} is not installed: apt-get install ${PACKAGES[program]}`);
  const origin = `http://127.0.0.1:${reached.port}`;
  const { exitCode, stdout, stderr } = await execa(program, [...ARGUMENTS[program](origin), ...words], {
    env: {
      PATH,
      AWS_ACCESS_KEY_ID: KEY,
      AWS_SECRET_ACCESS_KEY: SECRET,
      AWS_DEFAULT_REGION: "us-east-1",
      AWS_MAX_ATTEMPTS: "1",
      AWS_EC2_METADATA_DISABLED: "true",
      AWS_PAGER: "",
      // A machine's own makes rclone give up at once.
      AWS_CA_BUNDLE: undefined,
      RCLONE_CONFIG_MOCK_TYPE: "s3",
      RCLONE_CONFIG_MOCK_PROVIDER: "Other",
      RCLONE_CONFIG_MOCK_ENV_AUTH: "true",
      RCLONE_CONFIG_MOCK_ENDPOINT: origin,
      RCLONE_CONFIG_MOCK_FORCE_PATH_STYLE: "true",
    },
    reject: false,
  });
  return { exitCode, stdout, told: `${stdout}\n${stderr}` };
}

const PRELUDE = `
import io, json, os, sys, urllib.request, urllib.error
import boto3, botocore
from botocore.config import Config
from botocore.exceptions import ClientError, PaginationError
origin, bucket = sys.argv[1:3]
def client(key="${KEY}", secret="${SECRET}", attempts=1, **config):
    return boto3.client("s3", endpoint_url=origin, region_name="us-east-1", aws_access_key_id=key, aws_secret_access_key=secret,
        config=Config(signature_version="s3v4", retries={"total_max_attempts": attempts}, **config))
s3 = client()
def tell(value): print(json.dumps(value))
def failure(work):
    try: work()
    except ClientError as error: return [error.response["Error"]["Code"], error.response["ResponseMetadata"]["HTTPStatusCode"]]
    except Exception as error: return [type(error).__name__]
`;

/** The present one, and Debian 12's, which the API of subnet 46 was written for: it makes no check sums unless asked. */
const BOTO = {
  "boto3 1.44": ["awscrt==0.27.6", "boto3==1.44.5", "requests==2.32.5"],
  "boto3 1.26": ["boto3==1.26.27", "requests==2.32.5"],
} as const;

/** Runs a script of boto3's and gives back each line that it `tell`s. @throws with what Python said. */
export async function boto(
  reached: Reached,
  bucket: string,
  script: string,
  version: keyof typeof BOTO = "boto3 1.44",
): Promise<unknown[]> {
  const python = await pythonWith(BOTO[version]);
  const { stdout } = await execa(python, [
    "-c",
    PRELUDE + script,
    `http://127.0.0.1:${reached.port}`,
    bucket,
  ]);
  return stdout
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as unknown);
}

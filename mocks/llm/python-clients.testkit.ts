import { execa } from "execa";
import { pythonWith } from "../core/python.testkit.ts";

/** The official clients for Python, as PyPI has them. */
const PACKAGES = ["openai==3.54.0", "anthropic==2.12.0"];

/** What every script begins with: clients as anybody would make them, and `tell(value)`, which prints one JSON line. */
const HEAD = `
import asyncio, json, os
import openai, anthropic
origin = os.environ["ORIGIN"]
oa = openai.OpenAI(base_url=origin + "/v1", api_key="sk-py")
oa_async = openai.AsyncOpenAI(base_url=origin + "/v1", api_key="sk-py")
an = anthropic.Anthropic(base_url=origin, api_key="sk-py")
an_async = anthropic.AsyncAnthropic(base_url=origin, api_key="sk-py")
ask = [{"role": "user", "content": "Where does the queue wait?"}]
claude = {"model": "claude-sonnet-5-5", "max_tokens": 500, "messages": ask}
schema = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
def tell(value):
    print(json.dumps(value))
def failure(call):
    try:
        call()
        return None
    except Exception as error:
        return [type(error).__name__, getattr(error, "status_code", None), getattr(error, "request_id", None)]
`;

/** Runs a script against the mock and returns what it told. @throws with Python's traceback. */
export async function python(
  origin: string,
  script: string,
  env: Readonly<Record<string, string>> = {},
): Promise<unknown[]> {
  const interpreter = await pythonWith(PACKAGES);
  const { stdout } = await execa(interpreter, ["-c", HEAD + script], { env: { ORIGIN: origin, ...env } });
  return stdout
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as unknown);
}

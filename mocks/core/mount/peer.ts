import { FiredrillError } from "../../../harness/error.ts";

/** Imports an adapter of a package that the user may not have. @throws ENV_TOOL when the package is not installed. */
export async function withPeer<T>(name: string, range: string, load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code !== "ERR_MODULE_NOT_FOUND" || !message.includes(`'${name}'`)) throw cause;
    throw new FiredrillError(
      "ENV_TOOL",
      `this way into a test goes through ${name}, which is not installed`,
      {
        cause,
        expected: `${name} ${range}`,
        hint: `npm i -D ${name}`,
      },
    );
  }
}

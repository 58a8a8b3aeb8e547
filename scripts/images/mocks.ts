import { fileURLToPath } from "node:url";
import { nodeProgram } from "./node-program.ts";

/** TypeScript in the repository, compiled JavaScript in the package. */
const ENDING = import.meta.url.endsWith(".ts") ? "ts" : "js";
/** Where mocks/main.ts tells its control port. */
const PORT_FILE = "/tmp/control-port";
/** A shell opens the port itself: starting a program each second would be the busiest thing in the container. */
const ASK = `exec 3<>/dev/tcp/127.0.0.1/$(cat ${PORT_FILE}) && printf 'GET /health HTTP/1.0\\r\\n\\r\\n' >&3 && read -r -t 2 line <&3 && [[ $line == *' 200 '* ]]`;

/** Every mock: `command: [llm]`. Healthy once its control port answers. */
export const mocks = nodeProgram({
  name: "mocks",
  main: fileURLToPath(new URL(`../../mocks/main.${ENDING}`, import.meta.url)),
  madeFrom: "mocks",
  lines: [
    `ENV MOCK_PORT_FILE=${PORT_FILE}`,
    `HEALTHCHECK --interval=1s --timeout=3s --start-period=30s --retries=5 CMD ${JSON.stringify(["bash", "-c", ASK])}`,
  ],
});

// A handler in Node with its AWS SDK, in a loop that asks the runtime API with nothing but Node itself.
import http from "node:http";
import { DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";

const table = new DynamoDBClient({});
const agent = new http.Agent({ keepAlive: true });
const [host, port] = process.env.AWS_LAMBDA_RUNTIME_API.split(":");

async function handler() {
  const key = { pk: { S: "QUEUE" }, sk: { S: "SETTINGS" } };
  const answer = await table.send(new GetItemCommand({ TableName: "system", Key: key, ConsistentRead: true }));
  return { found: answer.Item !== undefined };
}

function ask(method, path, body) {
  return new Promise((resolve, reject) => {
    const request = http.request({ host, port, agent, method, path: `/2018-06-01/runtime/invocation/${path}` }, (response) => {
      let text = "";
      response.on("data", (chunk) => (text += chunk));
      response.on("end", () => resolve({ headers: response.headers, text }));
    });
    request.on("error", reject);
    request.end(body);
  });
}

for (;;) {
  const { headers, text } = await ask("GET", "next");
  const answer = await handler(JSON.parse(text));
  await ask("POST", `${headers["lambda-runtime-aws-request-id"]}/response`, JSON.stringify(answer));
}

// What the attention list offers to do: the API names the request, and only its own routes are taken.
import { ApiProblem, apiAddress, type Schemas, send } from "@/api/client";

const METHODS = ["POST", "DELETE", "PATCH"];

export async function runSafeAction(action: Schemas["SafeAction"]): Promise<void> {
  const url = new URL(action.path, apiAddress());
  if (url.origin !== new URL(apiAddress()).origin || !url.pathname.startsWith("/api/") || !METHODS.includes(action.method)) {
    throw new ApiProblem({ status: -1, title: "That cannot be done from here", detail: "The offer is not one of the API's own routes." });
  }
  await send(url, action.method);
}

// The API's reference, rendered from its own document; requests are sent by whoever is signed in, or with a token that is pasted.
import "swagger-ui-dist/swagger-ui.css";
import "./api-docs.css";
import SwaggerUI, { type SentRequest } from "swagger-ui-dist/swagger-ui-es-bundle.js";
import { loadConfig } from "@/session/config";
import { session } from "@/session/session";
import { documentAt, tokenFor } from "./document";

function place(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (!found) throw new Error(`api-docs.html has no #${id}`);
  return found;
}

function tellWho(): void {
  place("who").textContent = session.isSignedIn
    ? "You are signed in: requests are sent as you."
    : "Nobody is signed in here: sign in at the site in another tab, or press Authorize and paste a token. On this machine, make token prints one.";
}

/** The library decides by the class whether it is dark; the person decided before, for the whole site. */
const isDark = () => document.documentElement.getAttribute("data-mantine-color-scheme") === "dark";

try {
  const config = await loadConfig();
  session.use(config);
  tellWho();
  session.subscribe(tellWho);
  const origin = config.api_url === "" ? window.location.origin : config.api_url;
  document.documentElement.classList.toggle("dark-mode", isDark());
  SwaggerUI({
    domNode: place("reference"),
    spec: await documentAt(origin),
    deepLinking: true,
    docExpansion: "none",
    defaultModelsExpandDepth: -1,
    displayRequestDuration: true,
    filter: true,
    tryItOutEnabled: true,
    // Nothing is told to anybody else, and no token stays behind.
    validatorUrl: null,
    persistAuthorization: false,
    requestInterceptor: async (request: SentRequest) => {
      const token = await tokenFor(request, origin, () => session.token());
      if (token) request.headers["Authorization"] = `Bearer ${token}`;
      return request;
    },
  });
} catch (error) {
  const told = document.createElement("p");
  told.setAttribute("role", "alert");
  told.textContent = error instanceof Error ? error.message : "The reference could not be shown. Reload the page.";
  place("reference").replaceChildren(told);
}

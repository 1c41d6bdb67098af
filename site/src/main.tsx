import "@mantine/core/styles.css";
import "./app/global.css";
import { createRoot } from "react-dom/client";
import { setApiAddress } from "./api/client";
import { App } from "./app/App";
import { StartFailure } from "./app/StartFailure";
import { loadConfig } from "./session/config";
import { session } from "./session/session";

const place = document.getElementById("root");
if (!place) throw new Error("index.html has no place for the site");
const root = createRoot(place);
try {
  const config = await loadConfig();
  setApiAddress(config.api_url);
  session.use(config);
  root.render(<App config={config} />);
} catch (error) {
  root.render(<StartFailure error={error} />);
}

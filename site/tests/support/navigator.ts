// The one thing of a browser that plain functions ask for.
if (!("navigator" in globalThis)) Object.assign(globalThis, { navigator: { language: "en-GB" } });

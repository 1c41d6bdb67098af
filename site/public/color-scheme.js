// Before the first paint, so that a dark screen never flashes white.
(function () {
  var wanted = null;
  try { wanted = localStorage.getItem("switchboard.color-scheme"); } catch { /* no storage: as the system has it */ }
  var dark = wanted === "dark" || (wanted !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.setAttribute("data-mantine-color-scheme", dark ? "dark" : "light");
})();

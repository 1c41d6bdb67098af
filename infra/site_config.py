"""Tells a built site where its API and its sign-in are: `config.json`, and a policy in its pages that names them exactly."""

import argparse
import html
import json
from pathlib import Path
from urllib.parse import urlsplit


def origin(address: str) -> str:
    parts = urlsplit(address)
    if parts.scheme not in ("https", "http", "wss") or not parts.hostname:
        raise SystemExit(f"`{address}` is not the address of a server")
    return f"{parts.scheme}://{parts.netloc}"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    for name in ("--api", "--live", "--issuer", "--client", "--data-host"):
        parser.add_argument(name, required=True)
    parser.add_argument("--sign-in-host", default="")
    given = parser.parse_args()

    config = {
        "api_url": given.api.rstrip("/"),
        "issuer": given.issuer,
        "client_id": given.client,
        "scope": "openid profile",
        "environment": "production",
    }
    hosts = ["'self'", origin(given.api), origin(given.live).replace("https://", "wss://"), f"https://{given.data_host}", origin(given.issuer)]
    if given.sign_in_host:
        config["logout_url"] = f"https://{given.sign_in_host}/logout"
        hosts.append(f"https://{given.sign_in_host}")
    (given.folder / "config.json").write_text(json.dumps(config, indent=2) + "\n")

    # The header's policy knows the API's host only as far as its region; the browser keeps to both policies.
    policy = html.escape(f"connect-src {' '.join(dict.fromkeys(hosts))}", quote=True).replace("&#x27;", "'")
    for page in sorted(given.folder.glob("*.html")):
        text = page.read_text()
        if text.count("<head>") != 1:
            raise SystemExit(f"{page} has no <head>, or several: build the site again")
        page.write_text(text.replace("<head>", f'<head>\n    <meta http-equiv="Content-Security-Policy" content="{policy}" />'))


if __name__ == "__main__":
    main()

"""Deletes every version of every file of a bucket, by the AWS command line: `empty_bucket.py <bucket>`."""

import json
import subprocess
import sys


def aws(*arguments: str) -> dict:
    done = subprocess.run(["aws", "s3api", *arguments, "--output", "json"], check=True, capture_output=True, text=True)
    return json.loads(done.stdout or "{}")


def main() -> None:
    bucket = sys.argv[1]
    while True:
        page = aws("list-object-versions", "--bucket", bucket, "--max-items", "500")
        found = [*(page.get("Versions") or []), *(page.get("DeleteMarkers") or [])]
        if not found:
            return
        objects = [{"Key": o["Key"], "VersionId": o["VersionId"]} for o in found]
        answer = aws("delete-objects", "--bucket", bucket, "--delete", json.dumps({"Objects": objects, "Quiet": True}))
        if answer.get("Errors"):
            raise SystemExit(f"{bucket}: {answer['Errors'][0].get('Message')}")


if __name__ == "__main__":
    main()

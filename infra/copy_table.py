"""Copies every item of a table over another one: the last step of restoring (docs/runbook.md).

    python3 infra/copy_table.py <from> <to> [--delete]

With `--delete`, items that the first one does not have are deleted. The dial queue, which is an item of SystemTable, is
written as stopped, however it was: nobody is to be called before the steps that follow. Needs boto3 and AWS credentials.
"""

import argparse

import boto3


# shared/store/src/keys.rs: the settings of the dial queue.
QUEUE = ("QUEUE", "META")


def items(db, table: str, **more):
    pages = db.get_paginator("scan").paginate(TableName=table, ConsistentRead=True, **more)
    for page in pages:
        yield from page["Items"]


def write(db, table: str, requests: list) -> None:
    left = requests
    while left:
        answer = db.batch_write_item(RequestItems={table: left[:25]})
        left = answer["UnprocessedItems"].get(table, []) + left[25:]


def key_of(item: dict) -> tuple[str, str]:
    return item["pk"]["S"], item["sk"]["S"]


def as_restored(item: dict) -> dict:
    return {**item, "state": {"S": "stopped"}} if key_of(item) == QUEUE else item


def copy(db, source: str, target: str, delete: bool) -> tuple[int, int]:
    """Answers how many items were written and deleted."""
    kept, written, batch = set(), 0, []
    for item in items(db, source):
        kept.add(key_of(item))
        batch.append({"PutRequest": {"Item": as_restored(item)}})
        if len(batch) == 25:
            write(db, target, batch)
            written, batch = written + 25, []
    write(db, target, batch)
    written += len(batch)
    if not delete:
        return written, 0
    newer = [k for k in map(key_of, items(db, target, ProjectionExpression="pk, sk")) if k not in kept]
    write(db, target, [{"DeleteRequest": {"Key": {"pk": {"S": pk}, "sk": {"S": sk}}}} for pk, sk in newer])
    return written, len(newer)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("source")
    parser.add_argument("target")
    parser.add_argument("--delete", action="store_true")
    given = parser.parse_args()
    written, deleted = copy(boto3.client("dynamodb"), given.source, given.target, given.delete)
    print(f"{written} items written, {deleted} deleted")


if __name__ == "__main__":
    main()

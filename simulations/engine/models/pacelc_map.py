"""Classify configurations of systems, never products, by what they give up: during a partition, and else."""

from __future__ import annotations

from simulations.engine.result import Table

_ABADI = "Abadi, 2012"

_ROWS = (
    ("Dynamo (2007), Riak, Cassandra at ONE", "one replica", "one replica", "A", "L", _ABADI),
    ("Cassandra at QUORUM", "majority", "majority", "C, with last write wins", "C", "R + W > N"),
    ("DynamoDB, one region, eventual reads", "leader of a partition", "any replica", "leans to A", "L", "manual"),
    ("DynamoDB, one region, strong reads", "leader of a partition", "leader", "C", "C", "manual"),
    ("DynamoDB global tables, eventual", "own region", "own region", "A", "L", "manual, 2025"),
    ("DynamoDB global tables, strong", "several regions", "several regions", "C", "C", "manual, 2025"),
    ("MongoDB, defaults of 2012", "primary", "primary", "A", "C", _ABADI),
    ("MongoDB, majority and linearizable", "majority", "primary, confirmed", "C", "C", "manual"),
    ("PNUTS", "record's master", "any replica", "C", "L", _ABADI),
    ("BigTable, HBase, VoltDB, Megastore", "owner or quorum", "owner or quorum", "C", "C", _ABADI),
    ("PostgreSQL, synchronous, primary reads", "primary and standby", "primary", "C: writes block", "C", "manual"),
    ("PostgreSQL, asynchronous, standby reads", "primary", "standby", "neither", "L", "lag"),
    ("Cosmos DB", "by level", "by level", "by level", "by level", "five levels"),
    ("Spanner", "majority", "leader or timestamp", "C", "C", "Paxos and TrueTime"),
)


def table() -> Table:
    """Return one row a configuration: how it writes and reads, what it does in a partition and else, and the basis."""
    return Table(
        name="configurations",
        caption="If partitioned, availability or consistency; else, latency or consistency. A row is a configuration: "
        "the same product stands in several.",
        columns=("configuration", "writes wait for", "reads ask", "if partitioned", "else", "basis"),
        rows=_ROWS,
    )


def pacelc(mode: str, replicas: int, written: int, read: int) -> str:
    """Return the class of a configuration of this model, such as "PC/EC".

    In a partition it chooses availability if every side of every cut answers everything, consistency if no
    side answers from stale replicas; with neither its letter is "-". Else it chooses consistency if reads
    overlap writes.
    """
    overlaps = mode == "leader" or written + read > replicas
    answers_all = mode == "always" or (mode == "quorum" and written == read == 1)
    consistent = "C" if overlaps else "-"
    return f"P{'A' if answers_all else consistent}/E{'C' if overlaps else 'L'}"
